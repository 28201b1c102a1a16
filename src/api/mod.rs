//! Talks to a tenant over HTTP. What can only read is [`UserReader`]; what can write is [`UserWriter`].
//!
//! | file | answers |
//! | --- | --- |
//! | `reader`, `writer` | what can be asked and what can be changed |
//! | `list` | when a list is whole |
//! | `page`, `glimpse` | what a page says of the next one |
//! | `transport` | how one call is sent until it is answered or given up |
//! | `transport/probe` | what one call alone tells, for a check-up |
//! | `retry` | what an answer means for the next step (pure) |
//! | `gate`, `token_bucket`, `rate` | when a request may leave |
//! | `login` | which token it bears |
//! | `wire` | what answers look like |
//! | `decode` | the same without the network, for fuzzing |

pub mod decode;
mod error;
mod gate;
mod glimpse;
mod list;
mod login;
mod page;
mod rate;
mod reader;
mod retry;
mod token_bucket;
mod transport;
mod wire;
mod writer;

pub use error::CallError;
pub use gate::{GateError, GateSettings, PauseNotice, Pauses, Purpose};
pub use list::{ListError, ListQuery};
pub use login::Credentials;
pub use rate::Rate;
pub use reader::{ACCOUNT_TYPES, OwnersError, UserReader};
pub use transport::{CallCounts, ConnectError, ConnectSettings, Knock, Sample};
pub use writer::UserWriter;
