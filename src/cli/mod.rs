//! Commands and options as clap types with their help texts; no logic.

pub mod sandbox;
