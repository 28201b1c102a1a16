//! `lumsync report`: finds runs and saved plans and renders them again, several as one overview.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::job::failure::Failure;
use super::job::outputs::{text_style, write_file};
use crate::cli::ReportArguments;
use crate::console::Printer;
use crate::exit::Exit;
use crate::plan::{PLAN_FORMAT, Plan};
use crate::record::{PRIVATE, unfinished_run, write_atomically};
use crate::report::{
    Document, Overview, REPORT_FORMAT, REPORT_VERSION, Report, ReportFormat, Subject, UnknownEnding, write_overview,
    write_overview_text, write_text,
};

const PLAN_FILE: &str = "plan.json";
const REPORT_FILE: &str = "report.json";
const RUNS_FOLDER: &str = "runs";
/// Selects the run that began last.
const LAST: &str = "last";

/// A document could not be found or read.
#[derive(Debug, Error)]
enum ReportCommandError {
    /// Neither a path nor a run of the state dir.
    #[error("`{}` is neither a plan or report file, nor a run's folder, nor a run under `{}`; `lumsync runs` lists those", name.display(), runs.display())]
    NotFound { name: PathBuf, runs: PathBuf },
    /// A run that wrote nothing, in which there is nothing to render.
    #[error("the run in `{}` left neither plan nor report: it wrote nothing to the tenant", folder.display())]
    Empty { folder: PathBuf },
    /// The file can't be opened or read.
    #[error("could not read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// The file is something else, or damaged.
    #[error("`{}` is not a plan or report that this version of lumsync can read", path.display())]
    Parse { path: PathBuf, source: serde_json::Error },
    /// The file is a document of another kind or version.
    #[error("`{}` has format `{format}`, version {version}: this version of lumsync reads plans and reports of versions 1 and 2", path.display())]
    Format { path: PathBuf, format: String, version: u32 },
}

impl From<ReportCommandError> for Failure {
    fn from(error: ReportCommandError) -> Self {
        use ReportCommandError::{Empty, Format, NotFound, Parse, Read};
        let exit = match error {
            NotFound { .. } | Empty { .. } | Parse { .. } | Format { .. } => Exit::Usage,
            Read { .. } => Exit::CouldNot,
        };
        Self::new(exit, error)
    }
}

/// A document with what it needs to be rendered.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    /// A saved plan.
    Plan(Box<Plan>),
    /// A run, and its plan where that is at hand.
    Run(Box<Report>, Option<Box<Plan>>),
}

impl Found {
    fn document(&self) -> Document<'_> {
        match self {
            Self::Plan(plan) => Document::from(&**plan),
            Self::Run(report, plan) => Document::Run { report, plan: plan.as_deref() },
        }
    }
}

/// Renders to each output file, or as text to standard output when there is none.
pub fn run(arguments: &ReportArguments, state_dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let formats = arguments.output.iter().map(|path| Ok((path.as_path(), ReportFormat::from_path(path)?)));
    let outputs = formats.collect::<Result<Vec<_>, UnknownEnding>>()?;
    let names = arguments.runs_or_plans.iter().map(|name| name.to_string_lossy().into_owned());
    let names: Vec<String> = names.collect();
    let find = |name: &PathBuf| find(name, state_dir);
    let found = arguments.runs_or_plans.iter().map(find).collect::<Result<Vec<Found>, _>>()?;
    match found.as_slice() {
        [one] => render(one.document(), &outputs, arguments, printer),
        several => {
            let subjects: Vec<Subject<'_>> =
                names.iter().zip(several).map(|(name, found)| Subject { name, document: found.document() }).collect();
            render_overview(&Overview::new(&subjects), &outputs, printer)
        }
    }
}

fn render(
    document: Document<'_>,
    outputs: &[(&Path, ReportFormat)],
    arguments: &ReportArguments,
    printer: &Printer,
) -> Result<(), Failure> {
    for (path, format) in outputs {
        write_file(document, path, *format)?;
    }
    if outputs.is_empty() {
        let style = text_style(printer, arguments.full);
        printer.result(|out| write_text(document, style, out))?;
    }
    Ok(())
}

fn render_overview(
    overview: &Overview<'_>,
    outputs: &[(&Path, ReportFormat)],
    printer: &Printer,
) -> Result<(), Failure> {
    for (path, format) in outputs {
        write_atomically(path, PRIVATE, |out| Ok::<_, Failure>(write_overview(overview, *format, out)?))?;
    }
    if outputs.is_empty() {
        printer.result(|out| write_overview_text(overview, text_style(printer, true), out))?;
    }
    Ok(())
}

/// A file, a run's folder, the name of a run under the state dir, or the last of them, in this order.
fn find(name: &Path, state_dir: &Path) -> Result<Found, ReportCommandError> {
    let runs = state_dir.join(RUNS_FOLDER);
    let last = if name.as_os_str() == LAST { last_of(&runs) } else { None };
    let mut places = [Some(name.to_owned()), Some(runs.join(name)), last].into_iter().flatten();
    match places.find(|place| place.exists()) {
        Some(folder) if folder.is_dir() => in_folder(&folder),
        Some(file) => read(&file),
        None => Err(ReportCommandError::NotFound { name: name.to_owned(), runs }),
    }
}

/// Names of runs sort by time.
fn last_of(runs: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(runs).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders.filter(|folder| [REPORT_FILE, PLAN_FILE].iter().any(|file| folder.join(file).is_file())).max()
}

/// For a run that was killed and left no report, one is made from its plan and its journal.
fn in_folder(folder: &Path) -> Result<Found, ReportCommandError> {
    let report = folder.join(REPORT_FILE);
    if report.is_file() {
        return read(&report);
    }
    let failed = |source| ReportCommandError::Read { path: folder.to_owned(), source };
    match unfinished_run(folder).map_err(failed)? {
        Some((plan, report)) => Ok(Found::Run(Box::new(report), Some(Box::new(plan)))),
        None => Err(ReportCommandError::Empty { folder: folder.to_owned() }),
    }
}

fn read(path: &Path) -> Result<Found, ReportCommandError> {
    let Heading { format, version } = parse(path)?;
    match (format.as_str(), version) {
        (PLAN_FORMAT, version) if Plan::reads_version(version) => Ok(Found::Plan(Box::new(parse(path)?))),
        (REPORT_FORMAT, version) if Report::reads_version(version) => {
            let report = Report { version: REPORT_VERSION, ..parse(path)? };
            Ok(Found::Run(Box::new(report), plan_beside(path).map(Box::new)))
        }
        _ => Err(ReportCommandError::Format { path: path.to_owned(), format, version }),
    }
}

/// The plan beside a report, which adds the values before and after; `None` where it can't be read.
fn plan_beside(report: &Path) -> Option<Plan> {
    parse(&report.with_file_name(PLAN_FILE)).ok()
}

/// What every document begins with; read first, so that the error for another kind of file names its format.
#[derive(Deserialize)]
struct Heading {
    format: String,
    version: u32,
}

fn parse<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, ReportCommandError> {
    let failed = |source| ReportCommandError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    io::Read::read_to_end(&mut file, &mut bytes).map_err(failed)?;
    serde_json::from_slice(&bytes).map_err(|source| ReportCommandError::Parse { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PLAN: &str = include_str!("../../fixtures/plans/v2.json");
    const REPORT: &str = include_str!("../../fixtures/reports/v2.json");

    /// A state dir with one run that ended and one that was killed.
    fn state_dir() -> tempfile::TempDir {
        let state = tempfile::tempdir().unwrap();
        for run in ["ended", "killed"] {
            fs::create_dir_all(state.path().join("runs").join(run)).unwrap();
            fs::write(state.path().join("runs").join(run).join("plan.json"), PLAN).unwrap();
        }
        fs::write(state.path().join("runs/ended/report.json"), REPORT).unwrap();
        state
    }

    #[test]
    fn last_is_the_run_that_began_last_unless_a_file_has_that_name() {
        let state = tempfile::tempdir().unwrap();
        for (run, text) in [("20260301T000000Z-bb", PLAN), ("20260302T000000Z-aa", REPORT)] {
            fs::create_dir_all(state.path().join("runs").join(run)).unwrap();
            fs::write(state.path().join("runs").join(run).join("report.json"), text).unwrap();
        }
        fs::create_dir(state.path().join("runs/20260303T000000Z-killed-early")).unwrap();
        assert!(matches!(find(Path::new("last"), state.path()).unwrap(), Found::Run(_, _)));
        assert!(find(Path::new("last"), &state.path().join("none")).is_err());
    }

    #[test]
    fn a_run_is_found_by_its_name_its_folder_and_its_file() {
        let state = state_dir();
        let folder = state.path().join("runs/ended");
        for name in [PathBuf::from("ended"), folder.clone(), folder.join("report.json")] {
            let found = find(&name, state.path()).unwrap();
            assert!(matches!(found, Found::Run(_, Some(_))), "{}", name.display());
        }
        assert!(matches!(find(&folder.join("plan.json"), state.path()), Ok(Found::Plan(_))));
        let killed = find(Path::new("killed"), state.path()).unwrap();
        assert!(matches!(killed, Found::Run(report, Some(_)) if report.unfinished.is_some()));
    }

    #[test]
    fn what_is_not_there_or_something_else_is_a_usage_error_that_says_so() {
        let state = state_dir();
        let other = state.path().join("package.json");
        fs::write(&other, r#"{"name":"x"}"#).unwrap();
        let newer = state.path().join("newer.json");
        fs::write(&newer, r#"{"format":"lumsync-plan","version":99,"more":1}"#).unwrap();
        let empty = state.path().join("runs/empty");
        fs::create_dir(&empty).unwrap();
        for (name, message) in [
            (Path::new("gone"), "`gone` is neither a plan or report file, nor a run's folder"),
            (&other, "is not a plan or report"),
            (&newer, "has format `lumsync-plan`, version 99"),
            (&empty, "left neither plan nor report: it wrote nothing to the tenant"),
        ] {
            let failure = Failure::from(find(name, state.path()).unwrap_err());
            assert!(failure.exit == Exit::Usage && failure.message().contains(message), "{}", failure.message());
        }
    }
}
