//! Figures that every format shows, in words.

use super::{counted, number, seconds};
use crate::model::Tenant;
use crate::plan::PlanSummary;
use crate::report::{Document, Report, ReportSummary};

/// How many of each, the risky ones first; a run's changes stand in a table of their own.
pub(in crate::report) fn totals(document: Document<'_>) -> Vec<(&'static str, u64)> {
    let (summary, changes) = match document {
        Document::Plan { plan, .. } => (ReportSummary::planned(&plan.summary), to_do(&plan.summary)),
        Document::Run { report, .. } => (report.summary, Vec::new()),
    };
    let rest = [
        (summary.unchanged, "unchanged"),
        (summary.conflicts, "in conflict"),
        (summary.invalid, "invalid"),
        (summary.protected, "protected"),
        (summary.skipped, "skipped"),
    ];
    changes.into_iter().chain(rest).map(|(count, words)| (words, count)).collect()
}

/// `57 requests, 2 sent again, 1 refused as too many`
fn to_do(summary: &PlanSummary) -> Vec<(u64, &'static str)> {
    let PlanSummary { create, update, enable, disable, join, leave, .. } = *summary;
    let of_users = [(disable, "to disable"), (create, "to create"), (enable, "to enable"), (update, "to update")];
    let of_groups = [(join, "to join groups"), (leave, "to leave groups")].into_iter().filter(|(count, _)| *count > 0);
    of_users.into_iter().chain(of_groups).collect()
}

pub(in crate::report) fn calls(report: &Report) -> String {
    let http = report.http;
    let requests = counted(http.requests, "request", "requests");
    format!("{requests}, {} sent again, {} refused as too many", number(http.retries), number(http.rate_limited))
}

/// `load 0.0 s, fetch 3.9 s, compare 0.0 s, apply 5.5 s`
pub(in crate::report) fn times(report: &Report) -> String {
    let timing = report.timing;
    let times = [timing.load_seconds, timing.fetch_seconds, timing.diff_seconds, timing.apply_seconds];
    let [load, fetch, compare, apply] = times.map(seconds);
    format!("load {load}, fetch {fetch}, compare {compare}, apply {apply}")
}

/// `https://acme.lumapps.com, organization 123`
pub(in crate::report) fn tenant(tenant: &Tenant) -> String {
    match tenant.organization_id.as_str() {
        "" => tenant.base_url.clone(),
        id => format!("{}, organization {id}", tenant.base_url),
    }
}
