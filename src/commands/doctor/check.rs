//! The result of a check.

use serde::Serialize;

use crate::exit::Exit;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Verdict {
    /// As it should be.
    Fine,
    /// A run would work, but there is something to look at.
    Warning,
    /// A run would not work.
    Failed,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) verdict: Verdict,
    /// What was found.
    pub(super) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<&'static str>,
    /// What a failure means for the process.
    #[serde(skip)]
    exit: Exit,
}

impl Check {
    pub(super) fn fine(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Fine, message: message.into(), hint: None, exit: Exit::Done }
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>, hint: &'static str) -> Self {
        Self { name, verdict: Verdict::Warning, message: message.into(), hint: Some(hint), exit: Exit::Done }
    }

    pub(super) fn failed(name: &'static str, exit: Exit, message: impl Into<String>, hint: &'static str) -> Self {
        Self { name, verdict: Verdict::Failed, message: message.into(), hint: Some(hint), exit }
    }
}

/// All steps, in order.
#[derive(Debug, Default)]
pub(in crate::commands) struct Checks(Vec<Check>);

impl Checks {
    pub(super) fn add(&mut self, check: Check) {
        self.0.push(check);
    }

    pub(super) fn all(&self) -> &[Check] {
        &self.0
    }

    pub(super) fn count(&self, verdict: Verdict) -> usize {
        self.0.iter().filter(|check| check.verdict == verdict).count()
    }

    /// A fault of the settings comes before one of the network.
    pub(in crate::commands) fn exit(&self) -> Exit {
        let has = |exit| self.0.iter().any(|check| check.exit == exit);
        match (has(Exit::Usage), self.count(Verdict::Failed)) {
            (true, _) => Exit::Usage,
            (false, 0) => Exit::Done,
            (false, _) => Exit::CouldNot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_fit_to_run_and_wrong_settings_go_before_a_dead_network() {
        let exit = |checks: Vec<Check>| Checks(checks).exit();
        let fine = || Check::fine("a", "x");
        let warning = || Check::warning("b", "x", "y");
        let failed = |exit| Check::failed("c", exit, "x", "y");
        assert_eq!(exit(vec![fine(), warning()]), Exit::Done);
        assert_eq!(exit(vec![fine(), failed(Exit::CouldNot)]), Exit::CouldNot);
        assert_eq!(exit(vec![failed(Exit::CouldNot), failed(Exit::Usage)]), Exit::Usage);
    }
}
