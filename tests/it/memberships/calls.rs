//! What memberships cost in calls.

use std::fmt::Write;

use lumsync::sandbox::{CallKind, SandboxSettings, TenantSource};

use crate::support::data::groups::{CSV, settings};
use crate::support::workspace::Workspace;

#[test]
fn without_the_column_nothing_is_asked_about_groups() {
    let workspace = Workspace::with_tenant(settings());
    workspace.write_csv("email,firstName\nann@example.com,Anna\nbob@example.com,\ncyd@example.com,\n");
    workspace.sync(&[]).exits_with(0);
    for kind in [CallKind::FeedList, CallKind::FeedMembers, CallKind::FeedSave] {
        assert!(workspace.calls(kind).is_empty(), "{kind}");
    }
}

#[test]
fn a_night_without_changes_costs_the_lists_of_the_groups_concerned() {
    let workspace = Workspace::with_tenant(settings());
    workspace.write_csv(CSV);
    workspace.sync(&[]).exits_with(0);
    let before = workspace.sandbox().traffic().len();
    workspace.sync(&[]).exits_with(0);
    let calls: Vec<String> = workspace.sandbox().traffic()[before..].iter().map(|call| call.kind.to_string()).collect();
    assert_eq!(calls, ["feed-list", "list", "feed-members", "feed-members", "feed-members"]);
}

#[test]
fn thirty_thousand_first_memberships_in_forty_groups_take_640_calls() {
    const USERS: usize = 3_000;
    let (mut lines, mut csv) = (String::new(), "email,groups\n".to_owned());
    for group in 0..40 {
        writeln!(lines, r#"{{"kind":"feed","uid":"{}","name":"Group {group}"}}"#, 9_000 + group).unwrap();
    }
    for user in 0..USERS {
        writeln!(
            lines,
            r#"{{"uid":"{}","email":"u{user}@example.com","status":"enabled","accountType":"external"}}"#,
            10_000 + user
        )
        .unwrap();
        let groups: Vec<String> = (0..10).map(|place| format!("group {}", (user + place * 4) % 40)).collect();
        writeln!(csv, "u{user}@example.com,{}", groups.join(";")).unwrap();
    }
    let workspace =
        Workspace::with_tenant(SandboxSettings { tenant: TenantSource::Lines(lines), ..SandboxSettings::default() });
    workspace.write_csv(&csv);
    workspace.sync(&["--rps", "unlimited", "-q"]).exits_with(0);
    assert_eq!(workspace.calls(CallKind::FeedSave).len(), 600);
    let all = workspace.sandbox().traffic().len();
    assert!(all <= 650, "{all}");
    assert_eq!(workspace.sandbox().members("9000").len(), 750);
    assert_eq!(workspace.report()["summary"]["join"]["applied"], 30_000);
}
