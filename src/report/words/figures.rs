//! Figures that every format shows, in words.

use super::{counted, number, seconds};
use crate::model::Tenant;
use crate::report::{Document, Report};

/// How many of each, the risky ones first; a run's changes stand in a table of their own.
pub(in crate::report) fn totals(document: Document<'_>) -> Vec<(&'static str, u64)> {
    let (changes, [unchanged, conflicts, invalid, protected, skipped]) = match document {
        Document::Plan { plan, .. } => {
            let figures = &plan.summary;
            let mut changes = vec![
                ("to disable", figures.disable),
                ("to create", figures.create),
                ("to enable", figures.enable),
                ("to update", figures.update),
            ];
            let groups = [("to join groups", figures.join), ("to leave groups", figures.leave)];
            changes.extend(groups.into_iter().filter(|(_, count)| *count > 0));
            let rest = [figures.unchanged, figures.conflicts, figures.invalid, figures.protected, figures.skipped];
            (changes, rest)
        }
        Document::Run { report, .. } => {
            let figures = &report.summary;
            let rest = [figures.unchanged, figures.conflicts, figures.invalid, figures.protected, figures.skipped];
            (Vec::new(), rest)
        }
    };
    let rest = [
        ("unchanged", unchanged),
        ("in conflict", conflicts),
        ("invalid", invalid),
        ("protected", protected),
        ("skipped", skipped),
    ];
    changes.into_iter().chain(rest).collect()
}

/// `57 requests, 2 sent again, 1 refused as too many`
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
