//! Breaks a value into lines of a width in columns, between words where it can.

use console::{measure_text_width, truncate_str};

/// Lines of at most `width` columns; a word that is longer is cut where the line ends.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    if measure_text_width(text) <= width {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        push_word(&mut lines, word, width.max(2));
    }
    lines
}

fn push_word(lines: &mut Vec<String>, mut word: &str, width: usize) {
    loop {
        let line = lines.last().map_or("", String::as_str);
        let joint = if line.is_empty() { "" } else { " " };
        if measure_text_width(line) + joint.len() + measure_text_width(word) <= width {
            let addition = format!("{joint}{word}");
            lines.last_mut().into_iter().for_each(|line| line.push_str(&addition));
            return;
        }
        if !line.is_empty() {
            lines.push(String::new());
            continue;
        }
        let cut = truncate_str(word, width, "").len().max(word.chars().next().map_or(0, char::len_utf8));
        lines.last_mut().into_iter().for_each(|line| line.push_str(&word[..cut]));
        word = &word[cut..];
        if word.is_empty() {
            return;
        }
        lines.push(String::new());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(
            wrap("the address belongs to another account", 14),
            ["the address", "belongs to", "another", "account"]
        );
        assert_eq!(wrap("山田太郎山田", 5), ["山田", "太郎", "山田"]);
        assert_eq!(wrap("short", 20), ["short"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_and_no_character_is_lost(text in "[a-zé山 👩]{0,60}", width in 2_usize..20) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(measure_text_width(line) <= width, "{line}");
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
