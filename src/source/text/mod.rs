//! Which text the bytes are.
//!
//! | file | answers |
//! | --- | --- |
//! | `encoding` | which encoding the bytes are in |
//! | `decode` | the text, chunk by chunk |

mod decode;
mod encoding;

pub(crate) use decode::TextReader;
pub(crate) use encoding::{Assumption, Basis, assume, guess};
