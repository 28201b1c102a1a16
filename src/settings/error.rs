//! Settings that can't be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::plan::PatternError;

/// Settings that can't be used. All of them exit 2.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages say what each is")]
pub enum SettingsError {
    #[error("can't read the {what} {path}; check the path and its rights")]
    File { path: PathBuf, what: &'static str, source: io::Error },
    #[error("the {what} {path} is empty")]
    EmptyFile { path: PathBuf, what: &'static str },
    #[error("the config file {path} {problem}")]
    Distrusted { path: PathBuf, problem: String },
    #[error("{path}:{line}: {problem}")]
    Config { path: PathBuf, line: usize, problem: String },
    #[error("the environment variable {name}: {problem}")]
    Variable { name: String, problem: String },
    #[error(transparent)]
    Options(#[from] clap::Error),
    #[error(transparent)]
    Pattern(#[from] PatternError),
    #[error("the CA file {path} holds no PEM certificate")]
    NoCertificate { path: PathBuf },
    #[error("no tenant: give --base-url (or LUMSYNC_BASE_URL, or tenant.base_url in lumsync.toml), or try --sandbox")]
    NoBaseUrl,
    #[error(
        "no login: {missing}; give a ready token (LUMSYNC_TOKEN or --token-file), or --client-id, --client-secret-file and --user-email with --organization-id"
    )]
    NoLogin { missing: &'static str },
    #[error("the {what} holds characters that can't be sent; is the file the right one?")]
    BadSecret { what: &'static str },
    #[error("--groups exact makes users leave groups: say which ones the job keeps, with --managed-group PATTERN")]
    NoManagedGroup,
    #[error("no state dir: neither HOME nor XDG_STATE_HOME is set; give --state-dir")]
    NoStateDir,
}
