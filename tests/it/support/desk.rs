//! A desk to work at: an empty folder, and the built binary that is run there with nothing in its environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Five external users, one of them hidden, and an admin of Google's directory.
pub const TENANT: &str = concat!(
    r#"{"uid":"1","email":"ann@example.com","firstName":"Ann","lastName":"Lee","accountType":"external","status":"enabled"}"#,
    "\n",
    r#"{"uid":"2","email":"bob@example.com","firstName":"Bob","lastName":"Ray","accountType":"external","status":"enabled"}"#,
    "\n",
    r#"{"uid":"3","email":"cyd@example.com","firstName":"Cyd","lastName":"Fox","accountType":"external","status":"disabled"}"#,
    "\n",
    r#"{"uid":"4","email":"dee@example.com","firstName":"Dee","lastName":"Orr","accountType":"external","status":"enabled"}"#,
    "\n",
    r#"{"uid":"5","email":"eve@example.com","firstName":"Eve","lastName":"Hid","accountType":"external","status":"enabled","isHidden":true}"#,
    "\n",
    r#"{"uid":"9","email":"admin@example.com","firstName":"Ada","lastName":"Min","accountType":"google","status":"enabled","isSuperAdmin":true}"#,
    "\n",
);

/// A CSV with which that tenant agrees.
pub const SAME: &str = "email,firstName,lastName,status\nann@example.com,Ann,Lee,enabled\nbob@example.com,Bob,Ray,enabled\n\
    cyd@example.com,Cyd,Fox,disabled\ndee@example.com,Dee,Orr,enabled\neve@example.com,Eve,Hid,enabled\n";

/// The same with another last name for Bob.
pub fn renamed() -> String {
    SAME.replace("Bob,Ray", "Bob,Raymond")
}

/// An empty folder with the tenant above in `tenant.jsonl`.
pub struct Desk {
    folder: TempDir,
}

/// What a command came to.
#[derive(Debug)]
pub struct Done {
    /// The exit code.
    pub code: i32,
    /// The result.
    pub stdout: String,
    /// Progress, logs, errors.
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("tenant.jsonl", TENANT);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary(self.folder.path());
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        done(&self.command(arguments).output().unwrap())
    }

    /// A nightly job on `users.csv` against `tenant.jsonl`, with more options.
    pub fn sync(&self, csv: &str, more: &[&str]) -> Done {
        self.write("users.csv", csv);
        let fixed = ["sync", "users.csv", "--yes", "--sandbox", "tenant.jsonl", "--rps", "unlimited"];
        self.run(&[&fixed, more].concat())
    }

    /// The names of all runs of the state dir.
    pub fn runs(&self) -> Vec<String> {
        let runs = fs::read_dir(self.path("state/runs")).unwrap();
        let mut names: Vec<String> = runs.map(|run| run.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// The built binary in a folder: no variable but the state dir, no input.
pub fn binary(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumsync"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", folder).env("LUMSYNC_STATE_DIR", "state");
    command
}

pub fn done(output: &Output) -> Done {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Done { code: output.status.code().unwrap(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}
