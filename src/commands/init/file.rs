//! The text of the file: every key with its purpose and its default; a key without a value is commented out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::settings::{Key, Section, reference};

/// Values by section and key, as TOML.
pub(super) type Values = BTreeMap<(&'static str, &'static str), String>;

/// Columns of a line of the file.
const WIDTH: usize = 100;

const HEAD: &str = "\
# lumsync's settings. An option goes over a variable of the environment, that over this file, and
# this file over the defaults. A line that begins with # changes nothing: the keys behind a # show
# their default, or, where there is none, what a value looks like.
#
# Next: set the keys of [tenant] and [auth], then run `lumsync doctor`.
";

pub(super) fn text(values: &Values) -> String {
    let mut text = HEAD.to_owned();
    for section in &reference() {
        // Writing to a string can't fail.
        let _ = push_section(&mut text, section, values);
    }
    text
}

fn push_section(text: &mut String, section: &Section, values: &Values) -> std::fmt::Result {
    let rule = "-".repeat(WIDTH - 2);
    writeln!(text, "\n# {rule}")?;
    push_comment(text, &section.about)?;
    writeln!(text, "[{}]", section.name)?;
    section.keys.iter().try_for_each(|key| push_key(text, key, values.get(&(&*section.name, &*key.name))))
}

fn push_key(text: &mut String, key: &Key, value: Option<&String>) -> std::fmt::Result {
    let Key { name, about, default, toml, option, variable, .. } = key;
    writeln!(text)?;
    push_comment(text, &format!("{about}."))?;
    if key.is_example {
        push_comment(text, &format!("Default: {default}."))?;
    }
    push_comment(text, &format!("Also: {option}, {variable}."))?;
    match value {
        Some(value) => writeln!(text, "{name} = {value}"),
        None => writeln!(text, "#{name} = {toml}"),
    }
}

fn push_comment(text: &mut String, sentence: &str) -> std::fmt::Result {
    let mut column = 0;
    for word in sentence.split_whitespace() {
        let is_first = column == 0;
        if is_first || column + 1 + word.chars().count() > WIDTH {
            write!(text, "{}# {word}", if is_first { "" } else { "\n" })?;
            column = 2 + word.chars().count();
        } else {
            write!(text, " {word}")?;
            column += 1 + word.chars().count();
        }
    }
    writeln!(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_explains_every_key_and_its_lines_are_not_long() {
        let text = text(&Values::default());
        for section in reference() {
            assert!(text.contains(&format!("\n[{}]\n", section.name)), "{}", section.name);
            for key in section.keys {
                assert!(text.contains(&format!("\n#{} = {}\n", key.name, key.toml)), "{}", key.name);
            }
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        insta::assert_snapshot!(text);
    }
}
