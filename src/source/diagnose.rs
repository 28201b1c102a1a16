//! Problems as a good compiler shows them: the place, the line with the cell marked, the reason, the help.

use std::fmt::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::clean::visible;
use super::excerpt::Excerpt;
use super::load::Loaded;
use super::problem::{Problem, count_by_kind};

/// How many problems are shown in full before they are only counted.
pub const DIAGNOSED_IN_FULL: usize = 20;

/// How diagnostics are drawn.
#[derive(Debug, Clone, Copy)]
pub struct DiagnosticStyle {
    /// Whether to use the terminal's colours.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Writes the first problems in full, then how many there are of each kind. Nothing for a file without problems.
pub fn diagnose(loaded: &Loaded, style: DiagnosticStyle, out: &mut dyn Write) -> fmt::Result {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(style.width);
    for (problem, excerpt) in loaded.problems.iter().zip(&loaded.excerpts) {
        let shown = Shown { path: &loaded.facts.path, problem, excerpt };
        let mut text = String::new();
        handler.render_report(&mut text, &shown)?;
        writeln!(out, "{}", text.trim_end())?;
        writeln!(out)?;
    }
    if loaded.problems.is_empty() { Ok(()) } else { count(loaded, out) }
}

fn count(loaded: &Loaded, out: &mut dyn Write) -> fmt::Result {
    let unseen = loaded.problems.len().saturating_sub(loaded.excerpts.len());
    if unseen > 0 {
        writeln!(out, "… and {unseen} more; --report FILE.csv writes all of them")?;
    }
    writeln!(out, "Problems by kind:")?;
    let counts = count_by_kind(&loaded.problems);
    let width = counts.values().max().map_or(1, |most| most.to_string().len());
    for (kind, count) in counts {
        writeln!(out, "  {count:>width$}  {}", kind.summary())?;
    }
    Ok(())
}

/// A problem beside its line, as the renderer wants it.
#[derive(Debug)]
struct Shown<'a> {
    path: &'a str,
    problem: &'a Problem,
    excerpt: &'a Excerpt,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&visible(&self.problem.reason))
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.problem.help.as_ref().map(|help| Box::new(visible(help)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.problem.column.as_ref().map(|column| visible(&column.name));
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(label, self.excerpt.mark.clone()))))
    }
}

impl SourceCode for Shown<'_> {
    /// The excerpt is all that there is, however much context is asked for; without any, the place is that of the
    /// cell, which may be on a later line than the row.
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.excerpt.text.as_bytes();
        let whole = SourceSpan::from(0..text.len());
        let row = usize::try_from(self.problem.line - 1).unwrap_or(usize::MAX);
        let (line, column) = if lines_before == 0 { (row + self.excerpt.line, self.excerpt.column) } else { (row, 0) };
        Ok(Box::new(MietteSpanContents::new_named(visible(self.path), text, whole, line, column, 1)))
    }
}
