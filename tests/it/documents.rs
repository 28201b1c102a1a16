//! The documents as published: their schemas, and the golden files that old versions wrote.

use serde_json::{Value, json};

use crate::support::{assertions::schema, data::documents};

fn golden_plan() -> Value {
    serde_json::from_str(include_str!("../../fixtures/plans/v2.json")).unwrap()
}

fn golden_report() -> Value {
    serde_json::from_str(include_str!("../../fixtures/reports/v2.json")).unwrap()
}

#[test]
fn plans_and_reports_are_as_their_schemas_say() {
    for plan in [documents::plan(), documents::tripped_plan(), documents::empty_plan()] {
        schema::assert_is_document(&serde_json::to_string(&plan).unwrap());
    }
    for report in [documents::report(), documents::large_report(50)] {
        schema::assert_is_document(&serde_json::to_string(&report).unwrap());
    }
}

#[test]
fn the_plan_schema_objects_to_what_no_plan_may_hold() {
    for (place, value) in [
        ("/version", json!(3)),
        ("/createdAt", json!("yesterday")),
        ("/unknown", json!(1)),
        ("/actions/0/kind", json!("delete")),
        ("/actions/0/uid", json!("7")),
        ("/actions/0/password", json!("secret")),
        ("/actions/0/changes", json!({})),
        ("/actions/0/changes/customProfile", json!({"before": null, "after": "x"})),
        ("/actions/15/uid", Value::Null),
        ("/guardrails/0/limit", json!("ten")),
        ("/summary/create", json!(-1)),
        ("/checksum", json!("sha256:short")),
    ] {
        let mut plan = golden_plan();
        put(&mut plan, place, value);
        assert!(!schema::violations_of_plan(&plan).is_empty(), "{place}");
    }
}

#[test]
fn the_report_schema_objects_to_what_no_report_may_hold() {
    for (place, value) in [
        ("/exitCode", json!(5)),
        ("/runId", json!("../elsewhere")),
        ("/outcomes/0/result", json!("done")),
        ("/outcomes/0/attempts", json!(0)),
        ("/outcomes/11/error", Value::Null),
        ("/timing/applySeconds", json!(-1)),
        ("/summary/create/lost", json!(1)),
        ("/http/token", json!("secret")),
    ] {
        let mut report = golden_report();
        put(&mut report, place, value);
        assert!(!schema::violations_of_report(&report).is_empty(), "{place}");
    }
}

/// Sets the value at the end of the path, or takes it away where it is null.
fn put(document: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        assert!(parent.remove(name).is_some(), "{place} is not there");
    } else {
        parent.insert(name.to_owned(), value);
    }
}
