//! Why a command failed, and its exit code.

use std::error::Error;
use std::path::PathBuf;

use thiserror::Error;

use crate::api::{CallError, ConnectError, GateError, ListError, OwnersError};
use crate::console::LoggingError;
use crate::execute::StopReason;
use crate::exit::Exit;
use crate::model::visible;
use crate::record::{AtomicWriteError, PastRunError, StateError};
use crate::report::{ReportError, UnknownEnding};
use crate::settings::{Environment, SettingsError};
use crate::source::SourceError;

/// The exit code and the error that explains it.
#[derive(Debug)]
pub struct Failure {
    /// What the process ends with.
    pub exit: Exit,
    /// Shown to the operator, with its causes.
    pub error: Box<dyn Error + Send + Sync>,
}

/// Errors of the commands themselves.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum CommandError {
    #[error("stopped before anything was written: {0}")]
    Stopped(StopReason),
    #[error("{count} invalid {} in {path}: nothing was sent; mend them, or leave them out with --on-invalid skip", if *count == 1 { "row" } else { "rows" })]
    InvalidRows { count: u64, path: String },
    #[error(
        "{}: nothing was written; mend the rows, or leave their groups alone with --on-unknown-group skip",
        join_findings(findings)
    )]
    Groups { findings: Vec<String> },
    #[error("nothing was written: {}", sentences.join("; "))]
    Guardrails { sentences: Vec<String> },
    #[error("sync asks before it writes, and there is no terminal to ask on: give --yes (or --dry-run to plan only)")]
    CannotAsk,
    #[error("nothing was written: not confirmed")]
    NotConfirmed,
    #[error(
        "changes of this job need approvals (--allowed-signers, --approvals), which sync can't have: save a plan with `lumsync plan -o`, have it signed, and apply it"
    )]
    NeedsApproval,
    #[error("--approvals needs --allowed-signers FILE: the people who may sign a plan")]
    NoAllowedSigners,
    #[error("the allowed signers {path} {problem}")]
    AllowedSigners { path: PathBuf, problem: String },
    #[error("the plan {path} {problem}")]
    Plan { path: String, problem: String },
    #[error("{option} {} {problem}", path.display())]
    OutputFile { option: &'static str, path: PathBuf, problem: String },
    #[error("can't write to standard output")]
    Output(#[source] std::io::Error),
    #[error("an internal task ended by itself; this is a fault of lumsync")]
    Task(#[from] tokio::task::JoinError),
    #[error("can't write a document as JSON")]
    Json(#[from] serde_json::Error),
    #[error("can't listen to signals")]
    Signals(#[source] std::io::Error),
}

/// At most the first `SHOWN` findings.
fn join_findings(findings: &[String]) -> String {
    const SHOWN: usize = 20;
    let shown =
        findings.iter().take(SHOWN).map(|finding| format!("the group {finding}")).collect::<Vec<_>>().join("; ");
    match findings.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}; and {more} more groups"),
    }
}

impl Failure {
    /// A failure with its exit code.
    pub fn new(exit: Exit, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { exit, error: error.into() }
    }

    /// The error and its causes on one line, with control characters made visible.
    pub fn message(&self) -> String {
        Self::message_of(&*self.error)
    }

    /// The same of any error.
    pub fn message_of(error: &dyn Error) -> String {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        visible(&message).into_owned()
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        let exit = match &error {
            CommandError::Stopped(reason) => Exit::of_early_stop(reason),
            CommandError::InvalidRows { .. }
            | CommandError::Groups { .. }
            | CommandError::CannotAsk
            | CommandError::NeedsApproval
            | CommandError::NoAllowedSigners
            | CommandError::AllowedSigners { .. }
            | CommandError::Plan { .. }
            | CommandError::OutputFile { .. } => Exit::Usage,
            CommandError::Guardrails { .. } => Exit::Guardrail,
            CommandError::NotConfirmed
            | CommandError::Output(_)
            | CommandError::Task(_)
            | CommandError::Json(_)
            | CommandError::Signals(_) => Exit::CouldNot,
        };
        Self::new(exit, error)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::new(if error.is_usage() { Exit::Usage } else { Exit::CouldNot }, error)
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Locked { .. } => Self::new(Exit::Locked, error),
            StateError::Unusable { .. } | StateError::Memory { .. } => Self::new(Exit::CouldNot, error),
        }
    }
}

impl From<PastRunError> for Failure {
    fn from(error: PastRunError) -> Self {
        match error {
            PastRunError::State(error) => error.into(),
            PastRunError::Unknown { .. }
            | PastRunError::NoneOfTenant { .. }
            | PastRunError::NoPlan { .. }
            | PastRunError::OtherTenant { .. }
            | PastRunError::Damaged { .. } => Self::new(Exit::Usage, error),
        }
    }
}

/// Errors that always mean the same exit code.
macro_rules! exits {
    ($exit:ident: $($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(Exit::$exit, error)
            }
        })*
    };
}

exits!(Usage: SettingsError, UnknownEnding, LoggingError);
exits!(CouldNot: ConnectError, CallError, GateError, ListError, OwnersError, AtomicWriteError, ReportError);

/// Whether colour and bars suit the terminal, as the console wants to know it.
pub(in crate::commands) fn terminal_facts(environment: &Environment) -> crate::console::TerminalFacts {
    let is_forced = environment.get("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    crate::console::TerminalFacts::of_this_process(
        environment.get("NO_COLOR").is_some(),
        is_forced,
        environment.get("TERM"),
    )
}
