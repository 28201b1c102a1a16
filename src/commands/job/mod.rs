//! What several commands share: one job from its settings to its outputs.
//!
//! | file | answers |
//! | --- | --- |
//! | `monitoring/` | metrics and notifications |
//! | `session` | what every command that talks to a tenant begins with |
//! | `tenant` | which tenant it talks to |
//! | `planning` | from CSV and list to a plan |
//! | `run` | a run that may write, from its lock to its report |
//! | `listener` | what is recorded before a request is sent |
//! | `files` | which files are read and written, and that none is both |
//! | `outputs` | where plans and reports go |
//! | `embedded` | the tenant of `--sandbox` |
//! | `failure` | why a command failed, and its exit code |
//!
//! Nothing here depends on a command: the test `layering` checks this.

#[cfg_attr(not(feature = "sandbox"), path = "embedded_not_built.rs")]
mod embedded;
pub(super) mod failure;
pub(super) mod files;
mod listener;
pub(super) mod monitoring;
pub(super) mod outputs;
pub(super) mod planning;
pub(super) mod run;
pub(super) mod session;
pub(super) mod tenant;
