//! Objects on S3, Google Cloud Storage and Azure.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::{ClientConfigKey, ObjectStore, ObjectStoreExt, RetryConfig};
use url::Url;

use super::location::{is_loopback, without_credentials};
use super::web::LONGEST_DOWNLOAD;
use crate::model::root_cause;
use crate::source::error::SourceError;
use crate::source::settings::SourceSettings;

/// Characters of a store's answer that a message quotes.
const LONGEST_QUOTE: usize = 300;

/// Reads an object as a stream, and no more of it than allowed.
pub(super) async fn fetch(url: &Url, settings: &SourceSettings) -> Result<Bytes, SourceError> {
    let shown = without_credentials(url);
    let unusable = |error: object_store::Error| SourceError::Location { url: shown.clone(), reason: cause_of(&error) };
    let (store, path) = connect(url, settings).map_err(unusable)?;
    let object = store.get(&path).await.map_err(|error| failure(&shown, error))?;
    let size = object.meta.size;
    let is_whole = object.range == (0..size);
    let mut bytes = BytesMut::new();
    let mut chunks = object.into_stream();
    while let Some(chunk) = chunks.try_next().await.map_err(|error| failure(&shown, error))? {
        if bytes.len() as u64 + chunk.len() as u64 > settings.size_limit {
            return Err(SourceError::TooLarge { path: shown, limit: settings.size_limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    if !is_whole || bytes.len() as u64 != size {
        return Err(SourceError::Remote { url: shown, source: "the answer is only a part of the file".into() });
    }
    Ok(bytes.freeze())
}

fn failure(url: &str, error: object_store::Error) -> SourceError {
    match error {
        object_store::Error::NotFound { .. } => {
            SourceError::Location { url: url.to_owned(), reason: "there is no such file".to_owned() }
        }
        error => SourceError::Remote { url: url.to_owned(), source: cause_of(&error).into() },
    }
}

/// The last cause alone: each error of this library tells the whole chain below it once more.
fn cause_of(error: &object_store::Error) -> String {
    in_one_line(&root_cause(error))
}

/// An error that may end in a store's whole answer: the message of the answer alone, or else its first line. The rest may
/// hold what a request is signed with.
fn in_one_line(error: &str) -> String {
    let message =
        error.split_once("<Message>").and_then(|(_, rest)| rest.split_once("</Message>")).map(|(text, _)| text);
    let status = error.split(['<', '{', '\n', '\u{feff}']).next().unwrap_or_default().trim_end_matches([':', ' ']);
    let line = match message.and_then(|text| text.trim().lines().next()) {
        Some(message) => format!("{status}: {message}"),
        None => status.to_owned(),
    };
    line.chars().take(LONGEST_QUOTE).collect()
}

/// The store that a URL is in, with the credentials that the store's own tools find in the environment.
fn connect(url: &Url, settings: &SourceSettings) -> Result<(Box<dyn ObjectStore>, Path), object_store::Error> {
    let key = Path::from_url_path(url.path())?;
    let retry = RetryConfig {
        max_retries: usize::try_from(settings.retries).unwrap_or(usize::MAX),
        retry_timeout: LONGEST_DOWNLOAD,
        ..RetryConfig::default()
    };
    let store: Box<dyn ObjectStore> = match url.scheme() {
        "s3" => Box::new(amazon(url, settings.timeout).with_retry(retry).build()?),
        "gs" => Box::new(google(url, settings.timeout).with_retry(retry).build()?),
        _ => Box::new(azure(url, settings.timeout).with_retry(retry).build()?),
    };
    Ok((store, key))
}

fn amazon(url: &Url, timeout: Duration) -> AmazonS3Builder {
    let builder = AmazonS3Builder::from_env().with_url(url.as_str());
    let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
    client_settings(endpoint, timeout)
        .into_iter()
        .fold(builder, |builder, (key, value)| builder.with_config(AmazonS3ConfigKey::Client(key), value))
}

fn google(url: &Url, timeout: Duration) -> GoogleCloudStorageBuilder {
    let builder = GoogleCloudStorageBuilder::from_env().with_url(url.as_str());
    let endpoint = builder.get_config_value(&GoogleConfigKey::BaseUrl);
    client_settings(endpoint, timeout)
        .into_iter()
        .fold(builder, |builder, (key, value)| builder.with_config(GoogleConfigKey::Client(key), value))
}

fn azure(url: &Url, timeout: Duration) -> MicrosoftAzureBuilder {
    let builder = MicrosoftAzureBuilder::from_env().with_url(url.as_str());
    let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
    client_settings(endpoint, timeout)
        .into_iter()
        .fold(builder, |builder, (key, value)| builder.with_config(AzureConfigKey::Client(key), value))
}

/// How a store is asked: the time limit is of each silence, as for a web server.
fn client_settings(endpoint: Option<String>, timeout: Duration) -> [(ClientConfigKey, String); 4] {
    let text = |duration: Duration| format!("{}ms", duration.as_millis());
    [
        (ClientConfigKey::AllowHttp, allow_http(endpoint)),
        (ClientConfigKey::ConnectTimeout, text(timeout)),
        (ClientConfigKey::ReadTimeout, text(timeout)),
        (ClientConfigKey::Timeout, text(LONGEST_DOWNLOAD)),
    ]
}

/// Whether plain http is all right: to an endpoint on loopback, whatever else the environment allows.
fn allow_http(endpoint: Option<String>) -> String {
    let endpoint = endpoint.and_then(|endpoint| Url::parse(&endpoint).ok());
    endpoint.is_some_and(|endpoint| is_loopback(&endpoint)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stores_answer_is_quoted_with_one_line_at_most() {
        let body = "403 Forbidden: <?xml version=\"1.0\"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The \
            signature differs.\nRequestId:1</Message><AWSAccessKeyId>AKIA1</AWSAccessKeyId></Error>";
        assert_eq!(in_one_line(body), "403 Forbidden: The signature differs.");
        assert_eq!(in_one_line("403 Forbidden: {\n \"error\": {}}"), "403 Forbidden");
        assert_eq!(in_one_line("connection refused"), "connection refused");
        assert_eq!(in_one_line(&"x".repeat(900)).len(), LONGEST_QUOTE);
    }

    #[test]
    fn plain_http_goes_to_loopback_alone() {
        assert_eq!(allow_http(Some("http://127.0.0.1:9000".to_owned())), "true");
        assert_eq!(allow_http(Some("http://minio.example.com".to_owned())), "false");
        assert_eq!(allow_http(None), "false");
    }
}
