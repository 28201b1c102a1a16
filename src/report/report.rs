//! The report as a document: `report.json`; its schema is `docs/schema/report.schema.json`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::execute::{Outcome, Verified};
use crate::model::{Exit, SourceFacts, Tenant};
use crate::plan::{Guardrail, LeftAlone, Waiting};

/// `format` of a report file.
pub const REPORT_FORMAT: &str = "lumsync-report";
/// `version` of a report file.
pub const REPORT_VERSION: u32 = 2;
/// The oldest version that is still read.
const OLDEST_VERSION: u32 = 1;

/// What a run did, in figures and action by action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

impl Report {
    /// Whether documents of this version can be read. What version 2 added has a default in version 1.
    pub fn reads_version(version: u32) -> bool {
        (OLDEST_VERSION..=REPORT_VERSION).contains(&version)
    }

    /// What the exit code means; nothing for one that lumsync never ends with.
    pub(super) fn exit(&self) -> Option<Exit> {
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
