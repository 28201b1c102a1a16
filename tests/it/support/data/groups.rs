//! A tenant with groups of every kind, a CSV that speaks of them, and who must be where in the end.

use std::collections::{BTreeMap, BTreeSet};

use lumsync::sandbox::{Sandbox, SandboxSettings, TenantSource};
use serde_json::{Value, json};

use super::users::{lines_of, person, with};

/// Groups by identifier: who is in them.
pub type Members = BTreeMap<String, BTreeSet<String>>;

/// The groups that a job may write to.
pub const WRITABLE: [&str; 3] = ["50", "52", "53"];

pub const EXACT: [&str; 4] = ["--groups", "exact", "--managed-group", "*"];

/// Ann, Bob, Cyd and Dee are in some groups, Dee is disabled, and an admin is in all of them.
pub fn settings() -> SandboxSettings {
    let of = |groups: &[&str]| groups.iter().map(|group| json!({"feed": group})).collect::<Value>();
    let user = |uid, name, groups: &[&str]| with(person(uid, name), &[("subscriptions", of(groups))]);
    let users = [
        user(1, "Ann", &["50"]),
        user(2, "Bob", &["52", "51"]),
        user(3, "Cyd", &[]),
        with(user(4, "Dee", &["52"]), &[("status", json!("disabled"))]),
        with(user(9, "Ada", &["50", "52", "53"]), &[("accountType", json!("google"))]),
    ];
    let groups = concat!(
        r#"{"kind":"feed","uid":"50","name":{"en":"Sales","fr":"Ventes"}}"#,
        "\n",
        r#"{"kind":"feed","uid":"51","name":"Staff","synchronized":true}"#,
        "\n",
        r#"{"kind":"feed","uid":"52","name":"Team A"}"#,
        "\n",
        r#"{"kind":"feed","uid":"53","name":"Team B"}"#,
        "\n",
        r#"{"kind":"feed","uid":"54","name":"Everybody","functionalInnerId":"LUMAPPS_ALL"}"#,
    );
    SandboxSettings {
        tenant: TenantSource::Lines(format!("{groups}\n{}", lines_of(&users))),
        fixed_time: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        ..SandboxSettings::default()
    }
}

/// Ann leaves Sales for Team A, Bob and Cyd join Sales, and Eve is new.
pub const CSV: &str = "email,firstName,lastName,groups\n\
    ann@example.com,Ann,Lee,team a\n\
    bob@example.com,Bob,Lee,ventes;id:53\n\
    cyd@example.com,Cyd,Lee,Sales\n\
    dee@example.com,,,\n\
    eve@example.com,Eve,Lee,Sales;Team B\n";

/// As [`CSV`] wants it with [`EXACT`], by name.
pub const WANTED: [(&str, &[&str]); 3] =
    [("50", &["bob", "cyd", "eve"]), ("52", &["ann", "dee"]), ("53", &["bob", "eve"])];

/// Who is in which group, by the first part of the address; the admin is none of the job's business.
pub fn members(sandbox: &Sandbox) -> Members {
    let name = |email: &String| email.split('@').next().unwrap().to_owned();
    let of = |group: &Value| {
        let id = group["uid"].as_str().unwrap().to_owned();
        let members: BTreeSet<String> = sandbox.members(&id).iter().map(name).filter(|name| name != "ada").collect();
        (id, members)
    };
    sandbox.groups().iter().map(of).collect()
}

pub fn wanted() -> Members {
    let of = |(id, names): (&str, &[&str])| (id.to_owned(), names.iter().map(|&name| name.to_owned()).collect());
    WANTED.map(|(id, names)| of((id, names))).into_iter().collect()
}

/// Panics unless every writable group has nobody whom neither the start nor the CSV puts there, and everybody whom both do.
pub fn assert_no_harm(before: &Members, now: &Members, what: &str) {
    let wanted = wanted();
    for group in WRITABLE {
        let (before, now, wanted) = (&before[group], &now[group], &wanted[group]);
        assert!(now.is_subset(&(before | wanted)), "{what}: strangers in {group}: {now:?}");
        assert!(now.is_superset(&(before & wanted)), "{what}: somebody left {group}: {now:?}");
    }
    assert_eq!(before["51"], now["51"], "{what}: a synchronized group was written to");
}

pub fn assert_done(sandbox: &Sandbox, what: &str) {
    let now = members(sandbox);
    for (group, members) in wanted() {
        assert_eq!(now[&group], members, "{what}: {group}");
    }
}

/// Outcomes of joins and leaves as (kind, name, group, result).
pub fn outcomes(report: &Value) -> Vec<(String, String, String, String)> {
    let of_members = report["outcomes"].as_array().unwrap().iter().filter(|one| !one["group"].is_null());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    of_members
        .map(|one| {
            let name = text(&one["email"]).split('@').next().unwrap().to_owned();
            (text(&one["kind"]), name, text(&one["group"]["id"]), text(&one["result"]))
        })
        .collect()
}

/// Panics unless what is reported as done is done.
pub fn assert_report_is_true(report: &Value, now: &Members, what: &str) {
    for (kind, name, group, result) in outcomes(report) {
        if result == "applied" || result == "already" {
            assert_eq!(
                now[&group].contains(&name),
                kind == "join",
                "{what}: {name} {kind} {group} was reported as done"
            );
        }
    }
}
