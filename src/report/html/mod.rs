//! One self-contained HTML page: no resource from elsewhere, and a policy that lets none be loaded.
//!
//! | file | is about |
//! | --- | --- |
//! | `charts` | rectangles |
//! | `facts` | the figures and words of the page's head |
//! | `embedded_json` | the list of users, as JSON for the page's script |
//!
//! The shell is `templates/report.html`, which escapes each value that is put into it.

mod charts;
mod embedded_json;
mod facts;

use std::io::Write;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Document, ReportError};
use charts::Chart;
use facts::{Choice, Counts, Fact, GuardrailLine};

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");
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
    verdict: String,
    tone: &'static str,
    error: Option<String>,
    facts: Vec<Fact>,
    counts: Counts,
    bars: Chart,
    pace: Option<Chart>,
    guardrails: Vec<GuardrailLine>,
    warnings: Vec<String>,
    kinds: Vec<Choice>,
    results: Vec<Choice>,
    lines: usize,
}

/// The whole page; the list is streamed, since it may be long.
pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
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
    Page {
        policy: content_security_policy(),
        style: STYLE,
        script: SCRIPT,
        version: env!("CARGO_PKG_VERSION"),
        title: facts::title(document),
        verdict: document.verdict(),
        tone: facts::tone(document),
        error: facts::error(document),
        facts: facts::facts(document),
        counts: facts::counts(document),
        bars: facts::bars(document),
        pace: facts::pace(document),
        guardrails: facts::guardrails(document),
        warnings: facts::warnings(document),
        lines: kinds.iter().map(|kind| kind.count).sum(),
        kinds,
        results,
    }
}

/// Nothing is loaded, sent or framed; of styles and scripts, only the two of this page run.
fn content_security_policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
