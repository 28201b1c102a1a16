//! The message about a run that a chat or a program takes; sending it is another's business.
//!
//! It holds figures, reasons and the run's name, and names nobody: a chat has other readers than the report.

use serde::Serialize;
use serde_json::{Value, json};

use super::formats::escape::chat;
use super::words::verdict;
use super::{Document, Report, ReportSummary, guardrail_sentence};
use crate::model::{Exit, Tenant, visible};
use crate::plan::Plan;

/// `format` of a notification as JSON.
const NOTIFICATION_FORMAT: &str = "lumsync-notification";
/// `version` of a notification as JSON.
const NOTIFICATION_VERSION: u32 = 1;

/// What is posted, as JSON of our own; its schema is `docs/schema/notification.schema.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    format: &'static str,
    version: u32,
    command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<Tenant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<String>,
    exit_code: u8,
    /// Whether a person has to decide or to look.
    needs_person: bool,
    verdict: String,
    /// Guardrails that tripped, and how many users were left alone. What a tenant or a system says may name anybody, and is
    /// left to the report.
    details: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<ReportSummary>,
}

impl Notification {
    /// The message about a finished run.
    pub fn of_run(report: &Report, plan: Option<&Plan>) -> Self {
        let document = Document::Run { report, plan };
        let tripped = report.guardrails.iter().filter(|guardrail| guardrail.tripped);
        let details = tripped
            .map(|guardrail| format!("{}: {}", guardrail.name.as_str(), guardrail_sentence(guardrail)))
            .chain(left_alone(report));
        Self {
            format: NOTIFICATION_FORMAT,
            version: NOTIFICATION_VERSION,
            command: report.command.clone(),
            tenant: Some(report.tenant.clone()),
            run_id: Some(report.run_id.clone()),
            exit_code: report.exit_code,
            needs_person: document.needs_a_person(),
            verdict: document.verdict(),
            details: details.collect(),
            summary: Some(report.summary),
        }
    }

    /// The message about a command that failed before there was a run to report on.
    pub fn of_failure(command: &str, exit: Exit) -> Self {
        Self {
            format: NOTIFICATION_FORMAT,
            version: NOTIFICATION_VERSION,
            command: command.to_owned(),
            tenant: None,
            run_id: None,
            exit_code: exit.code(),
            needs_person: true,
            verdict: format!("did not begin: {}", exit.words()),
            details: Vec::new(),
            summary: None,
        }
    }

    /// `{"text": …}`, as Slack's incoming webhooks have it, and those that copy them.
    pub fn slack(&self) -> Value {
        let text: Vec<String> = self.lines().iter().map(|line| chat(line)).collect();
        json!({ "text": text.join("\n") })
    }

    /// A message with an Adaptive Card, as the workflows of Teams take it. Text runs know no markup, so that a value can't
    /// become a link.
    pub fn teams(&self) -> Value {
        let block = |(place, line): (usize, &String)| {
            let (weight, size) = if place == 0 { ("Bolder", "Medium") } else { ("Default", "Default") };
            let run = json!({ "type": "TextRun", "text": visible(line), "weight": weight, "size": size });
            json!({ "type": "RichTextBlock", "inlines": [run] })
        };
        let card = json!({
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": self.lines().iter().enumerate().map(block).collect::<Vec<_>>(),
        });
        let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "content": card });
        json!({ "type": "message", "attachments": [attachment] })
    }

    /// The message itself.
    pub fn json(&self) -> Value {
        json!(self)
    }

    fn lines(&self) -> Vec<String> {
        let mark = if self.exit_code == Exit::Done.code() && !self.needs_person { "✅" } else { "⚠️" };
        let tenant = self.tenant.as_ref().map(|tenant| format!(" on {}", tenant.base_url)).unwrap_or_default();
        let run = self.run_id.as_ref().map_or("Exit code".to_owned(), |run_id| format!("Run {run_id}, exit code"));
        let head = match self.tenant {
            Some(_) => vec![format!("{mark} lumsync {}{tenant}", self.command), self.verdict.clone()],
            None => vec![format!("{mark} lumsync {} {}", self.command, self.verdict)],
        };
        head.into_iter().chain(self.details.clone()).chain([format!("{run} {}", self.exit_code)]).collect()
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

    fn text(notification: &Notification) -> String {
        notification.slack()["text"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_message_tells_figures_and_names_nobody() {
        let mut report = report();
        report.guardrails[0].tripped = true;
        report.error = Some("can't tell whether ann@example.com belongs to Ann Lee".to_owned());
        report.tenant.base_url = "https://acme.lumapps.test/<!channel>".to_owned();
        insta::assert_snapshot!(text(&Notification::of_run(&report, None)), @r"
        ⚠️ lumsync sync on https://acme.lumapps.test/&lt;!channel&gt;
        Applied 20 of 24 changes in 5.5 s: 1 already so, 1 drifted, 1 failed, 1 not attempted.
        max_disable: 3 of 112 enabled users would be disabled, the limit is 10% (11): allow with --max-disable 3
        Left alone: 2 in conflict, 2 invalid, 2 protected
        Run 20260302T053000Z-7f3a, exit code 4
        ");
    }

    #[test]
    fn a_command_that_did_not_begin_is_told_with_its_exit() {
        insta::assert_snapshot!(text(&Notification::of_failure("sync", Exit::Locked)), @r"
        ⚠️ lumsync sync did not begin: another run holds the lock
        Exit code 6
        ");
    }

    #[test]
    fn every_format_says_the_same() {
        let notification = Notification::of_run(&report(), None);
        let card = notification.teams()["attachments"][0]["content"]["body"].clone();
        let lines = card.as_array().unwrap().iter().map(|block| block["inlines"][0]["text"].as_str().unwrap());
        let teams: Vec<&str> = lines.collect();
        assert_eq!(teams.iter().map(|line| chat(line)).collect::<Vec<_>>().join("\n"), text(&notification));
        let json = notification.json();
        assert_eq!((json["runId"].as_str(), json["exitCode"].as_u64()), (Some("20260302T053000Z-7f3a"), Some(4)));
        assert!(teams.contains(&json["verdict"].as_str().unwrap()));
    }
}
