//! An operator at work: a tenant on loopback, a folder, and the built binary that is run there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use lumsync::sandbox::{Call, CallKind, Fault, Sandbox, SandboxSettings, TenantSource};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::schema;

/// The login of an operator who has an OAuth application.
const APPLICATION: [(&str, &str); 3] = [
    ("LUMSYNC_CLIENT_ID", "sandbox-client"),
    ("LUMSYNC_CLIENT_SECRET", "sandbox-secret"),
    ("LUMSYNC_USER_EMAIL", "admin@example.com"),
];

/// A tenant, and somebody who syncs it.
pub struct Operator {
    _runtime: Runtime,
    /// The tenant.
    pub sandbox: Sandbox,
    folder: TempDir,
    login: Vec<(String, String)>,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: i32,
    /// The result.
    pub stdout: String,
    /// Progress, logs, errors.
    pub stderr: String,
}

impl Operator {
    /// Someone with a ready token for a tenant of these users.
    pub fn of(users: &[Value]) -> Self {
        Self::with(tenant_of(users))
    }

    /// The same, for any tenant.
    pub fn with(settings: SandboxSettings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(settings)).unwrap();
        let login = vec![("LUMSYNC_TOKEN".to_owned(), sandbox.token())];
        Self { _runtime: runtime, sandbox, folder: tempfile::tempdir().unwrap(), login }
    }

    /// From now on the login is the application's.
    pub fn with_application(mut self) -> Self {
        self.log_in_with(&APPLICATION);
        self
    }

    /// Changes what the environment says of the login.
    pub fn log_in_with(&mut self, variables: &[(&str, &str)]) {
        self.login = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    }

    /// Where the operator works.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The state dir.
    pub fn state(&self) -> PathBuf {
        self.folder().join("state")
    }

    /// Writes a file beside the others.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes `users.csv`.
    pub fn csv(&self, text: &str) {
        self.write("users.csv", text);
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap()
    }

    /// Puts faults in force.
    pub fn faults(&self, faults: &[&str]) {
        self.sandbox.set_faults(faults.iter().map(|fault| fault.parse::<Fault>().unwrap()).collect());
    }

    /// The built binary with these arguments, in the operator's folder, with nothing else in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lumsync"));
        command.args(arguments).current_dir(self.folder()).env_clear().stdin(Stdio::null());
        command.env("HOME", self.folder()).env("LUMSYNC_STATE_DIR", self.state()).env("LUMSYNC_RPS", "unlimited");
        command.env("LUMSYNC_BASE_URL", self.sandbox.base_url()).env("LUMSYNC_ORGANIZATION_ID", "sandbox");
        command.envs(self.login.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        ended(&self.command(arguments).output().unwrap())
    }

    /// Runs a command with a text on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ended(&child.wait_with_output().unwrap())
    }

    /// Starts a command and leaves it running.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// `sync users.csv --yes` with more arguments.
    pub fn sync(&self, more: &[&str]) -> Ended {
        self.run(&[&["sync", "users.csv", "--yes"], more].concat())
    }

    /// `plan users.csv` with more arguments, as JSON; panics when it does not end with 0.
    pub fn plan(&self, more: &[&str]) -> Value {
        let ended = self.run(&[&["plan", "users.csv", "--output", "json"], more].concat());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.json()
    }

    /// The folders of the runs so far, in their order.
    pub fn runs(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.state().join("runs")) else { return Vec::new() };
        let mut runs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        runs.sort();
        runs
    }

    /// The report of the only or the last run.
    pub fn report(&self) -> Value {
        let run = self.runs().pop().expect("there was a run");
        serde_json::from_str(&fs::read_to_string(run.join("report.json")).unwrap()).unwrap()
    }

    /// The lines of all journals.
    pub fn journal(&self) -> Vec<Value> {
        let texts = self.runs().into_iter().filter_map(|run| fs::read_to_string(run.join("journal.jsonl")).ok());
        let texts: Vec<String> = texts.collect();
        texts.iter().flat_map(|text| text.lines()).filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Calls of a kind that the tenant saw.
    pub fn calls(&self, kind: CallKind) -> Vec<Call> {
        self.sandbox.traffic().into_iter().filter(|call| call.kind == kind).collect()
    }

    /// Saves that the tenant saw, done or not.
    pub fn saves(&self) -> Vec<Call> {
        let is_save = |call: &Call| matches!(call.kind, CallKind::SaveCreate | CallKind::SaveUpdate);
        self.sandbox.traffic().into_iter().filter(is_save).collect()
    }

    /// The user of an address, without regard to case.
    pub fn user(&self, email: &str) -> Option<Value> {
        self.sandbox.users().into_iter().find(|user| user["email"].as_str().unwrap().eq_ignore_ascii_case(email))
    }

    /// Whether the user of an address is enabled; false for nobody.
    pub fn is_enabled(&self, email: &str) -> bool {
        self.user(email).is_some_and(|user| user["status"] == "enabled")
    }

    /// Waits until the tenant saw this many calls, or the process has ended.
    pub fn wait_for_calls(&self, count: usize, child: &mut Child) {
        while self.sandbox.traffic().len() < count && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
    }
}

impl Ended {
    /// Standard output as JSON; a plan or a report must keep to its published schema.
    pub fn json(&self) -> Value {
        schema::assert_is_document(&self.stdout);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// Panics with all that was said unless the exit code is this one.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Panics unless standard error has each of these texts.
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no `{text}` in:\n{}", self.stderr);
        }
        self
    }
}

/// Every plan and report that a test made keeps to the published schemas, whatever else the test looked at.
impl Drop for Operator {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for run in self.runs() {
            for name in ["plan.json", "report.json"] {
                if let Ok(text) = fs::read_to_string(run.join(name)) {
                    schema::assert_is_document(&text);
                }
            }
        }
    }
}

/// What a finished process left.
pub fn ended(output: &Output) -> Ended {
    use std::os::unix::process::ExitStatusExt;
    let code = output.status.code().or_else(|| output.status.signal().map(|signal| -signal)).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Users as JSON lines.
pub fn lines_of(users: &[Value]) -> String {
    users.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// Settings of a tenant with these users.
pub fn tenant_of(users: &[Value]) -> SandboxSettings {
    SandboxSettings { tenant: TenantSource::Lines(lines_of(users)), ..SandboxSettings::default() }
}

/// An enabled external user with attributes that nobody manages.
pub fn person(uid: u32, name: &str) -> Value {
    json!({
        "uid": uid.to_string(), "id": uid.to_string(), "email": format!("{}@example.com", name.to_lowercase()),
        "firstName": name, "lastName": "Lee", "fullName": format!("{name} Lee"), "accountType": "external",
        "status": "enabled", "isHidden": false, "createdAt": "2020-01-01T00:00:00Z",
        "customProfile": {"cost centre": [uid, 1.5], "note": "a\u{0000}b"}, "apiProfile": "{\"x\":1}"
    })
}

/// The same user with other attributes.
pub fn with(mut user: Value, attributes: &[(&str, Value)]) -> Value {
    for (name, value) in attributes {
        user[*name] = value.clone();
    }
    user
}

/// So many people, `p1` upwards.
pub fn people(count: u32) -> Vec<Value> {
    (1..=count).map(|number| person(number, &format!("P{number}"))).collect()
}

/// A CSV that wants exactly these users enabled, with their names.
pub fn csv_of(users: &[Value]) -> String {
    let row = |user: &Value| {
        let text = |name: &str| user[name].as_str().unwrap().to_owned();
        format!("{},{},{}\n", text("email"), text("firstName"), text("lastName"))
    };
    "email,firstName,lastName\n".to_owned() + &users.iter().map(row).collect::<String>()
}
