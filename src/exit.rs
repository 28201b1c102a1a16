//! What the process ends with: one exhaustive match (contract, "Exit codes").

use std::process::ExitCode;

use crate::execute::{ActionResult, Outcome, StopReason};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; every planned change is applied or already so.
    Done,
    /// Could not do it: network, login, server, disk.
    CouldNot,
    /// Wrong usage, config or CSV; nothing was sent to be written.
    Usage,
    /// A guardrail stopped it; nothing was written.
    Guardrail,
    /// Applied in part.
    Partial,
    /// Changes are pending (`--detailed-exitcode`).
    Pending,
    /// Another run holds the lock.
    Locked,
    /// SIGINT, after an orderly stop.
    Interrupted,
    /// SIGTERM, after an orderly stop.
    Terminated,
}

impl Exit {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::CouldNot,
        Self::Usage,
        Self::Guardrail,
        Self::Partial,
        Self::Pending,
        Self::Locked,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::CouldNot => 1,
            Self::Usage => 2,
            Self::Guardrail => 3,
            Self::Partial => 4,
            Self::Pending => 5,
            Self::Locked => 6,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What a number means; nothing for one that lumsync never ends with.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exit| exit.code() == code)
    }

    /// The number in a few words, as lists and the runbook say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::CouldNot => "could not do it",
            Self::Usage => "wrong usage, config or CSV",
            Self::Guardrail => "stopped by a guardrail",
            Self::Partial => "applied in part",
            Self::Pending => "changes are pending",
            Self::Locked => "another run holds the lock",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// A run that stopped before its first write.
    pub fn of_early_stop(reason: &StopReason) -> Self {
        match reason {
            StopReason::Interrupted => Self::Interrupted,
            StopReason::Terminated => Self::Terminated,
            StopReason::TimeOver | StopReason::Broken(_) => Self::CouldNot,
        }
    }

    /// A run that came to applying its plan.
    pub fn of_run(stop: Option<&StopReason>, outcomes: &[Outcome]) -> Self {
        let is_whole = outcomes.iter().all(|outcome| match outcome.result {
            ActionResult::Applied | ActionResult::Already => true,
            ActionResult::Drifted | ActionResult::Failed | ActionResult::NotAttempted => false,
        });
        let any_save_sent = outcomes.iter().any(|outcome| outcome.attempts > 0);
        match (stop, is_whole) {
            (Some(StopReason::Interrupted), _) => Self::Interrupted,
            (Some(StopReason::Terminated), _) => Self::Terminated,
            (Some(StopReason::TimeOver | StopReason::Broken(_)) | None, true) => Self::Done,
            (Some(StopReason::TimeOver | StopReason::Broken(_)), false) if !any_save_sent => Self::CouldNot,
            (Some(StopReason::TimeOver | StopReason::Broken(_)) | None, false) => Self::Partial,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ActionKind;

    fn outcome(result: ActionResult, attempts: u32) -> Outcome {
        let email = "ann@example.com".into();
        Outcome { kind: ActionKind::Update, email, name: None, uid: None, row: None, result, attempts, error: None }
    }

    #[test]
    fn every_number_is_found_again_and_others_mean_nothing() {
        for exit in Exit::ALL {
            assert_eq!(Exit::of_code(exit.code()), Some(exit));
        }
        assert_eq!(Exit::of_code(7), None);
    }

    #[test]
    fn a_run_is_whole_partial_or_never_began() {
        use ActionResult::{Already, Applied, Drifted, Failed, NotAttempted};
        assert_eq!(Exit::of_run(None, &[]), Exit::Done);
        assert_eq!(Exit::of_run(None, &[outcome(Applied, 1), outcome(Already, 0)]), Exit::Done);
        assert_eq!(Exit::of_run(None, &[outcome(Applied, 1), outcome(Drifted, 0)]), Exit::Partial);
        assert_eq!(Exit::of_run(None, &[outcome(Failed, 0)]), Exit::Partial);
        let broken = StopReason::Broken("x".to_owned());
        assert_eq!(Exit::of_run(Some(&broken), &[outcome(Failed, 0), outcome(NotAttempted, 0)]), Exit::CouldNot);
        assert_eq!(Exit::of_run(Some(&broken), &[outcome(Failed, 1), outcome(NotAttempted, 0)]), Exit::Partial);
        assert_eq!(Exit::of_run(Some(&StopReason::TimeOver), &[outcome(Applied, 1)]), Exit::Done);
        assert_eq!(Exit::of_run(Some(&StopReason::Interrupted), &[outcome(Applied, 1)]), Exit::Interrupted);
    }
}
