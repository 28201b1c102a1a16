//! Keys that stand on more than one row.
//!
//! A hash table of a million addresses would miss the cache a million times; sorting short digests does not.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

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

    /// Groups of two or more rows with the same key, each in the order of the rows; `key_of` gives a row's key.
    pub(super) fn groups(mut self, key_of: impl Fn(u32) -> String) -> Vec<Vec<u32>> {
        self.entries.sort_unstable();
        let mut groups = Vec::new();
        for alike in self.entries.chunk_by(|left, right| left >> 32 == right >> 32) {
            if alike.len() > 1 {
                collect_groups(alike, &key_of, &mut groups);
            }
        }
        groups.sort_unstable();
        groups
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
    fn keys_whose_digests_agree_by_chance_stay_apart() {
        let noted = Keys { entries: vec![7 << 32, 7 << 32 | 1, 7 << 32 | 2] };
        assert_eq!(noted.groups(|index| ["x", "y", "x"][index as usize].to_owned()), [vec![0, 2]]);
    }
}
