//! Wiring, one file a verb; each reads as its sentence.

pub mod report;
pub mod sandbox;
