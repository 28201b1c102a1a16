//! Whatever a tenant answers: no decoder panics, nobody without identifier and address is listed, a message is one
//! short line, and a user goes back as it came. The same holds as bounded properties in `src/api/decode.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumsync::api::decode;
use lumsync::model::{UserRecord, has_control_character};

fuzz_target!(|body: &[u8]| {
    if let Ok(users) = decode::page(body) {
        assert!(users.iter().all(|user| !user.uid.is_empty() && !user.email.trim().is_empty()));
    }
    let (message, _) = decode::refusal(body);
    assert!(!has_control_character(&message) && message.chars().count() <= 301);
    assert!(!decode::holds_token(body) || body.windows(1).any(|byte| byte == b"{"));
    if let Ok(record) = serde_json::from_slice::<UserRecord>(body) {
        let sent = serde_json::to_vec(&record).expect("what was read can be written");
        let again: UserRecord = serde_json::from_slice(&sent).expect("what was written can be read");
        assert!(record.attributes().eq(again.attributes()));
    }
});
