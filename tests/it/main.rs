//! Drives the library and the built binary over loopback, as a client, an operator or a script would.

#![expect(clippy::unwrap_used, reason = "in a test, its helpers included, a failure is a panic")]
#![allow(
    clippy::expect_used,
    clippy::unchecked_time_subtraction,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    clippy::single_char_pattern,
    reason = "the same: a number that does not fit or a clock that runs backwards fails the test, and speed is no matter here"
)]

mod airflow;
mod browser;
mod calls;
mod columns;
mod cron;
mod csv_fixtures;
mod csv_properties;
mod documentation;
mod documents;
mod first_hour;
mod full_disk;
mod garbled_pages;
mod layering;
mod list_parameters;
mod memberships;
mod metrics;
mod nightly;
mod operators;
mod packaging;
mod people;
mod python_client;
#[cfg(feature = "remote")]
mod remote_sources;
mod safety;
mod sandbox;
mod support;
mod tenants;
mod terminal;
mod tls;
mod undo;
mod verbs;
