//! Markdown for a CI job's summary or a ticket: the headline, the figures, the limits, and lists cut to a size that
//! such places take (a job summary holds one mebibyte).

use std::fmt::Write as _;
use std::io::Write;

use super::document::{Group, UserLine};
use super::escape::markdown as escape;
use super::words::{seconds, time};
use super::{Document, Report, ReportError, guardrail_sentence};
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
    push_people(page, document)
}

fn push_head(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    let what = match document {
        Document::Plan(_) => "Plan".to_owned(),
        Document::Run { report, .. } => format!("Run {}", escape(&report.run_id)),
    };
    writeln!(page, "## lumsync: {}\n\n**{}**\n", escape(&document.title()), escape(&document.verdict()))?;
    if let Some(error) = document.error() {
        writeln!(page, "> {}\n", value(error))?;
    }
    let (tenant, source) = (document.tenant(), document.source());
    let organization = match tenant.organization_id.as_str() {
        "" => String::new(),
        id => format!(", organization {}", escape(id)),
    };
    writeln!(page, "- Tenant: {}{organization}", escape(&tenant.base_url))?;
    writeln!(page, "- Source: {} ({} rows, {} invalid)", value(&source.path), source.rows, source.invalid_rows)?;
    writeln!(page, "- {what}, {}\n", time(document.time()))
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
        let heading = kind.as_str();
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

fn push_people(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    for group in Group::ALL {
        push_list(page, document, group)?;
    }
    Ok(())
}

fn push_list(page: &mut String, document: Document<'_>, group: Group) -> std::fmt::Result {
    let count = document.lines_of(group).count();
    if count == 0 {
        return Ok(());
    }
    match group.heading(document.is_done()) {
        (title, "") => writeln!(page, "### {title} {count}\n")?,
        (title, remark) => writeln!(page, "### {title} {count} ({remark})\n")?,
    }
    writeln!(page, "| Name | E-mail | Row | What and why |\n| --- | --- | ---: | --- |")?;
    for line in document.lines_of(group).take(SHOWN) {
        let name = value(&line.name().unwrap_or_default());
        let row = line.row.map(|row| row.to_string()).unwrap_or_default();
        writeln!(page, "| {name} | {} | {row} | {} |", value(line.email), details(&line))?;
    }
    push_rest(page, count)
}

fn push_rest(page: &mut String, count: usize) -> std::fmt::Result {
    match count.saturating_sub(SHOWN) {
        0 => writeln!(page),
        rest => writeln!(page, "\n… and {rest} more: the HTML, CSV and JSON reports show all.\n"),
    }
}

fn details(line: &UserLine<'_>) -> String {
    let details = line.details();
    let statements = details.iter().map(|detail| value(detail));
    statements.chain(line.note().map(|note| format!("⚠ {}", value(note)))).collect::<Vec<_>>().join("<br>")
}

/// A value cut to a readable length, then escaped.
fn value(text: &str) -> String {
    match text.char_indices().nth(VALUE_LENGTH) {
        Some((end, _)) => format!("{}…", escape(&text[..end])),
        None => escape(text),
    }
}
