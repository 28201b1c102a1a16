//! The message about a run that a chat takes; sending it is another's business.

use serde::Serialize;

use super::escape::chat;
use super::{Document, Report, guardrail_sentence, verdict};
use crate::model::Exit;

/// What is posted: `{"text": …}`, which the incoming hooks of Slack and of Teams both take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// Figures and the run's id; names nobody, since a chat has other readers than the report. What a tenant or a system
    /// says may name anybody, and is left to the report.
    pub text: String,
}

impl Notification {
    /// The message about a finished run.
    pub fn of_report(report: &Report) -> Self {
        let mark = if report.exit() == Some(Exit::Done) { "✅" } else { "⚠️" };
        let head = format!("{mark} lumsync {} on {}", report.command, report.tenant.base_url);
        let tripped = report.guardrails.iter().filter(|guardrail| guardrail.tripped);
        let document = Document::Run { report, plan: None };
        let lines = [head, document.verdict()]
            .into_iter()
            .chain(tripped.map(|guardrail| format!("{}: {}", guardrail.name.as_str(), guardrail_sentence(guardrail))))
            .chain(left_alone(report))
            .chain([format!("Run {}, exit code {}", report.run_id, report.exit_code)]);
        Self { text: lines.map(|line| chat(&line)).collect::<Vec<_>>().join("\n") }
    }

    /// The message about a command that failed before there was a run to report on.
    pub fn of_failure(command: &str, exit: Exit) -> Self {
        Self { text: format!("⚠️ lumsync {command} did not begin: {}\nExit code {}", exit.words(), exit.code()) }
    }
}

fn left_alone(report: &Report) -> Option<String> {
    let parts = [
        (report.summary.conflicts, "in conflict"),
        (report.summary.invalid, "invalid"),
        (report.summary.protected, "protected"),
    ];
    let said = verdict::counts(parts);
    (!said.is_empty()).then(|| format!("Left alone: {}", said.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::samples::report;
    use super::*;

    #[test]
    fn a_message_tells_figures_and_names_nobody() {
        let mut report = report();
        report.guardrails[0].tripped = true;
        report.error = Some("can't tell whether ann@example.com belongs to Ann Lee".to_owned());
        report.tenant.base_url = "https://acme.lumapps.test/<!channel>".to_owned();
        insta::assert_snapshot!(Notification::of_report(&report).text, @r"
        ⚠️ lumsync sync on https://acme.lumapps.test/&lt;!channel&gt;
        Applied 20 of 24 changes in 5.5 s: 1 already so, 1 drifted, 1 failed, 1 not attempted.
        max_disable: 3 of 112 enabled users would be disabled, the limit is 10% (11): allow with --max-disable 3
        Left alone: 2 in conflict, 2 invalid, 2 protected
        Run 20260302T053000Z-7f3a, exit code 4
        ");
    }

    #[test]
    fn a_command_that_did_not_begin_is_told_with_its_exit() {
        insta::assert_snapshot!(Notification::of_failure("sync", Exit::Locked).text, @r"
        ⚠️ lumsync sync did not begin: another run holds the lock
        Exit code 6
        ");
    }

    #[test]
    fn the_message_is_json_with_one_text() {
        let json = serde_json::to_value(Notification::of_report(&report())).unwrap();
        assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["text"]);
    }
}
