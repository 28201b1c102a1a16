//! Drives the library and the built binary over loopback, as a client, an operator or a script would.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test, its helpers included, a failure is a panic")]

mod browser;
mod cron;
mod csv_fixtures;
mod csv_properties;
mod docs;
mod documents;
mod first_hour;
mod generated;
mod layering;
mod metrics;
mod packaging;
mod python_client;
mod remote_sources;
mod safety;
mod sandbox;
mod support;
mod verbs;
