//! The library's reader, without a pace.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use lumsync::api::{ConnectSettings, Credentials, GateSettings, Rate, UserReader};

/// A reader of the tenant at this URL.
pub fn reader(base_url: &str, token: &str, retries: u32, concurrency: usize) -> UserReader {
    UserReader::connect(ConnectSettings {
        base_url: base_url.parse().unwrap(),
        organization_id: String::new(),
        credentials: Credentials::Token(token.into()),
        ca_certificates: Vec::new(),
        timeout: Duration::from_secs(20),
        retries,
        gate: GateSettings {
            rate: Rate::Unlimited,
            burst: NonZeroU32::MIN,
            concurrency: NonZeroUsize::new(concurrency).unwrap(),
            max_wait: Duration::from_secs(1),
        },
    })
    .unwrap()
}
