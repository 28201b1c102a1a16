//! Markdown for a CI job's summary or a ticket: the headline, the figures, the limits, and lists cut to a size that
//! such places take (a job summary holds one mebibyte).

use std::fmt::Write as _;
use std::io::Write;

use super::document::{Facts, Group, UserLine};
use super::escape::markdown as escape;
use super::words::{number, time};
use super::{Document, ReportError, figures, guardrail_sentence};
use crate::execute::ActionResult;
use crate::plan::ActionKind;

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
    push_figures(page, document)?;
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
    let Facts { tenant, source, time: when, .. } = document.facts();
    writeln!(page, "- Tenant: {}", escape(&figures::tenant(tenant)))?;
    writeln!(page, "- Source: {} ({} rows, {} invalid)", value(&source.path), source.rows, source.invalid_rows)?;
    writeln!(page, "- {what}, {}\n", time(when))
}

fn push_figures(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    if let Document::Run { report, .. } = document {
        writeln!(page, "| | Planned | Applied | Already | Drifted | Failed | Not attempted |")?;
        writeln!(page, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
        for kind in ActionKind::ALL {
            let figures = report.summary.of(kind);
            let cells = [figures.planned].into_iter().chain(ActionResult::ALL.map(|result| figures.of(result)));
            let cells: Vec<String> = cells.map(number).collect();
            writeln!(page, "| {} | {} |", kind.as_str(), cells.join(" | "))?;
        }
        let (calls, times) = (figures::calls(report), figures::times(report));
        writeln!(page, "\nCalls: {calls}. Time: {times}. Exit code {}.\n", report.exit_code)?;
    }
    writeln!(page, "{}\n", figures::totals_line(document))
}

fn push_guardrails(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    if document.facts().guardrails.is_empty() {
        return Ok(());
    }
    writeln!(page, "### Guardrails\n")?;
    for guardrail in document.facts().guardrails {
        let verdict = if guardrail.tripped { "❌ stopped" } else { "✅ passed" };
        writeln!(page, "- {verdict} `{}`: {}", guardrail.name.as_str(), guardrail_sentence(guardrail))?;
    }
    writeln!(page)
}

fn push_warnings(page: &mut String, document: Document<'_>) -> std::fmt::Result {
    if document.facts().warnings.is_empty() {
        return Ok(());
    }
    writeln!(page, "### Warnings\n")?;
    for warning in document.facts().warnings.iter().take(SHOWN) {
        writeln!(page, "- {}", value(warning))?;
    }
    push_rest(page, document.facts().warnings.len())
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
        let name = value(line.name.unwrap_or_default());
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
