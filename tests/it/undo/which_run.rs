//! Which run is taken back: the last one of the tenant, or none.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::data::users::{UNCHANGED_CSV, csv_of, people, renamed_csv};
use crate::support::run::Run;
use crate::support::workspace::Workspace;

fn named(first_name: &str) -> String {
    csv_of(&people(3)).replace("P1", first_name)
}

fn last_run(workspace: &Workspace) -> String {
    workspace.runs().pop().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

fn keep_bytes(path: &Path, count: usize) {
    let text = fs::read(path).unwrap();
    fs::write(path, &text[..count.min(text.len() - 1)]).unwrap();
}

fn remove(folder: &Path, names: &[&str]) {
    for name in names {
        fs::remove_file(folder.join(name)).unwrap();
    }
}

#[test]
fn last_is_never_an_older_run_because_the_last_one_is_damaged() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 11] = [
        ("plan cut", |run| keep_bytes(&run.join("plan.json"), 300)),
        ("plan empty", |run| keep_bytes(&run.join("plan.json"), 0)),
        ("plan of another kind", |run| fs::write(run.join("plan.json"), "{}").unwrap()),
        ("plan gone", |run| remove(run, &["plan.json"])),
        ("plan and report gone", |run| remove(run, &["plan.json", "report.json"])),
        ("plan and journal gone", |run| remove(run, &["plan.json", "journal.jsonl"])),
        ("journal gone", |run| remove(run, &["journal.jsonl"])),
        ("journal empty", |run| keep_bytes(&run.join("journal.jsonl"), 0)),
        ("journal cut", |run| keep_bytes(&run.join("journal.jsonl"), 100)),
        ("journal gone and report cut", |run| {
            remove(run, &["journal.jsonl"]);
            keep_bytes(&run.join("report.json"), 50);
        }),
        ("plan and journal gone and report cut", |run| {
            remove(run, &["plan.json", "journal.jsonl"]);
            keep_bytes(&run.join("report.json"), 50);
        }),
    ];
    for (what, damage) in damages {
        let workspace = Workspace::serving(&people(3));
        workspace.sync_csv(&named("Pat"), &[]).exits_with(0);
        workspace.sync_csv(&named("Eve"), &[]).exits_with(0);
        damage(workspace.runs().last().unwrap());
        let (run, calls) = (last_run(&workspace), workspace.sandbox().traffic().len());
        for arguments in [["undo", "last"], ["undo", &run]] {
            let refused = workspace.run(&arguments);
            assert!(refused.code == 2 && refused.stderr.contains(&run), "{what}: {arguments:?} {refused:?}");
        }
        assert_eq!(workspace.sandbox().traffic().len(), calls, "{what}");
        // What is damaged is none of the documents that every test checks in the end.
        fs::remove_dir_all(workspace.state()).unwrap();
    }
}

#[test]
fn runs_that_ended_before_they_had_a_plan_are_passed_over() {
    let workspace = Workspace::serving(&people(3));
    workspace.sync_csv(&named("Pat"), &[]).exits_with(0);
    let changed = last_run(&workspace);
    workspace.sync_csv("email,firstName\nnobody,P1\n", &[]).exits_with(2);
    let plan = workspace.run(&["undo", "last", "--output", "json"]).exits_with(0).json();
    assert_eq!(plan["undoes"], *changed);
}

#[test]
fn a_tenant_is_the_same_for_a_run_however_it_is_spelt() {
    let workspace = Workspace::serving(&people(3));
    let url = workspace.sandbox().base_url();
    let spelt = format!("{}/", url.replace("127.0.0.1", "localhost"));
    let run = |url: &str, arguments: &[&str]| {
        Run::of(&workspace.command(arguments).env("LUMSYNC_BASE_URL", url).output().unwrap())
    };
    workspace.write_csv(&named("Pat"));
    run(&url, &["sync", "users.csv", "--yes"]).exits_with(0);
    workspace.write_csv(&named("Eve"));
    run(&spelt, &["sync", "users.csv", "--yes"]).exits_with(0);
    let last = last_run(&workspace);
    for url in [&url, &spelt] {
        for named in ["last", &last] {
            let plan = run(url, &["undo", named, "--output", "json"]).exits_with(0).json();
            assert_eq!(plan["undoes"], *last);
        }
    }
    workspace.write_csv("email,firstName\nnobody,P1\n");
    run(&url, &["sync", "users.csv", "--yes", "--metrics-file", "m.prom"]).exits_with(2);
    let report: Value =
        serde_json::from_str(&fs::read_to_string(workspace.runs()[1].join("report.json")).unwrap()).unwrap();
    let second = report["finishedAt"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
    let metrics = workspace.read("m.prom");
    let success = metrics.lines().find(|line| line.starts_with("lumsync_last_success_timestamp_seconds{"));
    assert!(success.is_some_and(|line| line.contains(&second.to_string())), "{second}: {metrics}");
}

#[test]
fn a_file_is_the_same_tenant_by_whatever_path() {
    let workspace = Workspace::with_tenant_file();
    let absolute = workspace.path("tenant.jsonl").display().to_string();
    let run = |arguments: &[&str], file: &str| {
        workspace.run(&[arguments, &["--sandbox", file, "--rps", "unlimited"]].concat())
    };
    workspace.write_csv(&renamed_csv());
    run(&["sync", "users.csv", "--yes"], "./tenant.jsonl").exits_with(0);
    workspace.write_csv(&UNCHANGED_CSV.replace("ann@example.com,Ann,Lee,enabled\n", "").replace("Bob,Ray", "Bob,Roy"));
    run(&["plan", "users.csv", "-o", "plan.json", "--grace", "7d"], &absolute).exits_with(0);
    run(&["apply", "plan.json"], "tenant.jsonl").exits_with(0);
    let last = last_run(&workspace);
    for file in ["tenant.jsonl", "./tenant.jsonl", &absolute] {
        let plan = run(&["undo", "last", "--output", "json"], file).exits_with(0).json();
        assert_eq!(plan["undoes"], *last, "{file}");
        let again = run(&["plan", "users.csv", "--grace", "7d", "--output", "json"], file).exits_with(0).json();
        assert!(!again["warnings"].to_string().contains("can't read"), "{file}: {again}");
    }
}
