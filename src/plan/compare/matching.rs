//! Which user a row refers to: by `uid` where it has one, else by address. Doubt is a conflict.

use std::ops::Range;

use rayon::prelude::*;
use strum::Display;

use super::diff::differs;
use super::index::UserIndex;
use crate::model::{Desired, ManagedField, TenantUsers};
use crate::plan::scope::Scope;

/// What one row refers to. Kept small, since there is one for each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum RowMatch {
    /// No listed user.
    Nobody,
    /// The listed user at this position.
    User { position: u32, is_equal: bool },
    /// Something that can't be carried out without harm.
    Conflict(ConflictReason),
}

/// Why a row can't be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
pub(in crate::plan) enum ConflictReason {
    #[strum(to_string = "no user in scope has the row's uid")]
    UidUnknown,
    #[strum(to_string = "the uid's user has another address, and another user has the row's")]
    AddressTaken,
    #[strum(to_string = "two users of the tenant share this address")]
    AddressShared,
    #[strum(to_string = "the address belongs to a user out of scope (another account type or e-mail domain)")]
    OutOfScope,
    #[strum(
        to_string = "the tenant's answer about this user can't be read: an undocumented status, a name that is no text, or no identifier"
    )]
    Unreadable,
}

/// What every row refers to, and which users are referred to.
pub(in crate::plan) struct Matching {
    /// One for each row.
    pub(in crate::plan) rows: Vec<RowMatch>,
    /// How many rows refer to each user, up to two. More than one is a conflict of rows.
    claims: Vec<u8>,
    /// Users that a conflict names: never disabled for absence.
    named_in_conflict: Vec<bool>,
}

impl Matching {
    /// Matches all rows, on all processors.
    pub(in crate::plan) fn new(
        desired: Desired<'_>,
        users: &TenantUsers,
        index: &UserIndex<'_>,
        scope: &Scope,
    ) -> Self {
        let matcher = Matcher { desired, users, index, scope };
        let rows = desired.users.len();
        let blocks = (0..rows.div_ceil(BLOCK)).into_par_iter().with_min_len(BLOCKS_PER_TASK);
        let rows: Vec<RowMatch> =
            blocks.flat_map_iter(|block| matcher.match_block(block * BLOCK..rows.min((block + 1) * BLOCK))).collect();
        let mut matching = Self { claims: vec![0; users.len()], named_in_conflict: vec![false; users.len()], rows };
        for row in 0..matching.rows.len() {
            match matching.rows[row] {
                RowMatch::Nobody => {}
                RowMatch::User { position, .. } => {
                    let claims = &mut matching.claims[position as usize];
                    *claims = claims.saturating_add(1);
                }
                RowMatch::Conflict(_) => {
                    for user in matcher.candidates(row) {
                        matching.named_in_conflict[user] = true;
                    }
                }
            }
        }
        matching
    }

    /// Whether another row refers to the same user.
    pub(in crate::plan) fn is_claimed_twice(&self, position: u32) -> bool {
        self.claims[position as usize] > 1
    }

    /// Whether no row names the user at this position.
    pub(in crate::plan) fn is_absent(&self, position: usize) -> bool {
        self.claims[position] == 0 && !self.named_in_conflict[position]
    }
}

/// So many rows wait for memory together.
const BLOCK: usize = 32;
/// Fewer blocks are not worth a task of their own.
const BLOCKS_PER_TASK: usize = 128;

#[derive(Clone, Copy)]
struct Matcher<'a> {
    desired: Desired<'a>,
    users: &'a TenantUsers,
    index: &'a UserIndex<'a>,
    scope: &'a Scope,
}

impl Matcher<'_> {
    fn match_block(&self, rows: Range<usize>) -> impl Iterator<Item = RowMatch> {
        self.index.warm(rows.clone().map(|row| self.desired.users.email(row)));
        rows.map(|row| self.match_row(row))
    }

    fn match_row(&self, row: usize) -> RowMatch {
        let uid = self.desired.users.uid(row);
        let found = if uid.is_empty() { self.by_address(row) } else { self.by_uid(row, uid) };
        match found {
            Ok(None) => RowMatch::Nobody,
            Err(reason) => RowMatch::Conflict(reason),
            Ok(Some(user)) if !self.users.traits(user).is_readable => RowMatch::Conflict(ConflictReason::Unreadable),
            Ok(Some(user)) => {
                // A table holds fewer users than `u32` can count.
                RowMatch::User { position: u32::try_from(user).unwrap_or(u32::MAX), is_equal: self.is_equal(row, user) }
            }
        }
    }

    /// Nearly all users are as wanted, which their packed fields tell without being unpacked.
    fn is_equal(&self, row: usize, user: usize) -> bool {
        let Desired { users: rows, columns, .. } = self.desired;
        let is_same_word = |field: &ManagedField| rows.packed(row, *field) == self.users.packed(user, *field);
        let has_status = columns.fields.contains(&ManagedField::Status);
        // The address is no column that may be missing: a row that names its user by `uid` may bring another.
        let fields = || columns.fields.iter().chain([&ManagedField::Email]);
        (has_status && fields().all(is_same_word)) || !differs(&rows.get(row), &self.users.get(user), columns)
    }

    fn by_address(&self, row: usize) -> Result<Option<usize>, ConflictReason> {
        match self.only_user_of(row)? {
            Some(user) if !self.is_in_scope(user) => Err(ConflictReason::OutOfScope),
            user => Ok(user),
        }
    }

    fn by_uid(&self, row: usize, uid: &str) -> Result<Option<usize>, ConflictReason> {
        let user = self.index.with_uid(uid).filter(|&user| self.is_in_scope(user));
        let user = user.ok_or(ConflictReason::UidUnknown)?;
        match self.only_user_of(row)? {
            Some(other) if other != user => Err(ConflictReason::AddressTaken),
            Some(_) | None => Ok(Some(user)),
        }
    }

    fn only_user_of(&self, row: usize) -> Result<Option<usize>, ConflictReason> {
        let mut users = self.index.with_address(self.desired.users.email(row));
        match (users.next(), users.next()) {
            (Some(_), Some(_)) => Err(ConflictReason::AddressShared),
            (user, _) => Ok(user),
        }
    }

    /// Every user that the row may refer to.
    fn candidates(&self, row: usize) -> Vec<usize> {
        let rows = self.desired.users;
        let uid = Some(rows.uid(row)).filter(|uid| !uid.is_empty());
        let by_uid = uid.and_then(|uid| self.index.with_uid(uid));
        self.index.with_address(rows.email(row)).chain(by_uid).collect()
    }

    fn is_in_scope(&self, user: usize) -> bool {
        self.scope.includes(self.users.email(user), self.users.traits(user))
    }
}
