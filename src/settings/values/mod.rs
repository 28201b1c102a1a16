//! The written forms of values, read the same way from an option, a variable and the config file.

mod organization;
mod quantity;
mod scope;
mod url;
mod words;

use thiserror::Error;

pub(super) use organization::organization_id;
pub use quantity::{RateSetting, duration};
pub(super) use quantity::{positive, positive_duration, positive_number, share, time_zone, whole_number};
pub(super) use scope::{account_type, email_domain, managed_group, protect_pattern};
pub use url::NotifyUrl;
pub(super) use url::{base_url, push_url};
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
