//! Objects on S3, Google Cloud Storage, Azure and web servers.

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt};
use url::{Host, Url};

use super::error::SourceError;

/// The URL that `location` is, if it is one that we fetch; an error for one that we refuse.
pub(super) fn parse(location: &str) -> Result<Option<Url>, SourceError> {
    let Some((scheme, _)) = location.split_once("://") else { return Ok(None) };
    let refuse = |reason: &str| SourceError::Location { url: location.to_owned(), reason: reason.to_owned() };
    let url = Url::parse(location).map_err(|error| refuse(&error.to_string()))?;
    match scheme.to_ascii_lowercase().as_str() {
        "s3" | "gs" | "az" | "https" => Ok(Some(url)),
        "http" if is_loopback(&url) => Ok(Some(url)),
        "http" => Err(refuse("plain http is only allowed on loopback; use https")),
        _ => Err(refuse("it may be a path, `-`, or a URL that begins with s3://, gs://, az:// or https://")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The URL as it may be shown: a password or a signature in it is a secret.
pub(super) fn without_credentials(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_password(None);
    let _ = url.set_username("");
    if url.query().is_some() {
        url.set_query(Some("…"));
    }
    url.set_fragment(None);
    url.to_string()
}

/// Reads an object as a stream, and no more of it than allowed.
pub(super) async fn fetch(url: &Url, size_limit: u64) -> Result<Bytes, SourceError> {
    let shown = without_credentials(url);
    let failed = |source: object_store::Error| SourceError::Remote { url: shown.clone(), source: Box::new(source) };
    let (store, path) = connect(url).map_err(failed)?;
    let object = store.get(&path).await.map_err(failed)?;
    let mut bytes = BytesMut::new();
    let mut pieces = object.into_stream();
    while let Some(piece) = pieces.try_next().await.map_err(failed)? {
        if bytes.len() as u64 + piece.len() as u64 > size_limit {
            return Err(SourceError::TooLarge { path: shown, limit: size_limit });
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

/// The store that a URL is in, with the credentials that the store's own tools find in the environment.
fn connect(url: &Url) -> Result<(Box<dyn ObjectStore>, Path), object_store::Error> {
    let key = Path::from_url_path(url.path())?;
    let store: Box<dyn ObjectStore> = match url.scheme() {
        "s3" => Box::new(AmazonS3Builder::from_env().with_url(url.as_str()).build()?),
        "gs" => Box::new(GoogleCloudStorageBuilder::from_env().with_url(url.as_str()).build()?),
        "az" => Box::new(MicrosoftAzureBuilder::from_env().with_url(url.as_str()).build()?),
        _ => {
            let options = ClientOptions::new().with_allow_http(is_loopback(url));
            let origin = &url[..url::Position::BeforePath];
            Box::new(HttpBuilder::new().with_url(origin).with_client_options(options).build()?)
        }
    };
    Ok((store, key))
}
