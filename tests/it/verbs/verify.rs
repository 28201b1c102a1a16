//! `--verify`: what was changed is read again, and what the tenant did not keep is told.

use std::fs;
use std::time::Duration;

use lumsync::api::ListQuery;
use lumsync::execute::{ActionResult, Outcome, Stop, Verification, Verified};
use lumsync::model::Uid;
use lumsync::plan::Plan;
use lumsync::report::Report;
use lumsync::sandbox::CallKind;
use serde_json::{Map, Value, json};

use crate::support::data::groups;
use crate::support::data::users::{csv_of, people};
use crate::support::reader::reader;
use crate::support::runtime::RUNTIME;
use crate::support::workspace::Workspace;

/// A tenant of ten, of whom a CSV renames so many.
fn renaming(count: usize) -> Workspace {
    let workspace = Workspace::serving(&people(10));
    let csv = (1..=count).fold(csv_of(&people(10)), |csv, one| csv.replace(&format!(",P{one},"), &format!(",Q{one},")));
    workspace.write_csv(&csv);
    workspace
}

#[test]
fn what_was_changed_is_confirmed_by_the_fewer_calls() {
    for (renamed, page_size, lists, gets) in [(1, "5", 2, 2), (2, "5", 2, 4), (3, "5", 4, 3), (5, "100", 2, 5)] {
        let workspace = renaming(renamed);
        workspace.sync(&["--verify", "--page-size", page_size]).exits_with(0);
        let verified = &workspace.report()["verified"];
        assert_eq!(*verified, json!({"checked": renamed, "confirmed": renamed, "differing": []}));
        let calls = |kind| workspace.calls(kind).len();
        assert_eq!((calls(CallKind::List), calls(CallKind::Get)), (lists, gets), "{renamed} of pages of {page_size}");
    }
}

#[test]
fn without_a_change_nothing_is_read_again() {
    let workspace = renaming(0);
    workspace.sync(&["--verify"]).exits_with(0);
    assert_eq!(workspace.calls(CallKind::List).len(), 1);
    assert_eq!(workspace.report()["verified"]["checked"], 0);
}

#[test]
fn a_read_that_lags_is_asked_again_and_an_apply_and_creates_are_verified_too() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv("email,firstName,lastName\np1@example.com,P1,Lee\nnew@example.com,New,Person\n");
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace.faults(&["stale-read:get:2"]);
    workspace.run(&["apply", "plan.json", "--verify"]).exits_with(0);
    assert_eq!(workspace.report()["verified"], json!({"checked": 1, "confirmed": 1, "differing": []}));
    assert_eq!(workspace.calls(CallKind::Get).len(), 4, "two look-ups before it, and two reads");
}

#[test]
fn a_save_that_was_taken_back_ends_with_4_and_says_what_differs() {
    let workspace = renaming(2);
    workspace.faults(&["reverted-save:save-update:1"]);
    let run = workspace.sync(&["--verify", "--concurrency", "1"]).exits_with(4);
    let differing = json!([{"email": "p1@example.com", "field": "firstName", "wanted": "Q1", "found": "P1"}]);
    assert_eq!(workspace.report()["verified"], json!({"checked": 2, "confirmed": 1, "differing": differing}));
    assert_eq!(workspace.report()["exitCode"], 4);
    let told = "p1@example.com: firstName is \"P1\", and \"Q1\" was saved";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

/// Verifies the plan of a workspace as if all of it had been applied, without waits.
fn verify(workspace: &Workspace, plan: &Plan, pages: u64) -> Verified {
    let outcome = |(position, action): (usize, _)| Outcome {
        result: ActionResult::Applied,
        attempts: 1,
        uid: Some(Uid::new((position + 1).to_string())),
        ..Outcome::not_attempted(action, "")
    };
    let outcomes: Vec<_> = plan.actions.iter().enumerate().map(outcome).collect();
    verify_outcomes(workspace, (plan, &outcomes), pages)
}

/// Verifies without waits.
fn verify_outcomes(workspace: &Workspace, (plan, outcomes): (&Plan, &[Outcome]), pages: u64) -> Verified {
    let reader = reader(&workspace.sandbox().base_url(), &workspace.sandbox().token(), 0, 2);
    let verification = Verification {
        reader: &reader,
        query: ListQuery { page_size: 5, with_hidden: true, ..ListQuery::default() },
        pages,
        concurrency: 2,
        waits: &[Duration::ZERO; 3],
        stop: &Stop::default(),
    };
    RUNTIME.block_on(verification.run(plan, outcomes))
}

fn plan_of(workspace: &Workspace) -> Plan {
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    Plan::from_json(workspace.read("plan.json").as_bytes()).unwrap()
}

#[test]
fn only_what_differs_is_asked_again_and_never_by_more_calls_than_needed() {
    let workspace = renaming(4);
    let plan = plan_of(&workspace);
    for renamed in 1..=3 {
        let name = json!(format!("Q{renamed}"));
        workspace
            .sandbox()
            .edit(&format!("p{renamed}@example.com"), |user| drop(user.insert("firstName".to_owned(), name)));
    }
    let before = (workspace.calls(CallKind::List).len(), workspace.calls(CallKind::Get).len());
    let verified = verify(&workspace, &plan, 2);
    assert_eq!((verified.checked, verified.confirmed, verified.differing.len()), (4, 3, 1));
    let after = (workspace.calls(CallKind::List).len(), workspace.calls(CallKind::Get).len());
    assert_eq!((after.0 - before.0, after.1 - before.1), (2, 3), "a list of two pages, then one user three times");
}

#[test]
fn users_that_are_gone_or_can_not_be_read_are_not_confirmed() {
    let workspace = renaming(3);
    let plan = plan_of(&workspace);
    workspace.sandbox().remove("p1@example.com");
    for (pages, fault) in [(9, "http-500:get:always"), (1, "http-500:list:always")] {
        let verified = verify(&workspace, &plan, pages);
        assert_eq!((verified.confirmed, verified.differing.len()), (0, 3));
        assert_eq!((&*verified.differing[0].field, &*verified.differing[0].found), ("email", ""));
        workspace.faults(&[fault]);
        let verified = verify(&workspace, &plan, pages);
        assert!(verified.error.is_some() && !verified.is_confirmed() && verified.differing.is_empty(), "{verified:?}");
        workspace.faults(&[]);
    }
}

#[test]
fn memberships_are_confirmed_by_one_list_of_each_group() {
    let workspace = Workspace::with_tenant(groups::settings());
    workspace.write_csv(groups::CSV);
    workspace.sync(&[&["--verify"][..], &groups::EXACT].concat()).exits_with(0);
    assert_eq!(workspace.report()["verified"], json!({"checked": 10, "confirmed": 10, "differing": []}));
    assert_eq!(workspace.calls(CallKind::FeedMembers).len(), 6, "three groups, before and after");
}

#[test]
fn a_new_member_is_found_although_the_job_lists_other_account_types() {
    let workspace = Workspace::with_tenant(groups::settings());
    workspace.write_csv("email,firstName,lastName,groups\neve@example.com,Eve,Lee,Sales\n");
    workspace.sync(&["--verify", "--types", "okta"]).exits_with(0);
    assert_eq!(workspace.report()["verified"], json!({"checked": 2, "confirmed": 2, "differing": []}));
}

#[test]
fn a_membership_that_was_not_kept_is_told_once_its_group_was_listed_again() {
    let workspace = Workspace::with_tenant(groups::settings());
    workspace.write_csv(groups::CSV);
    workspace.sync(&groups::EXACT).exits_with(0);
    let report: Report = serde_json::from_value(workspace.report()).unwrap();
    let plan = Plan::from_json(&fs::read(workspace.runs()[0].join("plan.json")).unwrap()).unwrap();
    let verify = || {
        let before = workspace.calls(CallKind::FeedMembers).len();
        let verified = verify_outcomes(&workspace, (&plan, &report.outcomes), 1);
        (verified, workspace.calls(CallKind::FeedMembers).len() - before)
    };
    workspace.faults(&["stale-read=2:feed-members:1-3"]);
    let (verified, lists) = verify();
    assert!(verified.is_confirmed() && lists > 3, "what lags is listed again: {verified:?}, {lists} lists");
    workspace.faults(&["http-500:feed-members:always"]);
    let (verified, _) = verify();
    assert_eq!((verified.checked, verified.confirmed, verified.differing.len()), (10, 2, 0), "a create and an enable");
    assert!(verified.error.unwrap().contains("the list of the members of the group \""));
    workspace.faults(&[]);
    for (name, subscriptions) in [("ann", json!([{"feed": "50"}, {"feed": "52"}])), ("cyd", json!([]))] {
        let edited = |user: &mut Map<String, Value>| drop(user.insert("subscriptions".to_owned(), subscriptions));
        assert!(workspace.sandbox().edit(&format!("{name}@example.com"), edited));
    }
    let (verified, lists) = verify();
    let told = verified.differing.iter().map(|one| (&*one.email, &*one.field, &*one.wanted, &*one.found));
    let told: Vec<_> = told.collect();
    assert_eq!(told, [("cyd@example.com", "groups", "Sales", ""), ("ann@example.com", "groups", "", "Sales")]);
    assert_eq!((verified.confirmed, lists), (8, 6), "three groups, then Sales three times");
}
