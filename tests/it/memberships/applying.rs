//! How memberships are applied: after updates, in batches, by what is still missing.

use lumsync::sandbox::{CallKind, SandboxSettings, TenantSource};
use serde_json::{Value, json};

use crate::support::data::groups::{CSV, EXACT, assert_done, members, outcomes, settings};
use crate::support::workspace::Workspace;

fn workspace() -> Workspace {
    let workspace = Workspace::with_tenant(settings());
    workspace.write_csv(CSV);
    workspace
}

fn saved_plan(more: &[&str]) -> Workspace {
    let workspace = workspace();
    workspace.run(&[&["plan", "users.csv", "-o", "plan.json"][..], more].concat()).exits_with(0);
    workspace
}

/// A tenant of so many users without groups, and a CSV that puts all of them into Sales.
fn many(count: usize, cap: usize) -> Workspace {
    let user = |number: usize| {
        format!(
            r#"{{"uid":"{}","email":"p{number}@example.com","status":"enabled","accountType":"external"}}"#,
            100 + number
        )
    };
    let users: Vec<String> = (0..count).map(user).collect();
    let lines = format!("{{\"kind\":\"feed\",\"uid\":\"50\",\"name\":\"Sales\"}}\n{}", users.join("\n"));
    let workspace = Workspace::with_tenant(SandboxSettings {
        tenant: TenantSource::Lines(lines),
        subscribers_cap: cap,
        ..SandboxSettings::default()
    });
    let rows: String = (0..count).map(|number| format!("p{number}@example.com,Sales\n")).collect();
    workspace.write_csv(&format!("email,groups\n{rows}"));
    workspace
}

fn sizes(workspace: &Workspace) -> Vec<usize> {
    workspace.calls(CallKind::FeedSave).iter().map(|call| call.added.len()).collect()
}

fn result_of(report: &Value, name: &str, group: &str) -> String {
    let found = outcomes(report).into_iter().find(|(_, who, id, _)| who == name && id == group);
    found.unwrap_or_else(|| panic!("{name} in {group}: {report}")).3
}

#[test]
fn joins_come_after_updates_and_leaves_after_joins_and_disables_last() {
    let workspace = workspace();
    workspace.write_csv(
        &CSV.replace("cyd@example.com,Cyd,Lee,Sales", "cyd@example.com,Cid,Lee,Sales")
            .replace("bob@example.com,Bob,Lee,ventes;id:53\n", ""),
    );
    workspace.sync(&EXACT).exits_with(0);
    let calls = workspace.sandbox().traffic();
    let place = |is: &dyn Fn(&lumsync::sandbox::Call) -> bool| calls.iter().position(is).unwrap();
    let create = place(&|call| call.kind == CallKind::SaveCreate);
    let update = place(&|call| call.kind == CallKind::SaveUpdate && call.uid.as_deref() == Some("3"));
    let join = place(&|call| !call.added.is_empty());
    let leave = place(&|call| !call.removed.is_empty());
    let disable = place(&|call| call.kind == CallKind::SaveUpdate && call.uid.as_deref() == Some("2"));
    assert!(create < update && update < join && join < leave && leave < disable);
    assert!(members(workspace.sandbox())["52"].contains("bob"), "an absent user keeps its groups");
}

#[test]
fn batches_are_halved_to_the_tenants_cap_and_regained() {
    let workspace = many(200, 30);
    workspace.sync(&[]).exits_with(0);
    assert_eq!(workspace.sandbox().members("50").len(), 200);
    assert_eq!(sizes(&workspace)[..3], [50, 25, 25]);
    let workspace = many(130, 50);
    workspace.faults(&["http-500:feed-save:1"]);
    workspace.sync(&[]).exits_with(0);
    assert_eq!(sizes(&workspace), [50, 25, 25, 50, 30]);
    let workspace = many(20, 3);
    workspace.sync(&[]).exits_with(4);
    assert!(sizes(&workspace).iter().all(|size| *size >= 5) && workspace.sandbox().members("50").is_empty());
}

#[test]
fn a_user_whom_the_tenant_does_not_know_fails_alone() {
    let mut workspace = many(12, 50);
    workspace.change_before(CallKind::FeedSave, |sandbox| assert!(sandbox.remove("p3@example.com")));
    workspace.sync(&[]).exits_with(4);
    let report = workspace.report();
    assert_eq!(
        report["summary"]["join"],
        json!({"planned": 12, "applied": 11, "already": 0, "drifted": 0, "failed": 1, "notAttempted": 0})
    );
    assert_eq!(result_of(&report, "p3", "50"), "failed");
    let second = &workspace.calls(CallKind::FeedSave)[1].added;
    assert_eq!(second.len(), 8, "those in front of the unknown one are there: {second:?}");
}

#[test]
fn a_create_that_failed_joins_nothing_and_a_user_who_was_not_enabled_neither() {
    let workspace = workspace();
    workspace.write_csv(
        &CSV.replace("dee@example.com,,,", "dee@example.com,,,Sales")
            .replace("lastName,groups", "lastName,groups,status")
            .replace(",Sales\ndee", ",Sales,\ndee")
            .replace("dee@example.com,,,Sales", "dee@example.com,,,Sales,enabled")
            .replace("team a\n", "team a,\n")
            .replace("id:53\n", "id:53,\n")
            .replace("Team B\n", "Team B,\n"),
    );
    workspace.faults(&["http-400:save-create:always", "http-400:save-update:1"]);
    workspace.sync(&[]).exits_with(4);
    let report = workspace.report();
    for (name, group) in [("eve", "50"), ("eve", "53"), ("dee", "50")] {
        assert_eq!(result_of(&report, name, group), "notAttempted", "{name}");
    }
    let now = members(workspace.sandbox());
    assert!(now["50"].contains("cyd") && !now["50"].contains("dee"));
}

#[test]
fn a_saved_plan_sends_only_what_is_still_missing() {
    let workspace = saved_plan(&EXACT);
    workspace.sandbox().edit("cyd@example.com", |user| {
        user.insert("subscriptions".to_owned(), json!([{"feed": "50"}]));
    });
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    let report = workspace.report();
    assert_eq!(result_of(&report, "cyd", "50"), "already");
    assert!(workspace.calls(CallKind::FeedSave).iter().all(|call| !call.added.contains(&"3".to_owned())));
    assert_done(workspace.sandbox(), "apply");
    let calls = workspace.calls(CallKind::FeedSave).len();
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    assert_eq!(workspace.calls(CallKind::FeedSave).len(), calls, "all of it is found done");
}

#[test]
fn whoever_is_disabled_protected_or_gone_since_the_plan_neither_joins_nor_leaves() {
    for (edit, value) in [("status", json!("disabled")), ("accountType", json!("google")), ("isGod", json!(true))] {
        for page_size in ["1", "500"] {
            let workspace = saved_plan(&EXACT);
            for name in ["ann", "cyd"] {
                workspace.sandbox().edit(&format!("{name}@example.com"), |user| {
                    user.insert(edit.to_owned(), value.clone());
                });
            }
            let before = members(workspace.sandbox());
            workspace.run(&["apply", "plan.json", "--page-size", page_size]).exits_with(4);
            let (report, now) = (workspace.report(), members(workspace.sandbox()));
            for (name, group) in [("ann", "50"), ("ann", "52"), ("cyd", "50")] {
                assert_eq!(result_of(&report, name, group), "drifted", "{edit} {name}");
                assert_eq!(now[group].contains(name), before[group].contains(name), "{edit} {name}");
            }
            assert!(now["50"].contains("bob"));
        }
    }
    let workspace = saved_plan(&EXACT);
    workspace.sandbox().remove("cyd@example.com");
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert_eq!(result_of(&workspace.report(), "cyd", "50"), "drifted");
}

#[test]
fn what_a_person_took_back_is_not_made_again_by_the_same_plan() {
    let workspace = saved_plan(&EXACT);
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    workspace.sandbox().edit("cyd@example.com", |user| {
        user.insert("subscriptions".to_owned(), json!([]));
    });
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert_eq!(result_of(&workspace.report(), "cyd", "50"), "drifted");
    assert!(!members(workspace.sandbox())["50"].contains("cyd"));
}

#[test]
fn an_undo_takes_joins_and_leaves_back() {
    let workspace = workspace();
    let before = members(workspace.sandbox());
    workspace.sync(&EXACT).exits_with(0);
    workspace.run(&["undo", "last", "-o", "undo.json"]).exits_with(0);
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    assert_eq!(members(workspace.sandbox()), before);
}

#[test]
fn an_undo_leaves_alone_who_is_not_as_the_run_left_it() {
    let workspace = workspace();
    workspace.sync(&EXACT).exits_with(0);
    workspace.sandbox().edit("cyd@example.com", |user| {
        user.insert("subscriptions".to_owned(), json!([]));
    });
    workspace.run(&["undo", "last", "-o", "undo.json"]).exits_with(0);
    let plan: Value = serde_json::from_str(&workspace.read("undo.json")).unwrap();
    assert_eq!(plan["conflicts"].as_array().unwrap().len(), 1, "{plan}");
    assert!(!plan["memberships"].to_string().contains("cyd"));
}
