//! Applies a plan: bounded, paced, journaled, one outcome for every action. Emits events and decides nothing else.
//!
//! | file | answers |
//! | --- | --- |
//! | `engine` | in which order, how many at once, how it stops |
//! | `step` | what is done for one action |
//! | `members`, `batch` | how users join and leave a group, call by call |
//! | `standing` | whether a user may join or leave now (pure) |
//! | `check` | whether a user is still what the plan foresaw (pure) |
//! | `verify` | whether the tenant kept what it took |
//! | `breaker` | when to give up (pure) |
//! | `stop` | who may end a run, and how |
//! | `event` | what listeners receive |

mod batch;
mod breaker;
mod check;
mod engine;
mod event;
mod members;
mod standing;
mod step;
mod stop;
mod verify;

pub use engine::Engine;
pub use event::{ActionResult, Attempt, Event, Outcome, Recorded};
pub use step::LookUp;
pub use stop::{Stop, StopReason};
pub use verify::{Difference, GROUPS, Verification, Verified};
