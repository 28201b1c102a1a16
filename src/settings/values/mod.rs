//! The written forms of values, read the same way from an option, a variable and the config file.
//!
//! | file | reads |
//! | --- | --- |
//! | `number` | whole numbers, percentages |
//! | `duration` | `90s`, `5m`, `1h30m` |
//! | `rate` | `--rps` |
//! | `url` | the tenant's base URL and the URL to notify |
//! | `scope` | e-mail domains, protect patterns, account types |
//! | `organization` | organization ids |
//! | `words` | options that take one of a few words |

mod duration;
mod number;
mod organization;
mod rate;
mod scope;
mod url;
mod words;

use thiserror::Error;

pub use duration::{duration, positive_duration};
pub(super) use number::{positive, positive_number, share, whole_number};
pub use organization::OrganizationId;
pub use rate::RateSetting;
pub(super) use scope::account_type;
pub use scope::{EmailDomain, ProtectPattern};
pub use url::{BaseUrl, NotifyUrl, UrlError};
pub use words::NotifyOn;

/// A value that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{value}` is not {expected}")]
pub struct ValueError {
    value: String,
    expected: &'static str,
}

impl ValueError {
    fn new(value: &str, expected: &'static str) -> Self {
        Self { value: value.to_owned(), expected }
    }
}
