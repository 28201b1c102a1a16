//! Tests that drive the built binary, one file for each subject.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on may stop")]

mod csv_fixtures;
mod csv_properties;
mod remote_sources;
mod support;
