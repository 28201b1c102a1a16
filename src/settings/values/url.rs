//! URLs. They may hold a login or be a secret as a whole, so no error repeats more than it has to.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::Url;

use crate::source::is_loopback;

/// A URL that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct UrlError(String);

/// Reads the URL of the tenant's cell: https, or http on loopback.
pub fn base_url(text: &str) -> Result<Url, UrlError> {
    let login = "a login does not belong into the URL; use a token or client id";
    let url = bare_url(text, login, "the base URL ends before any `?` or `#`")?;
    match (url.scheme(), is_loopback(&url)) {
        ("https", _) | ("http", true) => Ok(url),
        ("http", false) => Err(refusal(text, "plain http would send the token in clear; use https")),
        _ => Err(refusal(text, "use an https URL, such as https://XX-cell-NNN.api.lumapps.com")),
    }
}

/// Reads the URL of a Prometheus Pushgateway.
pub fn push_url(text: &str) -> Result<Url, UrlError> {
    let url = bare_url(text, "a login does not belong into the URL", "the URL ends before any `?` or `#`")?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(refusal(text, "use an http or https URL, such as http://pushgateway.example.com:9091")),
    }
}

/// A URL without login, query and fragment; `login` and `end` say what is wrong with one that has them.
fn bare_url(text: &str, login: &str, end: &str) -> Result<Url, UrlError> {
    let url = Url::parse(text.trim()).map_err(|error| refusal(text, &format!("not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refusal(text, login));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refusal(text, end));
    }
    Ok(url)
}

fn refusal(text: &str, problem: &str) -> UrlError {
    UrlError(format!("{}: {problem}", without_login(text)))
}

/// The URL of a chat's hook: https, or http on loopback. Whoever knows it can post to it, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct NotifyUrl(Url);

impl NotifyUrl {
    /// For sending.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl FromStr for NotifyUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        match Url::parse(text.trim()) {
            Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => Ok(Self(url)),
            Ok(_) => Err(UrlError("the URL to notify must begin with https://; it is not shown here".to_owned())),
            Err(error) => Err(UrlError(format!("the URL to notify is not a URL: {error}; it is not shown here"))),
        }
    }
}

impl fmt::Debug for NotifyUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NotifyUrl(hidden)")
    }
}

fn without_login(text: &str) -> String {
    match text.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://[login]@{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for fine in ["https://cell.example.com", "http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:9"] {
            assert!(base_url(fine).is_ok(), "{fine}");
        }
        for wrong in
            ["http://cell.example.com", "ftp://x", "cell.example.com", "", "https://a:b@x.example", "https://x/?a=1"]
        {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
        let message = base_url("https://user:hunter2@x.example").unwrap_err().to_string();
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_hook_is_https_or_on_loopback_and_never_repeated() {
        for fine in ["https://hooks.example.com/s/T0/B0/secret", "http://127.0.0.1:9/x", "http://localhost/x"] {
            assert_eq!(format!("{:?}", fine.parse::<NotifyUrl>().unwrap()), "NotifyUrl(hidden)");
        }
        for wrong in ["http://hooks.example.com/secret", "ftp://x/secret", "secret"] {
            let error = wrong.parse::<NotifyUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
    }
}
