//! One call: how it is sent, what its answer means, and the login that it bears.
//!
//! | file | answers |
//! | --- | --- |
//! | `transport` | how a read is sent until it is answered, and a write once |
//! | `answer` | what an answer says in the API's own terms |
//! | `retry` | what it means for the next step (pure) |
//! | `token` | which token a call bears |
//! | `probe` | single calls for a check-up |

mod answer;
mod probe;
mod retry;
mod token;
mod transport;

pub use probe::{Ping, Sample};
pub use token::Credentials;
pub use transport::{CallCounts, ConnectError, ConnectSettings};

pub(super) use answer::error_message;
pub(super) use token::read_token;
pub(super) use transport::{Departure, Transport, Written};
