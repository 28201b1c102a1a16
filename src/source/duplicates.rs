//! Keys that stand on more than one row.
//!
//! A hash table of a million addresses would miss the cache a million times. A bit a digest does not, and leaves so few
//! rows that may be duplicates that they can be compared one by one.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// Bits for each key: enough that few rows share one by chance.
const BITS_PER_KEY: usize = 16;

/// Digests of one key a row, in the order of the rows.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The upper half is the digest, the lower half the row's index.
    entries: Vec<u64>,
}

impl Keys {
    /// Notes the key of the row with this index.
    pub(super) fn push(&mut self, index: u32, key: &[u8]) {
        let digest = FixedState::with_seed(0).hash_one(key);
        self.entries.push((digest & 0xffff_ffff_0000_0000) | u64::from(index));
    }

    /// Takes over the keys of other rows, whose indices change by `to_index`.
    pub(super) fn append(&mut self, other: &Self, to_index: impl Fn(u32) -> u32) {
        let moved = |&entry: &u64| (entry & 0xffff_ffff_0000_0000) | u64::from(to_index(row_of(entry)));
        self.entries.extend(other.entries.iter().map(moved));
    }

    /// Groups of two or more rows with the same key, each in the order of the rows; `key_of` gives a row's key.
    pub(super) fn groups(self, key_of: impl Fn(u32) -> String) -> Vec<Vec<u32>> {
        let mut suspects = self.suspects();
        suspects.sort_unstable();
        let mut groups = Vec::new();
        for alike in suspects.chunk_by(|left, right| left >> 32 == right >> 32) {
            if alike.len() > 1 {
                collect_groups(alike, &key_of, &mut groups);
            }
        }
        groups.sort_unstable();
        groups
    }

    /// The entries that share their bit with another.
    fn suspects(self) -> Vec<u64> {
        let mut seen = Bits::for_keys(self.entries.len());
        let mut repeated = Bits::for_keys(self.entries.len());
        for &entry in &self.entries {
            if seen.set(entry >> 32) {
                repeated.set(entry >> 32);
            }
        }
        let mut suspects = self.entries;
        suspects.retain(|&entry| repeated.has(entry >> 32));
        suspects
    }
}

/// A set of digests that knows them by their lowest bits alone.
struct Bits {
    words: Vec<u64>,
    mask: usize,
}

impl Bits {
    fn for_keys(keys: usize) -> Self {
        let bits = (keys * BITS_PER_KEY).next_power_of_two().max(64);
        Self { words: vec![0; bits / 64], mask: bits - 1 }
    }

    /// Adds a digest; whether it was there.
    fn set(&mut self, digest: u64) -> bool {
        let (word, bit) = self.place(digest);
        let was_set = self.words[word] & bit != 0;
        self.words[word] |= bit;
        was_set
    }

    fn has(&self, digest: u64) -> bool {
        let (word, bit) = self.place(digest);
        self.words[word] & bit != 0
    }

    fn place(&self, digest: u64) -> (usize, u64) {
        let place = usize::try_from(digest).unwrap_or(usize::MAX) & self.mask;
        (place / 64, 1 << (place % 64))
    }
}

/// Rows whose digests agree mostly have the same key, but need not.
fn collect_groups(alike: &[u64], key_of: impl Fn(u32) -> String, groups: &mut Vec<Vec<u32>>) {
    let mut rows: Vec<(String, u32)> = alike.iter().map(|&entry| row_of(entry)).map(|row| (key_of(row), row)).collect();
    rows.sort_unstable();
    for same in rows.chunk_by(|left, right| left.0 == right.0) {
        if same.len() > 1 {
            groups.push(same.iter().map(|&(_, row)| row).collect());
        }
    }
}

fn row_of(entry: u64) -> u32 {
    u32::try_from(entry & 0xffff_ffff).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_key_are_grouped_in_their_order() {
        let keys = ["a", "b", "a", "c", "b", "a"];
        let mut noted = Keys::default();
        for (index, key) in (0..).zip(keys) {
            noted.push(index, key.as_bytes());
        }
        assert_eq!(noted.groups(|index| keys[index as usize].to_owned()), [vec![0, 2, 5], vec![1, 4]]);
    }

    #[test]
    fn appended_keys_are_found_under_their_new_index() {
        let (mut first, mut second) = (Keys::default(), Keys::default());
        first.push(0, b"a");
        second.push(0, b"b");
        second.push(1, b"a");
        first.append(&second, |index| index + 1);
        assert_eq!(first.groups(|index| ["a", "b", "a"][index as usize].to_owned()), [vec![0, 2]]);
    }

    #[test]
    fn keys_whose_digests_agree_by_chance_stay_apart() {
        let noted = Keys { entries: vec![7 << 32, 7 << 32 | 1, 7 << 32 | 2] };
        assert_eq!(noted.groups(|index| ["x", "y", "x"][index as usize].to_owned()), [vec![0, 2]]);
    }
}
