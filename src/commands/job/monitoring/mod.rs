//! Metrics and notifications.
//!
//! | file | answers |
//! | --- | --- |
//! | `metrics` | the figures of a run, to a file and to a Pushgateway |
//! | `notify` | a message, to a chat or a web hook |
//! | `post` | how both are sent |

pub(in crate::commands) mod metrics;
pub(in crate::commands) mod notify;
mod post;
