//! Tests that drive the built binary, one file for each subject.

mod csv_fixtures;
mod csv_properties;
