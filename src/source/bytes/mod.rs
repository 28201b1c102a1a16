//! Where the bytes come from.
//!
//! | file | answers |
//! | --- | --- |
//! | `open` | what a location means, and how its bytes are read more than once |
//! | `unpack` | how packed files are read, and the digest of what is stored |
//! | `location` | which URLs are read |
//! | `remote` | how an object is fetched, where the feature `remote` is built in |

mod location;
mod open;
#[cfg(feature = "remote")]
mod remote;
mod unpack;

pub(crate) use open::read_error;
pub use open::{RawSource, open};
pub(crate) use unpack::{Packing, Unpacked};
