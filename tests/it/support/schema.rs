//! The published JSON Schemas, against which every document that a test meets can be held.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

const PLAN: &str = include_str!("../../../docs/schema/plan.schema.json");
const REPORT: &str = include_str!("../../../docs/schema/report.schema.json");

/// Panics with every offence when a text that calls itself a plan or a report is not one as published.
pub fn assert_is_document(json: &str) {
    let document: Value = serde_json::from_str(json).unwrap();
    let offences = match document["format"].as_str() {
        Some("lumsync-plan") => offences_of_plan(&document),
        Some("lumsync-report") => offences_of_report(&document),
        _ => return,
    };
    assert!(offences.is_empty(), "{}\n{json}", offences.join("\n"));
}

/// What the plan's schema objects to, for tests of the schema itself.
pub fn offences_of_plan(document: &Value) -> Vec<String> {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(PLAN));
    offences(&VALIDATOR, document)
}

/// What the report's schema objects to, for tests of the schema itself.
pub fn offences_of_report(document: &Value) -> Vec<String> {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(REPORT));
    offences(&VALIDATOR, document)
}

fn offences(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}
