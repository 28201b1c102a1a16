//! Which memberships a plan has, and when there is none.

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::data::groups::{CSV, EXACT, members, settings};
use crate::support::workspace::Workspace;

fn workspace(csv: &str) -> Workspace {
    let workspace = Workspace::with_tenant(settings());
    workspace.write_csv(csv);
    workspace
}

fn who(membership: &Value, list: &str) -> Vec<String> {
    let members = membership[list].as_array().unwrap().iter();
    members.map(|member| member["email"].as_str().unwrap().split('@').next().unwrap().to_owned()).collect()
}

#[test]
fn rows_join_the_groups_that_they_name_and_leave_managed_ones_in_exact_mode_alone() {
    let add = workspace(CSV).plan(&[]);
    assert_eq!((&add["summary"]["join"], &add["summary"]["leave"]), (&json!(6), &json!(0)));
    let exact = workspace(CSV).plan(&EXACT);
    assert_eq!((&exact["summary"]["join"], &exact["summary"]["leave"]), (&json!(6), &json!(2)));
    let memberships = exact["memberships"].as_array().unwrap();
    let of = |id: &str| memberships.iter().find(|one| one["group"]["id"] == id).unwrap();
    assert_eq!(
        (who(of("50"), "join"), who(of("50"), "leave")),
        (vec!["bob".into(), "cyd".into(), "eve".into()], vec!["ann".to_owned()])
    );
    assert_eq!((who(of("52"), "join"), who(of("52"), "leave")), (vec!["ann".to_owned()], vec!["bob".to_owned()]));
    assert_eq!(of("50")["group"]["name"], "Sales");
    let eve = &of("50")["join"][2];
    assert_eq!((&eve["uid"], &eve["row"]), (&Value::Null, &json!(6)));
    assert_eq!(of("50")["leave"][0], json!({"email": "ann@example.com", "uid": "1", "row": 2}));
}

#[test]
fn the_same_memberships_follow_from_rows_in_any_order() {
    let mut lines: Vec<&str> = CSV.lines().collect();
    lines[1..].reverse();
    let groups = |csv: &str| {
        let mut plan = workspace(csv).plan(&EXACT);
        for membership in plan["memberships"].as_array_mut().unwrap() {
            for list in ["join", "leave"] {
                let members = membership[list].as_array_mut().unwrap();
                for member in members.iter_mut() {
                    member["row"] = Value::Null;
                }
                members.sort_by_key(ToString::to_string);
            }
        }
        plan["memberships"].clone()
    };
    assert_eq!(groups(CSV), groups(&format!("{}\n", lines.join("\n"))));
}

#[test]
fn disabled_protected_and_conflicting_rows_change_no_group() {
    let csv = "email,firstName,lastName,status,uid,groups\n\
        dee@example.com,,,,,Sales\n\
        ann@example.com,,,disabled,,Team A\n\
        bob@example.com,,,enabled,77,Sales\n\
        cyd@example.com,,,enabled,,Sales\n\
        ada@example.com,,,enabled,,Sales\n";
    let plan = workspace(csv).plan(&["--protect", "cyd@*"]);
    assert_eq!(plan["memberships"], json!([]));
    assert_eq!(plan["protected"][0]["email"], "cyd@example.com");
    assert_eq!(plan["conflicts"].as_array().unwrap().len(), 2);
    let enabled = csv.replace("dee@example.com,,,,", "dee@example.com,,,enabled,");
    assert_eq!(who(&workspace(&enabled).plan(&[])["memberships"][0], "join"), ["dee", "cyd"]);
}

#[test]
fn an_empty_cell_leaves_groups_as_they_are_and_none_means_no_managed_one() {
    let csv = |cell: &str| format!("email,groups\nann@example.com,{cell}\nbob@example.com,\ncyd@example.com,\n");
    assert_eq!(workspace(&csv("")).plan(&EXACT)["memberships"], json!([]));
    let plan = workspace(&csv("<NONE>")).plan(&EXACT);
    assert_eq!(plan["summary"]["leave"], 1);
    let narrow = ["--groups", "exact", "--managed-group", "team *"];
    assert_eq!(workspace(&csv("<none>")).plan(&narrow)["memberships"], json!([]));
    for (cell, more) in [("<none>", &[][..]), ("<none>;Sales", &EXACT[..]), ("id:", &[])] {
        let workspace = workspace(&csv(cell));
        let ended = workspace.run(&[&["plan", "users.csv"][..], more].concat()).exits_with(2);
        assert!(ended.stderr.contains("none") || ended.stderr.contains("id:"), "{cell}: {ended:?}");
    }
}

#[test]
fn a_group_that_cannot_be_used_stops_the_run_before_any_write_and_is_named_once() {
    let csv = "email,firstName,lastName,groups\nnew@example.com,New,Lee,Sales\nann@example.com,,,Salse\n\
        bob@example.com,,,salse;Staff\ncyd@example.com,,,Everybody;99\n";
    let workspace = workspace(csv);
    let ended = workspace.sync(&[]).exits_with(2);
    for named in [
        "\"Salse\" (lines 3, 4) is no group of the tenant; did you mean \"Sales\"?",
        "\"Staff\" (line 4) is never written to",
        "\"Everybody\" (line 5)",
        "id:99 (line 5)",
    ] {
        assert_eq!(ended.stderr.matches(named).count(), 1, "{named}: {}", ended.stderr);
    }
    assert!(workspace.user("new@example.com").is_none());
    assert!(workspace.calls(CallKind::FeedSave).is_empty());
    let before = members(workspace.sandbox());
    workspace.sync(&["--on-unknown-group", "skip"]).exits_with(0);
    let now = members(workspace.sandbox());
    assert!(now["50"].contains("new") && now["51"] == before["51"] && now["54"] == before["54"]);
    assert!(!now["50"].contains("bob"), "the groups of a row with an unknown group are left alone");
}

#[test]
fn patterns_are_checked_and_told_when_they_match_nothing() {
    let workspace = workspace(CSV);
    for wrong in [&["--groups", "exact"][..], &["--managed-group", "["], &["--managed-group", ""], &["--groups", "all"]]
    {
        workspace.run(&[&["plan", "users.csv"][..], wrong].concat()).exits_with(2);
    }
    assert!(workspace.sandbox().traffic().is_empty());
    let plan = workspace.plan(&[&EXACT[..], &["--managed-group", "Teem", "--managed-group", "staff"]].concat());
    let warnings = plan["warnings"].to_string();
    assert!(warnings.contains("Teem matches no group") && warnings.contains("staff matches only groups"), "{warnings}");
    let ended = workspace.run(&["plan", "users.csv", "--groups", "exact", "--managed-group", "id:50"]).exits_with(2);
    assert!(ended.stderr.contains("\"team a\" (line 2) is not managed"), "{}", ended.stderr);
}

#[test]
fn a_group_that_loses_too_many_members_stops_the_run_and_is_named() {
    let names: Vec<String> = (1..=30).map(|number| format!("p{number}@example.com")).collect();
    let mut settings = settings();
    let user = |number: usize| {
        format!(
            r#"{{"uid":"{}","email":"p{number}@example.com","status":"enabled","accountType":"external","subscriptions":[{{"feed":"50"}}]}}"#,
            100 + number
        )
    };
    let lumsync::sandbox::TenantSource::Lines(lines) = &mut settings.tenant else { unreachable!() };
    lines.push('\n');
    lines.push_str(&(1..=30).map(user).collect::<Vec<_>>().join("\n"));
    let csv = |leaving: usize| {
        let row = |(index, email): (usize, &String)| {
            format!("{email},{}\n", if index < leaving { "<none>" } else { "Sales" })
        };
        format!("email,groups\n{}", names.iter().enumerate().map(row).collect::<String>())
    };
    let partial = [&EXACT[..], &["--partial"]].concat();
    let workspace = Workspace::with_tenant(settings);
    workspace.write_csv(&csv(7));
    let ended = workspace.sync(&partial).exits_with(3);
    assert!(
        ended.stderr.contains("7 of 31 members would leave the group \"Sales\"")
            && ended.stderr.contains("--max-leave 7"),
        "{}",
        ended.stderr
    );
    assert!(workspace.calls(CallKind::FeedSave).is_empty());
    let plan = workspace.plan(&partial);
    let tripped = plan["guardrails"].as_array().unwrap().iter().find(|one| one["tripped"] == true).unwrap();
    assert_eq!(
        (&tripped["name"], &tripped["group"]["id"], &tripped["base"]),
        (&json!("max_leave"), &json!("50"), &json!(31))
    );
    workspace.write_csv(&csv(6));
    workspace.sync(&partial).exits_with(0);
}

#[test]
fn an_export_with_groups_changes_nothing_in_either_mode() {
    let mut settings = settings();
    let lumsync::sandbox::TenantSource::Lines(lines) = &mut settings.tenant else { unreachable!() };
    for (id, name) in [
        ("60", "A; B"),
        ("61", "twin"),
        ("62", "Twin"),
        ("63", "2024"),
        ("64", "=SUM"),
        ("65", "<none>"),
        ("66", "id:50"),
        ("67", "a\\nb"),
    ] {
        let user = format!(
            r#"{{"uid":"9{id}","email":"u{id}@example.com","firstName":"U","lastName":"V","status":"enabled","accountType":"external","subscriptions":[{{"feed":"{id}"}},{{"feed":"52"}},{{"feed":"51"}}]}}"#
        );
        lines.insert_str(0, &format!("{{\"kind\":\"feed\",\"uid\":\"{id}\",\"name\":\"{name}\"}}\n"));
        lines.push('\n');
        lines.push_str(&user);
    }
    let workspace = Workspace::with_tenant(settings);
    workspace.run(&["export", "-o", "users.csv", "--columns", "email,firstName,lastName,status,groups"]).exits_with(0);
    let exported = workspace.read("users.csv");
    assert!(!exported.contains("Staff") && exported.contains("id:60") && exported.contains("Sales"), "{exported}");
    for mode in [&[][..], &EXACT] {
        let plan = workspace.plan(mode);
        assert_eq!((&plan["actions"], &plan["memberships"]), (&json!([]), &json!([])), "{mode:?}: {exported}");
    }
}

#[test]
fn a_list_that_is_not_to_be_had_ends_the_run_and_says_which_one_it_was() {
    for (fault, told) in [
        ("http-500:feed-list:always", "page 1 of the list of groups: feed/list: "),
        ("forbidden:feed-list:always", "the right to manage groups?"),
        ("duplicate-user:feed-list:1", "the list of groups can't be trusted: "),
        ("http-500:feed-members:2-9", "page 1 of the list of the members of the group \"Team A\": user/list: "),
        ("duplicate-user:feed-members:1", "the list of the members of the group \"Sales\" can't be trusted: "),
    ] {
        let workspace = workspace(CSV);
        workspace.faults(&[fault]);
        let ended = workspace.sync(&[&["--retries", "1", "--concurrency", "1"][..], &EXACT].concat()).exits_with(1);
        assert!(ended.stderr.contains(told), "{fault}: {}", ended.stderr);
        assert!(workspace.saves().is_empty(), "{fault}");
    }
}
