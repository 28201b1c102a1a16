//! `lumsync report`: finds a finished run or a saved plan and renders it again.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::cli::ReportArguments;
use crate::console::Printer;
use crate::plan::{PLAN_FORMAT, Plan};
use crate::record::{AtomicWriteError, PRIVATE, write_atomically};
use crate::report::{Document, REPORT_FORMAT, REPORT_VERSION, Report, ReportError, ReportFormat, TextStyle};
use crate::report::{UnknownEnding, write, write_text};

const PLAN_FILE: &str = "plan.json";
const REPORT_FILE: &str = "report.json";
const RUNS_FOLDER: &str = "runs";
/// The word for the run that began last.
const LAST: &str = "last";

/// A document could not be found, read or written.
#[derive(Debug, Error)]
pub enum ReportCommandError {
    /// Neither a path nor a run of the state dir.
    #[error("`{}` is neither a plan or report file, nor a run's folder, nor a run under `{}`; `lumsync runs` lists those", name.display(), runs.display())]
    NotFound {
        /// As the operator named it.
        name: PathBuf,
        /// Where runs were looked for.
        runs: PathBuf,
    },
    /// The file can't be opened or read.
    #[error("could not read `{}`", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file is something else, or damaged.
    #[error("`{}` is not a plan or report that this version of lumsync can read", path.display())]
    Parse {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The file is a document of another kind or version.
    #[error("`{}` has format `{format}`, version {version}: this version of lumsync reads plans and reports of versions 1 and 2", path.display())]
    Format {
        /// Which file.
        path: PathBuf,
        /// What it says it is.
        format: String,
        /// Which version it says it is.
        version: u32,
    },
    /// An output file's name does not say its format.
    #[error(transparent)]
    Ending(#[from] UnknownEnding),
    /// An output file can't be written.
    #[error(transparent)]
    Write(#[from] AtomicWriteError),
    /// The document can't be rendered.
    #[error(transparent)]
    Render(#[from] ReportError),
}

impl ReportCommandError {
    /// Whether the operator asked for something that is not there or can't be, so that the exit code is 2.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NotFound { .. } | Self::Parse { .. } | Self::Format { .. } | Self::Ending(_) => true,
            Self::Read { .. } | Self::Write(_) | Self::Render(_) => false,
        }
    }
}

/// A document with what it needs to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A saved plan.
    Plan(Box<Plan>),
    /// A finished run, and its plan where that is at hand.
    Run(Box<Report>, Option<Box<Plan>>),
}

impl Found {
    /// To be rendered.
    pub fn document(&self) -> Document<'_> {
        match self {
            Self::Plan(plan) => Document::Plan(plan),
            Self::Run(report, plan) => Document::Run { report, plan: plan.as_deref() },
        }
    }
}

/// Renders to each output file, or as text to standard output when there is none.
pub fn run(arguments: &ReportArguments, state_dir: &Path, printer: &Printer) -> Result<(), ReportCommandError> {
    let formats = arguments.output.iter().map(|path| Ok((path, ReportFormat::from_path(path)?)));
    let outputs = formats.collect::<Result<Vec<_>, UnknownEnding>>()?;
    let found = find(&arguments.run_or_plan, state_dir)?;
    for (path, format) in &outputs {
        write_file(found.document(), path, *format)?;
    }
    if outputs.is_empty() {
        let style = text_style(printer, arguments.full);
        printer.result(|out| write_text(found.document(), style, out))?;
    }
    Ok(())
}

/// How text is to look on this printer's standard output.
pub fn text_style(printer: &Printer, full: bool) -> TextStyle {
    let facts = printer.facts();
    let width = facts.width.filter(|_| facts.stdout_is_terminal).map_or(TextStyle::UNLIMITED, usize::from);
    TextStyle { colour: facts.colours_stdout(), width, full }
}

/// Writes one report file, replaced whole.
pub fn write_file(document: Document<'_>, path: &Path, format: ReportFormat) -> Result<(), ReportCommandError> {
    write_atomically(path, PRIVATE, |out| Ok(write(document, format, out)?))
}

/// A file, a run's folder, the name of a run under the state dir, or the last of them, in this order.
pub fn find(name: &Path, state_dir: &Path) -> Result<Found, ReportCommandError> {
    let runs = state_dir.join(RUNS_FOLDER);
    let last = if name.as_os_str() == LAST { last_of(&runs) } else { None };
    let places = [Some(name.to_owned()), Some(runs.join(name)), last];
    match places.iter().flatten().find_map(|place| document_in(place)) {
        Some(path) => read(&path),
        None => Err(ReportCommandError::NotFound { name: name.to_owned(), runs }),
    }
}

/// Names of runs sort by time.
fn last_of(runs: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(runs).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders.filter(|folder| document_in(folder).is_some()).max()
}

/// The file itself, or what tells most in a folder: a run that was killed has a plan but no report.
fn document_in(place: &Path) -> Option<PathBuf> {
    if !place.is_dir() {
        return place.exists().then(|| place.to_owned());
    }
    [REPORT_FILE, PLAN_FILE].map(|file| place.join(file)).into_iter().find(|path| path.is_file())
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

/// Lends before and after to a report where it can be read; a report does without.
fn plan_beside(report: &Path) -> Option<Plan> {
    parse(&report.with_file_name(PLAN_FILE)).ok()
}

/// What every document begins with; read first, so that another kind of file is named instead of its first odd field.
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
        assert!(matches!(find(Path::new("killed"), state.path()), Ok(Found::Plan(_))));
    }

    #[test]
    fn what_is_not_there_or_something_else_is_a_usage_error_that_says_so() {
        let state = state_dir();
        let other = state.path().join("package.json");
        fs::write(&other, r#"{"name":"x"}"#).unwrap();
        let newer = state.path().join("newer.json");
        fs::write(&newer, r#"{"format":"lumsync-plan","version":3,"more":1}"#).unwrap();
        for (name, message) in [
            (Path::new("gone"), "`gone` is neither a plan or report file, nor a run's folder"),
            (&other, "is not a plan or report"),
            (&newer, "has format `lumsync-plan`, version 3"),
        ] {
            let error = find(name, state.path()).unwrap_err();
            assert!(error.is_usage() && error.to_string().contains(message), "{error}");
        }
    }

    #[test]
    fn every_output_is_written_in_its_format_and_none_when_one_is_unknown() {
        let state = state_dir();
        let printer = Printer::new(
            crate::console::TerminalFacts::default(),
            crate::console::Verbosity::Normal,
            (io::sink(), io::sink()),
            indicatif::ProgressDrawTarget::hidden(),
        );
        let path = |name: &str| state.path().join(name);
        let arguments = |names: &[&str]| ReportArguments {
            run_or_plan: PathBuf::from("ended"),
            output: names.iter().map(|name| path(name)).collect(),
            full: false,
            state: crate::settings::StateSection { dir: None },
        };
        let error = run(&arguments(&["a.md", "a.pdf"]), state.path(), &printer).unwrap_err();
        assert!(error.is_usage() && !path("a.md").exists());
        run(&arguments(&["a.md", "a.csv", "a.html", "a.json"]), state.path(), &printer).unwrap();
        assert!(fs::read_to_string(path("a.md")).unwrap().starts_with("## lumsync"));
        assert!(fs::read_to_string(path("a.csv")).unwrap().starts_with("\u{feff}kind,"));
        assert!(fs::read_to_string(path("a.json")).unwrap() == REPORT, "the file is the document itself");
    }
}
