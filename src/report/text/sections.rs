//! What a plan and a run have in common: where from, the limits, the warnings, and those left alone.

use std::io::{self, Write};

use super::TextWriter;
use super::list::{Entry, Heading};
use super::paint::Tone;
use super::wrap::wrap;
use crate::model::SourceFacts;
use crate::report::document::LineKind;
use crate::report::escape::terminal;
use crate::report::words::counted;
use crate::report::{Document, guardrail_sentence};

/// Enough of a digest to tell two files apart by eye.
const DIGEST_SHOWN: usize = 12;

impl TextWriter {
    /// The title, the tenant and the CSV.
    pub(super) fn write_head(&self, title: &str, document: Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let tenant = document.tenant();
        let organization = match tenant.organization_id.as_str() {
            "" => String::new(),
            id => format!(", organization {id}"),
        };
        writeln!(out, "{}", self.paint.paint(Tone::Strong, &terminal(title)))?;
        writeln!(out, "  tenant  {}", terminal(&format!("{}{organization}", tenant.base_url)))?;
        let source = document.source();
        if !source.path.is_empty() {
            writeln!(out, "  source  {}", terminal(&source_words(source)))?;
        }
        Ok(())
    }

    /// Each limit with its figure, those that tripped in words that say what would allow them.
    pub(super) fn write_guardrails(&self, document: Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        if document.guardrails().is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint.paint(Tone::Strong, "Guardrails"))?;
        for guardrail in document.guardrails() {
            let (mark, tone) = if guardrail.tripped { ("✗", Tone::Danger) } else { ("✓", Tone::Admit) };
            let sentence = format!("{}: {}", guardrail.name.as_str(), guardrail_sentence(guardrail));
            self.write_marked(mark, tone, &sentence, out)?;
        }
        writeln!(out)
    }

    /// What a reader should know first.
    pub(super) fn write_warnings(&self, document: Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let warnings = document.warnings();
        if warnings.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint.paint(Tone::Strong, &format!("Warnings {}", warnings.len())))?;
        for warning in warnings.iter().take(self.shown_of(warnings.len())) {
            self.write_marked("!", Tone::Warning, &terminal(warning), out)?;
        }
        self.write_rest(warnings.len(), out)
    }

    /// Conflicts, protected users, skipped and invalid rows, each with its reason.
    pub(super) fn write_left_alone(&self, document: Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        for kind in LineKind::LEFT_ALONE {
            let list = document.left_alone(kind);
            let entries = list.iter().map(|one| Entry::new(&one.email, [one.reason.clone()], one.row));
            self.write_list(left_alone_heading(kind), list.len(), entries, out)?;
        }
        Ok(())
    }

    /// A sentence behind a mark, wrapped under itself.
    pub(super) fn write_marked(&self, mark: &str, tone: Tone, sentence: &str, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = wrap(sentence, self.style.width.saturating_sub(4)).into_iter();
        writeln!(out, "  {} {}", self.paint.paint(tone, mark), lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| writeln!(out, "    {line}"))
    }
}

fn left_alone_heading(kind: LineKind) -> Heading<'static> {
    let (remark, mark, tone) = match kind {
        LineKind::Conflict => ("left alone until somebody decides", "!", Tone::Warning),
        LineKind::Protected => ("never changed", "#", Tone::Faint),
        LineKind::Skipped => ("nothing to do", "·", Tone::Faint),
        LineKind::Invalid => ("left out", "!", Tone::Warning),
        LineKind::Action(_) => ("", "·", Tone::Faint),
    };
    Heading { title: kind.heading(), remark, mark, tone }
}

fn source_words(source: &SourceFacts) -> String {
    let SourceFacts { path, sha256, rows, valid_rows: _, invalid_rows, dialect } = source;
    let digest: String = sha256.chars().take(DIGEST_SHOWN).collect();
    let dialect = if dialect.is_empty() { String::new() } else { format!(", {dialect}") };
    let name = if path == "-" { "standard input" } else { path };
    format!("{name}: {}, {invalid_rows} invalid{dialect} (sha256 {digest}…)", counted(*rows, "row", "rows"))
}
