//! Finds a listed user by address or `uid` without copying a key.
//!
//! The index holds digests beside positions, so that only the right user's text is ever read: about 12 bytes a user.

use std::hash::{BuildHasher, Hasher};
use std::hint::black_box;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::model::{TenantUsers, comparison_key, is_same_address};

/// Positions of users, found by what they hold.
pub(in crate::plan) struct UserIndex<'a> {
    users: &'a TenantUsers,
    by_email: DigestIndex,
    by_uid: DigestIndex,
}

impl<'a> UserIndex<'a> {
    /// Indexes all users by address, and by `uid` where rows have one.
    pub(in crate::plan) fn new(users: &'a TenantUsers, with_uids: bool) -> Self {
        let by_email = DigestIndex::new(users.len(), |index| digest_of_address(users.email(index)));
        let by_uid = DigestIndex::new(if with_uids { users.len() } else { 0 }, |index| digest_of(users.uid(index)));
        Self { users, by_email, by_uid }
    }

    /// All users of this address: none, one, or by a fault of the tenant several.
    pub(in crate::plan) fn with_address(&self, address: &str) -> impl Iterator<Item = usize> {
        let users = self.by_email.find(digest_of_address(address)).map(|position| position as usize);
        users.filter(move |&index| is_same_address(self.users.email(index), address))
    }

    /// Fetches the users of these addresses, and what finds them, into the processor's cache. Reads that do not depend on
    /// each other wait for memory together, where one look-up after the other waits for each (`docs/performance.md`).
    pub(in crate::plan) fn warm<'k>(&self, addresses: impl Iterator<Item = &'k str>) {
        let digests: Vec<u32> = addresses.map(digest_of_address).collect();
        self.by_email.warm(&digests);
        let likely: Vec<u32> = digests.iter().filter_map(|&digest| self.by_email.find(digest).next()).collect();
        self.users.warm(&likely);
    }

    /// The user with this `uid`; only where the index was made with them.
    pub(in crate::plan) fn with_uid(&self, uid: &str) -> Option<usize> {
        let mut users = self.by_uid.find(digest_of(uid)).map(|position| position as usize);
        users.find(|&index| self.users.uid(index) == uid)
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

/// Positions sorted by digest, with about one entry for each bucket of digests: smaller than a hash table, and made on
/// all processors.
struct DigestIndex {
    entries: Vec<Entry>,
    /// Where each bucket begins in `entries`, and where the last one ends.
    buckets: Vec<u32>,
    /// How many lower bits of a digest do not count for its bucket.
    shift: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    digest: u32,
    position: u32,
}

impl DigestIndex {
    fn new(users: usize, digest_of: impl Fn(usize) -> u32 + Sync) -> Self {
        // A packed table holds fewer users than `u32` can count.
        let positions = (0..u32::try_from(users).unwrap_or(u32::MAX)).into_par_iter();
        let entry = |position| Entry { digest: digest_of(position as usize), position };
        let mut entries: Vec<Entry> = positions.map(entry).collect();
        entries.par_sort_unstable();
        let bits = users.max(2).ilog2();
        let mut index = Self { entries, buckets: vec![0; (1 << bits) + 1], shift: u32::BITS - bits };
        for entry in 0..index.entries.len() {
            let bucket = index.bucket(index.entries[entry].digest);
            index.buckets[bucket + 1] += 1;
        }
        for bucket in 1..index.buckets.len() {
            index.buckets[bucket] += index.buckets[bucket - 1];
        }
        index
    }

    fn warm(&self, digests: &[u32]) {
        let starts: Vec<u32> = digests.iter().map(|&digest| self.buckets[self.bucket(digest)]).collect();
        let entries = starts.iter().filter_map(|&start| self.entries.get(start as usize));
        black_box(entries.map(|entry| u64::from(entry.position)).sum::<u64>());
    }

    /// The positions behind a digest, in order; different texts may have the same digest.
    fn find(&self, digest: u32) -> impl Iterator<Item = u32> {
        let bucket = self.bucket(digest);
        let entries = &self.entries[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize];
        entries.iter().filter(move |entry| entry.digest == digest).map(|entry| entry.position)
    }

    fn bucket(&self, digest: u32) -> usize {
        (digest >> self.shift) as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few digests, so that several positions share one, and both ends of their range.
        #[test]
        fn all_positions_of_a_digest_are_found_in_order(choices in prop::collection::vec(0_usize..4, 0..40)) {
            let digests = [0, 7, 1 << 31, u32::MAX];
            let index = DigestIndex::new(choices.len(), |position| digests[choices[position]]);
            for (choice, &digest) in digests.iter().enumerate() {
                let expected: Vec<u32> = (0..).zip(&choices).filter(|(_, c)| **c == choice).map(|(p, _)| p).collect();
                prop_assert_eq!(index.find(digest).collect::<Vec<u32>>(), expected);
            }
            prop_assert_eq!(index.find(8).next(), None);
        }
    }
}
