//! Proof by a client that we did not write: the public `lumapps-sdk` drives the served sandbox.
//!
//! What it saw is compared with the sandbox's own users, by rules that are written here once more.

use serde_json::{Value, json};

use crate::support::external::python;
use crate::support::run::Run;
use crate::support::sandbox_process::SandboxProcess;
use crate::support::workspace::binary;

const SAMPLE: &str = include_str!("../../fixtures/tenants/sample.jsonl");
const SAMPLE_GROUPS: &str = include_str!("../../fixtures/tenants/sample-groups.jsonl");

/// What the client saw, and the users that the sandbox has in the end.
struct Seen {
    by_client: Value,
    in_the_end: Vec<Value>,
    exported: String,
}

fn drive() -> Seen {
    let (served, short_lived) = (SandboxProcess::start(&[]), SandboxProcess::start(&["--token-lifetime", "0s"]));
    let fact = |name: &str| served.variables[name].as_str();
    let arguments = [
        served.url(),
        fact("LUMSYNC_ORGANIZATION_ID"),
        fact("LUMSYNC_CLIENT_ID"),
        fact("LUMSYNC_CLIENT_SECRET"),
        fact("LUMSYNC_USER_EMAIL"),
        short_lived.url(),
    ];
    let by_client = serde_json::from_str(&python::run("drive_sandbox.py", &arguments)).unwrap();
    Seen { by_client, in_the_end: users(&served.read("/_sandbox/users")), exported: export(&served) }
}

/// What `lumsync export` says of all users, with every account type.
fn export(served: &SandboxProcess) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = binary(folder.path());
    command.args(["export", "--types", "external,google,microsoft,okta", "--rps", "unlimited"]);
    command.args(["--columns", "uid,email,firstName,lastName,status,isHidden,accountType,lang,customProfile"]);
    command.envs(served.variables.iter().filter(|(name, _)| *name != "LUMSYNC_TOKEN"));
    Run::of(&command.output().unwrap()).exits_with(0).stdout
}

/// The same attributes of the same users, whether our export or the client tells of them.
fn check_export(exported: &str, in_the_end: &[Value]) {
    let mut reader = csv::Reader::from_reader(exported.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), in_the_end.len());
    for (row, user) in rows.iter().zip(in_the_end) {
        for (column, cell) in columns.iter().zip(row) {
            let told = match &user[column] {
                Value::Null if column == "isHidden" => "false".to_owned(),
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let is_same = match &user[column] {
                Value::Object(_) => serde_json::from_str::<Value>(cell).unwrap() == user[column],
                _ => lumsync::model::unguard(cell) == told,
            };
            assert!(is_same, "{column} of {}: {cell:?} is not {told:?}", user["email"]);
        }
    }
}

fn users(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(user: &'a Value, name: &str) -> &'a str {
    user[name].as_str().unwrap_or_default()
}

fn is_visible(user: &Value) -> bool {
    user["isHidden"] != true
}

fn is_in_second_group(user: &Value) -> bool {
    user["subscriptions"].as_array().unwrap().iter().any(|one| one["feed"] == "5000000000000002")
}

/// The sample's users that a filter of the client's script must give.
fn expected(filter: &str) -> Vec<Value> {
    let all = users(SAMPLE);
    let second_and_third: Vec<_> = all[1..3].iter().map(|user| user["uid"].clone()).collect();
    let keeps = |user: &Value| match filter {
        "default" => is_visible(user),
        "hidden" | "sorted" | "fields" => true,
        "enabled" | "disabled" => text(user, "status") == filter,
        "types" => ["google", "okta"].contains(&text(user, "accountType")),
        "feeds" => is_in_second_group(user),
        "registeredSince" => text(user, "createdAt") >= "2022",
        "email" => text(user, "email") == "juergen.weiss@example.org",
        "query" => text(user, "fullName").contains("Weiß"),
        "firstName" => text(user, "firstName") == "Hélène",
        "lastName" => text(user, "lastName") == "O'Connor",
        "ids" => second_and_third.contains(&user["uid"]),
        "nobody" => false,
        other => panic!("the script has a filter that the test does not know: {other}"),
    };
    all.into_iter().filter(keeps).collect()
}

fn check_lists(seen: &Value) {
    for (filter, found) in seen["lists"].as_object().unwrap() {
        let found = found.as_array().unwrap();
        match filter.as_str() {
            "sorted" => check_order(found),
            "fields" => check_fields(found),
            _ => assert_eq!(*found, expected(filter), "{filter}"),
        }
    }
}

fn check_order(found: &[Value]) {
    let emails: Vec<_> = found.iter().map(|user| text(user, "email").to_lowercase()).collect();
    assert_eq!(found.len(), expected("sorted").len());
    assert!(emails.is_sorted_by(|left, right| left > right), "{emails:?}");
}

fn check_fields(found: &[Value]) {
    let pairs =
        |users: &[Value]| users.iter().map(|user| (user["uid"].clone(), user["email"].clone())).collect::<Vec<_>>();
    assert_eq!(pairs(found), pairs(&expected("fields")));
    assert!(found.iter().all(|user| user.as_object().unwrap().len() == 2));
}

fn check_reads(seen: &Value) {
    assert_eq!(seen["by_email"], users(SAMPLE)[0]);
    assert_eq!(seen["by_uid"], users(SAMPLE)[0]);
    assert_eq!(seen["unknown"], Value::Null);
    assert!(text(seen, "wrong_secret").contains("401"), "{}", seen["wrong_secret"]);
    assert_eq!((&seen["bad_token"], &seen["always_expired"]), (&401.into(), &401.into()));
    assert_eq!(seen["after_expiry"], "admin@example.com");
}

fn check_writes(seen: &Value) {
    let (created, updated, disabled) = (&seen["created"], &seen["updated"], &seen["disabled"]);
    assert_eq!((text(created, "fullName"), text(created, "status")), ("Zoë Ångström", "enabled"));
    assert_eq!(seen["twice"], 409);
    assert_eq!(text(disabled, "uid"), text(created, "uid"));
    assert_eq!(text(disabled, "status"), "disabled");
    let mut before = users(SAMPLE).into_iter().find(|user| user["uid"] == updated["uid"]).unwrap();
    for (name, value) in [
        ("lastName", "d'Aubigné-Roux"),
        ("fullName", "Hélène d'Aubigné-Roux"),
        ("updatedAt", text(updated, "updatedAt")),
    ] {
        before[name] = value.into();
    }
    assert_eq!(*updated, before);
}

fn check_groups(seen: &Value) {
    let stored = users(SAMPLE_GROUPS);
    let groups: Vec<_> = stored.iter().filter(|object| object["kind"] == "feed").cloned().collect();
    assert_eq!(seen["all"], Value::from(groups.clone()));
    assert_eq!(seen["types"], json!(["Community", {"en": "Department", "fr": "Service"}]));
    let is_department = |group: &&Value| group["type"] == stored[1]["id"];
    let departments: Vec<_> = groups.iter().filter(is_department).map(|group| group["id"].clone()).collect();
    assert_eq!(seen["departments"], Value::from(departments));
    assert_eq!((&seen["one"], text(&seen["one"], "name")), (&groups[10], "Book club"));
    let emails = seen["emails"].as_array().unwrap();
    assert_eq!((&seen["stopped"], &seen["members_after_stop"]), (&404.into(), &json!(emails[..1])));
    assert_eq!(seen["missing"], json!(["nobody@example.com", "no-one@example.com"]));
    assert_eq!((&seen["members"], &seen["members_after_removal"]), (&json!(emails), &json!(emails[2..])));
    assert_eq!(seen["synchronized"], 403);
}

#[test]
fn the_public_client_sees_and_changes_what_the_sandbox_has() {
    let seen = drive();
    check_lists(&seen.by_client);
    check_reads(&seen.by_client);
    check_writes(&seen.by_client);
    check_groups(&seen.by_client["groups"]);
    check_export(&seen.exported, seen.by_client["in_the_end"].as_array().unwrap());
    assert_eq!(seen.by_client["in_the_end"], Value::from(seen.in_the_end));
}
