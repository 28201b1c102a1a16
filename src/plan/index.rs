//! Finds a listed user by address or `uid` without copying a key.
//!
//! The table holds digests beside positions, so that only the right user's text is ever read: 8 bytes an entry.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::model::{TenantUsers, comparison_key, is_same_address};

/// Positions of users, found by what they hold.
pub(super) struct UserIndex<'a> {
    users: &'a TenantUsers,
    by_email: HashTable<Entry>,
    by_uid: HashTable<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    digest: u32,
    position: u32,
}

impl<'a> UserIndex<'a> {
    /// Indexes all users by address, and by `uid` where rows have one.
    pub(super) fn new(users: &'a TenantUsers, with_uids: bool) -> Self {
        let by_email = table(users.len(), |index| digest_of_address(users.email(index)));
        let by_uid = if with_uids { table(users.len(), |index| digest_of(users.uid(index))) } else { HashTable::new() };
        Self { users, by_email, by_uid }
    }

    /// All users of this address: none, one, or by a fault of the tenant several.
    pub(super) fn with_address(&self, address: &str) -> impl Iterator<Item = usize> {
        let candidates = candidates(&self.by_email, digest_of_address(address));
        candidates.filter(move |&index| is_same_address(self.users.email(index), address))
    }

    /// The user with this `uid`; only where the index was made with them.
    pub(super) fn with_uid(&self, uid: &str) -> Option<usize> {
        candidates(&self.by_uid, digest_of(uid)).find(|&index| self.users.uid(index) == uid)
    }
}

fn digest_of_address(address: &str) -> u32 {
    digest_of(&comparison_key(address))
}

fn digest_of(key: &str) -> u32 {
    let mut state = FixedState::default().build_hasher();
    state.write(key.as_bytes());
    (state.finish() >> 32) as u32
}

/// The table takes an entry's place from the lower bits and its tag from the upper ones.
fn hash(digest: u32) -> u64 {
    u64::from(digest) << 32 | u64::from(digest)
}

fn table(users: usize, digest_of: impl Fn(usize) -> u32) -> HashTable<Entry> {
    let mut table = HashTable::with_capacity(users);
    // A packed table holds fewer users than `u32` can count.
    for position in 0..u32::try_from(users).unwrap_or(u32::MAX) {
        let digest = digest_of(position as usize);
        table.insert_unique(hash(digest), Entry { digest, position }, |entry| hash(entry.digest));
    }
    table
}

fn candidates(table: &HashTable<Entry>, digest: u32) -> impl Iterator<Item = usize> {
    let found = table.iter_hash(hash(digest)).filter(move |entry| entry.digest == digest);
    found.map(|entry| entry.position as usize)
}
