//! Cursors: opaque to a client, bound to the query that they came from, and right while users change.
//!
//! A cursor names the last user that was answered, by the sort key and the position of its creation, never by a
//! count of users: whoever is added, changed or removed meanwhile, nobody is left out or repeated for it.

use sha2::{Digest, Sha256};

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cursor {
    /// The position behind which the page begins, counted from one; zero is the very beginning.
    pub(super) after: u32,
    /// The sort key of the user at that position; empty for a list in the order of creation.
    pub(super) key: String,
}

impl Cursor {
    /// The text that the client gets, good for a query with this fingerprint.
    pub(super) fn encode(&self, fingerprint: u64) -> String {
        let mut payload = self.after.to_be_bytes().to_vec();
        payload.extend_from_slice(self.key.as_bytes());
        let mut bytes = seal(&payload, fingerprint).to_vec();
        bytes.extend_from_slice(&payload);
        base16ct::lower::encode_string(&bytes)
    }

    /// Reads a cursor back; `None` when it is forged or another query's.
    pub(super) fn decode(text: &str, fingerprint: u64) -> Option<Self> {
        let bytes = base16ct::lower::decode_vec(text).ok()?;
        let (tag, payload) = bytes.split_at_checked(SEAL_BYTES)?;
        if tag != seal(payload, fingerprint) {
            return None;
        }
        let (after, key) = payload.split_first_chunk()?;
        Some(Self { after: u32::from_be_bytes(*after), key: String::from_utf8(key.to_vec()).ok()? })
    }
}

const SEAL_BYTES: usize = 8;

fn seal(payload: &[u8], fingerprint: u64) -> [u8; SEAL_BYTES] {
    let digest = Sha256::new()
        .chain_update(b"a cursor of the sandbox")
        .chain_update(fingerprint.to_be_bytes())
        .chain_update(payload)
        .finalize();
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&digest[..SEAL_BYTES]);
    seal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_for_its_own_query_alone(after: u32, key in "\\PC{0,12}", query: u64, other: u64) {
            let cursor = Cursor { after, key };
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
