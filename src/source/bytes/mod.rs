//! Where the bytes come from.
//!
//! | file | answers |
//! | --- | --- |
//! | `open` | what a location means, and how its bytes are read more than once |
//! | `unpack` | how packed files are read, and the digest of what is stored |
//! | `location` | which URLs are read |
//! | `web` | how a file of a web server is fetched, where the feature `remote` is built in |
//! | `remote` | how an object of a store is, where that feature is built in |

mod location;
mod open;
#[cfg(feature = "remote")]
mod remote;
mod unpack;
#[cfg(feature = "remote")]
mod web;

pub(crate) use location::is_loopback;
pub(crate) use open::read_error;
pub use open::{RawSource, open, open_local, open_remote};
pub(crate) use unpack::{Packing, Unpacked};
