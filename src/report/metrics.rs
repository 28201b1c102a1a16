//! Figures of the last run in Prometheus' text format, for a collector that reads files.
//!
//! Every figure is a gauge: a run that starts anew each night has nothing that only grows. The labels `tenant` and
//! `organization` keep the files of several jobs on one machine apart.

use std::fmt::{self, Write as _};
use std::io::Write;

use jiff::Timestamp;

use super::formats::escape::prometheus_label;
use super::{Document, Report, ReportError};
use crate::execute::ActionResult;
use crate::plan::{ActionKind, Plan};

/// Writes the figures of a run; those of the tenant's users are left out where its plan is not at hand, and the last
/// success where there was none yet.
pub fn write_metrics(
    report: &Report,
    plan: Option<&Plan>,
    last_success: Option<Timestamp>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let mut metrics = Metrics { text: String::new(), labels: tenant_labels(report) };
    // Writing to a string can't fail.
    let _ = push_outcome(&mut metrics, report, plan, last_success).and_then(|()| push_all(&mut metrics, report, plan));
    out.write_all(metrics.text.as_bytes())?;
    Ok(())
}

/// Whether a file of metrics is about another tenant than a run.
pub fn is_about_another_tenant(text: &str, report: &Report) -> bool {
    text.contains("lumsync_") && !text.contains(&tenant_labels(report))
}

fn tenant_labels(report: &Report) -> String {
    let tenant = &report.tenant;
    format!(
        "tenant=\"{}\",organization=\"{}\"",
        prometheus_label(&tenant.base_url),
        prometheus_label(&tenant.organization_id)
    )
}

fn push_all(metrics: &mut Metrics, report: &Report, plan: Option<&Plan>) -> fmt::Result {
    push_run(metrics, report)?;
    push_changes(metrics, report)?;
    push_left_alone(metrics, report)?;
    let http = report.http;
    for (name, help, value) in [
        ("last_run_http_requests", "Requests that the last run sent, retries included.", http.requests),
        ("last_run_http_retries", "Requests that the last run sent again after a failure.", http.retries),
        ("last_run_http_rate_limited", "Requests of the last run that were refused as too many.", http.rate_limited),
        (
            "waiting_users",
            "Users without a row who keep their access until their wait is over.",
            report.waiting.len() as u64,
        ),
    ] {
        metrics.single(name, help, value as f64)?;
    }
    if let Some(first) = report.waiting.iter().map(|waiting| waiting.disable_after).min() {
        let help = "When the first wait of a user without a row is over, in seconds since 1970.";
        metrics.single("next_wait_ends_timestamp_seconds", help, first.as_second() as f64)?;
    }
    let Some(plan) = plan else { return Ok(()) };
    let in_scope = "Users of the tenant that the last run answered for.";
    metrics.single("in_scope_users", in_scope, plan.remote.in_scope as f64)?;
    let enabled = "Users in scope that were enabled when the last run began.";
    metrics.single("enabled_users", enabled, plan.remote.enabled as f64)
}

/// What alerts go by.
fn push_outcome(
    metrics: &mut Metrics,
    report: &Report,
    plan: Option<&Plan>,
    last_success: Option<Timestamp>,
) -> fmt::Result {
    if let Some(time) = last_success {
        let help = "When a run of this tenant last ended with exit code 0, in seconds since 1970.";
        metrics.single("last_success_timestamp_seconds", help, seconds_of(time))?;
    }
    let needs_person = Document::Run { report, plan }.needs_a_person();
    let help = "1 where the last run left something that a person has to decide or to look at.";
    metrics.single("needs_person", help, f64::from(u8::from(needs_person)))
}

fn seconds_of(time: Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1000.0
}

fn push_run(metrics: &mut Metrics, report: &Report) -> fmt::Result {
    let length = report.finished_at.duration_since(report.started_at).as_secs_f64();
    let ended = "When the last run ended, in seconds since 1970.";
    metrics.single("last_run_timestamp_seconds", ended, seconds_of(report.finished_at))?;
    metrics.single("last_run_duration_seconds", "How long the last run took.", length)?;
    metrics.single("last_run_exit_code", "What the last run ended with; 0 is good.", f64::from(report.exit_code))?;
    let timing = report.timing;
    let stages = [
        ("load", timing.load_seconds),
        ("fetch", timing.fetch_seconds),
        ("diff", timing.diff_seconds),
        ("apply", timing.apply_seconds),
    ];
    let help = "How long each stage of the last run took.";
    metrics.labelled("last_run_stage_duration_seconds", help, "stage", stages)
}

fn push_changes(metrics: &mut Metrics, report: &Report) -> fmt::Result {
    metrics.head("last_run_changes", "Planned changes of the last run, by kind and by what became of them.")?;
    for kind in ActionKind::ALL {
        for result in ActionResult::ALL {
            let labels = format!(",kind=\"{}\",result=\"{}\"", kind.as_str(), result.as_str());
            metrics.line("last_run_changes", &labels, report.summary.of(kind).of(result) as f64)?;
        }
    }
    Ok(())
}

fn push_left_alone(metrics: &mut Metrics, report: &Report) -> fmt::Result {
    let summary = &report.summary;
    let reasons = [
        ("unchanged", summary.unchanged as f64),
        ("conflict", summary.conflicts as f64),
        ("protected", summary.protected as f64),
        ("skipped", summary.skipped as f64),
        ("invalid", summary.invalid as f64),
    ];
    let help = "Rows and users that the last run left as they were, by reason.";
    metrics.labelled("last_run_left_alone_users", help, "reason", reasons)?;
    let tripped = report.guardrails.iter().map(|one| (one.name.as_str(), f64::from(u8::from(one.tripped))));
    let help = "1 where the guardrail stopped the last run.";
    metrics.labelled("last_run_guardrail_tripped", help, "guardrail", tripped)?;
    let rows = [("valid", report.source.valid_rows as f64), ("invalid", report.source.invalid_rows as f64)];
    let help = "Data rows of the last run's CSV, by whether they could be used.";
    metrics.labelled("last_run_source_rows", help, "validity", rows)
}

/// The text so far, and the labels that stand on every line.
struct Metrics {
    text: String,
    labels: String,
}

impl Metrics {
    fn single(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.head(name, help)?;
        self.line(name, "", value)
    }

    fn labelled<'a>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, f64)>,
    ) -> fmt::Result {
        self.head(name, help)?;
        values.into_iter().try_for_each(|(of, value)| self.line(name, &format!(",{label}=\"{of}\""), value))
    }

    fn head(&mut self, name: &str, help: &str) -> fmt::Result {
        writeln!(self.text, "# HELP lumsync_{name} {help}\n# TYPE lumsync_{name} gauge")
    }

    fn line(&mut self, name: &str, labels: &str, value: f64) -> fmt::Result {
        writeln!(self.text, "lumsync_{name}{{{}{labels}}} {value}", self.labels)
    }
}
