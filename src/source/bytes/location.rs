//! Which locations are URLs, and which of them are read.

use url::{Host, Url};

use crate::source::error::SourceError;

/// The URL that `location` is, if it is one that we fetch; an error for one that we refuse.
pub(crate) fn parse_url(location: &str) -> Result<Option<Url>, SourceError> {
    let Some((scheme, _)) = location.split_once("://") else { return Ok(None) };
    let url = Url::parse(location).map_err(|error| SourceError::Location {
        // What can't be parsed may have a secret anywhere.
        url: format!("{scheme}://…"),
        reason: error.to_string(),
    })?;
    let refuse = |reason: &str| SourceError::Location { url: without_credentials(&url), reason: reason.to_owned() };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("a login does not belong into it; fetch the file first, or use a signed address"));
    }
    match scheme.to_ascii_lowercase().as_str() {
        "s3" | "gs" | "az" | "https" if url.path().trim_matches('/').is_empty() => {
            Err(refuse("it names no file: write the bucket or host, a slash, and the file's name"))
        }
        "s3" | "gs" | "az" if url.query().is_some() || url.fragment().is_some() => {
            Err(refuse("`?` and `#` mean nothing in it; in a file's name they are written %3F and %23"))
        }
        "s3" | "gs" | "az" | "https" => Ok(Some(url)),
        "http" if is_loopback(&url) => Ok(Some(url)),
        "http" => Err(refuse("plain http is only allowed on loopback; use https")),
        _ => Err(refuse("it may be a path, `-`, or a URL that begins with s3://, gs://, az:// or https://")),
    }
}

/// Whether the URL leads to this machine, where plain http is safe.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The URL as it may be shown: a password or a signature in it is a secret.
pub(crate) fn without_credentials(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_password(None);
    let _ = url.set_username("");
    if url.query().is_some() {
        url.set_query(Some("…"));
    }
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_no_urls_and_strange_urls_are_refused() {
        for path in ["users.csv", "-", "./a:b.csv", "C:/users.csv"] {
            assert_eq!(parse_url(path).unwrap(), None, "{path}");
        }
        for url in ["s3://bucket/users.csv", "gs://b/u.csv", "az://c/u.csv", "https://example.com/u.csv"] {
            assert!(parse_url(url).unwrap().is_some(), "{url}");
        }
        for url in
            ["ftp://example.com/u.csv", "file:///etc/passwd", "http://example.com/u.csv", "https://", "s3://b/u.csv?a"]
        {
            assert!(parse_url(url).unwrap_err().is_usage(), "{url}");
        }
        assert!(parse_url("http://127.0.0.1:8000/u.csv").unwrap().is_some());
    }

    #[test]
    fn credentials_in_a_url_are_not_shown() {
        let url = parse_url("https://example.com/users.csv?signature=s3cret#s3cret").unwrap().unwrap();
        assert_eq!(without_credentials(&url), "https://example.com/users.csv?%E2%80%A6");
        for url in [
            "ftp://ann:s3cret@example.com/users.csv?key=s3cret",
            "https://ann:s3cret@example.com/users.csv",
            "https://s3cret@example.com/users.csv",
            "http://ann:s3cret@127.0.0.1/users.csv",
            "s3://ann:s3cret@bucket/users.csv",
            "https://ann:s3cret@:x/users.csv",
        ] {
            let refused = parse_url(url).unwrap_err();
            assert!(refused.is_usage() && !refused.to_string().contains("s3cret"), "{refused}");
        }
    }
}
