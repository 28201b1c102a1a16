//! Commands and options as clap types with their help texts.
//!
//! | file | answers |
//! | --- | --- |
//! | `verbs/` | the arguments of each command |
//! | `root` | which commands there are, and the options of all of them |
//! | `run_options` | the options of the commands that talk to a tenant, and of those that plan |
//! | `shell` | the options of `completions` and `man` |
//! | `parse` | how the layers become arguments |
//! | `again` | the command that comes next, with the options of this one |

#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "these texts are the help, which a terminal shows")]

mod again;
mod parse;
mod root;
mod run_options;
mod shell;
mod verbs;

pub use again::next_command;
pub use root::{Cli, Command, GlobalOptions, OutputFormat};
pub use run_options::{PlanOutput, RunOptions, SandboxOption};
pub use shell::{CompletionsArguments, ManArguments};
pub use verbs::apply::ApplyArguments;
pub use verbs::check::CheckArguments;
pub use verbs::doctor::DoctorArguments;
pub use verbs::export::ExportArguments;
pub use verbs::init::InitArguments;
pub use verbs::plan::PlanArguments;
pub use verbs::report::ReportArguments;
pub use verbs::runs::RunsArguments;
#[cfg(feature = "sandbox")]
pub use verbs::sandbox::SandboxArguments;
pub use verbs::sync::SyncArguments;
pub use verbs::undo::UndoArguments;
