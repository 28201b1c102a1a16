//! The DAGs of `packaging/airflow` on a real Airflow: three tenants that are served, one of them healthy, one stopped by a
//! guardrail, one locked by another run.

use std::fs;
use std::path::Path;

use lumsync::model::Tenant;
use lumsync::record::StateDir;
use serde_json::Value;

use crate::support::external::airflow::Airflow;
use crate::support::run::Run;
use crate::support::sandbox_process::SandboxProcess;
use crate::support::workspace::binary;

const TENANTS: [&str; 3] = ["healthy", "locked", "tripped"];
const RETRIES: u64 = 2;

/// A tenant's folder: its config, its secret, and a CSV that wants another first name for one user.
fn write_tenant(folder: &Path, served: &SandboxProcess, more: &str) {
    fs::create_dir_all(folder).unwrap();
    let fact = |name: &str| &served.variables[name];
    fs::write(folder.join("client-secret"), fact("LUMSYNC_CLIENT_SECRET")).unwrap();
    let config = format!(
        "[tenant]\nbase_url = \"{}\"\norganization_id = \"{}\"\n[auth]\nclient_id = \"{}\"\n\
         client_secret_file = \"client-secret\"\nuser_email = \"{}\"\n[rate]\nrps = \"unlimited\"\n{more}",
        served.url(),
        fact("LUMSYNC_ORGANIZATION_ID"),
        fact("LUMSYNC_CLIENT_ID"),
        fact("LUMSYNC_USER_EMAIL"),
    );
    fs::write(folder.join("lumsync.toml"), config).unwrap();
    let exported = binary(folder).args(["export", "-q", "-o", "users.csv"]).output().unwrap();
    Run::of(&exported).exits_with(0);
    want_another_name(folder, "Jürgen", "Jurgen");
}

fn want_another_name(tenant: &Path, before: &str, after: &str) {
    let path = tenant.join("users.csv");
    let csv = fs::read_to_string(&path).unwrap();
    assert!(csv.contains(before), "{csv}");
    fs::write(path, csv.replace(before, after)).unwrap();
}

/// State, tries and the pushed `summary` of a tenant's task.
fn task<'a>(night: &'a Value, task: &str, tenant: &str) -> (&'a str, u64, &'a Value) {
    let index = TENANTS.iter().position(|one| *one == tenant).unwrap();
    let found = night["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["task"] == format!("night.{task}") && one["index"] == index);
    let found = found.unwrap_or_else(|| panic!("no {task} of {tenant} in {night}"));
    (found["state"].as_str().unwrap(), found["tries"].as_u64().unwrap(), &found["xcom"]["summary"])
}

fn state<'a>(night: &'a Value, name: &str, tenant: &str) -> &'a str {
    task(night, name, tenant).0
}

fn check_nightly(night: &Value, folder: &Path) {
    for tenant in TENANTS {
        let (state, _, summary) = task(night, "check", tenant);
        assert_eq!((state, &summary["tenant"]), ("success", &tenant.into()));
    }
    let (state_of_apply, tries, summary) = task(night, "apply", "healthy");
    assert_eq!((state_of_apply, tries, &summary["exit_code"]), ("success", 1, &0.into()), "{summary}");
    assert_eq!(summary["counts"]["update"]["applied"], 1);
    let report = Path::new(summary["document"].as_str().unwrap());
    assert!(report.is_file() && report.with_extension("html").is_file());

    let (state_of_plan, tries, summary) = task(night, "plan", "tripped");
    assert_eq!((state_of_plan, tries, &summary["exit_code"]), ("failed", 1, &3.into()), "{summary}");
    assert_eq!(summary["counts"]["update"], 1);
    assert_eq!(state(night, "apply", "tripped"), "upstream_failed");

    let (state_of_apply, tries, summary) = task(night, "apply", "locked");
    assert_eq!((state_of_apply, tries, &summary["exit_code"]), ("failed", 1 + RETRIES, &6.into()), "{summary}");

    assert_eq!(night["state"], "failed", "the overview hides no failure");
    let in_pool = |one: &&Value| one["task"].as_str().unwrap().starts_with("night.");
    assert!(night["tasks"].as_array().unwrap().iter().filter(in_pool).all(|one| one["pool"] == "lumsync"));
    check_overview(night, folder);
}

fn check_overview(night: &Value, folder: &Path) {
    let overview = night["tasks"].as_array().unwrap().iter().find(|one| one["task"] == "overview").unwrap();
    assert_eq!(overview["state"], "success");
    let page = folder.join("artifacts").join(night["run_id"].as_str().unwrap()).join("overview.html");
    assert_eq!(overview["xcom"]["return_value"]["overview"], page.to_str().unwrap());
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<title>2 of 3 need a person</title>"), "{page}");
}

#[test]
fn a_night_of_three_tenants_ends_for_each_as_its_exit_codes_say() {
    let folder = tempfile::tempdir().unwrap();
    let place = |tenant: &str| folder.path().join("tenants").join(tenant);
    let served = TENANTS.map(|tenant| {
        let served = SandboxProcess::start(&[]);
        let more = if tenant == "tripped" { "[guardrails]\nmax_update = 0\n" } else { "" };
        write_tenant(&place(tenant), &served, more);
        served
    });
    let locked = Tenant {
        base_url: served[1].url().to_owned(),
        organization_id: served[1].variables["LUMSYNC_ORGANIZATION_ID"].clone(),
    };
    let state_dir = folder.path().join("state");
    fs::create_dir(&state_dir).unwrap();
    let lock = StateDir::new(state_dir).lock(&locked, "another run").unwrap();
    let airflow = Airflow::start(folder.path());
    check_nightly(&airflow.run("lumsync_nightly", &[]), folder.path());
    drop(lock);

    want_another_name(&place("tripped"), "Jurgen", "Jürgen");
    want_another_name(&place("healthy"), "Jurgen", "Yurgen");
    let reviewed = airflow.run("lumsync_reviewed", &["healthy=Approve", "locked=Reject"]);
    assert_eq!((state(&reviewed, "approve", "healthy"), state(&reviewed, "apply", "healthy")), ("success", "success"));
    assert_eq!(
        (state(&reviewed, "approve", "locked"), state(&reviewed, "apply", "locked")),
        ("failed", "upstream_failed"),
        "what was rejected is not applied"
    );
    assert_eq!((state(&reviewed, "plan", "tripped"), state(&reviewed, "apply", "tripped")), ("skipped", "skipped"));
    assert!(served[0].read("/_sandbox/users").contains("Yurgen"));
    assert!(!served[1].read("/_sandbox/users").contains("Jurgen"));
}
