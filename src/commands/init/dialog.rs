//! Asks for the keys that have no default, and checks the answers as `lumsync doctor` does.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::file::{Values, text};
use crate::cli::{Cli, Command, SandboxOption};
use crate::commands::job::failure::{CommandError, Failure};
use crate::commands::job::session::Session;
use crate::commands::{check, doctor};
use crate::console::{Printer, read_answer};
use crate::execute::StopReason;
use crate::exit::Exit;
use crate::settings::{DEFAULT_CONFIG_FILE, Environment, toml_value};

/// A key that is asked for.
struct Question {
    section: &'static str,
    key: &'static str,
    words: &'static str,
}

const TENANT: [Question; 2] = [
    Question {
        section: "tenant",
        key: "base_url",
        words: "The tenant's cell, such as https://XX-cell-NNN.api.lumapps.com",
    },
    Question { section: "tenant", key: "organization_id", words: "The organization's id" },
];
const CLIENT_ID: Question = Question {
    section: "auth",
    key: "client_id",
    words: "The OAuth application's client id (none: a token in a file)",
};
const APPLICATION: [Question; 2] = [
    Question { section: "auth", key: "client_secret_file", words: "The file with the application's secret" },
    Question { section: "auth", key: "user_email", words: "The address of the admin that it acts as" },
];
const TOKEN: [Question; 1] = [Question { section: "auth", key: "token_file", words: "The file with the token" }];

pub(super) struct Dialog<'a> {
    path: &'a Path,
    environment: &'a Environment,
    printer: &'a Printer,
    /// As they were typed.
    answers: Vec<(&'static str, String)>,
    values: Values,
    csv: String,
}

impl<'a> Dialog<'a> {
    pub(super) fn new(path: &'a Path, environment: &'a Environment, printer: &'a Printer) -> Self {
        Self { path, environment, printer, answers: Vec::new(), values: Values::default(), csv: String::new() }
    }

    /// Asks until the answers pass the checks, or the operator accepts them anyway.
    pub(super) async fn hold(&mut self) -> Result<(), Failure> {
        self.printer
            .always("A config file for lumsync. Enter keeps what stands in brackets; Ctrl-C leaves without a file.");
        loop {
            self.ask_all().await?;
            let is_fit = self.try_settings().await? & self.try_csv().await;
            if is_fit || self.line("Write the file all the same?", "n").await?.eq_ignore_ascii_case("y") {
                return Ok(());
            }
        }
    }

    /// The file with the answers.
    pub(super) fn text(&self) -> String {
        text(&self.values)
    }

    pub(super) fn next_step(&self, path: &Path) -> String {
        let config = if path == Path::new(DEFAULT_CONFIG_FILE) {
            String::new()
        } else {
            format!(" --config {}", path.display())
        };
        let csv = if self.csv.is_empty() { "users.csv" } else { &self.csv };
        format!("`lumsync plan {csv}{config}` shows what would change.")
    }

    async fn ask_all(&mut self) -> Result<(), Failure> {
        for question in &TENANT {
            self.ask(question, true).await?;
        }
        let has_application = !self.ask(&CLIENT_ID, false).await?.is_empty();
        let (asked, dropped) =
            if has_application { (&APPLICATION[..], &TOKEN[..]) } else { (&TOKEN[..], &APPLICATION[..]) };
        for question in dropped {
            self.values.remove(&(question.section, question.key));
        }
        for question in asked {
            self.ask(question, true).await?;
        }
        self.csv = self.line("The CSV of users to try (none: later)", &self.csv.clone()).await?;
        Ok(())
    }

    /// Asks until the value can be used.
    async fn ask(&mut self, question: &Question, is_needed: bool) -> Result<String, Failure> {
        let Question { section, key, words } = question;
        loop {
            let before = self.answers.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone());
            let text = self.line(words, &before.unwrap_or_default()).await?;
            self.answers.retain(|(known, _)| known != key);
            self.answers.push((key, text.clone()));
            if text.is_empty() && !is_needed {
                self.values.remove(&(section, key));
                return Ok(text);
            }
            match toml_value(section, key, &text) {
                Ok(_) if text.is_empty() => self.printer.always("  It is needed."),
                Ok(toml) => {
                    self.values.insert((section, key), toml);
                    return Ok(text);
                }
                Err(problem) => self.printer.always(&format!("  {problem}")),
            }
        }
    }

    async fn line(&self, words: &str, default: &str) -> Result<String, Failure> {
        let question = if default.is_empty() { format!("{words}: ") } else { format!("{words} [{default}]: ") };
        let asked = tokio::task::spawn_blocking(move || read_answer(&question));
        let answered = tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => return Err(CommandError::Stopped(StopReason::Interrupted).into()),
            answered = asked => answered.map_err(CommandError::from)?.map_err(CommandError::Output)?,
        };
        match answered {
            None => Err(CommandError::Stopped(StopReason::Interrupted).into()),
            Some(text) if text.is_empty() => Ok(default.to_owned()),
            Some(text) => Ok(text),
        }
    }

    /// Prints what `lumsync doctor` says of the file; returns whether a run would work.
    async fn try_settings(&self) -> Result<bool, Failure> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unusable = |source| crate::record::AtomicWriteError { path: self.path.to_owned(), source };
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unusable)?;
        file.write_all(self.text().as_bytes()).map_err(unusable)?;
        self.printer.always("");
        let checked = match self.session(file.path()) {
            Ok((sandbox, session)) => doctor::check_up(sandbox.as_ref(), "what you said", session).await,
            Err(failure) => Err(failure),
        };
        match checked {
            Ok((checks, session)) => {
                doctor::text(&checks, &session.printer)?;
                Ok(checks.exit() == Exit::Done)
            }
            Err(failure) => {
                self.printer.always(&failure.message());
                Ok(false)
            }
        }
    }

    /// The session of a doctor with this config.
    fn session(&self, config: &Path) -> Result<(Option<SandboxOption>, Session), Failure> {
        let words: [PathBuf; 4] = ["lumsync".into(), "doctor".into(), "--config".into(), config.to_owned()];
        let mut environment = self.environment.clone();
        environment.arguments = words.map(OsString::from).into();
        let (cli, origins) = Cli::of_all_layers(&environment)?;
        let Command::Doctor(arguments) = cli.command else { unreachable!("the words say doctor") };
        let session = Session::begin(&arguments.run, &cli.global, &origins, &environment)?;
        Ok((arguments.run.sandbox, session))
    }

    async fn try_csv(&self) -> bool {
        if self.csv.is_empty() {
            return true;
        }
        self.printer.always("");
        match check::try_out(&self.csv, self.printer).await {
            Ok(is_fine) => is_fine,
            Err(error) => {
                self.printer.always(&error.message());
                false
            }
        }
    }
}
