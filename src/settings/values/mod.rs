//! The written forms of values, read the same way from an option, a variable and the config file.

mod organization;
mod quantity;
mod scope;
mod url;
mod words;

use thiserror::Error;

pub use organization::OrganizationId;
pub use quantity::{RateSetting, duration};
pub(super) use quantity::{positive, positive_duration, positive_number, share, time_zone, whole_number};
pub(super) use scope::account_type;
pub use scope::{EmailDomain, ManagedGroup, ProtectPattern};
pub use url::{BaseUrl, NotifyUrl, PushUrl, UrlError};
pub use words::{NotifyFormat, NotifyOn};

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
