//! Finds a listed user by address or `uid` without copying a single key.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::model::{TenantUsers, comparison_key};

/// Positions of users, found by what they hold.
pub struct UserIndex<'a> {
    users: &'a TenantUsers,
    hasher: FixedState,
    by_email: HashTable<u32>,
    by_uid: HashTable<u32>,
}

impl<'a> UserIndex<'a> {
    /// Indexes all users by address, and by `uid` where rows have one.
    pub fn new(users: &'a TenantUsers, with_uids: bool) -> Self {
        let hasher = FixedState::default();
        let mut by_email = HashTable::with_capacity(users.len());
        let mut by_uid = HashTable::with_capacity(if with_uids { users.len() } else { 0 });
        let hash_email = |index: u32| hash_address(&hasher, users.email(index as usize));
        let hash_uid = |index: u32| hash_bytes(&hasher, users.uid(index as usize).as_bytes());
        // A text table holds fewer rows than `u32` can count.
        for index in 0..u32::try_from(users.len()).unwrap_or(u32::MAX) {
            by_email.insert_unique(hash_email(index), index, |&other| hash_email(other));
            if with_uids {
                by_uid.insert_unique(hash_uid(index), index, |&other| hash_uid(other));
            }
        }
        Self { users, hasher, by_email, by_uid }
    }

    /// All users of this address: none, one, or by a fault of the tenant several.
    pub fn with_address(&self, address: &str) -> impl Iterator<Item = usize> {
        let hash = hash_address(&self.hasher, address);
        self.by_email
            .iter_hash(hash)
            .map(|&index| index as usize)
            .filter(move |&index| is_same_key(self.users.email(index), address))
    }

    /// The user with this `uid`; only where the index was made with them.
    pub fn with_uid(&self, uid: &str) -> Option<usize> {
        let hash = hash_bytes(&self.hasher, uid.as_bytes());
        self.by_uid.find(hash, |&index| self.users.uid(index as usize) == uid).map(|&index| index as usize)
    }
}

fn is_same_key(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        left.trim().eq_ignore_ascii_case(right.trim())
    } else {
        comparison_key(left) == comparison_key(right)
    }
}

fn hash_address(hasher: &FixedState, address: &str) -> u64 {
    hash_bytes(hasher, comparison_key(address).as_bytes())
}

fn hash_bytes(hasher: &FixedState, bytes: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(bytes);
    state.finish()
}
