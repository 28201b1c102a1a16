//! Tenants that share a state dir, a metrics folder and a machine have nothing else in common.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Child;

use serde_json::Value;

use crate::support::data::users::{csv_of, lines_of, people};
use crate::support::run::Run;
use crate::support::workspace::Workspace;

const SIDE_BY_SIDE: u32 = 6;

/// Tenants `t0`, `t1` and so on, of ten people each at a domain of their own, and CSVs that want another last name.
fn workspace(tenants: u32) -> Workspace {
    let workspace = Workspace::with_tenant_file();
    fs::create_dir(workspace.path("metrics")).unwrap();
    for tenant in 0..tenants {
        let domain = format!("@t{tenant}.example.com");
        let of_tenant = |text: &str| text.replace("@example.com", &domain);
        workspace.write(&format!("t{tenant}.jsonl"), &of_tenant(&lines_of(&people(10))));
        workspace.write(&format!("t{tenant}.csv"), &of_tenant(&csv_of(&people(10)).replace(",Lee", ",Lind")));
    }
    workspace
}

fn arguments(tenant: u32, more: &[&str]) -> Vec<String> {
    let (csv, file) = (format!("t{tenant}.csv"), format!("t{tenant}.jsonl"));
    let own = ["sync", &csv, "--yes", "--sandbox", &file, "--rps", "unlimited", "--metrics-file", "metrics"];
    [&own[..], more].concat().into_iter().map(str::to_owned).collect()
}

fn sync(workspace: &Workspace, tenant: u32, more: &[&str]) -> Run {
    let arguments = arguments(tenant, more);
    workspace.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn spawn(workspace: &Workspace, tenant: u32) -> Child {
    let arguments = arguments(tenant, &["--max-update", if tenant == 1 { "0" } else { "100%" }]);
    workspace.spawn(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn document(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Every word of a file that ends with a tenant's domain names the same tenant.
fn tenants_named(text: &str) -> BTreeSet<char> {
    text.match_indices("@t").map(|(place, found)| text[place + found.len()..].chars().next().unwrap()).collect()
}

#[test]
fn side_by_side_each_has_its_lock_its_run_its_guardrails_and_its_metrics() {
    let workspace = workspace(SIDE_BY_SIDE);
    let running: Vec<Child> = (0..SIDE_BY_SIDE).map(|tenant| spawn(&workspace, tenant)).collect();
    for (tenant, run) in running.into_iter().enumerate() {
        let expected = if tenant == 1 { 3 } else { 0 };
        Run::of(&run.wait_with_output().unwrap()).exits_with(expected);
    }
    let runs = workspace.runs();
    assert_eq!(runs.len(), SIDE_BY_SIDE as usize);
    for folder in runs {
        let (plan, report) = (document(&folder.join("plan.json")), document(&folder.join("report.json")));
        assert_eq!(plan["tenant"], report["tenant"]);
        let file = plan["tenant"]["baseUrl"].as_str().unwrap().strip_prefix("sandbox:t").unwrap();
        let own = BTreeSet::from([file.chars().next().unwrap()]);
        for name in ["plan.json", "report.json", "journal.jsonl"] {
            let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(tenants_named(&text).is_subset(&own), "{name} of {file}: {text}");
        }
    }
    let mut labels = BTreeSet::new();
    for file in fs::read_dir(workspace.path("metrics")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let of_file: BTreeSet<&str> =
            text.split("tenant=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(of_file.len(), 1, "{text}");
        let is_tripped = text.lines().any(|line| line.contains("guardrail_tripped{") && line.ends_with(" 1"));
        assert_eq!(is_tripped, of_file.contains("sandbox:t1.jsonl"), "{text}");
        labels.extend(of_file.into_iter().map(str::to_owned));
    }
    assert_eq!(labels.len(), SIDE_BY_SIDE as usize, "{labels:?}");
    for (tenant, renamed) in [(0, true), (1, false), (2, true)] {
        assert_eq!(workspace.read(&format!("t{tenant}.jsonl")).contains("Lind"), renamed, "t{tenant}");
    }
}

#[test]
fn what_is_remembered_of_one_tenant_judges_no_other() {
    let workspace = workspace(2);
    sync(&workspace, 0, &[]).exits_with(0);
    // A third of the rows that the other tenant had in its last good run.
    let short: String = workspace.read("t1.csv").split_inclusive('\n').take(4).collect();
    workspace.write("t1.csv", &short);
    sync(&workspace, 1, &["--max-disable", "100%"]).exits_with(0);
    workspace.write("t0.csv", &short.replace("@t1", "@t0"));
    sync(&workspace, 0, &["--max-disable", "100%"]).exits_with(3).stderr_contains(&["max-shrink"]);
}

#[test]
fn tenants_in_files_of_the_same_name_are_not_the_same() {
    let workspace = workspace(2);
    let run = |tenant: u32, more: &[&str]| {
        let folder = workspace.path(&format!("place{tenant}"));
        if !folder.exists() {
            fs::create_dir(&folder).unwrap();
            for ending in ["jsonl", "csv"] {
                fs::copy(workspace.path(&format!("t{tenant}.{ending}")), folder.join(format!("own.{ending}"))).unwrap();
            }
        }
        let arguments = ["sync", "own.csv", "--yes", "--sandbox", "own.jsonl", "--rps", "unlimited"];
        let mut command = workspace.command(&[&arguments[..], more].concat());
        command.current_dir(folder).env("LUMSYNC_STATE_DIR", workspace.state());
        Run::of(&command.output().unwrap())
    };
    run(0, &[]).exits_with(0);
    let short: String = workspace.read("t1.csv").split_inclusive('\n').take(4).collect();
    workspace.write("t1.csv", &short);
    run(1, &["--max-disable", "100%"]).exits_with(0);
}

#[test]
fn a_tenant_that_runs_often_removes_no_run_of_another() {
    let workspace = workspace(2);
    sync(&workspace, 0, &[]).exits_with(0);
    for _ in 0..3 {
        sync(&workspace, 1, &["--keep-runs", "1"]).exits_with(0);
    }
    let kept: Vec<Value> = workspace.runs().iter().map(|run| document(&run.join("report.json"))).collect();
    let tenants: Vec<&Value> = kept.iter().map(|report| &report["tenant"]["baseUrl"]).collect();
    assert_eq!(tenants, ["sandbox:t0.jsonl", "sandbox:t1.jsonl"]);
}

#[test]
fn metrics_of_another_tenant_are_not_replaced_in_silence() {
    let workspace = workspace(2);
    let shared = ["--metrics-file", "shared.prom"];
    let run = |tenant: u32| {
        let (csv, file) = (format!("t{tenant}.csv"), format!("t{tenant}.jsonl"));
        let own = ["sync", &csv, "--yes", "--sandbox", &file, "--rps", "unlimited"];
        workspace.run(&[&own[..], &shared].concat()).exits_with(0).stderr
    };
    assert!(!run(0).contains("another tenant"));
    assert!(!run(0).contains("another tenant"));
    let warned = run(1);
    assert!(warned.contains("another tenant") && warned.contains("--metrics-file"), "{warned}");
}
