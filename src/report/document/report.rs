//! The report as a document: `report.json`; its schema is `docs/schema/report.schema.json`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::execute::{Outcome, Verified};
use crate::model::{Attention, Exit, SourceFacts, Tenant};
use crate::plan::{Guardrail, LeftAlone, Plan, Waiting};

/// `format` of a report file.
pub const REPORT_FORMAT: &str = "lumsync-report";
/// `version` of a report file.
pub const REPORT_VERSION: u32 = 2;
/// The oldest version that is still read.
const OLDEST_VERSION: u32 = 1;

/// What a run did, in figures and action by action.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// [`REPORT_FORMAT`]
    pub format: String,
    /// [`REPORT_VERSION`]
    pub version: u32,
    /// Name of the run's folder; sorts by time.
    pub run_id: String,
    /// `sync` or `apply`.
    pub command: String,
    /// When the command began.
    pub started_at: Timestamp,
    /// When the report was written.
    pub finished_at: Timestamp,
    /// What the process ended with.
    pub exit_code: u8,
    /// Why the run ended otherwise than by finishing its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Where the run left no report, and this one is made from its journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
    /// Which tenant the run was about.
    pub tenant: Tenant,
    /// Which CSV it was made from; zeros when it could not be read.
    pub source: SourceFacts,
    /// How many of each.
    pub summary: ReportSummary,
    /// As judged before the first write.
    pub guardrails: Vec<Guardrail>,
    /// As in the plan, and those of the run.
    pub warnings: Vec<String>,
    /// Calls to the tenant.
    pub http: HttpFigures,
    /// Where the time went.
    pub timing: Timing,
    /// How many actions ended in each second of applying, from its start.
    pub pace: Vec<u32>,
    /// One for every action of the plan, in its order.
    pub outcomes: Vec<Outcome>,
    /// From the plan.
    pub conflicts: Vec<LeftAlone>,
    /// From the plan.
    pub protected: Vec<LeftAlone>,
    /// From the plan.
    pub skipped: Vec<LeftAlone>,
    /// From the plan: what needs a person although it stopped nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attention: Vec<Attention>,
    /// From the plan: users without a row who keep their access for a while yet.
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// The run that the plan took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// What was read again after the last change (`--verify`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// Who signed the plan (`--allowed-signers`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signers: Vec<String>,
}

/// Why a run left no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unfinished {
    /// Its process is gone: killed outright, or the machine went down.
    Killed,
    /// Its process is at work.
    UnderWay,
}

impl Report {
    /// The error of a save that was sent and whose outcome nobody wrote down.
    pub const UNCLEAR: &str = "it was sent, and its outcome was not written down: it may or may not be done; run again";
    /// What a shell says of a killed process; lumsync itself never ends with it.
    const KILLED: u8 = 137;

    /// The report of a run that left none, as far as its plan and its journal tell.
    pub fn unfinished(
        unfinished: Unfinished,
        run_id: &str,
        (started_at, finished_at): (Timestamp, Timestamp),
        plan: &Plan,
        outcomes: Vec<Outcome>,
    ) -> Self {
        // A sync plans after it began, and what an apply carries out was made before.
        let command = if plan.created_at < started_at { "apply" } else { "sync" };
        Self {
            run_id: run_id.to_owned(),
            command: command.to_owned(),
            started_at,
            finished_at,
            exit_code: Self::KILLED,
            unfinished: Some(unfinished),
            ..Self::of_plan(Some(plan), outcomes)
        }
    }

    /// What the plan says of a run, where there is one, and how its actions ended.
    pub fn of_plan(plan: Option<&Plan>, outcomes: Vec<Outcome>) -> Self {
        let empty = Self { format: REPORT_FORMAT.to_owned(), version: REPORT_VERSION, ..Self::default() };
        let Some(plan) = plan else { return empty };
        Self {
            tenant: plan.tenant.clone(),
            source: plan.source.clone(),
            summary: ReportSummary::tally(&plan.summary, &outcomes),
            guardrails: plan.guardrails.clone(),
            warnings: plan.warnings.clone(),
            outcomes,
            conflicts: plan.conflicts.clone(),
            protected: plan.protected.clone(),
            skipped: plan.skipped.clone(),
            attention: plan.attention.clone(),
            waiting: plan.waiting.clone(),
            undoes: plan.undoes.clone(),
            ..empty
        }
    }

    /// How many saves were sent whose outcome nobody wrote down.
    pub(in crate::report) fn unclear(&self) -> u64 {
        self.outcomes.iter().filter(|outcome| outcome.error.as_deref() == Some(Self::UNCLEAR)).count() as u64
    }

    /// Whether documents of this version can be read. What version 2 added has a default in version 1.
    pub fn reads_version(version: u32) -> bool {
        (OLDEST_VERSION..=REPORT_VERSION).contains(&version)
    }

    /// What the exit code means; nothing for one that lumsync never ends with.
    pub(in crate::report) fn exit(&self) -> Option<Exit> {
        Exit::of_code(self.exit_code)
    }
}

/// How many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportSummary {
    /// Accounts created.
    pub create: KindSummary,
    /// Users changed.
    pub update: KindSummary,
    /// Users enabled.
    pub enable: KindSummary,
    /// Users disabled.
    pub disable: KindSummary,
    /// Users added to a group, counted once for each group.
    #[serde(default)]
    pub join: KindSummary,
    /// Users removed from a group, counted once for each group.
    #[serde(default)]
    pub leave: KindSummary,
    /// Rows and users that agreed from the start.
    pub unchanged: u64,
    /// Rows that could not be carried out without harm.
    pub conflicts: u64,
    /// Users that would have changed, but must not.
    pub protected: u64,
    /// Rows that asked for nothing.
    pub skipped: u64,
    /// Invalid rows.
    pub invalid: u64,
}

/// What became of the actions of one kind; `planned` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KindSummary {
    /// In the plan.
    pub planned: u64,
    /// Saved.
    pub applied: u64,
    /// Found done.
    pub already: u64,
    /// Left alone, since the user had changed.
    pub drifted: u64,
    /// Refused or given up.
    pub failed: u64,
    /// Never begun.
    pub not_attempted: u64,
}

/// Calls to the tenant, all kinds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpFigures {
    /// Requests sent, retries included.
    pub requests: u64,
    /// Requests sent again after a failure.
    pub retries: u64,
    /// Answers that said "too many".
    pub rate_limited: u64,
}

/// Where the time went, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Timing {
    /// Reading and checking the CSV.
    pub load_seconds: f64,
    /// Listing the tenant's users and looking addresses up.
    pub fetch_seconds: f64,
    /// Comparing.
    pub diff_seconds: f64,
    /// Applying.
    pub apply_seconds: f64,
}
