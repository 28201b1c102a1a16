//! Markdown for a CI job's summary or a ticket: the headline, the figures, the limits, and lists cut to a size that
//! such places take (a job summary holds one mebibyte).

use std::fmt::Write as _;
use std::io::Write;

use super::document::{Line, LineKind};
use super::escape::markdown as escape;
use super::words::seconds;
use super::{Document, Report, ReportError, guardrail_sentence};
use crate::execute::ActionResult;
use crate::plan::{ActionKind, Plan};

/// Lines shown of each list.
const SHOWN: usize = 100;
/// Characters shown of each value.
const VALUE_LENGTH: usize = 200;

/// The whole page.
pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = push_page(&mut page, document);
    out.write_all(page.as_bytes())?;
    Ok(())
}

fn push_page(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    push_head(page, document)?;
    match document {
        Document::Plan(plan) => push_plan_figures(page, plan)?,
        Document::Run { report, .. } => push_run_figures(page, report)?,
    }
    push_guardrails(page, document)?;
    push_warnings(page, document)?;
    push_actions(page, document)?;
    push_left_alone(page, document)
}

fn push_head(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    let (title, when) = match document {
        Document::Plan(plan) => ("Plan".to_owned(), plan.created_at),
        Document::Run { report, .. } => (format!("Run {}", escape(&report.run_id)), report.started_at),
    };
    writeln!(page, "## lumsync: {title}\n\n**{}**\n", escape(&document.verdict()))?;
    if let Document::Run { report: Report { error: Some(error), .. }, .. } = document {
        writeln!(page, "> {}\n", value(error))?;
    }
    let (tenant, source) = (document.tenant(), document.source());
    let organization = match tenant.organization_id.as_str() {
        "" => String::new(),
        id => format!(", organization {}", escape(id)),
    };
    writeln!(page, "- Tenant: {}{organization}", escape(&tenant.base_url))?;
    writeln!(page, "- Source: {} ({} rows, {} invalid)", value(&source.path), source.rows, source.invalid_rows)?;
    writeln!(page, "- Made: {when:.0}\n")
}

fn push_plan_figures(page: &mut String, plan: &Plan) -> std::fmt::Result {
    let summary = &plan.summary;
    writeln!(page, "| Create | Update | Enable | Disable | Unchanged | Conflicts | Protected | Skipped | Invalid |")?;
    writeln!(page, "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let figures = [
        summary.create,
        summary.update,
        summary.enable,
        summary.disable,
        summary.unchanged,
        summary.conflicts,
        summary.protected,
        summary.skipped,
        summary.invalid,
    ];
    writeln!(page, "| {} |\n", figures.map(|figure| figure.to_string()).join(" | "))
}

fn push_run_figures(page: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(page, "| | Planned | Applied | Already | Drifted | Failed | Not attempted |")?;
    writeln!(page, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for kind in ActionKind::ALL {
        let figures = report.summary.of(kind);
        let cells =
            [figures.planned, figures.applied, figures.already, figures.drifted, figures.failed, figures.not_attempted];
        let heading = LineKind::Action(kind).heading();
        writeln!(page, "| {heading} | {} |", cells.map(|figure| figure.to_string()).join(" | "))?;
    }
    let (summary, http) = (&report.summary, &report.http);
    writeln!(
        page,
        "\nUnchanged {}, conflicts {}, protected {}, skipped {}, invalid {}. {} requests, {} retries, {} refused as too many. Exit code {}, {} of applying.\n",
        summary.unchanged,
        summary.conflicts,
        summary.protected,
        summary.skipped,
        summary.invalid,
        http.requests,
        http.retries,
        http.rate_limited,
        report.exit_code,
        seconds(report.timing.apply_seconds),
    )
}

fn push_guardrails(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    if document.guardrails().is_empty() {
        return Ok(());
    }
    writeln!(page, "### Guardrails\n")?;
    for guardrail in document.guardrails() {
        let verdict = if guardrail.tripped { "❌ stopped" } else { "✅ passed" };
        writeln!(page, "- {verdict} `{}`: {}", guardrail.name.as_str(), guardrail_sentence(guardrail))?;
    }
    writeln!(page)
}

fn push_warnings(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    if document.warnings().is_empty() {
        return Ok(());
    }
    writeln!(page, "### Warnings\n")?;
    for warning in document.warnings().iter().take(SHOWN) {
        writeln!(page, "- {}", value(warning))?;
    }
    push_rest(page, document.warnings().len())
}

/// What needs a person first: a run's list holds only what did not succeed.
fn push_actions(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    match document {
        Document::Plan(_) => {
            for kind in [ActionKind::Disable, ActionKind::Create, ActionKind::Enable, ActionKind::Update] {
                let heading = LineKind::Action(kind).heading();
                let of_kind = |line: &Line<'_>| line.kind == LineKind::Action(kind);
                push_table(page, heading, "What changes", document.action_lines().filter(of_kind), changes)?;
            }
            Ok(())
        }
        Document::Run { .. } => {
            let results = [
                (ActionResult::Failed, "Failed"),
                (ActionResult::Drifted, "Drifted: changed since the plan, left alone"),
                (ActionResult::NotAttempted, "Not attempted"),
            ];
            for (result, heading) in results {
                let of_result = |line: &Line<'_>| line.result() == Some(result);
                push_table(page, heading, "Why", document.action_lines().filter(of_result), kind_and_error)?;
            }
            Ok(())
        }
    }
}

fn push_left_alone(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    for kind in LineKind::LEFT_ALONE {
        let lines = document.lines().filter(|line| line.kind == kind);
        push_table(page, kind.heading(), "Why", lines, |line| value(&line.reason))?;
    }
    Ok(())
}

fn push_table<'a>(
    page: &mut String,
    heading: &str,
    column: &str,
    lines: impl Iterator<Item = Line<'a>>,
    detail: impl Fn(&Line<'a>) -> String,
) -> std::fmt::Result {
    let mut count = 0;
    for line in lines {
        if count == 0 {
            writeln!(page, "### {heading}\n\n| E-mail | Row | {column} |\n| --- | ---: | --- |")?;
        }
        if count < SHOWN {
            let row = line.row.map(|row| row.to_string()).unwrap_or_default();
            writeln!(page, "| {} | {row} | {} |", value(line.email), detail(&line))?;
        }
        count += 1;
    }
    push_rest(page, count)
}

fn push_rest(page: &mut String, count: usize) -> std::fmt::Result {
    match count.saturating_sub(SHOWN) {
        0 if count == 0 => Ok(()),
        0 => writeln!(page),
        rest => writeln!(page, "\n… and {rest} more: the HTML, CSV and JSON reports show all.\n"),
    }
}

fn changes(line: &Line<'_>) -> String {
    let mut parts: Vec<String> = line
        .changes()
        .map(|change| match change.before {
            Some(before) => format!("{}: {} → **{}**", change.field, value(before), value(change.after)),
            None => format!("{}: {}", change.field, value(change.after)),
        })
        .collect();
    if line.action.is_some_and(|action| action.reason == crate::plan::Reason::Absent) {
        parts.push(line.reason.to_string());
    }
    parts.extend(line.note().map(|note| format!("⚠ {}", value(note))));
    parts.join("<br>")
}

fn kind_and_error(line: &Line<'_>) -> String {
    let error = line.error().map_or_else(String::new, |error| format!(": {}", value(error)));
    format!("{}{error}", line.kind.as_str())
}

/// A value cut to a readable length, then escaped.
fn value(text: &str) -> String {
    match text.char_indices().nth(VALUE_LENGTH) {
        Some((end, _)) => format!("{}…", escape(&text[..end])),
        None => escape(text),
    }
}
