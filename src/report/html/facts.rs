//! The words and figures of the page, made visible where they come from outside.

use serde::Serialize;

use super::charts::{self, Pace, Rect};
use super::embedded_json::RESULTS;
use crate::execute::ActionResult;
use crate::model::visible;
use crate::plan::{ActionKind, Guardrail};
use crate::report::document::{Group, LineKind, UserLine};
use crate::report::words::{counted, number};
use crate::report::{Document, Tone, figures, guardrail_sentence};

/// Rows that show without the script, and of those who lose access at most.
const STATIC_ROWS: usize = 100;
const STATIC_DISABLES: usize = 1_000;

/// In the order of the page's figures: the risky ones first.
const KINDS: [ActionKind; 6] = [
    ActionKind::Disable,
    ActionKind::Create,
    ActionKind::Enable,
    ActionKind::Update,
    ActionKind::Join,
    ActionKind::Leave,
];

/// A name and a value.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// A moment for people and for the script, which shows it in the reader's own zone.
pub(super) struct Time {
    pub(super) iso: String,
    pub(super) words: String,
}

/// A result as a column of the figures, with the pattern that stands for it in the bars.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
}

/// How many of something.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) count: u64,
}

/// One kind's figures, as many as there are columns.
pub(super) struct CountsRow {
    pub(super) name: &'static str,
    pub(super) figures: Vec<Figure>,
    pub(super) bar: Vec<Rect>,
}

/// A limit in words.
pub(super) struct GuardrailLine {
    pub(super) name: &'static str,
    pub(super) sentence: String,
}

/// A box to tick, with how many lines it stands for.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) name: &'static str,
    pub(super) count: usize,
}

/// A line of the list as it shows without the script.
pub(super) struct StaticRow {
    pub(super) kind: Badge,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) row: Option<u64>,
    pub(super) details: Vec<String>,
    pub(super) note: Option<String>,
    pub(super) result: Option<Badge>,
}

/// A word in a frame.
#[derive(Serialize)]
pub(super) struct Badge {
    /// As the documents have it.
    pub(super) value: &'static str,
    pub(super) word: &'static str,
    pub(super) class: &'static str,
}

impl Figure {
    pub(super) fn words(&self) -> String {
        number(self.count)
    }
}

impl Choice {
    pub(super) fn words(&self) -> String {
        words_of(self.count)
    }
}

/// A count of lines as people write it.
pub(super) fn words_of(count: usize) -> String {
    number(u64::try_from(count).unwrap_or(u64::MAX))
}

impl Time {
    pub(super) fn of(time: jiff::Timestamp) -> Self {
        Self { iso: format!("{time:.0}"), words: time.strftime("%-d %B %Y, %H:%M UTC").to_string() }
    }
}

pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

pub(super) fn what(document: Document<'_>) -> &'static str {
    match document {
        Document::Plan(_) => "Plan",
        Document::Run { .. } => "Run",
    }
}

pub(super) fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Change => "change",
        Tone::Danger => "danger",
        Tone::Warning => "warning",
        Tone::Faint | Tone::Strong => "plain",
    }
}

/// What only some readers ask for.
pub(super) fn facts(document: Document<'_>) -> Vec<Fact> {
    let source = document.facts().source;
    let mut facts = vec![
        ("Tenant", figures::tenant(document.facts().tenant)),
        ("Source", format!("{}, {}", source.path, counted(source.rows, "row", "rows"))),
        ("SHA-256 of the source", source.sha256.clone()),
    ];
    if let Some(plan) = document.plan() {
        let (in_scope, enabled) = (number(plan.remote.in_scope), number(plan.remote.enabled));
        facts.push(("Users of the tenant", format!("{in_scope} in scope, {enabled} of them enabled")));
    }
    if let Document::Run { report, .. } = document {
        facts.extend([
            ("Run", report.run_id.clone()),
            ("Command", report.command.clone()),
            ("Ended", Time::of(report.finished_at).words),
            ("Exit code", report.exit_code.to_string()),
            ("Calls", figures::calls(report)),
            ("Time", figures::times(report)),
        ]);
    }
    facts.into_iter().map(|(name, value)| Fact { name, value: shown(&value) }).collect()
}

/// What became of the actions of a run, by kind.
pub(super) fn counts(document: Document<'_>) -> (Vec<Column>, Vec<CountsRow>) {
    let Document::Run { report, .. } = document else { return (Vec::new(), Vec::new()) };
    let column = |result| Column { name: result_words(result), class: charts::class_of(result) };
    let longest = KINDS.map(|kind| report.summary.of(kind).planned).into_iter().max().unwrap_or(0);
    let row = |kind: ActionKind| {
        let figures = report.summary.of(kind);
        let results = ActionResult::ALL.map(|result| Figure { name: result_words(result), count: figures.of(result) });
        CountsRow {
            name: kind.as_str(),
            figures: std::iter::once(Figure { name: "planned", count: figures.planned }).chain(results).collect(),
            bar: charts::result_bar(figures, longest),
        }
    };
    (ActionResult::ALL.map(column).into(), KINDS.map(row).into())
}

/// Figures without a result.
pub(super) fn totals(document: Document<'_>) -> Vec<Figure> {
    figures::totals(document).into_iter().map(|(name, count)| Figure { name, count }).collect()
}

pub(super) fn pace(document: Document<'_>) -> Option<Pace> {
    match document {
        Document::Plan(_) => None,
        Document::Run { report, .. } => charts::pace(&report.pace),
    }
}

/// The limits that tripped, and the others.
pub(super) fn guardrails(document: Document<'_>) -> (Vec<GuardrailLine>, Vec<GuardrailLine>) {
    let line = |guardrail: &Guardrail| GuardrailLine {
        name: guardrail.name.as_str(),
        sentence: guardrail_sentence(guardrail),
    };
    let (tripped, passed): (Vec<_>, Vec<_>) =
        document.facts().guardrails.iter().partition(|guardrail| guardrail.tripped);
    (tripped.into_iter().map(line).collect(), passed.into_iter().map(line).collect())
}

/// The boxes for kinds and for results, those alone that some line belongs to.
pub(super) fn choices(document: Document<'_>) -> (Vec<Choice>, Vec<Choice>) {
    let mut kinds = LineKind::ALL.map(|kind| Choice { value: kind.as_str(), name: kind.as_str(), count: 0 });
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

/// The first rows, everybody who loses access among them.
pub(super) fn static_rows(document: Document<'_>) -> Vec<StaticRow> {
    let disables = document.lines_of(Group::Disable).count();
    document.lines().take(disables.clamp(STATIC_ROWS, STATIC_DISABLES)).map(|line| static_row(&line)).collect()
}

/// What is said above the list.
pub(super) fn how_many(shown: usize, all: usize) -> String {
    let (first, all) = (words_of(shown), words_of(all));
    if first == all {
        format!("{all} of {all} users")
    } else {
        format!("First {first} of {all} users; the CSV and JSON reports hold them all")
    }
}

fn static_row(line: &UserLine<'_>) -> StaticRow {
    StaticRow {
        kind: Badge::of_kind(line.kind),
        name: shown(line.name.unwrap_or_default()),
        email: shown(line.email),
        row: line.row,
        details: line.details().iter().map(|detail| shown(detail)).collect(),
        note: line.note().map(shown),
        result: line.result().map(Badge::of_result),
    }
}

impl Badge {
    pub(super) fn of_kind(kind: LineKind) -> Self {
        let class = match kind {
            LineKind::Action(ActionKind::Create | ActionKind::Enable) => "good",
            LineKind::Action(ActionKind::Update | ActionKind::Join | ActionKind::Leave) => "change",
            LineKind::Action(ActionKind::Disable) => "danger",
            LineKind::Conflict | LineKind::Invalid => "warning",
            LineKind::Protected | LineKind::Skipped => "plain",
        };
        Self { value: kind.as_str(), word: kind.as_str(), class }
    }

    pub(super) fn of_result(result: ActionResult) -> Self {
        let class = match result {
            ActionResult::Applied => "good",
            ActionResult::Already => "plain",
            ActionResult::Drifted | ActionResult::NotAttempted => "warning",
            ActionResult::Failed => "danger",
        };
        Self { value: result.as_str(), word: result_words(result), class }
    }
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
