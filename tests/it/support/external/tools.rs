//! Tools from outside that a test needs; a missing one fails the test with what to install.

use std::process::{Command, Output};

/// Runs a tool to its end and gives back what it said; panics, with all that it said, when it fails.
pub fn run(command: &mut Command, install: &str) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; {install}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{}\n{}",
        output.status,
        said(&output.stdout),
        said(&output.stderr)
    );
    output
}
