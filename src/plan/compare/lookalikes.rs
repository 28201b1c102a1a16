//! New addresses that look like that of a user without a row: most likely one person, mistyped or disguised.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use crate::model::{comparison_key, normalize_name};

/// An account as far as looks go.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan) struct Look<'a> {
    pub(in crate::plan) email: &'a str,
    /// First and last.
    pub(in crate::plan) names: [&'a str; 2],
}

/// Accounts by position. They are looked at one by one, since a million of them need not be in memory.
#[derive(Clone, Copy)]
pub(in crate::plan) struct Looks<'a> {
    pub(in crate::plan) count: usize,
    pub(in crate::plan) at: &'a dyn Fn(usize) -> Look<'a>,
}

/// Pairs of a newcomer and a user without a row that look the same, by their positions: their addresses are equal but
/// for letter shapes, punctuation and invisible characters, or their names are the same and the addresses one edit apart.
pub(in crate::plan) fn pairs<'a>(newcomers: Looks<'a>, users: Looks<'a>) -> BTreeSet<(usize, usize)> {
    if newcomers.count == 0 || users.count == 0 {
        return BTreeSet::new();
    }
    let mut pairs = BTreeSet::new();
    join(newcomers, users, |look, keys| keys.push(digest(shape(look.email))), is_same_shape, &mut pairs);

    let of_newcomers: HashSet<u64> = digests_of_names(newcomers).collect();
    let shared: HashSet<u64> = digests_of_names(users).filter(|names| of_newcomers.contains(names)).collect();
    let push_edits = |look: Look<'_>, keys: &mut Vec<u64>| {
        let names = digest_of_names(look);
        if shared.contains(&names) {
            push_deletions(&comparison_key(look.email), names, keys);
        }
    };
    join(newcomers, users, push_edits, is_one_edit, &mut pairs);
    pairs
}

/// Adds the pairs that share a key and agree. The table is made of the fewer accounts.
fn join<'a>(
    newcomers: Looks<'a>,
    users: Looks<'a>,
    push_keys: impl Fn(Look<'_>, &mut Vec<u64>),
    agree: impl Fn(Look<'_>, Look<'_>) -> bool,
    pairs: &mut BTreeSet<(usize, usize)>,
) {
    let is_turned = users.count < newcomers.count;
    let (fewer, more) = if is_turned { (users, newcomers) } else { (newcomers, users) };
    let mut table: HashMap<u64, Vec<usize>, FixedState> = HashMap::default();
    let mut keys = Vec::new();
    for position in 0..fewer.count {
        push_keys((fewer.at)(position), &mut keys);
        keys.drain(..).for_each(|key| table.entry(key).or_default().push(position));
    }
    for position in 0..more.count {
        push_keys((more.at)(position), &mut keys);
        for &other in keys.drain(..).filter_map(|key| table.get(&key)).flatten() {
            let pair = if is_turned { (position, other) } else { (other, position) };
            if agree((newcomers.at)(pair.0), (users.at)(pair.1)) {
                pairs.insert(pair);
            }
        }
    }
}

fn is_same_shape(new: Look<'_>, old: Look<'_>) -> bool {
    shape(new.email).eq(shape(old.email))
}

fn is_one_edit(new: Look<'_>, old: Look<'_>) -> bool {
    name_keys(new) == name_keys(old)
        && strsim::osa_distance(&comparison_key(new.email), &comparison_key(old.email)) <= 1
}

/// What an address looks like: its letters and digits, each in the shape that Unicode's table of confusable characters
/// gives it, and its `@`.
fn shape(address: &str) -> impl Iterator<Item = char> + '_ {
    // An ASCII address, as nearly all are, is not copied for it.
    let shapes = (!address.is_ascii()).then(|| {
        let shapes: String = skeleton(&address.to_lowercase()).collect();
        shapes.nfkc().flat_map(char::to_lowercase).collect::<Vec<char>>()
    });
    let ascii = if shapes.is_none() { address } else { "" };
    shapes.into_iter().flatten().chain(ascii.chars()).flat_map(small_shape).flatten()
}

/// The shape of a letter or digit in the table; nothing for punctuation. Small letters alone matter: an address is
/// compared without case.
fn small_shape(character: char) -> [Option<char>; 2] {
    match character.to_ascii_lowercase() {
        'm' => [Some('r'), Some('n')],
        '1' | '|' => [Some('l'), None],
        '0' => [Some('o'), None],
        other => [Some(other).filter(|c| c.is_alphanumeric() || *c == '@'), None],
    }
}

fn name_keys(look: Look<'_>) -> [String; 2] {
    look.names.map(|name| normalize_name(name).to_lowercase())
}

fn digests_of_names(looks: Looks<'_>) -> impl Iterator<Item = u64> + '_ {
    (0..looks.count).map(move |position| digest_of_names((looks.at)(position)))
}

fn digest_of_names(look: Look<'_>) -> u64 {
    let [first, last] = look.names;
    if first.is_ascii() && last.is_ascii() {
        let name = first.trim().chars().chain(['\n']).chain(last.trim().chars());
        return digest(name.map(|c| c.to_ascii_lowercase()));
    }
    let [first, last] = name_keys(look);
    digest(first.chars().chain(['\n']).chain(last.chars()))
}

/// The digests of a text and of all that it is without one of its characters, together with its names: texts that are
/// one edit apart share one of them.
fn push_deletions(text: &str, names: u64, keys: &mut Vec<u64>) {
    keys.push(names ^ digest(text.chars()));
    for (place, character) in text.char_indices() {
        let (before, behind) = (&text[..place], &text[place + character.len_utf8()..]);
        keys.push(names ^ digest(before.chars().chain(behind.chars())));
    }
}

fn digest(characters: impl Iterator<Item = char>) -> u64 {
    let mut state = FixedState::default().build_hasher();
    characters.for_each(|character| state.write_u32(character.into()));
    state.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn look_alike(new: &str, old: &str, names: [&str; 2]) -> bool {
        let new_at = |_| Look { email: new, names: ["Ann", "Lee"] };
        let old_at = |_| Look { email: old, names };
        !pairs(Looks { count: 1, at: &new_at }, Looks { count: 1, at: &old_at }).is_empty()
    }

    #[test]
    fn letter_shapes_punctuation_and_what_is_unseen_do_not_tell_two_addresses_apart() {
        for new in [
            "аnn.lee@example.com", "ａｎｎ.lee@example.com", "ann-lee@example.com", "annlee@example.com",
            "ann.lee@exarnple.com", "ann.1ee@example.com", "ann.lee@ехample.com", "ann\u{200b}.lee@example.com",
            "'ann.lee@example.com", "ａnn.lee@EXAMPLE.com",
        ] {
            assert!(look_alike(new, "ann.lee@example.com", ["Other", "Name"]), "{new}");
        }
        for new in ["ann.le@example.com", "bob.lee@example.com", "ann.lee@example.org"] {
            assert!(!look_alike(new, "ann.lee@example.com", ["Other", "Name"]), "{new}");
        }
    }

    #[test]
    fn one_edit_counts_only_between_accounts_of_the_same_names() {
        for new in [
            "ann.le@example.com", "ann.leee@example.com", "anm.lee@example.com", "nan.lee@example.com",
            "ann.lee@example.co",
        ] {
            assert!(look_alike(new, "ann.lee@example.com", ["ANN ", "Lee"]), "{new}");
            assert!(!look_alike(new, "ann.lee@example.com", ["Ann", "Li"]), "{new}");
        }
        assert!(!look_alike("ann.smith@example.com", "ann.lee@example.com", ["Ann", "Lee"]));
    }

    /// Every letter of another script that Unicode's table shows as one small letter of ours.
    fn confusable() -> impl Strategy<Value = (char, char)> {
        let known: Vec<(char, char)> = ('\u{a0}'..='\u{1ffff}')
            .filter(|c| c.is_alphabetic() && c.to_lowercase().eq([*c]))
            .filter_map(|letter| {
                let shape: Vec<char> = skeleton(letter.encode_utf8(&mut [0; 4])).collect();
                matches!(shape[..], ['a'..='z']).then(|| (letter, shape[0]))
            })
            .collect();
        assert!(known.len() > 300, "{}", known.len());
        prop::sample::select(known)
    }

    proptest! {
        #[test]
        fn any_confusable_letter_is_seen_through((letter, shape) in confusable(), behind in "[a-z]{0,4}") {
            let (new, old) = (format!("{letter}{behind}@example.com"), format!("{shape}{behind}@example.com"));
            prop_assert!(look_alike(&new, &old, ["Other", "Name"]), "{} {}", new, old);
        }

        /// The table of a few characters says what Unicode's says of all.
        #[test]
        fn ascii_has_the_shape_of_the_table(text in "[a-z0-9A-Z@._+-]{0,12}") {
            let small = text.to_ascii_lowercase();
            let by_table: String = skeleton(&small).flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || *c == '@').collect();
            prop_assert_eq!(shape(&text).collect::<String>(), by_table);
        }

        /// Deletion keys find exactly what comparing each with each would.
        #[test]
        fn an_edit_is_found_as_by_comparing_each_with_each(new in "[ab]{1,4}@x\\.io", old in "[ab]{1,4}@x\\.io") {
            let expected = strsim::osa_distance(&new, &old) <= 1;
            prop_assert_eq!(look_alike(&new, &old, ["ann", "LEE"]), expected);
        }
    }
}
