//! Sends a body to an address that the operator named, once: a chat's hook, a monitor's gateway.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, redirect};
use url::Url;

use crate::model::root_cause;
use crate::settings::HttpSection;

/// From looking the host up to the whole answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is sent, and where.
pub(in crate::commands::job) struct Message<'a> {
    pub(in crate::commands::job) method: Method,
    pub(in crate::commands::job) url: &'a Url,
    pub(in crate::commands::job) content_type: &'static str,
    pub(in crate::commands::job) body: Vec<u8>,
}

/// Sends it. The problem never holds the URL, which may be a secret.
pub(in crate::commands::job) async fn send(message: Message<'_>, http: &HttpSection) -> Result<(), String> {
    let mut client = reqwest::Client::builder()
        .user_agent(concat!("lumsync/", env!("CARGO_PKG_VERSION")))
        // A redirect is an error: the message must not go to another host.
        .redirect(redirect::Policy::none())
        .tls_certs_merge(http.ca_certificates().map_err(|error| error.to_string())?)
        .timeout(PATIENCE);
    if message.url.scheme() == "http" {
        client = client.no_proxy();
    }
    let client = client.build().map_err(without_url)?;
    let request = client.request(message.method, message.url.clone()).header(CONTENT_TYPE, message.content_type);
    let status = request.body(message.body).send().await.map_err(without_url)?.status();
    if status.is_success() { Ok(()) } else { Err(format!("the answer was {}", status.as_u16())) }
}

fn without_url(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    root_cause(&error.without_url())
}
