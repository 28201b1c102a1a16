//! Cursors: opaque to a client, bound to the query that they came from, and right while users change.
//!
//! A cursor names the last user that was answered, by the sort key and the position of its creation, never by a
//! count of users: users that are added, changed or removed meanwhile cause no other to be left out or repeated.

use base16ct::lower::{decode_vec, encode_string};

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cursor {
    /// The position behind which the page begins, counted from one; zero is the very beginning.
    pub(crate) after: u64,
    /// The sort key of the user at that position; empty for a list in the order of creation.
    pub(crate) key: String,
    /// How often the list began again, so that a restarted list has new cursors.
    pub(crate) lap: u64,
}

impl Cursor {
    /// The text that the client gets, good for a query with this fingerprint.
    pub(crate) fn encode(&self, fingerprint: u64) -> String {
        let numbers = [fingerprint, self.lap, self.after].map(u64::to_be_bytes);
        encode_string(&[numbers.as_flattened(), self.key.as_bytes()].concat())
    }

    /// Reads a cursor back; `None` when it is made up or another query's.
    pub(crate) fn decode(text: &str, fingerprint: u64) -> Option<Self> {
        let bytes = decode_vec(text).ok()?;
        let (numbers, key) = bytes.split_first_chunk::<24>()?;
        let (numbers, _) = numbers.as_chunks();
        let [found, lap, after] = [0, 1, 2].map(|place| u64::from_be_bytes(numbers[place]));
        let key = String::from_utf8(key.to_vec()).ok()?;
        (found == fingerprint).then_some(Self { after, key, lap })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_for_its_own_query_alone(
            after: u64, lap: u64, key in "\\PC{0,12}", query: u64, other: u64,
        ) {
            let cursor = Cursor { after, key, lap };
            let text = cursor.encode(query);
            prop_assert_eq!(Cursor::decode(&text, query), Some(cursor));
            if other != query {
                prop_assert_eq!(Cursor::decode(&text, other), None);
            }
        }

        #[test]
        fn what_a_client_makes_up_is_refused(text in "[0-9a-f]{0,40}|\\PC{0,20}") {
            prop_assert_eq!(Cursor::decode(&text, 1), None);
        }
    }
}
