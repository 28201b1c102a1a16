//! Talks to a tenant over HTTP. What can only read is [`UserReader`]; what can write is [`UserWriter`].
//!
//! | place | answers |
//! | --- | --- |
//! | `reader`, `writer` | what can be asked and what can be changed |
//! | `listing/` | when a list of users is whole |
//! | `call/` | how one call is sent, and what its answer means |
//! | `pace/` | when a request may leave |
//! | `error` | why a call came to nothing |
//! | `fuzzing` | the decoders without the network |

mod call;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod listing;
mod pace;
mod reader;
mod writer;

pub use call::{CallCounts, ConnectError, ConnectSettings, Credentials, Ping, Sample};
pub use error::CallError;
pub use listing::{ListError, ListQuery};
pub use pace::{GateError, GateSettings, PauseNotice, Pauses, Purpose, Rate};
pub use reader::{Listed, OwnersError, UserList, UserReader};
pub use writer::{Departure, MembersChange, MembersSent, Sent, UserWriter};
