//! What a process left: its exit code and its output.

use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use serde_json::Value;

use super::assertions::schema;

/// A run of the binary that has ended.
#[derive(Debug)]
pub struct Run {
    /// The exit code; for a process that a signal ended, the signal's number below zero.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Reads a finished process; panics when its output is not UTF-8.
    pub fn of(output: &Output) -> Self {
        let code = output.status.code().or_else(|| output.status.signal().map(|signal| -signal)).unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Standard output as JSON; a plan or a report must match its published schema.
    pub fn json(&self) -> Value {
        schema::assert_is_document(&self.stdout);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// Panics with the whole output unless the exit code is this one.
    pub fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Panics unless standard error contains each of these texts.
    pub fn stderr_contains(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no `{text}` in:\n{}", self.stderr);
        }
        self
    }
}
