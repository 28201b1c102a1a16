//! Prints the result: a line for each check, and below it what to do.

use std::io::{self, Write};

use serde::Serialize;

use super::check::{Check, Checks, Verdict};
use crate::commands::job::failure::{CommandError, Failure};
use crate::commands::job::outputs::text_style;
use crate::console::{Printer, Verbosity};
use crate::report::{Cell, Column, Table, Tone};

/// `format` of the JSON output.
const DOCTOR_FORMAT: &str = "lumsync-doctor";
/// `version` of the JSON output.
const DOCTOR_VERSION: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DoctorDocument<'a> {
    format: &'static str,
    version: u32,
    exit_code: u8,
    checks: &'a [Check],
}

/// As one JSON object.
pub(super) fn json(checks: &Checks, printer: &Printer) -> Result<(), Failure> {
    let (exit_code, checks) = (checks.exit().code(), checks.all());
    let document = DoctorDocument { format: DOCTOR_FORMAT, version: DOCTOR_VERSION, exit_code, checks };
    let print = |out: &mut dyn Write| {
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    };
    Ok(printer.result(print).map_err(CommandError::Output)?)
}

/// As text; with `--quiet`, only the checks that are not fine.
pub(in crate::commands) fn text(checks: &Checks, printer: &Printer) -> Result<(), Failure> {
    let is_quiet = printer.verbosity() == Verbosity::Quiet;
    let mut table = Table::new(0, [Column::Mark, Column::Label, Column::Wrapped]);
    for check in checks.all().iter().filter(|check| !is_quiet || check.verdict != Verdict::Fine) {
        table.push(row(check));
    }
    let style = text_style(printer, true);
    let print = |out: &mut dyn Write| -> io::Result<()> {
        table.write(style, out)?;
        if is_quiet { Ok(()) } else { writeln!(out, "\n{}", verdict(checks)) }
    };
    Ok(printer.result(print).map_err(CommandError::Output)?)
}

fn row(check: &Check) -> [Cell; 3] {
    let (mark, tone) = match check.verdict {
        Verdict::Fine => ("✓", Tone::Good),
        Verdict::Warning => ("!", Tone::Warning),
        Verdict::Failed => ("✗", Tone::Danger),
    };
    let hint = check.hint.map(|hint| format!("→ {hint}"));
    let words = [check.message.clone()].into_iter().chain(hint);
    [Cell::from(mark).toned(tone), check.name.into(), Cell::of(words)]
}

fn verdict(checks: &Checks) -> String {
    match (checks.count(Verdict::Failed), checks.count(Verdict::Warning)) {
        (0, 0) => "Fit to run. The right to save users was not tried: nothing was written.".to_owned(),
        (0, 1) => "Fit to run, with 1 point to look at. Nothing was written.".to_owned(),
        (0, warnings) => format!("Fit to run, with {warnings} points to look at. Nothing was written."),
        (1, _) => "Not fit to run: 1 check failed. Nothing was written.".to_owned(),
        (failed, _) => format!("Not fit to run: {failed} checks failed. Nothing was written."),
    }
}
