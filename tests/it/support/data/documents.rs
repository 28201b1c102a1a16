//! Documents made from the golden ones.

use lumsync::execute::{ActionResult, Outcome};
use lumsync::model::ManagedField;
use lumsync::plan::{ActionKind, Plan, PlanSummary};
use lumsync::report::{Report, ReportSummary, Unfinished};

/// The golden plan with names.
pub fn plan() -> Plan {
    with_names(serde_json::from_str(include_str!("../../../../fixtures/plans/v2.json")).unwrap())
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

/// The golden report, a run of the golden plan that was done in part.
pub fn report() -> Report {
    let mut report: Report = serde_json::from_str(include_str!("../../../../fixtures/reports/v2.json")).unwrap();
    for one in report.conflicts.iter_mut().chain(&mut report.protected).chain(&mut report.skipped) {
        one.name = Some(name_of(&one.email).into());
    }
    report
}

/// The golden plan with more disables than its guardrail lets through.
pub fn tripped_plan() -> Plan {
    let mut plan = plan();
    let guardrail = &mut plan.guardrails[0];
    (guardrail.value, guardrail.base, guardrail.tripped) = (31, Some(120), true);
    plan
}

/// A plan that finds nothing to do.
pub fn empty_plan() -> Plan {
    let mut plan = plan();
    plan.actions.clear();
    plan.warnings.clear();
    for list in [&mut plan.conflicts, &mut plan.protected, &mut plan.skipped, &mut plan.invalid] {
        list.clear();
    }
    plan.summary = PlanSummary { unchanged: 120, ..PlanSummary::default() };
    plan
}

/// A run of `count` actions, most of which succeeded, without anybody left alone.
pub fn large_report(count: u64) -> Report {
    let mut report = report();
    report.outcomes = (0..count).map(outcome).collect();
    report.summary = ReportSummary::tally(&PlanSummary::default(), &report.outcomes);
    for list in [&mut report.conflicts, &mut report.protected, &mut report.skipped] {
        list.clear();
    }
    report.pace = (0..600).map(|second| 150 + second * 7 % 40).collect();
    report
}

fn outcome(number: u64) -> Outcome {
    let template = &report().outcomes[0];
    let has_failed = number % 1000 == 999;
    Outcome {
        email: format!("user{number:06}@example.com").into(),
        row: Some(number + 2),
        result: if has_failed { ActionResult::Failed } else { ActionResult::Applied },
        error: has_failed.then(|| "the tenant answered 500 five times".into()),
        ..template.clone()
    }
}

/// The golden plan with values that some format would obey, if it were let.
pub fn hostile_plan() -> Plan {
    let values = [
        "=HYPERLINK(\"http://example.test\")",
        "<script>alert(1)</script>",
        "</script><!--",
        "<img src=x onerror=alert(1)>",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{202e}gpj.exe",
        "👩\u{200d}💻 山田太郎",
        &"n".repeat(300),
    ];
    let mut plan = plan();
    for (action, value) in plan.actions.iter_mut().zip(values.into_iter().cycle()) {
        action.email = value.into();
        action.note = Some(value.into());
    }
    plan.warnings = values.map(str::to_owned).into();
    values[1].clone_into(&mut plan.tenant.base_url);
    plan
}

/// A run of the golden plan that was killed while its fifth change was under way.
pub fn killed_report() -> Report {
    let plan = plan();
    let mut outcomes: Vec<Outcome> =
        plan.actions.iter().map(|action| Outcome::not_attempted(action, "cut off")).collect();
    for outcome in &mut outcomes[..4] {
        (outcome.result, outcome.attempts, outcome.error) = (ActionResult::Applied, 1, None);
    }
    let unclear = &mut outcomes[4];
    (unclear.result, unclear.attempts, unclear.error) = (ActionResult::Failed, 1, Some(Report::UNCLEAR.into()));
    let time = plan.created_at;
    Report::unfinished(Unfinished::Killed, "20260302T053000Z-7f3a", (time, time), &plan, outcomes)
}
