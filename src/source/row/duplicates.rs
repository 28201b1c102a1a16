//! Rows that have the same address or `uid`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::fault::row_problem;
use crate::source::columns::{Columns, Field};
use crate::source::problems::{Problem, ProblemKind};

/// Lines that a duplicate's problem names before it says how many more there are.
const NAMED_LINES: usize = 5;

/// Groups of two or more of `count` rows that have the same key, each in the order of the rows. An empty key is none.
///
/// Digests are sorted, and keys compared only where they agree: a table of a million keys would take more time and memory.
pub(crate) fn repeated_keys<'k>(count: u32, key_of: impl Fn(u32) -> Cow<'k, str> + Sync) -> Vec<Vec<u32>> {
    let hasher = FixedState::default();
    let digest_of = |row| {
        let key = Some(key_of(row)).filter(|key| !key.is_empty())?;
        Some((u32::try_from(hasher.hash_one(key.as_bytes()) >> 32).unwrap_or_default(), row))
    };
    let mut digests: Vec<(u32, u32)> = (0..count).into_par_iter().filter_map(digest_of).collect();
    digests.par_sort_unstable();
    group_by_key(&digests, key_of)
}

/// Groups the rows of the sorted `digests`, each behind its digest; different keys may have the same.
fn group_by_key<'k>(digests: &[(u32, u32)], key_of: impl Fn(u32) -> Cow<'k, str>) -> Vec<Vec<u32>> {
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for alike in digests.chunk_by(|left, right| left.0 == right.0).filter(|alike| alike.len() > 1) {
        let mut rows_of: BTreeMap<Cow<'_, str>, Vec<u32>> = BTreeMap::new();
        for &(_, row) in alike {
            rows_of.entry(key_of(row)).or_default().push(row);
        }
        groups.extend(rows_of.into_values().filter(|rows| rows.len() > 1));
    }
    for rows in &mut groups {
        rows.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

/// The problem of one row of several that have the same key; `lines` are those of all, in order.
pub(crate) fn duplicate_problem(columns: &Columns, field: Field, value: &str, line: u64, lines: &[u64]) -> Problem {
    let (kind, what) = if field == Field::Email {
        (ProblemKind::DuplicateEmail, "this address")
    } else {
        (ProblemKind::DuplicateUid, "this uid")
    };
    let reason = format!("{what} stands on {} too", name_others(line, lines));
    row_problem(line, kind, columns.of(field), [value, &reason, "keep one row for each user"])
}

/// The other lines of a group; only the first few, since a group can be the whole file.
fn name_others(line: u64, lines: &[u64]) -> String {
    let others = lines.iter().filter(|&&other| other != line);
    let named: Vec<String> = others.take(NAMED_LINES).map(u64::to_string).collect();
    let word = if named.len() == 1 { "line" } else { "lines" };
    match (lines.len() - 1).saturating_sub(NAMED_LINES) {
        0 => format!("{word} {}", named.join(", ")),
        more => format!("{word} {} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_whose_digests_agree_by_chance_stay_apart() {
        let keys = ["x", "y", "x"];
        let digests = [(7, 0), (7, 1), (7, 2)];
        assert_eq!(group_by_key(&digests, |row| Cow::Borrowed(keys[row as usize])), [[0, 2]]);
    }

    proptest! {
        #[test]
        fn rows_are_grouped_as_a_map_groups_them(keys in prop::collection::vec("[ab]{0,2}", 0..16)) {
            let mut rows_of: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
            for (row, key) in (0..).zip(&keys).filter(|(_, key)| !key.is_empty()) {
                rows_of.entry(key).or_default().push(row);
            }
            let mut expected: Vec<Vec<u32>> = rows_of.into_values().filter(|rows| rows.len() > 1).collect();
            expected.sort();
            let count = u32::try_from(keys.len()).unwrap();
            prop_assert_eq!(repeated_keys(count, |row| Cow::Borrowed(&keys[row as usize])), expected);
        }
    }
}
