//! Figures of the last run in Prometheus' text format, for a collector that reads files.
//!
//! Every figure is a gauge: a run that starts anew each night has nothing that only grows. The labels `tenant` and
//! `organization` keep the files of several jobs on one machine apart.

use std::fmt::{self, Write as _};
use std::io::Write;

use super::escape::prometheus_label;
use super::{Report, ReportError};
use crate::execute::ActionResult;
use crate::plan::{ActionKind, Plan};

/// Writes the figures of a run; those of the tenant's users are left out where its plan is not at hand.
pub fn write_metrics(report: &Report, plan: Option<&Plan>, out: &mut dyn Write) -> Result<(), ReportError> {
    let mut metrics = Metrics { text: String::new(), labels: tenant_labels(report) };
    // Writing to a string can't fail.
    let _ = push_all(&mut metrics, report, plan);
    out.write_all(metrics.text.as_bytes())?;
    Ok(())
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
    push_http(metrics, report)?;
    match plan {
        Some(plan) => push_users(metrics, plan),
        None => Ok(()),
    }
}

fn push_run(metrics: &mut Metrics, report: &Report) -> fmt::Result {
    let length = report.finished_at.duration_since(report.started_at).as_secs_f64();
    let ended = report.finished_at.as_millisecond() as f64 / 1000.0;
    metrics.single("last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", ended)?;
    metrics.single("last_run_duration_seconds", "How long the last run took.", length)?;
    metrics.single("last_run_exit_code", "What the last run ended with; 0 is good.", f64::from(report.exit_code))?;
    let timing = report.timing;
    let stages = [
        ("load", timing.load_seconds),
        ("fetch", timing.fetch_seconds),
        ("diff", timing.diff_seconds),
        ("apply", timing.apply_seconds),
    ];
    metrics.head("last_run_stage_duration_seconds", "How long each stage of the last run took.")?;
    for (stage, value) in stages {
        metrics.line("last_run_stage_duration_seconds", &format!(",stage=\"{stage}\""), value)?;
    }
    Ok(())
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
        ("unchanged", summary.unchanged),
        ("conflict", summary.conflicts),
        ("protected", summary.protected),
        ("skipped", summary.skipped),
        ("invalid", summary.invalid),
    ];
    metrics.head("last_run_left_alone_users", "Rows and users that the last run left as they were, by reason.")?;
    for (reason, count) in reasons {
        metrics.line("last_run_left_alone_users", &format!(",reason=\"{reason}\""), count as f64)?;
    }
    metrics.head("last_run_guardrail_tripped", "1 where the guardrail stopped the last run.")?;
    for guardrail in &report.guardrails {
        let labels = format!(",guardrail=\"{}\"", guardrail.name.as_str());
        metrics.line("last_run_guardrail_tripped", &labels, f64::from(u8::from(guardrail.tripped)))?;
    }
    metrics.head("last_run_source_rows", "Data rows of the last run's CSV, by whether they could be used.")?;
    metrics.line("last_run_source_rows", ",validity=\"valid\"", report.source.valid_rows as f64)?;
    metrics.line("last_run_source_rows", ",validity=\"invalid\"", report.source.invalid_rows as f64)
}

fn push_http(metrics: &mut Metrics, report: &Report) -> fmt::Result {
    let http = report.http;
    let single = [
        ("last_run_http_requests", "Requests that the last run sent, retries included.", http.requests),
        ("last_run_http_retries", "Requests that the last run sent again after a failure.", http.retries),
        ("last_run_http_rate_limited", "Requests of the last run that were refused as too many.", http.rate_limited),
    ];
    single.into_iter().try_for_each(|(name, help, value)| metrics.single(name, help, value as f64))
}

fn push_users(metrics: &mut Metrics, plan: &Plan) -> fmt::Result {
    let remote = plan.remote;
    let single = [
        ("in_scope_users", "Users of the tenant that the last run answered for.", remote.in_scope),
        ("enabled_users", "Users in scope that were enabled when the last run began.", remote.enabled),
    ];
    single.into_iter().try_for_each(|(name, help, value)| metrics.single(name, help, value as f64))
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

    fn head(&mut self, name: &str, help: &str) -> fmt::Result {
        writeln!(self.text, "# HELP lumsync_{name} {help}\n# TYPE lumsync_{name} gauge")
    }

    fn line(&mut self, name: &str, labels: &str, value: f64) -> fmt::Result {
        writeln!(self.text, "lumsync_{name}{{{}{labels}}} {value}", self.labels)
    }
}
