//! The template with everything that goes into it.

use std::io::Write;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::charts::Pace;
use super::embedded_json;
use super::facts::{self, Choice, Content, Part, StaticRow, Time};
use crate::report::{Document, ReportError};

pub(super) const STYLE: &str = include_str!("../../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../../templates/report.js");
/// Where the list goes; no value can hold it, since values are escaped.
const EMBEDDED_JSON: &str = "<!--embedded-json-->";

/// What the template is filled with; every text from outside is made visible before.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    version: &'static str,
    title: String,
    what: &'static str,
    time: Time,
    tenant: String,
    verdict: String,
    tone: &'static str,
    error: Option<String>,
    before: Vec<Part>,
    behind: Vec<Part>,
    technical: Vec<Part>,
    pace: Option<Pace>,
    kinds: Vec<Choice>,
    results: Vec<Choice>,
    shown: String,
    rows: Vec<StaticRow>,
}

/// The whole page; the list is streamed, since it may be long.
pub(in crate::report::formats) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let page = page(document).render()?;
    let (head, tail) = page.split_once(EMBEDDED_JSON).unwrap_or((&page, ""));
    out.write_all(head.as_bytes())?;
    embedded_json::write(document, out)?;
    out.write_all(tail.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(())
}

fn page(document: Document<'_>) -> Page {
    let (kinds, results) = facts::choices(document);
    let [before, behind, technical] = facts::parts(document);
    let rows = facts::static_rows(document);
    Page {
        policy: content_security_policy(&[SCRIPT]),
        style: STYLE,
        script: SCRIPT,
        version: env!("CARGO_PKG_VERSION"),
        title: facts::shown(&document.title()),
        what: document.what(),
        time: Time::of(document.facts().time),
        tenant: facts::shown(&document.facts().tenant.base_url),
        verdict: document.verdict(),
        tone: facts::class_of(document.tone()),
        error: document.error().map(facts::shown),
        before,
        behind,
        technical,
        pace: facts::pace(document),
        shown: facts::how_many(rows.len(), kinds.iter().map(|kind| kind.count).sum()),
        rows,
        kinds,
        results,
    }
}

/// Nothing is loaded, sent or framed; only the page's own style and scripts run.
pub(super) fn content_security_policy(scripts: &[&str]) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let scripts = match scripts {
        [] => "'none'".to_owned(),
        scripts => scripts.iter().map(|script| hash(script)).collect::<Vec<_>>().join(" "),
    };
    format!("default-src 'none'; style-src {}; script-src {scripts}; base-uri 'none'; form-action 'none'", hash(STYLE))
}
