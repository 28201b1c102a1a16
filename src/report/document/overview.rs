//! Several plans and runs in one table: a row each, those that need a person first.

use jiff::Timestamp;
use serde::Serialize;

use super::Document;
use crate::model::Tenant;
use crate::plan::ActionKind;
use crate::report::Tone;
use crate::report::words::verdict;

/// `format` of an overview as JSON.
const OVERVIEW_FORMAT: &str = "lumsync-overview";
/// `version` of an overview as JSON.
const OVERVIEW_VERSION: u32 = 1;

/// A document, and where it was found.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// As the operator named it.
    pub name: &'a str,
    /// The plan or the run.
    pub document: Document<'a>,
}

/// The table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview<'a> {
    format: &'static str,
    version: u32,
    pub(in crate::report) rows: Vec<Row<'a>>,
}

/// A plan or a run in one line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::report) struct Row<'a> {
    pub(in crate::report) document: &'a str,
    pub(in crate::report) tenant: &'a Tenant,
    #[serde(skip)]
    pub(in crate::report) tenant_name: String,
    /// `plan` or `run`.
    pub(in crate::report) kind: &'static str,
    pub(in crate::report) time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report) exit_code: Option<u8>,
    pub(in crate::report) needs_person: bool,
    pub(in crate::report) verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report) error: Option<&'a str>,
    /// Changes that are planned, or were made.
    pub(in crate::report) disable: u64,
    pub(in crate::report) create: u64,
    pub(in crate::report) enable: u64,
    pub(in crate::report) update: u64,
    /// Users added to groups and removed from them, counted once for each group.
    pub(in crate::report) join: u64,
    pub(in crate::report) leave: u64,
    /// Planned changes that the tenant does not have.
    pub(in crate::report) open: u64,
    pub(in crate::report) conflicts: u64,
    #[serde(skip)]
    pub(in crate::report) tone: Tone,
}

impl<'a> Overview<'a> {
    /// Those that need a person first, then by tenant; several of a tenant by their time, the latest first.
    pub fn new(subjects: &[Subject<'a>]) -> Self {
        let mut rows: Vec<Row<'a>> = subjects.iter().map(Row::of).collect();
        rows.sort_by(|left, right| {
            let keys = |row: &Row<'a>| (!row.needs_person, row.tenant_name.clone(), std::cmp::Reverse(row.time));
            keys(left).cmp(&keys(right))
        });
        Self { format: OVERVIEW_FORMAT, version: OVERVIEW_VERSION, rows }
    }

    /// How many rows need a person.
    pub(in crate::report) fn needing(&self) -> u64 {
        self.rows.iter().filter(|row| row.needs_person).count() as u64
    }
}

impl<'a> Row<'a> {
    /// The figures in the order of the table's columns.
    pub(in crate::report) fn figures(&self) -> [u64; 8] {
        let Self { disable, create, enable, update, join, leave, open, conflicts, .. } = *self;
        [disable, create, enable, update, join, leave, open, conflicts]
    }

    fn of(subject: &Subject<'a>) -> Self {
        let document = subject.document;
        let facts = document.facts();
        let (open, conflicts) = match document {
            Document::Plan { plan, .. } => (plan.summary.changes(), plan.summary.conflicts),
            Document::Run { report, .. } => (report.summary.total().open(), report.summary.conflicts),
        };
        let count = |kind| match document {
            Document::Plan { plan, .. } => plan.summary.of(kind),
            Document::Run { report, .. } => report.summary.of(kind).applied,
        };
        Self {
            document: subject.name,
            tenant: facts.tenant,
            tenant_name: verdict::tenant_name(facts.tenant),
            kind: document.kind(),
            time: facts.time,
            exit_code: document.exit_code(),
            needs_person: document.needs_a_person(),
            verdict: document.verdict(),
            error: document.error(),
            disable: count(ActionKind::Disable),
            create: count(ActionKind::Create),
            enable: count(ActionKind::Enable),
            update: count(ActionKind::Update),
            join: count(ActionKind::Join),
            leave: count(ActionKind::Leave),
            open,
            conflicts,
            tone: document.tone(),
        }
    }
}
