//! Which users invalid rows refer to. A row names its user only by an address or a `uid` that is exactly a user's.

use std::collections::BTreeSet;

use super::index::UserIndex;
use crate::model::{Held, HeldRow};

/// What the invalid rows come to against the tenant.
#[derive(Debug, Default)]
pub(in crate::plan) struct HeldUsers {
    /// Positions of users that a row names.
    users: BTreeSet<usize>,
    /// Lines of rows whose user is not known: while there is one, nobody is disabled for absence.
    pub(in crate::plan) unidentified: Vec<u64>,
}

impl HeldUsers {
    pub(in crate::plan) fn new(held: &Held, index: &UserIndex<'_>) -> Self {
        let mut users = Self::default();
        held.0.iter().for_each(|row| users.add(row, index));
        users
    }

    /// Whether an invalid row names the user at this position.
    pub(in crate::plan) fn holds(&self, position: usize) -> bool {
        self.users.contains(&position)
    }

    fn add(&mut self, row: &HeldRow, index: &UserIndex<'_>) {
        let by_address: BTreeSet<usize> = row.emails.iter().flat_map(|email| index.with_address(email)).collect();
        let by_uid: BTreeSet<usize> = row.uids.iter().filter_map(|uid| index.with_uid(uid)).collect();
        let is_known = row.addresses_needed.is_some_and(|needed| by_address.len() >= needed)
            || (row.is_known_by_uid && !by_uid.is_empty());
        if !is_known {
            self.unidentified.push(row.line);
        }
        self.users.extend(by_address);
        self.users.extend(by_uid);
    }
}
