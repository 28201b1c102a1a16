//! Applies a plan: bounded, paced, journaled, one outcome for every action. Emits events and decides nothing else.

mod event;

pub use event::{ActionResult, Event, Outcome};
