//! Wiring, one file a verb.

pub mod sandbox;
