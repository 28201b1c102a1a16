//! Finds a listed user by address or `uid` without copying a single key.
//!
//! A tenant of a million users is far larger than the processor's caches, and every look-up ends at a random place in
//! it. The table holds digests beside positions, so that only the right user's text is ever read; and callers look up
//! many rows, [warm](TenantUsers::warm) what was found, and only then compare, so that the memory is waited for once and
//! not a row at a time.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::model::{TenantUsers, comparison_key, is_same_address};

/// Positions of users, found by what they hold.
pub struct UserIndex<'a> {
    users: &'a TenantUsers,
    by_email: HashTable<Entry>,
    by_uid: HashTable<Entry>,
}

/// What is left of a key where only its equality is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyDigest(u32);

#[derive(Debug, Clone, Copy)]
struct Entry {
    digest: KeyDigest,
    position: u32,
}

impl KeyDigest {
    /// Of an address, without regard to its spelling.
    pub fn of_address(address: &str) -> Self {
        Self::of(comparison_key(address).as_bytes())
    }

    /// Of a `uid`.
    pub fn of_uid(uid: &str) -> Self {
        Self::of(uid.as_bytes())
    }

    fn of(key: &[u8]) -> Self {
        let mut state = FixedState::default().build_hasher();
        state.write(key);
        Self((state.finish() >> 32) as u32)
    }

    /// The table takes its place from the lower bits and its tag from the upper ones.
    fn hash(self) -> u64 {
        u64::from(self.0) << 32 | u64::from(self.0)
    }
}

impl<'a> UserIndex<'a> {
    /// Indexes all users by address, and by `uid` where rows have one.
    pub fn new(users: &'a TenantUsers, with_uids: bool) -> Self {
        let by_email = table(users.len(), |index| KeyDigest::of_address(users.email(index)));
        let by_uid =
            if with_uids { table(users.len(), |index| KeyDigest::of_uid(users.uid(index))) } else { HashTable::new() };
        Self { users, by_email, by_uid }
    }

    /// All users of this address, whose digest this is: none, one, or by a fault of the tenant several.
    pub fn with_address(&self, digest: KeyDigest, address: &str) -> impl Iterator<Item = usize> {
        candidates(&self.by_email, digest).filter(move |&index| is_same_address(self.users.email(index), address))
    }

    /// The user with this `uid`, whose digest this is; only where the index was made with them.
    pub fn with_uid(&self, digest: KeyDigest, uid: &str) -> Option<usize> {
        candidates(&self.by_uid, digest).find(|&index| self.users.uid(index) == uid)
    }

    /// Every user that a look-up of these keys will compare.
    pub fn candidates(&self, address: KeyDigest, uid: Option<KeyDigest>) -> impl Iterator<Item = usize> {
        let by_uid = uid.into_iter().flat_map(|digest| candidates(&self.by_uid, digest));
        candidates(&self.by_email, address).chain(by_uid)
    }
}

fn table(users: usize, digest_of: impl Fn(usize) -> KeyDigest) -> HashTable<Entry> {
    let mut table = HashTable::with_capacity(users);
    // A text table holds fewer rows than `u32` can count.
    for position in 0..u32::try_from(users).unwrap_or(u32::MAX) {
        let digest = digest_of(position as usize);
        table.insert_unique(digest.hash(), Entry { digest, position }, |entry| entry.digest.hash());
    }
    table
}

fn candidates(table: &HashTable<Entry>, digest: KeyDigest) -> impl Iterator<Item = usize> {
    let found = table.iter_hash(digest.hash()).filter(move |entry| entry.digest == digest);
    found.map(|entry| entry.position as usize)
}
