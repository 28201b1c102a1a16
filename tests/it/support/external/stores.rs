//! Real servers of every kind that a CSV can be fetched from, on loopback.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The environment by which each server is found, by the kind's name.
pub type Environments = BTreeMap<String, BTreeMap<String, String>>;

/// The running servers; they end with this value.
pub struct Stores {
    process: Child,
    /// By `s3`, `gs`, `az` and `https`.
    pub environments: Environments,
    _folder: tempfile::TempDir,
}

impl Stores {
    /// Installs the servers where that was not done yet, and starts them.
    pub fn start() -> Self {
        let python = install_python();
        let azurite = install_azurite();
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(python)
            .arg(sources().join("serve.py"))
            .args([folder.path(), &azurite])
            .env("NO_PROXY", "*")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let environments = serde_json::from_str(&line).expect("the servers say how they are found");
        Self { process, environments, _folder: folder }
    }
}

impl Drop for Stores {
    fn drop(&mut self) {
        // The servers end with their standard input, and take Azure's with them.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores")
}

/// A virtual environment with what `requirements.txt` names; its Python.
fn install_python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stores-python");
    let requirements = sources().join("requirements.txt");
    once(&folder, &requirements, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "--requirement"]).arg(&requirements));
    });
    folder.join("bin/python")
}

/// The npm package of the Azure server.
fn install_azurite() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stores-node");
    let lock = sources().join("package-lock.json");
    once(&folder, &lock, || {
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["package.json", "package-lock.json"] {
            std::fs::copy(sources().join(name), folder.join(name)).unwrap();
        }
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder));
    });
    folder.join("node_modules/azurite")
}

/// Installs anew when `wanted` has changed since the last time.
pub(super) fn once(folder: &Path, wanted: &Path, install: impl FnOnce()) {
    let stamp = folder.join("installed");
    let wanted = std::fs::read(wanted).unwrap();
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return;
    }
    install();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(stamp, wanted).unwrap();
}

pub(super) fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
