//! Rows that have the same address or `uid`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::fault::row_problem;
use crate::source::columns::{Columns, Field};
use crate::source::problems::{Problem, ProblemKind};

/// Lines that a duplicate's problem names before it says how many more there are.
const NAMED_LINES: usize = 5;

/// A row by its index among the valid or the invalid ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowRef {
    Valid(u32),
    Invalid(u32),
}

/// Groups of two or more rows with the same key, each in the order of the rows. An empty key is none.
///
/// Digests are sorted, and keys compared only where they agree: a table of a million keys would take more time and memory.
pub(crate) fn repeated_keys<'k>(
    rows: impl Iterator<Item = RowRef>,
    key_of: impl Fn(RowRef) -> Cow<'k, str>,
) -> Vec<Vec<RowRef>> {
    let mut digests: Vec<(u64, RowRef)> = rows.filter_map(|row| Some((digest(&key_of(row))?, row))).collect();
    digests.sort_unstable_by_key(|&(digest, _)| digest);
    let mut groups = Vec::new();
    for alike in digests.chunk_by(|left, right| left.0 == right.0).filter(|alike| alike.len() > 1) {
        let mut rows_of: BTreeMap<Cow<'_, str>, Vec<RowRef>> = BTreeMap::new();
        let mut rows: Vec<RowRef> = alike.iter().map(|&(_, row)| row).collect();
        rows.sort_unstable();
        for row in rows {
            rows_of.entry(key_of(row)).or_default().push(row);
        }
        groups.extend(rows_of.into_values().filter(|rows| rows.len() > 1));
    }
    groups.sort_unstable();
    groups
}

fn digest(key: &str) -> Option<u64> {
    (!key.is_empty()).then(|| FixedState::default().hash_one(key.as_bytes()))
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

    use super::RowRef::{Invalid, Valid};
    use super::*;

    proptest! {
        #[test]
        fn rows_are_grouped_as_a_map_groups_them(
            valid in prop::collection::vec("[ab]{0,2}", 0..12),
            invalid in prop::collection::vec("[ab]{0,2}", 0..4),
        ) {
            let rows = || (0..).map(Valid).take(valid.len()).chain((0..).map(Invalid).take(invalid.len()));
            let key_of = |row| match row {
                Valid(index) => Cow::Borrowed(&*valid[index as usize]),
                Invalid(index) => Cow::Borrowed(&*invalid[index as usize]),
            };
            let mut expected: BTreeMap<Cow<'_, str>, Vec<RowRef>> = BTreeMap::new();
            for row in rows().filter(|&row| !key_of(row).is_empty()) {
                expected.entry(key_of(row)).or_default().push(row);
            }
            let mut expected: Vec<Vec<RowRef>> = expected.into_values().filter(|rows| rows.len() > 1).collect();
            expected.sort();
            prop_assert_eq!(repeated_keys(rows(), key_of), expected);
        }
    }
}
