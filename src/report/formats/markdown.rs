//! Markdown for a CI job's summary, a pull request or a ticket: the headline and the sections, with lists cut to a size
//! that such places take (a job summary holds one mebibyte).

use std::fmt::{self, Write as _};
use std::io::Write;

use super::ReportError;
use super::escape::markdown as escape;
use crate::report::document::{Body, Figures, Group, Item, Section, UserLine};
use crate::report::words::{number, time};
use crate::report::{Document, Overview};

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

/// A table with a row for each document.
pub(super) fn write_overview(overview: &Overview<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    writeln!(out, "## lumsync: {} of {} need a person\n", overview.needing(), overview.rows.len())?;
    writeln!(
        out,
        "| | Tenant | What | Time | Disable | Create | Enable | Update | Join | Leave | Open | Conflicts | Result |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")?;
    for row in &overview.rows {
        let mark = if row.needs_person { "⚠" } else { "✅" };
        let figures = row.figures().map(number).join(" | ");
        let result = [value(&row.verdict)].into_iter().chain(row.error.map(value)).collect::<Vec<_>>().join("<br>");
        let (tenant, when) = (escape(&row.tenant_name), time(row.time));
        writeln!(out, "| {mark} | {tenant} | {} | {when} | {figures} | {result} |", row.kind)?;
    }
    Ok(())
}

fn push_page(page: &mut String, document: Document<'_>) -> fmt::Result {
    writeln!(page, "## lumsync: {}\n\n**{}**\n", escape(&document.title()), escape(&document.verdict()))?;
    if let Some(error) = document.error() {
        writeln!(page, "> {}\n", value(error))?;
    }
    writeln!(page, "{} of {}\n", document.what(), time(document.facts().time))?;
    document.sections().iter().try_for_each(|section| push_section(page, document, section))
}

fn push_section(page: &mut String, document: Document<'_>, section: &Section) -> fmt::Result {
    match (section.title.as_str(), section.remark) {
        ("", _) => {}
        (title, "") => writeln!(page, "### {title}\n")?,
        (title, remark) => writeln!(page, "### {title} ({remark})\n")?,
    }
    match &section.body {
        Body::Facts(facts) => {
            facts.iter().try_for_each(|(name, fact)| writeln!(page, "- {name}: {}", value(fact)))?;
            writeln!(page)
        }
        Body::Totals(totals) => {
            let totals = totals.iter().map(|(words, count)| format!("{} {words}", number(*count)));
            writeln!(page, "{}\n", totals.collect::<Vec<_>>().join(", "))
        }
        Body::Figures(figures) => push_figures(page, figures),
        Body::Items(items) => push_items(page, items),
        Body::People(group) => push_people(page, document, *group),
    }
}

fn push_figures(page: &mut String, figures: &Figures) -> fmt::Result {
    writeln!(page, "| {} | {} |", figures.label, figures.columns.join(" | "))?;
    writeln!(page, "| --- |{}", " ---: |".repeat(figures.columns.len()))?;
    for (label, counts) in &figures.rows {
        let counts: Vec<String> = counts.iter().copied().map(number).collect();
        writeln!(page, "| {} | {} |", value(label), counts.join(" | "))?;
    }
    writeln!(page)
}

fn push_items(page: &mut String, items: &[Item]) -> fmt::Result {
    for item in items.iter().take(SHOWN) {
        let about = if item.about.is_empty() { String::new() } else { format!("`{}`: ", item.about) };
        writeln!(page, "- {} {about}{}", item.mark, value(&item.sentence))?;
    }
    push_rest(page, items.len())
}

fn push_people(page: &mut String, document: Document<'_>, group: Group) -> fmt::Result {
    writeln!(page, "| Name | E-mail | Row | What and why |\n| --- | --- | ---: | --- |")?;
    for line in document.lines_of(group).take(SHOWN) {
        let name = value(line.name.unwrap_or_default());
        let row = line.row.map(|row| row.to_string()).unwrap_or_default();
        writeln!(page, "| {name} | {} | {row} | {} |", value(line.email), details(&line))?;
    }
    push_rest(page, document.lines_of(group).count())
}

fn push_rest(page: &mut String, count: usize) -> fmt::Result {
    match count.saturating_sub(SHOWN) {
        0 => writeln!(page),
        rest => writeln!(page, "\n… and {} more: the HTML, CSV and JSON reports show all.\n", number(rest as u64)),
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
