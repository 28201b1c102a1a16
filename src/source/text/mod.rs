//! Which text the bytes are.
//!
//! | file | answers |
//! | --- | --- |
//! | `encoding` | which encoding the bytes are in |
//! | `decode` | the text, chunk by chunk |
//! | `read_ahead` | how chunks are read while the rows of earlier ones are parsed |

mod decode;
mod encoding;
mod read_ahead;

pub(crate) use decode::{Chunk, TextReader};
pub(crate) use encoding::{Assumption, Basis, assume, assume_legacy};
pub(crate) use read_ahead::{Chunks, read_ahead};
