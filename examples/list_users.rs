//! Lists the external users of a tenant as a plan does: every page fetched, every user read and kept, nobody twice.
//! Prints how many there are.
//!
//! `cargo run --release --example list_users -- URL TOKEN PAGE_SIZE`

use std::error::Error;
use std::io::Write;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use lumsync::api::{ConnectSettings, Credentials, GateSettings, ListQuery, Rate, UserReader};
use lumsync::model::AccountType;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, token, page_size] = arguments.as_slice() else {
        return Err("give a URL, a token and a page size".into());
    };
    let reader = UserReader::connect(ConnectSettings {
        base_url: url.parse()?,
        organization_id: String::new(),
        credentials: Credentials::Token(token.as_str().into()),
        ca_certificates: Vec::new(),
        timeout: Duration::from_mins(1),
        retries: 0,
        gate: GateSettings {
            rate: Rate::Unlimited,
            burst: NonZeroU32::MIN,
            concurrency: NonZeroUsize::MIN,
            max_wait: Duration::ZERO,
        },
    })?;
    let query = ListQuery {
        types: vec![AccountType::External],
        page_size: page_size.parse()?,
        with_hidden: true,
        ..ListQuery::default()
    };
    let list = reader.list(&query, |_, _| ()).await?;
    writeln!(std::io::stdout(), "{}", list.users.len())?;
    Ok(())
}
