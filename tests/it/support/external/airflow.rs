//! Apache Airflow in a virtual environment of its own, on `SQLite`, with the package and the DAGs of `packaging/airflow`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::stores::{once, run};
use super::tools;

/// What Airflow keeps, and what its variables name.
pub struct Airflow {
    folder: PathBuf,
    python: PathBuf,
}

impl Airflow {
    /// Installs it where that was not done yet, and makes its database in this folder.
    pub fn start(folder: &Path) -> Self {
        let airflow = Self { folder: folder.to_owned(), python: install() };
        tools::run(&mut airflow.command(&["-m", "airflow", "db", "migrate"]), "see packaging/airflow/requirements.txt");
        airflow
    }

    /// Runs a DAG to its end and says what became of its tasks; a person gives each answer `TENANT=Approve`.
    pub fn run(&self, dag: &str, answers: &[&str]) -> Value {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/airflow/run_dag.py");
        let output = tools::run(&mut self.command(&[&[script, dag], answers].concat()), "see tests/airflow/run_dag.py");
        let said = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(said.lines().last().unwrap()).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let path = |name: &str| self.folder.join(name);
        let programs = Path::new(env!("CARGO_BIN_EXE_lumsync")).parent().unwrap();
        let mut command = Command::new(&self.python);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .env("HOME", &self.folder)
            .env("NO_PROXY", "*")
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("AIRFLOW_HOME", path("airflow"))
            .env("AIRFLOW__CORE__DAGS_FOLDER", sources().join("dags"))
            .env("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
            .env("AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY", "0")
            .env("AIRFLOW_VAR_LUMSYNC_TENANTS", path("tenants"))
            .env("AIRFLOW_VAR_LUMSYNC_ARTIFACTS", path("artifacts"))
            .env("AIRFLOW_VAR_LUMSYNC_STATE", path("state"));
        command
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/airflow")
}

/// A virtual environment with what `requirements.txt` names, and our package; its Python.
fn install() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("airflow");
    let (requirements, package) = (sources().join("requirements.txt"), sources().join("lumsync_airflow/operator.py"));
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(folder.join("bin/pip"));
        command.args(["install", "--quiet", "--disable-pip-version-check"]).args(arguments);
        command
    };
    once(&folder, &requirements, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(pip(&["--requirement"]).arg(&requirements));
    });
    once(&folder.join("package"), &package, || {
        run(pip(&["--no-deps", "--force-reinstall"]).arg(sources()));
    });
    folder.join("bin/python")
}
