//! Which user a row means: by `uid` where it has one, else by address. Doubt is a conflict.

use super::index::UserIndex;
use super::scope::Scope;
use crate::model::{DesiredUser, DesiredUsers, TenantUsers};

/// What a row means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No listed user.
    Nobody,
    /// The listed user at this position.
    User(usize),
    /// Something that can't be carried out without harm.
    Conflict(ConflictReason),
}

/// Why a row can't be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictReason {
    /// No user in scope has the row's `uid`.
    UidUnknown,
    /// The `uid`'s user has another address, and the row's address is somebody else's.
    AddressTaken,
    /// Two users of the tenant have the row's address.
    AddressShared,
    /// The address is a user's whose account type or domain is out of scope.
    OutOfScope,
}

/// The meaning of every row, and who is spoken of by any row at all.
pub struct Matching {
    /// One for each row.
    pub meanings: Vec<Meaning>,
    /// How many rows mean each user. More than one is a conflict of rows.
    pub claims: Vec<u8>,
    /// Users that a conflict speaks of: never disabled for absence.
    pub spoken_of: Vec<bool>,
}

impl Matching {
    /// Finds the meaning of every row.
    pub fn new(desired: &DesiredUsers, users: &TenantUsers, index: &UserIndex<'_>, scope: &Scope) -> Self {
        let mut matching = Self {
            meanings: Vec::with_capacity(desired.len()),
            claims: vec![0; users.len()],
            spoken_of: vec![false; users.len()],
        };
        for row in desired.iter() {
            let meaning = matching.meaning(&row, users, index, scope);
            if let Meaning::User(user) = meaning {
                matching.claims[user] = matching.claims[user].saturating_add(1);
            }
            matching.meanings.push(meaning);
        }
        matching
    }

    /// Whether no row speaks of the user at this position.
    pub fn is_absent(&self, user: usize) -> bool {
        self.claims[user] == 0 && !self.spoken_of[user]
    }

    fn meaning(&mut self, row: &DesiredUser<'_>, users: &TenantUsers, index: &UserIndex<'_>, scope: &Scope) -> Meaning {
        let mut with_address = index.with_address(row.email);
        let (first, second) = (with_address.next(), with_address.next());
        let meaning = if row.uid.is_empty() {
            meaning_by_address(first, second, users, scope)
        } else {
            meaning_by_uid(index.with_uid(row.uid), first, second, users, scope)
        };
        if matches!(meaning, Meaning::Conflict(_)) {
            let by_uid = (!row.uid.is_empty()).then(|| index.with_uid(row.uid)).flatten();
            for user in index.with_address(row.email).chain(by_uid) {
                self.spoken_of[user] = true;
            }
        }
        meaning
    }
}

fn meaning_by_address(first: Option<usize>, second: Option<usize>, users: &TenantUsers, scope: &Scope) -> Meaning {
    match (first, second) {
        (None, _) => Meaning::Nobody,
        (Some(_), Some(_)) => Meaning::Conflict(ConflictReason::AddressShared),
        (Some(user), None) if scope.includes(&users.get(user)) => Meaning::User(user),
        (Some(_), None) => Meaning::Conflict(ConflictReason::OutOfScope),
    }
}

fn meaning_by_uid(
    by_uid: Option<usize>,
    first: Option<usize>,
    second: Option<usize>,
    users: &TenantUsers,
    scope: &Scope,
) -> Meaning {
    let Some(user) = by_uid.filter(|&user| scope.includes(&users.get(user))) else {
        return Meaning::Conflict(ConflictReason::UidUnknown);
    };
    match (first, second) {
        (Some(_), Some(_)) => Meaning::Conflict(ConflictReason::AddressShared),
        (Some(other), None) if other != user => Meaning::Conflict(ConflictReason::AddressTaken),
        (Some(_) | None, None) | (None, Some(_)) => Meaning::User(user),
    }
}
