//! One file for each command: what it does, step by step.

pub mod check;
