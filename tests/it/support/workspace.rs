//! A folder, an environment and a tenant to run the built binary with.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use lumsync::sandbox::{Call, CallKind, Fault, Sandbox, SandboxSettings};
use serde_json::Value;
use tempfile::TempDir;

use super::assertions::schema;
use super::data::users::{TENANT_FILE, tenant_of};
use super::run::Run;
use super::runtime::RUNTIME;
use super::server::{Reply, Request, Server};

/// The OAuth application that the sandbox lets in.
const APPLICATION: [(&str, &str); 3] = [
    ("LUMSYNC_CLIENT_ID", "sandbox-client"),
    ("LUMSYNC_CLIENT_SECRET", "sandbox-secret"),
    ("LUMSYNC_USER_EMAIL", "admin@example.com"),
];

/// A temporary folder with the state dir in `state`, and the tenant that commands run against.
pub struct Workspace {
    folder: TempDir,
    tenant: Tenant,
    login: BTreeMap<String, String>,
}

enum Tenant {
    /// `tenant.jsonl` in the folder, which each command opens by `--sandbox tenant.jsonl`.
    File,
    /// A server that is not ours to look into, at this URL.
    Url(String),
    /// A sandbox that runs as long as the workspace.
    Served { sandbox: Arc<Sandbox>, proxy: Option<Server> },
}

impl Workspace {
    /// A tenant in a file; see [`TENANT_FILE`] for its users. Commands find it by `--sandbox tenant.jsonl`.
    pub fn with_tenant_file() -> Self {
        let workspace = Self::new(Tenant::File, &[]);
        workspace.write("tenant.jsonl", TENANT_FILE);
        workspace
    }

    /// A served tenant with these users. The environment holds its address and a token.
    pub fn serving(users: &[Value]) -> Self {
        Self::with_tenant(tenant_of(users))
    }

    /// The same with any settings.
    pub fn with_tenant(settings: SandboxSettings) -> Self {
        let sandbox = RUNTIME.block_on(Sandbox::start(settings)).unwrap();
        let token = sandbox.token();
        Self::new(Tenant::Served { sandbox: Arc::new(sandbox), proxy: None }, &[("LUMSYNC_TOKEN", &token)])
    }

    /// A tenant at any URL, such as that of a [`Server`] whose answers the test writes.
    pub fn at(url: &str) -> Self {
        Self::new(Tenant::Url(url.to_owned()), &[("LUMSYNC_TOKEN", "token")])
    }

    fn new(tenant: Tenant, login: &[(&str, &str)]) -> Self {
        let mut workspace = Self { folder: tempfile::tempdir().unwrap(), tenant, login: BTreeMap::new() };
        workspace.log_in_with(login);
        workspace
    }

    /// Logs in with the OAuth application instead of a token.
    pub fn with_application(mut self) -> Self {
        self.log_in_with(&APPLICATION);
        self
    }

    /// Replaces the variables that commands log in with.
    pub fn log_in_with(&mut self, variables: &[(&str, &str)]) {
        self.login = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    }

    /// Lets `intercept` see every request before the tenant does. `Some` is sent in place of the tenant's answer.
    pub fn intercept(&mut self, intercept: impl FnMut(&Request, &Sandbox) -> Option<Reply> + Send + 'static) {
        let Tenant::Served { sandbox, proxy } = &mut self.tenant else { panic!("there is no served tenant") };
        let (sandbox, mut intercept) = (Arc::clone(sandbox), intercept);
        *proxy = Some(Server::start(move |request| {
            intercept(request, &sandbox).unwrap_or_else(|| Reply::forward(&sandbox.base_url()))
        }));
    }

    /// Changes the tenant behind the binary's back: between its last request and the first one of this kind.
    pub fn change_before(&mut self, kind: CallKind, change: impl FnOnce(&Sandbox) + Send + 'static) {
        let mut change = Some(change);
        self.intercept(move |request, sandbox| {
            if request.kind() == kind
                && let Some(change) = change.take()
            {
                change(sandbox);
            }
            None
        });
    }

    /// The served tenant; panics when the tenant is another one.
    pub fn sandbox(&self) -> &Sandbox {
        let Tenant::Served { sandbox, .. } = &self.tenant else { panic!("there is no served tenant") };
        sandbox
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// The state dir.
    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Writes `users.csv`.
    pub fn write_csv(&self, text: &str) {
        self.write("users.csv", text);
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Puts faults in force.
    pub fn faults(&self, faults: &[&str]) {
        self.sandbox().set_faults(faults.iter().map(|fault| fault.parse::<Fault>().unwrap()).collect());
    }

    /// The built binary with these arguments, in the folder, with nothing else in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary(self.folder());
        command.args(arguments).envs(&self.login);
        if let Some(url) = self.base_url() {
            command.env("LUMSYNC_RPS", "unlimited");
            command.env("LUMSYNC_BASE_URL", url).env("LUMSYNC_ORGANIZATION_ID", "sandbox");
        }
        command
    }

    fn base_url(&self) -> Option<String> {
        match &self.tenant {
            Tenant::File => None,
            Tenant::Url(url) => Some(url.clone()),
            Tenant::Served { sandbox, proxy } => {
                Some(proxy.as_ref().map_or_else(|| sandbox.base_url(), |proxy| proxy.url().to_owned()))
            }
        }
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    /// Runs a command with a text on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(&child.wait_with_output().unwrap())
    }

    /// Starts a command and leaves it running.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// `sync users.csv --yes` with more arguments.
    pub fn sync(&self, more: &[&str]) -> Run {
        let tenant: &[&str] = match self.tenant {
            Tenant::File => &["--sandbox", "tenant.jsonl", "--rps", "unlimited"],
            _ => &[],
        };
        self.run(&[&["sync", "users.csv", "--yes"], tenant, more].concat())
    }

    /// Writes `users.csv` and syncs it.
    pub fn sync_csv(&self, csv: &str, more: &[&str]) -> Run {
        self.write_csv(csv);
        self.sync(more)
    }

    /// `plan users.csv` with more arguments, as JSON; panics when it does not end with 0.
    pub fn plan(&self, more: &[&str]) -> Value {
        self.run(&[&["plan", "users.csv", "--output", "json"], more].concat()).exits_with(0).json()
    }

    /// The folders of the runs so far, oldest first.
    pub fn runs(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.state().join("runs")) else { return Vec::new() };
        let mut runs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        runs.sort();
        runs
    }

    /// The report of the latest run.
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

    /// Calls of a kind that the served tenant saw.
    pub fn calls(&self, kind: CallKind) -> Vec<Call> {
        self.sandbox().traffic().into_iter().filter(|call| call.kind == kind).collect()
    }

    /// Saves that the served tenant saw, done or not.
    pub fn saves(&self) -> Vec<Call> {
        let is_save = |call: &Call| matches!(call.kind, CallKind::SaveCreate | CallKind::SaveUpdate);
        self.sandbox().traffic().into_iter().filter(is_save).collect()
    }

    /// The served tenant's user of an address, without regard to case.
    pub fn user(&self, email: &str) -> Option<Value> {
        self.sandbox().users().into_iter().find(|user| user["email"].as_str().unwrap().eq_ignore_ascii_case(email))
    }

    /// Whether the user of an address is enabled; false when there is none.
    pub fn is_enabled(&self, email: &str) -> bool {
        self.user(email).is_some_and(|user| user["status"] == "enabled")
    }

    /// Waits until the served tenant saw this many calls, or the process has ended.
    pub fn wait_for_calls(&self, count: usize, child: &mut Child) {
        while self.sandbox().traffic().len() < count && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
    }
}

/// Every plan and report that a test made must match the published schemas, whatever else the test looked at.
impl Drop for Workspace {
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

/// The built binary in a folder: its environment holds the state dir and nothing of the machine's, its input is empty.
pub fn binary(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumsync"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", folder).env("LUMSYNC_STATE_DIR", "state");
    command
}
