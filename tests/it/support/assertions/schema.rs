//! The published JSON Schemas of plans and reports.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

const PLAN: &str = include_str!("../../../../docs/schema/plan.schema.json");
const REPORT: &str = include_str!("../../../../docs/schema/report.schema.json");

/// Panics with every violation when a text is a plan or a report by its `format` and does not match the schema.
pub fn assert_is_document(json: &str) {
    let document: Value = serde_json::from_str(json).unwrap();
    let violations = match document["format"].as_str() {
        Some("lumsync-plan") => violations_of_plan(&document),
        Some("lumsync-report") => violations_of_report(&document),
        _ => return,
    };
    assert!(violations.is_empty(), "{}\n{json}", violations.join("\n"));
}

/// Violations of the plan's schema, for tests of the schema itself.
pub fn violations_of_plan(document: &Value) -> Vec<String> {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(PLAN));
    violations(&VALIDATOR, document)
}

/// Violations of the report's schema, for tests of the schema itself.
pub fn violations_of_report(document: &Value) -> Vec<String> {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(REPORT));
    violations(&VALIDATOR, document)
}

/// Violations of any schema.
pub fn violations_of(schema: &Value, document: &Value) -> Vec<String> {
    violations(&jsonschema::options().build(schema).unwrap(), document)
}

fn violations(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}
