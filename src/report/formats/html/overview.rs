//! The page of several documents.

use std::io::Write;

use askama::Template;

use super::facts::{Time, class_of, shown};
use super::page::{STYLE, content_security_policy};
use crate::report::words::number;
use crate::report::{Overview, ReportError};

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    policy: String,
    style: &'static str,
    version: &'static str,
    title: String,
    columns: [&'static str; 8],
    rows: Vec<PageRow>,
}

struct PageRow {
    needs_person: bool,
    tenant: String,
    base_url: String,
    kind: &'static str,
    time: Time,
    figures: [String; 8],
    class: &'static str,
    verdict: String,
    error: Option<String>,
}

/// The whole page.
pub(in crate::report::formats) fn write_overview(
    overview: &Overview<'_>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let rows = overview.rows.iter().map(|row| PageRow {
        needs_person: row.needs_person,
        tenant: shown(&row.tenant_name),
        base_url: shown(&row.tenant.base_url),
        kind: row.kind,
        time: Time::of(row.time),
        figures: row.figures().map(number),
        class: class_of(row.tone),
        verdict: shown(&row.verdict),
        error: row.error.map(shown),
    });
    let page = Page {
        policy: content_security_policy(&[]),
        style: STYLE,
        version: env!("CARGO_PKG_VERSION"),
        title: format!("{} of {} need a person", number(overview.needing()), number(overview.rows.len() as u64)),
        columns: ["disable", "create", "enable", "update", "join", "leave", "open", "conflicts"],
        rows: rows.collect(),
    };
    writeln!(out, "{}", page.render()?)?;
    Ok(())
}
