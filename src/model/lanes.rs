//! Sixteen bytes at a look, for what is asked of every byte of a large file.

use wide::u8x16;

/// Bytes of one look.
pub(crate) const LANE: usize = 16;

/// The lanes whose byte is not below `low` and not above `high`.
pub(crate) fn within(lane: u8x16, low: u8, high: u8) -> u8x16 {
    lane.max(u8x16::splat(low)).min(u8x16::splat(high)).simd_eq(lane)
}

/// Whether `is_right` holds in every lane of the bytes. The last look goes over some bytes again, or over bytes filled up
/// with the first one.
pub(crate) fn all(bytes: &[u8], is_right: impl Fn(u8x16) -> u8x16) -> bool {
    let (whole, _) = bytes.as_chunks::<LANE>();
    let mut right = u8x16::splat(u8::MAX);
    for &lane in whole {
        right &= is_right(u8x16::new(lane));
    }
    right &= match (bytes.last_chunk(), bytes.first()) {
        (Some(&lane), _) => is_right(u8x16::new(lane)),
        (None, Some(&first)) => {
            let mut lane = [first; LANE];
            lane[..bytes.len()].copy_from_slice(bytes);
            is_right(u8x16::new(lane))
        }
        (None, None) => right,
    };
    right == u8x16::splat(u8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lanes_tell_what_bytes_tell(bytes in prop::collection::vec(any::<u8>(), 0..70), limits: (u8, u8)) {
            let (low, high) = (limits.0.min(limits.1), limits.0.max(limits.1));
            let expected = bytes.iter().all(|byte| (low..=high).contains(byte));
            prop_assert_eq!(all(&bytes, |lane| within(lane, low, high)), expected);
        }

        #[test]
        fn one_wrong_byte_is_seen_wherever_it_stands(length in 1_usize..70, place in any::<prop::sample::Index>()) {
            let mut bytes = vec![b'a'; length];
            bytes[place.index(length)] = b'\t';
            prop_assert!(!all(&bytes, |lane| within(lane, b' ', b'~')));
        }
    }
}
