//! Who agreed to a plan: OpenSSH signatures over its file, held against a file of allowed signers. No I/O, no clock.
//!
//! | file | answers |
//! | --- | --- |
//! | `allowed_signers` | who may sign, with which key, for what and when |
//! | `pattern` | what OpenSSH's lists of patterns match |
//! | `signature` | whether a signature is one of this plan, and by which key |
//! | `agreement` | how many different people signed |

mod agreement;
mod allowed_signers;
mod pattern;
mod signature;

pub use agreement::{Agreement, Disagreement, SignatureFile, agreement};
pub use allowed_signers::{AllowedSigners, AllowedSignersError};
pub use signature::NAMESPACE;
