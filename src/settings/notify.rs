//! Where a summary may be posted. Whoever knows the URL of a hook can post to it: it is a secret, and shown nowhere.

use std::fmt;

use thiserror::Error;
use url::Url;

use super::login::is_loopback;

/// The URL of a hook. Shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct NotifyUrl(Url);

/// A text that is no such URL; does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the URL to notify (--notify, LUMSYNC_NOTIFY_URL or notify.url) {problem}")]
pub struct NotifyUrlError {
    problem: &'static str,
}

impl NotifyUrl {
    /// https, or http on loopback.
    pub fn parse(text: &str) -> Result<Self, NotifyUrlError> {
        let refuse = |problem| NotifyUrlError { problem };
        let url = Url::parse(text.trim()).map_err(|_| refuse("is no URL"))?;
        match (url.scheme(), is_loopback(&url)) {
            ("https", _) | ("http", true) => Ok(Self(url)),
            _ => Err(refuse("must begin with https://, since the summary is no one else's business")),
        }
    }

    /// For sending.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for NotifyUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NotifyUrl(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_https_or_on_loopback_and_never_repeated() {
        for fine in ["https://hooks.example.com/s/T0/B0/secret", "http://127.0.0.1:9/x", "http://localhost/x"] {
            let shown = format!("{:?}", NotifyUrl::parse(fine).unwrap());
            assert_eq!(shown, "NotifyUrl(hidden)");
        }
        for wrong in ["http://hooks.example.com/secret", "ftp://x/secret", "secret"] {
            let error = NotifyUrl::parse(wrong).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
    }
}
