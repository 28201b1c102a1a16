//! Problems as a compiler shows them: the reason, the place, the line with the cell marked, the help.

use std::fmt::{self, Write};

use console::{Style, measure_text_width};
use textwrap::{Options, WordSplitter};

use super::excerpt::Excerpt;
use super::problem::Problem;
use crate::model::visible;
use crate::source::loaded::Loaded;

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
    for (problem, excerpt) in loaded.problems.iter().zip(&loaded.excerpts) {
        show(&loaded.facts.path, problem, excerpt, style, out)?;
    }
    if loaded.problems.is_empty() { Ok(()) } else { count(loaded, out) }
}

fn show(path: &str, problem: &Problem, excerpt: &Excerpt, style: DiagnosticStyle, out: &mut dyn Write) -> fmt::Result {
    let (red, frame) = (style.of(Style::new().red().bold()), style.of(Style::new().blue().bold()));
    let number = problem.line.to_string();
    let margin = " ".repeat(number.len());
    let bar = frame.apply_to("|");
    writeln!(out, "{}", style.wrap(&format!("{} {}", red.apply_to("error:"), visible(&problem.reason)), "       "))?;
    let (line, column) = (problem.line + excerpt.line, excerpt.column + 1);
    writeln!(out, "{margin}{} {}:{line}:{column}", frame.apply_to("-->"), visible(path))?;
    writeln!(out, "{margin} {bar}")?;
    writeln!(out, "{} {bar} {}", frame.apply_to(&number), excerpt.text)?;
    writeln!(out, "{margin} {bar} {}", red.apply_to(underline(problem, excerpt)))?;
    if let Some(help) = &problem.help {
        let indent = format!("{margin}         ");
        let help = format!("{margin} {} help: {}", frame.apply_to("="), visible(help));
        writeln!(out, "{}", style.wrap(&help, &indent))?;
    }
    writeln!(out)
}

/// The marks below the excerpt, with the name of the column.
fn underline(problem: &Problem, excerpt: &Excerpt) -> String {
    let Excerpt { text, mark, .. } = excerpt;
    let indent = " ".repeat(measure_text_width(&text[..mark.start]));
    let marks = "^".repeat(measure_text_width(&text[mark.clone()]).max(1));
    match &problem.column {
        Some(column) => format!("{indent}{marks} {}", visible(&column.name)),
        None => indent + &marks,
    }
}

fn count(loaded: &Loaded, out: &mut dyn Write) -> fmt::Result {
    let (all, kept) = (loaded.problem_count(), loaded.problems.len() as u64);
    let unseen = all.saturating_sub(loaded.excerpts.len() as u64);
    match (unseen, all > kept) {
        (0, _) => {}
        (_, false) => writeln!(out, "… and {unseen} more; --report FILE.csv writes all of them")?,
        (_, true) => writeln!(out, "… and {unseen} more; --report FILE.csv writes the first {kept}")?,
    }
    writeln!(out, "Problems by kind:")?;
    let counts = &loaded.problem_counts;
    let width = counts.values().max().map_or(1, |most| most.to_string().len());
    for (kind, count) in counts {
        writeln!(out, "  {count:>width$}  {}", kind.summary())?;
    }
    Ok(())
}

impl DiagnosticStyle {
    fn of(self, style: Style) -> Style {
        style.force_styling(self.colour)
    }

    fn wrap(self, text: &str, indent: &str) -> String {
        // Addresses and paths stay whole, to be copied.
        let options = Options::new(self.width).word_splitter(WordSplitter::NoHyphenation).break_words(false);
        textwrap::fill(text, options.subsequent_indent(indent))
    }
}
