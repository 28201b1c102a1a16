//! When a request may leave: one gate for all, whatever they are for.
//!
//! | file | answers |
//! | --- | --- |
//! | `gate` | concurrency, shared pauses, and the order in which requests leave |
//! | `rate` | what the pace is now (pure) |
//! | `slots` | the next free moment at a fixed pace |

mod gate;
mod rate;
mod slots;

pub use gate::{GateError, GateSettings, PauseNotice, Pauses, Purpose};
pub use rate::Rate;

pub(super) use gate::{Gate, Pass, Pause};
