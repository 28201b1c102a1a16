//! The published JSON Schemas, against which every document that a test meets can be held.

use serde_json::Value;

const PLAN: &str = include_str!("../../../docs/schema/plan.schema.json");
const REPORT: &str = include_str!("../../../docs/schema/report.schema.json");

/// Panics with every offence when the text is not a plan as published.
pub fn assert_is_plan(json: &str) {
    assert_fits(PLAN, json);
}

/// Panics with every offence when the text is not a report as published.
pub fn assert_is_report(json: &str) {
    assert_fits(REPORT, json);
}

/// What the plan's schema objects to, for tests of the schema itself.
pub fn offences_of_plan(document: &Value) -> Vec<String> {
    offences(PLAN, document)
}

/// What the report's schema objects to, for tests of the schema itself.
pub fn offences_of_report(document: &Value) -> Vec<String> {
    offences(REPORT, document)
}

fn assert_fits(schema: &str, json: &str) {
    let document: Value = serde_json::from_str(json).unwrap();
    let offences = offences(schema, &document);
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

fn offences(schema: &str, document: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
