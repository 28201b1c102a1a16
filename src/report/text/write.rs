//! A document as text: what it is about, the people, the warnings and limits, and the verdict.

use std::io::{self, Write};

use super::table::{Cell, Column, Table};
use super::{TextStyle, Tone};
use crate::execute::ActionResult;
use crate::model::SourceFacts;
use crate::plan::{ActionKind, Plan};
use crate::report::escape::terminal;
use crate::report::words::{counted, time};
use crate::report::{Document, Report, ReportError, figures, guardrail_sentence};

/// Enough of a digest to tell two files apart by eye.
const DIGEST_SHOWN: usize = 12;
/// Warnings shown before their list is cut.
const WARNINGS_SHOWN: usize = 12;

/// Writes the document as text that ends with its verdict.
pub fn write_text(document: Document<'_>, style: TextStyle, out: &mut dyn Write) -> Result<(), ReportError> {
    Ok(TextWriter { style, out }.write(document)?)
}

/// What every part of the text is written with.
pub(super) struct TextWriter<'a> {
    pub(super) style: TextStyle,
    pub(super) out: &'a mut dyn Write,
}

impl TextWriter<'_> {
    fn write(&mut self, document: Document<'_>) -> io::Result<()> {
        self.write_head(document)?;
        match document {
            Document::Plan(plan) => self.write_users(plan)?,
            Document::Run { report, .. } => self.write_figures(document, report)?,
        }
        self.write_people(document)?;
        self.write_warnings(document)?;
        self.write_guardrails(document)?;
        if let Document::Run { report, .. } = document {
            writeln!(self.out, "Calls: {}", figures::calls(report))?;
            writeln!(self.out, "Time: {}\n", figures::times(report))?;
        }
        self.write_verdict(document)
    }

    fn write_head(&mut self, document: Document<'_>) -> io::Result<()> {
        let title = match document {
            Document::Plan(plan) => format!("Plan of {}", time(plan.created_at)),
            Document::Run { report, .. } => {
                format!("Run of {} ({} {})", time(report.started_at), report.command, report.run_id)
            }
        };
        writeln!(self.out, "{}", self.style.paint(Tone::Strong, &terminal(&title)))?;
        writeln!(self.out, "  tenant  {}", terminal(&figures::tenant(document.facts().tenant)))?;
        match document.facts().source {
            source if source.path.is_empty() => Ok(()),
            source => writeln!(self.out, "  source  {}", terminal(&source_words(source))),
        }
    }

    fn write_users(&mut self, plan: &Plan) -> io::Result<()> {
        let remote = plan.remote;
        writeln!(
            self.out,
            "  users   {} listed, {} in scope, {} of them enabled; {} unchanged\n",
            remote.listed, remote.in_scope, remote.enabled, plan.summary.unchanged
        )
    }

    fn write_figures(&mut self, document: Document<'_>, report: &Report) -> io::Result<()> {
        writeln!(self.out)?;
        if report.summary.total().planned > 0 {
            figures_table(report).write(self.style, self.out)?;
        }
        writeln!(self.out, "  {}\n", figures::totals_line(document))
    }

    fn write_warnings(&mut self, document: Document<'_>) -> io::Result<()> {
        let warnings = document.facts().warnings;
        if warnings.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "{}", self.style.paint(Tone::Strong, &format!("Warnings {}", warnings.len())))?;
        let shown = self.shown_of(warnings.len(), WARNINGS_SHOWN);
        for warning in &warnings[..shown] {
            self.write_marked("!", Tone::Warning, warning)?;
        }
        self.write_rest(warnings.len() - shown)
    }

    /// Each limit with its figure, those that tripped in words that say what would allow them.
    fn write_guardrails(&mut self, document: Document<'_>) -> io::Result<()> {
        if document.facts().guardrails.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "{}", self.style.paint(Tone::Strong, "Guardrails"))?;
        for guardrail in document.facts().guardrails {
            let (mark, tone) = if guardrail.tripped { ("✗", Tone::Danger) } else { ("✓", Tone::Good) };
            let sentence = format!("{}: {}", guardrail.name.as_str(), guardrail_sentence(guardrail));
            self.write_marked(mark, tone, &sentence)?;
        }
        writeln!(self.out)
    }

    fn write_verdict(&mut self, document: Document<'_>) -> io::Result<()> {
        if let Document::Plan(plan) = document
            && plan.summary.changes() == 0
            && plan.tripped_guardrails().next().is_none()
        {
            writeln!(self.out, "No changes: the tenant is as the CSV wants it.")?;
        }
        if let Some(error) = document.error() {
            self.write_marked("✗", Tone::Danger, error)?;
        }
        writeln!(self.out, "{}", self.style.paint(document.tone(), &document.verdict()))
    }

    /// A sentence behind a mark, wrapped under itself.
    fn write_marked(&mut self, mark: &str, tone: Tone, sentence: &str) -> io::Result<()> {
        let mut table = Table::new(2, [Column::Mark, Column::Wrapped]);
        table.push([Cell::from(mark).toned(tone), sentence.into()]);
        table.write(self.style, self.out)
    }
}

fn figures_table(report: &Report) -> Table<7> {
    let mut table = Table::new(
        2,
        [Column::Label, Column::Number, Column::Number, Column::Number, Column::Number, Column::Number, Column::Number],
    );
    let head = ["", "planned", "applied", "already", "drifted", "failed", "not attempted"];
    table.push(head.map(|word| Cell::from(word).toned(Tone::Faint)));
    for kind in ActionKind::ALL {
        let figures = report.summary.of(kind);
        let [applied, already, drifted, failed, not_attempted] = ActionResult::ALL.map(|result| {
            let figure = figures.of(result);
            Cell::from(figure.to_string()).toned(if figure == 0 { Tone::Faint } else { tone_of(result) })
        });
        let planned = figures.planned.to_string().into();
        table.push([kind.as_str().into(), planned, applied, already, drifted, failed, not_attempted]);
    }
    table
}

fn tone_of(result: ActionResult) -> Tone {
    match result {
        ActionResult::Applied | ActionResult::Already => Tone::Good,
        ActionResult::Drifted | ActionResult::NotAttempted => Tone::Warning,
        ActionResult::Failed => Tone::Danger,
    }
}

fn source_words(source: &SourceFacts) -> String {
    let SourceFacts { path, sha256, rows, valid_rows: _, invalid_rows, dialect, encoding_assumed: _ } = source;
    let digest: String = sha256.chars().take(DIGEST_SHOWN).collect();
    let dialect = if dialect.is_empty() { String::new() } else { format!(", {dialect}") };
    let name = if path == "-" { "standard input" } else { path };
    format!("{name}: {}, {invalid_rows} invalid{dialect} (sha256 {digest}…)", counted(*rows, "row", "rows"))
}
