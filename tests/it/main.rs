//! What an operator sees, tested from outside.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod documents;
mod metrics;
mod support;
