//! Doubtful values against the tenant: one stands where the row's user has exactly this value.

use std::collections::BTreeMap;

use super::index::UserIndex;
use super::matching::{ConflictReason, RowMatch};
use crate::model::{Desired, Doubt, FieldValue, ManagedField, TenantUsers, normalize_name};
use crate::plan::file::action::Change;

/// The doubts of the rows that have any, by the row's index. Usually none.
pub(in crate::plan) struct Doubtful<'a> {
    desired: Desired<'a>,
    doubts: BTreeMap<usize, &'a [Doubt]>,
}

impl<'a> Doubtful<'a> {
    pub(in crate::plan) fn new(desired: Desired<'a>) -> Self {
        let by_line = desired.doubts.chunk_by(|left, right| left.line == right.line);
        let doubts = by_line.filter_map(|doubts| Some((desired.users.index_of(doubts.first()?.line)?, doubts)));
        Self { desired, doubts: doubts.collect() }
    }

    /// The first doubt of a row that its user does not resolve.
    pub(in crate::plan) fn doubt_of(
        &self,
        row: usize,
        row_match: RowMatch,
        users: &TenantUsers,
        index: &UserIndex<'_>,
    ) -> Option<Doubt> {
        let doubts = self.doubts.get(&row)?;
        let row = self.desired.users.get(row);
        doubts.iter().copied().find(|doubt| match row_match {
            RowMatch::Nobody => true,
            // Whose uid it is, nobody knows: a strange address tells nothing more.
            RowMatch::Conflict(ConflictReason::UidUnknown) => {
                doubt.field == ManagedField::Email && index.with_address(row.email()).next().is_none()
            }
            RowMatch::Conflict(_) => false,
            RowMatch::User { position, .. } => {
                let value = FieldValue::text(row.values.text(doubt.field));
                !doubt.field.is_same(&users.get(position as usize).value(doubt.field), &value)
            }
        })
    }
}

/// Whether a text changes in nothing but letters beyond ASCII, each for another: what a wrong encoding makes of it.
pub(in crate::plan) fn is_misread(change: &Change) -> bool {
    let (Some(FieldValue::Text(before)), FieldValue::Text(after)) = (&change.before, &change.after) else {
        return false;
    };
    let (before, after) = (normalize_name(before), normalize_name(after));
    let is_same = |(before, after): (char, char)| before == after || (!before.is_ascii() && !after.is_ascii());
    before != after && before.chars().count() == after.chars().count() && before.chars().zip(after.chars()).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_depend_on_the_encoding_are_told_from_a_change_of_name() {
        let misread = |before: &'static str, after: &'static str| {
            is_misread(&Change { before: Some(FieldValue::text(before)), after: FieldValue::text(after) })
        };
        for (before, after) in
            [("Luka\u{107}", "Luka\u{e6}"), ("M\u{fc}ller", "M\u{178}ller"), ("H\u{153}rner", "H\u{bd}rner")]
        {
            assert!(misread(before, after), "{before} {after}");
        }
        for (before, after) in [
            ("Muller", "Müller"),
            ("Müller", "Muller"),
            ("Müller", "Möllers"),
            ("Zoe\u{308}", "Zo\u{eb}"),
            ("Ann", "Bob"),
        ] {
            assert!(!misread(before, after), "{before} {after}");
        }
    }
}
