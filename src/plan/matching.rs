//! Which user a row means: by `uid` where it has one, else by address. Doubt is a conflict.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::diff::{Difference, difference};
use super::draft::Desired;
use super::index::{KeyDigest, UserIndex};
use super::scope::Scope;
use crate::model::{DesiredUser, TenantUsers};

/// What a row means. Kept small, since there is one for each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No listed user.
    Nobody,
    /// A listed user.
    User {
        /// Where it stands in the list.
        position: u32,
        /// Whether it is as the row wants it.
        is_equal: bool,
    },
    /// Something that can't be carried out without harm.
    Conflict(ConflictReason),
}

/// Whom a row's keys lead to.
#[derive(Debug, Clone, Copy)]
enum Found {
    Nobody,
    User(usize),
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

/// Rows that are looked up before the first of them is compared.
const ROWS_TOGETHER: usize = 64;
/// Fewer rows are not worth a thread of their own.
const ROWS_FOR_A_THREAD: usize = 20_000;

impl Matching {
    /// Finds the meaning of every row; on several threads where there are many rows, with the same outcome.
    pub fn new(desired: Desired<'_>, users: &TenantUsers, index: &UserIndex<'_>, scope: &Scope) -> Self {
        let rows = desired.users.len();
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let share = rows.div_ceil(threads).max(ROWS_FOR_A_THREAD);
        let matcher = Matcher { desired, users, index, scope };
        let parts: Vec<Part> = std::thread::scope(|threads| {
            let starts = (0..rows).step_by(share);
            let running: Vec<_> =
                starts.map(|start| threads.spawn(move || matcher.part(start..rows.min(start + share)))).collect();
            let ended = running.into_iter().map(std::thread::ScopedJoinHandle::join);
            ended.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        Self::of_parts(parts, rows, users.len())
    }

    fn of_parts(parts: Vec<Part>, rows: usize, users: usize) -> Self {
        let mut matching =
            Self { meanings: Vec::with_capacity(rows), claims: vec![0; users], spoken_of: vec![false; users] };
        for part in parts {
            for meaning in &part.meanings {
                if let &Meaning::User { position, .. } = meaning {
                    let claims = &mut matching.claims[position as usize];
                    *claims = claims.saturating_add(1);
                }
            }
            for user in part.spoken_of {
                matching.spoken_of[user] = true;
            }
            matching.meanings.extend(part.meanings);
        }
        matching
    }

    /// Whether a row of this meaning has its user to itself, and the user is as the row wants it.
    pub fn is_settled(&self, meaning: Meaning) -> bool {
        matches!(meaning, Meaning::User { position, is_equal: true } if self.claims[position as usize] == 1)
    }

    /// Whether no row speaks of the user at this position.
    pub fn is_absent(&self, user: usize) -> bool {
        self.claims[user] == 0 && !self.spoken_of[user]
    }
}

/// What finding meanings needs.
#[derive(Clone, Copy)]
struct Matcher<'a> {
    desired: Desired<'a>,
    users: &'a TenantUsers,
    index: &'a UserIndex<'a>,
    scope: &'a Scope,
}

/// The meanings of some rows, and the users that their conflicts speak of.
#[derive(Default)]
struct Part {
    meanings: Vec<Meaning>,
    spoken_of: Vec<usize>,
}

/// A row with the digests of its keys.
struct KeyedRow<'a> {
    row: DesiredUser<'a>,
    address: KeyDigest,
    /// `None` where the row names no `uid`.
    uid: Option<KeyDigest>,
}

impl<'a> Matcher<'a> {
    fn part(self, rows: Range<usize>) -> Part {
        let mut part = Part { meanings: Vec::with_capacity(rows.len()), spoken_of: Vec::new() };
        let (mut keyed, mut found) = (Vec::with_capacity(ROWS_TOGETHER), Vec::with_capacity(ROWS_TOGETHER));
        for start in rows.clone().step_by(ROWS_TOGETHER) {
            let end = rows.end.min(start + ROWS_TOGETHER);
            keyed.extend((start..end).map(|index| KeyedRow::new(self.desired.users.get(index))));
            found.clear();
            found.extend(keyed.iter().flat_map(|row| self.index.candidates(row.address, row.uid)));
            self.users.warm(&found);
            for row in keyed.drain(..) {
                self.take(&row, &mut part);
            }
        }
        part
    }

    fn take(&self, keyed: &KeyedRow<'a>, part: &mut Part) {
        let mut with_address = self.index.with_address(keyed.address, keyed.row.email);
        let (first, second) = (with_address.next(), with_address.next());
        let by_uid = keyed.uid.and_then(|digest| self.index.with_uid(digest, keyed.row.uid));
        let found = match keyed.uid {
            None => found_by_address(first, second, self.users, self.scope),
            Some(_) => found_by_uid(by_uid, first, second, self.users, self.scope),
        };
        if matches!(found, Found::Conflict(_)) {
            let with_address = self.index.with_address(keyed.address, keyed.row.email);
            part.spoken_of.extend(with_address.chain(by_uid));
        }
        part.meanings.push(self.meaning(&keyed.row, found));
    }

    /// Compares at once, while the user is near.
    fn meaning(&self, row: &DesiredUser<'_>, found: Found) -> Meaning {
        match found {
            Found::Nobody => Meaning::Nobody,
            Found::Conflict(reason) => Meaning::Conflict(reason),
            Found::User(user) => {
                let difference = difference(row, &self.users.get(user), self.desired.managed);
                // A text table holds fewer rows than `u32` can count.
                let position = u32::try_from(user).unwrap_or(u32::MAX);
                Meaning::User { position, is_equal: difference == Difference::None }
            }
        }
    }
}

impl<'a> KeyedRow<'a> {
    fn new(row: DesiredUser<'a>) -> Self {
        let uid = (!row.uid.is_empty()).then(|| KeyDigest::of_uid(row.uid));
        Self { row, address: KeyDigest::of_address(row.email), uid }
    }
}

fn found_by_address(first: Option<usize>, second: Option<usize>, users: &TenantUsers, scope: &Scope) -> Found {
    match (first, second) {
        (None, _) => Found::Nobody,
        (Some(_), Some(_)) => Found::Conflict(ConflictReason::AddressShared),
        (Some(user), None) if scope.includes(&users.get(user)) => Found::User(user),
        (Some(_), None) => Found::Conflict(ConflictReason::OutOfScope),
    }
}

fn found_by_uid(
    by_uid: Option<usize>,
    first: Option<usize>,
    second: Option<usize>,
    users: &TenantUsers,
    scope: &Scope,
) -> Found {
    let Some(user) = by_uid.filter(|&user| scope.includes(&users.get(user))) else {
        return Found::Conflict(ConflictReason::UidUnknown);
    };
    match (first, second) {
        (Some(_), Some(_)) => Found::Conflict(ConflictReason::AddressShared),
        (Some(other), None) if other != user => Found::Conflict(ConflictReason::AddressTaken),
        (Some(_) | None, None) | (None, Some(_)) => Found::User(user),
    }
}
