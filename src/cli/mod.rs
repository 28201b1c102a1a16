//! Commands and options as clap types with their help texts.
//!
//! | file | answers |
//! | --- | --- |
//! | `root` | which commands there are, and the options of all of them |
//! | `run_options` | the options of the commands that talk to a tenant |
//! | `plan`, `sync`, ... | the options of one command |
//! | `parse` | how the layers become arguments |

#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "these texts are the help, which a terminal shows")]

mod apply;
mod check;
mod doctor;
mod export;
mod init;
mod parse;
mod plan;
mod report;
mod root;
mod run_options;
mod runs;
#[cfg(feature = "sandbox")]
mod sandbox;
mod shell;
mod sync;
mod undo;

pub use apply::ApplyArguments;
pub use check::CheckArguments;
pub use doctor::DoctorArguments;
pub use export::ExportArguments;
pub use init::InitArguments;
pub use plan::PlanArguments;
pub use report::ReportArguments;
pub use root::{Cli, Command, GlobalOptions, OutputFormat};
pub use run_options::{RunOptions, SandboxOption};
pub use runs::RunsArguments;
#[cfg(feature = "sandbox")]
pub use sandbox::SandboxArguments;
pub use shell::{CompletionsArguments, ManArguments};
pub use sync::SyncArguments;
pub use undo::UndoArguments;
