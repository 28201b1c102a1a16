//! What a run ends with, folded from its outcomes by one exhaustive match.

use std::process::ExitCode;

use crate::execute::{ActionResult, Outcome, StopReason};
pub use crate::model::Exit;

impl Exit {
    /// A run that stopped before its first write.
    pub fn of_early_stop(reason: &StopReason) -> Self {
        match reason {
            StopReason::HungUp => Self::HungUp,
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
            (Some(StopReason::HungUp), _) => Self::HungUp,
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
        Outcome {
            kind: ActionKind::Update,
            email,
            name: None,
            uid: None,
            row: None,
            group: None,
            result,
            attempts,
            error: None,
        }
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
