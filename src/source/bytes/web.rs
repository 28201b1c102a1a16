//! A CSV on a web server: the whole answer to the whole address, or an error.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{LOCATION, TRANSFER_ENCODING};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Version};
use url::Url;

use super::location::without_credentials;
use super::open::check_beginning;
use crate::model::root_cause;
use crate::source::error::SourceError;
use crate::source::settings::SourceSettings;

/// Before what may pass by itself is tried again; doubles with each try.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Followed within one server.
const MOST_REDIRECTS: usize = 5;
/// For the whole file, so that one that drips ends, too.
pub(super) const LONGEST_DOWNLOAD: Duration = Duration::from_mins(15);

/// Why there is no file.
enum Problem {
    /// Another try may bring it.
    Passing(String),
    Lasting(SourceError),
}

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        Self::Lasting(error)
    }
}

impl From<reqwest::Error> for Problem {
    fn from(error: reqwest::Error) -> Self {
        let is_timeout = error.is_timeout();
        // The address may be signed.
        let cause = root_cause(&error.without_url());
        Self::Passing(if is_timeout { "the answer took too long".to_owned() } else { cause })
    }
}

/// Fetches the file, and no more of it than allowed.
pub(super) async fn fetch(url: &Url, settings: &SourceSettings) -> Result<Bytes, SourceError> {
    let client = client(url, settings.timeout).map_err(|error| remote(url, error.without_url().to_string()))?;
    let (mut retries, mut wait) = (0..settings.retries, FIRST_WAIT);
    loop {
        match get(&client, url, settings.size_limit).await {
            Ok(bytes) => return Ok(bytes),
            Err(Problem::Lasting(error)) => return Err(error),
            Err(Problem::Passing(cause)) if retries.next().is_none() => return Err(remote(url, cause)),
            Err(Problem::Passing(_)) => tokio::time::sleep(wait).await,
        }
        wait = LONGEST_WAIT.min(wait * 2);
    }
}

/// The time limit is of each silence: until the connection stands, and between two pieces of the answer.
fn client(url: &Url, timeout: Duration) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(concat!("lumsync/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(timeout)
        .read_timeout(timeout)
        .timeout(LONGEST_DOWNLOAD);
    // Plain http is for loopback, where no proxy stands between.
    if url.scheme() == "http" { builder.no_proxy().build() } else { builder.build() }
}

async fn get(client: &Client, url: &Url, size_limit: u64) -> Result<Bytes, Problem> {
    let mut response = ask(client, url).await?;
    if !says_where_it_ends(&response) {
        let cause = "the answer does not say how long it is, so a cut file would not be noticed";
        return Err(remote(url, cause.to_owned()).into());
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > size_limit {
            return Err(SourceError::TooLarge { path: without_credentials(url), limit: size_limit }.into());
        }
        check_beginning(&bytes, bytes.len() - chunk.len(), || without_credentials(url))?;
    }
    Ok(bytes.freeze())
}

/// A body that ends with its connection may have been cut anywhere. For any other, an early end is an error.
fn says_where_it_ends(response: &Response) -> bool {
    response.content_length().is_some()
        || response.headers().contains_key(TRANSFER_ENCODING)
        || response.version() >= Version::HTTP_2
}

/// The answer that has the file.
async fn ask(client: &Client, url: &Url) -> Result<Response, Problem> {
    let mut place = url.clone();
    for _ in 0..=MOST_REDIRECTS {
        let response = client.get(place.clone()).send().await?;
        let status = response.status();
        match status {
            StatusCode::OK => return Ok(response),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(refusal(url, "there is no such file").into()),
            StatusCode::PARTIAL_CONTENT => {
                return Err(remote(url, "the server answered with a part of the file (206)".to_owned()).into());
            }
            _ if status.is_redirection() => place = next_place(url, &place, &response)?,
            _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                return Err(Problem::Passing(format!("the server answered {status}")));
            }
            _ => return Err(remote(url, format!("the server answered {status}")).into()),
        }
    }
    Err(remote(url, "the server sends on from place to place without end".to_owned()).into())
}

/// Where a redirect leads, within the server that was named.
fn next_place(url: &Url, place: &Url, response: &Response) -> Result<Url, Problem> {
    let target = response.headers().get(LOCATION).and_then(|target| target.to_str().ok());
    match target.and_then(|target| place.join(target).ok()) {
        Some(next) if next.origin() == url.origin() && next.username().is_empty() && next.password().is_none() => {
            Ok(next)
        }
        Some(next) => {
            let elsewhere = without_credentials(&next);
            let cause = format!("the server sends on to {elsewhere}; if that is the right place, name it yourself");
            Err(remote(url, cause).into())
        }
        None => Err(remote(url, format!("the server answered {} without a place", response.status())).into()),
    }
}

fn remote(url: &Url, cause: String) -> SourceError {
    SourceError::Remote { url: without_credentials(url), source: cause.into() }
}

fn refusal(url: &Url, reason: &str) -> SourceError {
    SourceError::Location { url: without_credentials(url), reason: reason.to_owned() }
}
