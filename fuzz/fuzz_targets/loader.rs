//! Whatever the bytes, the loader ends without a panic, and each row is either valid or has a problem.
//!
//! `cargo +nightly fuzz run loader fuzz/corpus/loader fixtures/csv`

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use lumsync::source::{RawSource, SourceSettings, load};

/// Unpacked bytes; a bomb must not pass for a find.
const SIZE_LIMIT: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let settings = SourceSettings { size_limit: SIZE_LIMIT, ..SourceSettings::default() };
    let Ok(raw) = RawSource::from_bytes("fuzz.csv", bytes.to_vec(), &settings) else { return };
    let Ok(loaded) = load(raw, &settings) else { return };
    let valid: BTreeSet<u64> = loaded.users.iter().map(|user| user.row).collect();
    let faulty: BTreeSet<u64> = loaded.problems.iter().map(|problem| problem.line).collect();
    assert!(valid.is_disjoint(&faulty));
    assert_eq!(loaded.facts.rows, (valid.len() + faulty.len()) as u64);
});
