//! Documents for tests: the golden files, and the same with values that mean harm.

use super::Report;
use crate::model::{FieldValue, ManagedField, Uid};
use crate::plan::{ActionKind, Change, LeftAlone, Plan, UserChange};

/// The golden plan, as it was written.
pub(crate) fn golden_plan() -> Plan {
    serde_json::from_str(include_str!("../../fixtures/plans/v2.json")).unwrap()
}

/// The golden plan with names.
pub(crate) fn plan() -> Plan {
    with_names(golden_plan())
}

/// Every person has a name, as in the plans that are made today; the first ones had none.
fn with_names(mut plan: Plan) -> Plan {
    for action in &mut plan.actions {
        let after = |field| action.fields().get(field).map(|change| change.after.as_str().to_owned());
        let name = match (action.kind(), after(ManagedField::FirstName), after(ManagedField::LastName)) {
            (ActionKind::Create, Some(first), Some(last)) => format!("{first} {last}"),
            _ => name_of(&action.email),
        };
        action.name = Some(name.into());
    }
    for one in plan.conflicts.iter_mut().chain(&mut plan.protected).chain(&mut plan.skipped) {
        one.name = Some(name_of(&one.email).into());
    }
    plan.seal().unwrap();
    plan
}

/// `Uma Patel` for `uma.patel@example.com`.
fn name_of(email: &str) -> String {
    let words = email.split('@').next().unwrap_or_default().split('.');
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect::<Vec<_>>().join(" ")
}

/// The golden report: a run of the golden plan that was done in part.
pub(crate) fn report() -> Report {
    let mut report: Report = serde_json::from_str(include_str!("../../fixtures/reports/v2.json")).unwrap();
    for one in report.conflicts.iter_mut().chain(&mut report.protected).chain(&mut report.skipped) {
        one.name = Some(name_of(&one.email).into());
    }
    report
}

/// A plan with nothing in it.
pub(crate) fn empty_plan() -> Plan {
    let mut plan = plan();
    plan.actions.clear();
    plan.summary = crate::plan::PlanSummary { unchanged: 120, ..Default::default() };
    for list in [&mut plan.conflicts, &mut plan.protected, &mut plan.skipped, &mut plan.invalid] {
        list.clear();
    }
    plan.warnings.clear();
    plan
}

/// Values that some format would obey, if it were let.
pub(crate) fn hostile_values() -> Vec<String> {
    let long = "n".repeat(300);
    [
        "=HYPERLINK(\"http://example.test\";\"click\")",
        "+1+1",
        "@SUM(A1:A9)",
        "-2+3",
        "<script>alert(1)</script>",
        "</script><!--",
        "<img src=x onerror=alert(1)>",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{9b}31m",
        "line\r\nbreak\ttab\0nul",
        "\u{202e}gpj.exe",
        "a|b `c` *d* [e](https://example.test) @all",
        "👩\u{200d}💻 山田太郎 \u{2028}",
        &long,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The golden plan with a hostile value in every text that comes from outside.
pub(crate) fn hostile_plan() -> Plan {
    let mut plan = plan();
    let values = hostile_values();
    let mut next = values.iter().cycle();
    let mut value = || next.next().unwrap().clone();
    for action in &mut plan.actions {
        action.email = value().into();
        let uid = value();
        action.note = Some(value().into());
        let mut text = || FieldValue::Text(value().into());
        let change = Change { before: Some(text()), after: text() };
        let others = action.fields().iter().filter(|(field, _)| *field != ManagedField::FirstName);
        let others: Vec<_> = others.map(|(field, change)| (field, change.clone())).collect();
        let fields = others.into_iter().chain([(ManagedField::FirstName, change)]).collect();
        action.change = match &action.change {
            UserChange::Create { needs_password, .. } => UserChange::Create { fields, needs_password: *needs_password },
            UserChange::Edit { .. } => UserChange::Edit { uid: Uid::new(uid), fields },
        };
    }
    plan.warnings = values.clone();
    plan.source.path = value();
    plan.tenant.base_url = value();
    plan.conflicts = values.iter().map(|text| left_alone(text)).collect();
    plan
}

/// A run of the hostile plan in which everything failed with a hostile message.
pub(crate) fn hostile_report(plan: &Plan) -> Report {
    let mut report = report();
    let values = hostile_values();
    for ((outcome, action), value) in report.outcomes.iter_mut().zip(&plan.actions).zip(values.iter().cycle()) {
        outcome.email.clone_from(&action.email);
        outcome.result = crate::execute::ActionResult::Failed;
        outcome.error = Some(value.as_str().into());
    }
    report.summary = super::ReportSummary::tally(&plan.summary, &report.outcomes);
    report.error = Some(values.concat());
    report.run_id.clone_from(&values[4]);
    report
}

fn left_alone(text: &str) -> LeftAlone {
    LeftAlone { email: text.to_owned(), name: Some(text.into()), row: None, reason: text.to_owned() }
}
