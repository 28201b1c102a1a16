//! The words and figures of the page's head, made visible where they come from outside.

use super::charts::{self, Chart};
use super::embedded_json::{KINDS, RESULTS};
use crate::execute::ActionResult;
use crate::model::visible;
use crate::plan::{ActionKind, Guardrail};
use crate::report::document::LineKind;
use crate::report::words::{counted, seconds};
use crate::report::{Document, Report, guardrail_sentence};

/// A name and a value.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// The table of figures.
pub(super) struct Counts {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<CountsRow>,
}

/// One kind's figures, as many as there are columns.
pub(super) struct CountsRow {
    pub(super) name: &'static str,
    pub(super) figures: Vec<u64>,
}

/// A limit in words.
pub(super) struct GuardrailLine {
    pub(super) name: &'static str,
    pub(super) sentence: String,
    pub(super) tripped: bool,
}

/// A box to tick, with how many lines it stands for.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) name: &'static str,
    pub(super) count: usize,
}

pub(super) fn title(document: Document<'_>) -> String {
    match document {
        Document::Plan(plan) => format!("Plan of {:.0}", plan.created_at),
        Document::Run { report, .. } => format!("Run {}", visible(&report.run_id)),
    }
}

/// The class that colours the verdict.
pub(super) fn tone(document: Document<'_>) -> &'static str {
    match document {
        Document::Plan(plan) if plan.tripped_guardrails().next().is_some() => "danger",
        Document::Plan(_) => "plain",
        Document::Run { report, .. } => match report.exit_code {
            0 => "good",
            4 => "warning",
            _ => "danger",
        },
    }
}

pub(super) fn error(document: Document<'_>) -> Option<String> {
    match document {
        Document::Plan(_) => None,
        Document::Run { report, .. } => report.error.as_deref().map(|error| visible(error).into_owned()),
    }
}

pub(super) fn facts(document: Document<'_>) -> Vec<Fact> {
    let fact = |name, value: &str| Fact { name, value: visible(value).into_owned() };
    let (tenant, source) = (document.tenant(), document.source());
    let mut facts = vec![fact("Tenant", &tenant.base_url)];
    if !tenant.organization_id.is_empty() {
        facts.push(fact("Organization", &tenant.organization_id));
    }
    facts.push(fact("Source", &format!("{}, {}", source.path, counted(source.rows, "row", "rows"))));
    facts.push(fact("SHA-256 of the source", &source.sha256));
    if let Some(plan) = document.plan() {
        let remote = plan.remote;
        let users = format!("{} in scope, {} of them enabled", remote.in_scope, remote.enabled);
        facts.push(fact("Users of the tenant", &users));
    }
    if let Document::Run { report, .. } = document {
        facts.extend(run_facts(report));
    }
    facts
}

fn run_facts(report: &Report) -> Vec<Fact> {
    let (http, timing) = (report.http, report.timing);
    let calls = format!("{}, {} sent again, {} refused as too many", http.requests, http.retries, http.rate_limited);
    let times = format!(
        "load {}, fetch {}, compare {}, apply {}",
        seconds(timing.load_seconds),
        seconds(timing.fetch_seconds),
        seconds(timing.diff_seconds),
        seconds(timing.apply_seconds)
    );
    vec![
        Fact { name: "Command", value: visible(&report.command).into_owned() },
        Fact { name: "Started", value: format!("{:.0}", report.started_at) },
        Fact { name: "Ended", value: format!("{:.0}", report.finished_at) },
        Fact { name: "Exit code", value: report.exit_code.to_string() },
        Fact { name: "Calls", value: calls },
        Fact { name: "Time", value: times },
    ]
}

pub(super) fn counts(document: Document<'_>) -> Counts {
    match document {
        Document::Plan(plan) => {
            let summary = plan.summary;
            let figures = [summary.create, summary.enable, summary.update, summary.disable];
            let changes = KINDS.into_iter().zip(figures).map(|(kind, figure)| (kind.heading(), figure));
            let rest = [
                ("Unchanged", summary.unchanged),
                ("Conflicts", summary.conflicts),
                ("Protected", summary.protected),
                ("Skipped", summary.skipped),
                ("Invalid rows", summary.invalid),
            ];
            let rows = changes.chain(rest).map(|(name, figure)| CountsRow { name, figures: vec![figure] });
            Counts { columns: vec!["How many"], rows: rows.collect() }
        }
        Document::Run { report, .. } => Counts {
            columns: vec!["Planned", "Applied", "Already so", "Drifted", "Failed", "Not attempted"],
            rows: [ActionKind::Create, ActionKind::Enable, ActionKind::Update, ActionKind::Disable]
                .map(|kind| run_row(report, kind))
                .into(),
        },
    }
}

fn run_row(report: &Report, kind: ActionKind) -> CountsRow {
    let figures = report.summary.of(kind);
    CountsRow {
        name: LineKind::Action(kind).heading(),
        figures: vec![
            figures.planned,
            figures.applied,
            figures.already,
            figures.drifted,
            figures.failed,
            figures.not_attempted,
        ],
    }
}

pub(super) fn bars(document: Document<'_>) -> Chart {
    match document {
        Document::Plan(plan) => charts::of_plan(&plan.summary),
        Document::Run { report, .. } => charts::of_results(report),
    }
}

pub(super) fn pace(document: Document<'_>) -> Option<Chart> {
    match document {
        Document::Plan(_) => None,
        Document::Run { report, .. } => charts::of_pace(&report.pace),
    }
}

pub(super) fn guardrails(document: Document<'_>) -> Vec<GuardrailLine> {
    let line = |guardrail: &Guardrail| {
        let Guardrail { name, tripped, .. } = *guardrail;
        GuardrailLine { name: name.as_str(), sentence: guardrail_sentence(guardrail), tripped }
    };
    document.guardrails().iter().map(line).collect()
}

pub(super) fn warnings(document: Document<'_>) -> Vec<String> {
    document.warnings().iter().map(|warning| visible(warning).into_owned()).collect()
}

/// The boxes for kinds and for results, those alone that some line belongs to.
pub(super) fn choices(document: Document<'_>) -> (Vec<Choice>, Vec<Choice>) {
    let mut kinds = KINDS.map(|kind| Choice { value: kind.as_str(), name: kind.as_str(), count: 0 });
    let mut results = RESULTS.map(|result| Choice { value: result.as_str(), name: result_words(result), count: 0 });
    for line in document.lines() {
        count(&mut kinds, line.kind.as_str());
        if let Some(result) = line.result() {
            count(&mut results, result.as_str());
        }
    }
    let used = |choices: Vec<Choice>| choices.into_iter().filter(|choice| choice.count > 0).collect();
    (used(kinds.into()), used(results.into()))
}

fn count(choices: &mut [Choice], value: &str) {
    choices.iter_mut().filter(|choice| choice.value == value).for_each(|choice| choice.count += 1);
}

fn result_words(result: ActionResult) -> &'static str {
    match result {
        ActionResult::Applied => "applied",
        ActionResult::Already => "already so",
        ActionResult::Drifted => "drifted",
        ActionResult::Failed => "failed",
        ActionResult::NotAttempted => "not attempted",
    }
}
