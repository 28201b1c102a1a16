//! A run as text: the figures, what did not succeed and why, and the verdict.

use std::io::{self, Write};

use super::TextWriter;
use super::list::{Entry, Heading};
use super::paint::Tone;
use crate::execute::ActionResult;
use crate::plan::ActionKind;
use crate::report::escape::terminal;
use crate::report::words::{counted, seconds};
use crate::report::{Document, KindSummary, Report};

pub(super) fn write(
    writer: &TextWriter,
    document: Document<'_>,
    report: &Report,
    out: &mut dyn Write,
) -> io::Result<()> {
    writer.write_head(&format!("Run {} ({})", report.run_id, report.command), document, out)?;
    writeln!(out)?;
    write_figures(writer, report, out)?;
    for (result, heading) in open_results() {
        write_outcomes(writer, report, result, heading, out)?;
    }
    writer.write_left_alone(document, out)?;
    writer.write_warnings(document, out)?;
    writer.write_guardrails(document, out)?;
    write_effort(report, out)?;
    write_verdict(writer, document, report, out)
}

fn write_figures(writer: &TextWriter, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    if summary.total().planned > 0 {
        let head = "           planned  applied  already  drifted  failed  not attempted";
        writeln!(out, "{}", writer.paint.paint(Tone::Faint, head))?;
        for kind in ActionKind::ALL {
            writeln!(out, "{}", figures_line(writer, kind.as_str(), summary.of(kind)))?;
        }
    }
    writeln!(
        out,
        "  {} unchanged, {} in conflict, {} protected, {} skipped, {} invalid\n",
        summary.unchanged, summary.conflicts, summary.protected, summary.skipped, summary.invalid
    )
}

fn figures_line(writer: &TextWriter, name: &str, figures: KindSummary) -> String {
    let KindSummary { planned, applied, already, drifted, failed, not_attempted } = figures;
    let toned = |figure: u64, width: usize, tone: Tone| {
        let text = format!("{figure:>width$}");
        if figure == 0 { writer.paint.paint(Tone::Faint, &text) } else { writer.paint.paint(tone, &text) }
    };
    format!(
        "  {name:<8} {planned:>7}  {}  {already:>7}  {}  {}  {}",
        toned(applied, 7, Tone::Admit),
        toned(drifted, 7, Tone::Warning),
        toned(failed, 6, Tone::Danger),
        toned(not_attempted, 13, Tone::Warning),
    )
}

fn open_results() -> [(ActionResult, Heading<'static>); 3] {
    let heading = |title, remark, mark, tone| Heading { title, remark, mark, tone };
    [
        (ActionResult::Failed, heading("Failed", "", "✗", Tone::Danger)),
        (ActionResult::Drifted, heading("Drifted", "changed since the plan; left alone", "!", Tone::Warning)),
        (ActionResult::NotAttempted, heading("Not attempted", "", "·", Tone::Warning)),
    ]
}

fn write_outcomes(
    writer: &TextWriter,
    report: &Report,
    result: ActionResult,
    heading: Heading<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let of_result = || report.outcomes.iter().filter(|outcome| outcome.result == result);
    let entries = of_result().map(|outcome| {
        let error = outcome.error.as_deref().map_or_else(String::new, |error| format!(": {error}"));
        Entry::new(&outcome.email, [format!("{}{error}", outcome.kind.as_str())], outcome.row)
    });
    writer.write_list(heading, of_result().count(), entries, out)
}

fn write_effort(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (http, timing) = (report.http, report.timing);
    writeln!(
        out,
        "Calls: {}, {} sent again, {} refused as too many",
        counted(http.requests, "request", "requests"),
        http.retries,
        http.rate_limited
    )?;
    writeln!(
        out,
        "Time: load {}, fetch {}, compare {}, apply {}\n",
        seconds(timing.load_seconds),
        seconds(timing.fetch_seconds),
        seconds(timing.diff_seconds),
        seconds(timing.apply_seconds)
    )
}

fn write_verdict(writer: &TextWriter, document: Document<'_>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(error) = &report.error {
        writer.write_marked("✗", Tone::Danger, &terminal(error), out)?;
    }
    let tone = match report.exit_code {
        0 => Tone::Admit,
        4 => Tone::Warning,
        _ => Tone::Danger,
    };
    writeln!(out, "{}", writer.paint.paint(tone, &document.verdict()))
}
