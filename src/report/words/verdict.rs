//! One line that says it all: the last of a plan and of a report, the headline of a message.

use super::{counted, number, seconds};
use crate::model::{Amount, Exit, Tenant};
use crate::plan::{ALWAYS_ALLOWED, Guardrail, GuardrailName, Plan, PlanSummary};
use crate::report::{Document, KindSummary, Report, ReportSummary, Unfinished};

/// `24 changes for acme: 3 people lose access`.
pub(in crate::report) fn title(document: Document<'_>) -> String {
    let (changes, disables, made, [person, people]) = match document {
        Document::Plan { plan, .. } => {
            (plan.summary.changes(), plan.summary.disable, "", ["person loses access", "people lose access"])
        }
        Document::Run { report, .. } if document.is_done() => {
            let ReportSummary { disable, .. } = report.summary;
            let lost = ["person lost access", "people lost access"];
            (report.summary.total().applied, disable.applied, " made", lost)
        }
        Document::Run { report, .. } => {
            let ReportSummary { disable, .. } = report.summary;
            let planned = ["person was to lose access", "people were to lose access"];
            (report.summary.total().planned, disable.planned, " planned, none made", planned)
        }
    };
    let changes = match changes {
        0 => "No changes".to_owned(),
        _ => format!("{}{made}", counted(changes, "change", "changes")),
    };
    let access = if disables == 0 { String::new() } else { format!(": {}", counted(disables, person, people)) };
    format!("{changes} for {}{access}", tenant_name(document.facts().tenant))
}

/// The tenant's own host name; where many tenants share a host, the organization.
pub(in crate::report) fn tenant_name(tenant: &Tenant) -> String {
    // An embedded tenant has no host; its address is `sandbox:` and a file.
    let Some((_, rest)) = tenant.base_url.split_once("://") else { return tenant.base_url.clone() };
    let host = rest.split('/').next().unwrap_or(rest);
    match (host.split_once('.'), tenant.organization_id.as_str()) {
        (Some((name, domain)), _) if domain.starts_with("lumapps.") => name.to_owned(),
        (_, "") => host.to_owned(),
        (_, organization) => format!("organization {organization}"),
    }
}

/// The verdict of a plan.
pub(in crate::report) fn of_plan(plan: &Plan) -> String {
    let tripped: Vec<&str> = plan.tripped_guardrails().map(|guardrail| guardrail.name.as_str()).collect();
    let stop = match tripped.as_slice() {
        [] => String::new(),
        [one] => format!(" The guardrail {one} stops it."),
        several => format!(" The guardrails {} stop it.", several.join(", ")),
    };
    let open = still_open(plan.summary.conflicts, plan.waiting.len() as u64);
    match (plan.summary.changes(), tripped.is_empty(), open.as_slice()) {
        (0, true, []) => "No changes: the tenant is as the CSV wants it.".to_owned(),
        (0, true, open) => format!("No changes; {}.", open.join(", ")),
        _ => format!("Plan: {}.{stop}", to_do(&plan.summary)),
    }
}

/// What is not as the CSV wants it although there is nothing to do now.
fn still_open(conflicts: u64, waiting: u64) -> Vec<String> {
    let each =
        [(conflicts, "conflict", "conflicts"), (waiting, "user waits to be disabled", "users wait to be disabled")];
    each.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| counted(count, one, many)).collect()
}

/// `12 to create, 3 to update, 1 to enable, 2 to disable`.
pub(in crate::report) fn to_do(summary: &PlanSummary) -> String {
    let PlanSummary { create, update, enable, disable, join, leave, .. } = *summary;
    let of_groups = counts([(join, "to join groups"), (leave, "to leave groups")]);
    let [create, update, enable, disable] = [create, update, enable, disable].map(number);
    let of_users = format!("{create} to create, {update} to update, {enable} to enable, {disable} to disable");
    [of_users].into_iter().chain(of_groups).collect::<Vec<_>>().join(", ")
}

/// The verdict of a run.
pub(in crate::report) fn of_report(report: &Report) -> String {
    let total = report.summary.total();
    if let Some(unfinished) = report.unfinished {
        return of_unfinished(report, unfinished);
    }
    if report.exit() == Some(Exit::Guardrail) {
        return "Nothing written: a guardrail stopped the run.".to_owned();
    }
    if total.planned == 0 {
        return of_a_run_without_changes(report);
    }
    let KindSummary { planned, applied, .. } = total;
    let took = seconds(report.timing.apply_seconds);
    let rest = match what_else(total).as_slice() {
        [] => String::new(),
        parts => format!(": {}", parts.join(", ")),
    };
    format!("Applied {} of {} changes in {took}{rest}.", number(applied), number(planned))
}

/// `Killed: of 60 changes, 17 applied, 3 unclear, 40 not begun.`
fn of_unfinished(report: &Report, unfinished: Unfinished) -> String {
    let KindSummary { planned, applied, already, drifted, failed, not_attempted } = report.summary.total();
    let unclear = report.unclear();
    let parts = counts([
        (applied, "applied"),
        (already, "already so"),
        (drifted, "drifted"),
        (failed - unclear, "failed"),
        (unclear, "unclear"),
        (not_attempted, "not begun"),
    ]);
    let what = match unfinished {
        Unfinished::Killed => "Killed",
        Unfinished::UnderWay => "Under way",
    };
    match planned {
        0 => format!("{what}: there was nothing to change."),
        _ => format!("{what}: of {}, {}.", counted(planned, "change", "changes"), parts.join(", ")),
    }
}

fn of_a_run_without_changes(report: &Report) -> String {
    match report.exit() {
        Some(Exit::Done) => {
            let open = still_open(report.summary.conflicts, report.waiting.len() as u64);
            let unchanged = counted(report.summary.unchanged, "user is", "users are");
            let sentence = [format!("{unchanged} as wanted")].into_iter().chain(open).collect::<Vec<_>>().join(", ");
            format!("No change was needed: {sentence}.")
        }
        _ => format!("Nothing written: the run ended with exit code {}.", report.exit_code),
    }
}

fn what_else(total: KindSummary) -> Vec<String> {
    counts([
        (total.already, "already so"),
        (total.drifted, "drifted"),
        (total.failed, "failed"),
        (total.not_attempted, "not attempted"),
    ])
}

/// `2 drifted`, `1 failed`: those that there are.
pub(in crate::report) fn counts<const PARTS: usize>(parts: [(u64, &str); PARTS]) -> Vec<String> {
    parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{} {word}", number(count))).collect()
}

/// A guardrail in words: the figure, the limit and, where it tripped, the option that would allow it.
pub fn guardrail_sentence(guardrail: &Guardrail) -> String {
    let finding = format!("{}, {}", figure(guardrail), limit(guardrail));
    if guardrail.tripped {
        match guardrail.name.option() {
            Some(option) if guardrail.name == GuardrailName::ColumnChange => format!("{finding}: allow with {option}"),
            Some(option) => format!("{finding}: allow with {option} {}", allowing_amount(guardrail)),
            None => format!("{finding}: check the CSV, --email-domain and --types"),
        }
    } else {
        finding
    }
}

fn figure(guardrail: &Guardrail) -> String {
    let Guardrail { name, value, base, ref group, .. } = *guardrail;
    let of_enabled = |done: &str| match base {
        Some(base) => {
            format!("{} of {} would be {done}", number(value), counted(base, "enabled user", "enabled users"))
        }
        None => format!("{} would be {done}", counted(value, "user", "users")),
    };
    match name {
        GuardrailName::MaxDisable => of_enabled("disabled"),
        GuardrailName::MaxEnable => match base {
            Some(base) => format!("{} would be enabled beside {base} enabled ones", counted(value, "user", "users")),
            None => of_enabled("enabled"),
        },
        GuardrailName::MaxUpdate => match base {
            Some(base) => format!("{value} of {} in scope would be updated", counted(base, "user", "users")),
            None => of_enabled("updated"),
        },
        GuardrailName::MaxCreate => match base {
            Some(base) => {
                format!("{} would be created beside {} enabled ones", counted(value, "user", "users"), number(base))
            }
            None => of_enabled("created"),
        },
        GuardrailName::MaxLeave => {
            let group = group.as_ref().map_or("", |group| &*group.name);
            match base {
                Some(base) => format!(
                    "{} of {} would leave the group \"{group}\"",
                    number(value),
                    counted(base, "member", "members")
                ),
                None => format!("{} would leave the group \"{group}\"", counted(value, "member", "members")),
            }
        }
        GuardrailName::MinRows => counted(value, "valid row", "valid rows"),
        GuardrailName::ExpectRows => counted(value, "row", "rows"),
        GuardrailName::ColumnChange => {
            let columns = counted(value, "managed column", "managed columns");
            format!("{columns} of the last good run {} gone", if value == 1 { "is" } else { "are" })
        }
        GuardrailName::NothingMatched => {
            let rows = counted(value, "row", "rows");
            format!("{rows} would change nothing: a conflict, or skipped")
        }
        GuardrailName::MaxShrink | GuardrailName::MaxRemoteShrink => {
            let fewer = if name == GuardrailName::MaxShrink {
                counted(value, "valid row", "valid rows")
            } else {
                counted(value, "user in scope was listed", "users in scope were listed")
            };
            base.map_or_else(
                || format!("{fewer} fewer than last time"),
                |base| format!("{fewer} fewer than the {} of the last good run", number(base)),
            )
        }
    }
}

fn limit(guardrail: &Guardrail) -> String {
    let Guardrail { name, limit, base, .. } = *guardrail;
    match (name, limit, base) {
        (GuardrailName::MinRows, ..) => format!("at least {limit} needed"),
        (GuardrailName::ExpectRows, ..) => format!("exactly {limit} needed"),
        (GuardrailName::ColumnChange, ..) => "none may be".to_owned(),
        (GuardrailName::NothingMatched, ..) => "not all of them may".to_owned(),
        (_, Amount::Share(share), Some(base)) => {
            format!("the limit is {limit} ({})", number(users_within(name, share, base)))
        }
        _ => format!("the limit is {limit}"),
    }
}

fn users_within(name: GuardrailName, share: u32, base: u64) -> u64 {
    let within = u128::from(share) * u128::from(base) / 10_000;
    let within = u64::try_from(within).unwrap_or(u64::MAX);
    let always = ALWAYS_ALLOWED.iter().find(|(known, _)| *known == name);
    always.map_or(within, |(_, allowed)| within.max(*allowed))
}

/// The least amount under which the figure would pass.
fn allowing_amount(guardrail: &Guardrail) -> Amount {
    match (guardrail.name, guardrail.base) {
        (GuardrailName::MaxShrink | GuardrailName::MaxRemoteShrink, Some(base)) if base > 0 => {
            let share = (u128::from(guardrail.value) * 10_000).div_ceil(u128::from(base));
            Amount::Share(u32::try_from(share).unwrap_or(u32::MAX))
        }
        _ => Amount::Count(guardrail.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guardrail(name: GuardrailName, limit: &str, value: u64, base: Option<u64>, tripped: bool) -> Guardrail {
        Guardrail { name, limit: limit.parse().unwrap(), value, base, group: None, tripped }
    }

    #[test]
    fn a_tripped_guardrail_names_figure_limit_and_option() {
        let sentence = |name, limit, value, base| guardrail_sentence(&guardrail(name, limit, value, base, true));
        assert_eq!(
            sentence(GuardrailName::MaxDisable, "10%", 31, Some(120)),
            "31 of 120 enabled users would be disabled, the limit is 10% (12): allow with --max-disable 31"
        );
        assert_eq!(
            sentence(GuardrailName::MaxCreate, "3", 4, None),
            "4 users would be created, the limit is 3: allow with --max-create 4"
        );
        assert_eq!(
            sentence(GuardrailName::MinRows, "1", 0, None),
            "0 valid rows, at least 1 needed: allow with --min-rows 0"
        );
        assert_eq!(
            sentence(GuardrailName::MaxShrink, "20%", 100, Some(300)),
            "100 valid rows fewer than the 300 of the last good run, the limit is 20% (60): allow with --max-shrink 33.34%"
        );
    }

    #[test]
    fn a_tenant_is_named_by_its_own_host_or_its_organization() {
        let name = |base_url: &str, organization_id: &str| {
            tenant_name(&Tenant { base_url: base_url.to_owned(), organization_id: organization_id.to_owned() })
        };
        assert_eq!(name("https://acme.lumapps.com", "644"), "acme");
        assert_eq!(name("https://go-cell-001.api.lumapps.com/v2", "644"), "organization 644");
        assert_eq!(name("https://proxy.example.com/lumapps", ""), "proxy.example.com");
        assert_eq!(name("sandbox:tenant.jsonl", "sandbox"), "sandbox:tenant.jsonl");
    }

    #[test]
    fn the_amount_that_is_named_would_pass() {
        for (value, base) in [(100, 300), (1, 3), (299, 300), (61, 300)] {
            for name in [GuardrailName::MaxShrink, GuardrailName::MaxRemoteShrink] {
                let amount = allowing_amount(&guardrail(name, "20%", value, Some(base), true));
                assert!(amount.allows(value, base) && matches!(amount, Amount::Share(_)), "{value} of {base}");
            }
        }
    }

    #[test]
    fn a_small_tenant_is_told_of_the_five_that_always_pass() {
        let passed = guardrail(GuardrailName::MaxDisable, "10%", 2, Some(20), false);
        assert_eq!(guardrail_sentence(&passed), "2 of 20 enabled users would be disabled, the limit is 10% (5)");
    }
}
