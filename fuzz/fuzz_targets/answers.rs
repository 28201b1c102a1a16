//! Whatever a tenant answers: no decoder panics, a user without identifier or address is at most an unreadable one, a
//! message is one short line, and a user goes back as it came. The same holds as bounded properties in
//! `src/api/fuzzing.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumsync::api::fuzzing;
use lumsync::model::{UserRecord, has_control_character};

fuzz_target!(|body: &[u8]| {
    if let Ok(users) = fuzzing::page(body) {
        let has_identity = |uid: &str, email: &str| !uid.is_empty() && !email.trim().is_empty();
        assert!(users.iter().all(|user| has_identity(user.uid, user.email()) || !user.traits.is_readable));
    }
    let message = fuzzing::refusal(body);
    assert!(!has_control_character(&message) && message.chars().count() <= 301);
    assert!(!fuzzing::holds_token(body) || body.windows(1).any(|byte| byte == b"{"));
    if let Ok(record) = fuzzing::user(body) {
        let sent = serde_json::to_vec(&record).expect("what was read can be written");
        let again: UserRecord = serde_json::from_slice(&sent).expect("what was written can be read");
        assert!(record.attributes().eq(again.attributes()));
    }
});
