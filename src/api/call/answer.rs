//! A whole answer, and what it says in the API's own terms. Pure but for receiving it.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::retry::{self, Outcome};
use crate::clock;
use crate::model::{redact, root_cause, undo_escapes};

/// An answer larger than this is no answer of this API: a page of 1,000 whole users is a few megabytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Messages are repeated up to here: a gateway's page is no message.
const MESSAGE_CHARACTERS: usize = 300;

/// A whole answer.
pub(in crate::api) struct Received {
    pub(in crate::api) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(in crate::api) body: Bytes,
}

/// Why there is no whole answer.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) cause: String,
}

/// Sends the request and receives the whole answer.
pub(super) async fn receive(request: RequestBuilder) -> Result<Received, Failure> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let body = read_body(response).await?;
    Ok(Received { status, retry_after, body })
}

/// A date is held against the server's own clock, which may differ from ours.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    retry::parse_retry_after(value, date(headers).unwrap_or_else(clock::now))
}

/// The time that the server has (`Date`), to the second.
pub(super) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(DATE)?.to_str().ok()?;
    Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()
}

async fn read_body(mut response: Response) -> Result<Bytes, Failure> {
    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut body = BytesMut::with_capacity(expected.min(LARGEST_ANSWER));
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            let cause = format!("the answer is larger than {} MiB", LARGEST_ANSWER / 1024 / 1024);
            return Err(Failure { outcome: Outcome::Lost, cause });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl Received {
    pub(super) fn outcome(&self) -> Outcome {
        Outcome::Status {
            code: self.status,
            retry_after: self.retry_after,
            is_api_error: api_error(&self.body).is_some_and(|error| error.code == self.status),
            is_rate_limit: is_rate_limit(&self.body),
        }
    }

    /// Whether the answer is an error, whatever its status says.
    pub(super) fn has_error(&self) -> bool {
        error_member(&self.body).is_some_and(|error| error.get() != "null")
    }

    /// What the tenant says, on one line, without the secrets that it may repeat.
    pub(super) fn message(&self, secrets: &[SecretString]) -> String {
        error_message(&self.body, secrets)
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let outcome = match error.is_connect() || error.is_builder() {
            true if is_certificate_error(&error) => Outcome::Untrusted,
            true => Outcome::NotSent,
            false => Outcome::Lost,
        };
        let is_timeout = error.is_timeout();
        let error = error.without_url();
        let detail = root_cause(&error);
        let cause = match (&outcome, is_timeout) {
            (Outcome::Untrusted, _) => format!(
                "the certificate is not trusted ({detail}); name the certificate of its issuer with --ca-file or SSL_CERT_FILE"
            ),
            (Outcome::NotSent, _) => format!("no connection: {detail}"),
            (_, true) => "no answer in time".to_owned(),
            (_, false) => format!("the connection broke: {detail}"),
        };
        Self { outcome, cause }
    }
}

/// Whether the server's certificate was refused, which no further try mends. The source of an `io::Error` is not the
/// error that it wraps, but the source of that one.
fn is_certificate_error(error: &(dyn Error + 'static)) -> bool {
    let hidden = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
        || hidden.is_some_and(|hidden| is_certificate_error(hidden))
        || error.source().is_some_and(is_certificate_error)
}

/// The chain's last link says what happened; the others say where in the library.
/// The body of an error in the API's own shape. A gateway's JSON has no code.
#[derive(Deserialize)]
struct ApiError<'a> {
    code: u16,
    #[serde(default, borrow)]
    message: Cow<'a, str>,
}

/// Members of an object, unread; a list is no object.
#[derive(Deserialize)]
struct ErrorMember<'a> {
    #[serde(borrow)]
    error: &'a RawValue,
}

fn error_member(body: &[u8]) -> Option<&RawValue> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice::<ErrorMember<'_>>(body).ok().map(|answer| answer.error)
}

fn api_error(body: &[u8]) -> Option<ApiError<'_>> {
    let error = error_member(body)?.get();
    error.starts_with('{').then(|| serde_json::from_str(error).ok()).flatten()
}

/// Whether a 400 or 403 really says "too many" (`docs/lumapps-api.md`, "Where and how").
fn is_rate_limit(body: &[u8]) -> bool {
    api_error(body).is_some_and(|error| error.message.contains("RATE_LIMIT_EXCEEDED"))
}

/// What an error answer says, on one line, cut to a readable length, without the secrets.
///
/// Secrets are looked for in the decoded message, before white space is folded and the text is cut.
pub(in crate::api) fn error_message(body: &[u8], secrets: &[SecretString]) -> String {
    let message = redact(&undo_escapes(&spoken_message(body)), secrets);
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = words.chars().filter(|character| !character.is_control()).collect();
    match line.char_indices().nth(MESSAGE_CHARACTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn spoken_message(body: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spoken {
        Described { message: String },
        Word(String),
    }
    match error_member(body).and_then(|error| serde_json::from_str(error.get()).ok()) {
        Some(Spoken::Described { message } | Spoken::Word(message)) => message,
        None => gateway_message(&String::from_utf8_lossy(body)),
    }
}

fn gateway_message(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").zip(lower.find("</title>")).and_then(|(start, end)| text.get(start + 7..end));
    match title {
        Some(title) => format!("a page titled \"{}\"", title.trim()),
        None if lower.contains("<html") => "a page of HTML".to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &[u8]) -> String {
        error_message(body, &[])
    }

    #[test]
    fn errors_are_read_in_the_apis_shape_and_in_a_gateways() {
        assert_eq!(message(br#"{"error":{"code":400,"message":"no\nsuch  user","errors":[]}}"#), "no such user");
        assert_eq!(message(br#"{"error":"invalid_client"}"#), "invalid_client");
        assert_eq!(message(b"<html><head><title>502 Bad Gateway</title></head>"), "a page titled \"502 Bad Gateway\"");
        assert_eq!(message(b"upstream\x1b[31m timed out"), "upstream[31m timed out");
        assert_eq!(message("é".repeat(500).as_bytes()).chars().count(), 301);
    }

    #[test]
    fn only_the_apis_own_shape_counts_as_its_word() {
        let outcome = |status, body: &'static str| {
            Received { status, retry_after: None, body: Bytes::from_static(body.as_bytes()) }.outcome()
        };
        let is_api_error = |body| matches!(outcome(404, body), Outcome::Status { is_api_error: true, .. });
        assert!(is_api_error(r#"{"error":{"code":404,"message":"no such user"}}"#));
        for foreign in [
            r#"{"error":"not found"}"#,
            r#"{"error":{"message":"not found"}}"#,
            r#"{"error":{"code":500,"message":"no such user"}}"#,
            r#"{"code":404}"#,
            r#"[{"error":{"code":404}}]"#,
            "<html>",
            "",
        ] {
            assert!(!is_api_error(foreign), "{foreign}");
        }
        let is_rate_limit = |body| matches!(outcome(400, body), Outcome::Status { is_rate_limit: true, .. });
        assert!(is_rate_limit(r#"{"error":{"code":400,"message":"RATE_LIMIT_EXCEEDED for user/list"}}"#));
        assert!(!is_rate_limit(r#"{"error":{"code":400,"message":"bad"},"firstName":"RATE_LIMIT_EXCEEDED"}"#));
    }

    #[test]
    fn a_secret_is_taken_out_however_the_tenant_writes_it() {
        let secrets = [SecretString::from("to/ken=a+b\"c<d>  end-of-it")];
        for body in [
            r#"{"error":{"code":401,"message":"bad to\/ken\u003da+b\"c\u003cd\u003e  end-of-it!"}}"#,
            r#"{"error":"bad to/ken=a+b\"c<d> end-of-it!"}"#,
            "bad to/ken=a+b&quot;c&lt;d&gt;&#32; end-of-it!",
            "bad to%2Fken%3Da%2Bb%22c%3Cd%3E%20%20end-of-it!",
            "bad TO/KEN=A+B\"C<D>  END-OF-IT!",
        ] {
            assert_eq!(message_of(body, &secrets), "bad [secret]!", "{body}");
        }
        assert_eq!(message_of("bad to/ken=a+b\"c", &secrets), "bad [secret]", "cut by the tenant");
    }

    fn message_of(body: &str, secrets: &[SecretString]) -> String {
        error_message(body.as_bytes(), secrets)
    }
}
