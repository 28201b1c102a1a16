//! The changes at a glance: where they are, in which fields, how long they take, and what is unusual about them.

use std::collections::BTreeMap;

use super::Document;
use super::people::LineKind;
use super::sections::{Body, Figures, Item, OF_GROUPS, RISKY_FIRST, Section};
use crate::execute::ActionResult;
use crate::model::ManagedField;
use crate::plan::{Action, ActionKind, Guardrail, GuardrailName, Plan, UserChange};
use crate::report::words::{counted, number, seconds};

/// Domains with a row of their own.
const DOMAINS_SHOWN: usize = 8;
/// Fewer changes than this have no pattern.
const A_PATTERN: u64 = 5;
const MANY_UPDATES: u64 = 20;
/// From this share of a whole on, in percent, a part is nearly all of it.
const NEARLY_ALL: u64 = 90;
/// Rows or users that come or go between two runs, in percent, from which on they are worth a word.
const A_SHIFT: u64 = 10;
/// So many times as many changes of a kind as at the last good run are worth a word.
const A_JUMP: u64 = 5;

/// Users who join or leave a group together.
const MEMBERS_OF_A_CALL: usize = 50;

/// Changes of each kind, the risky one first.
type Counts = [u64; RISKY_FIRST.len()];

/// By domain and by field, and how long it takes.
pub(super) fn sections(document: Document<'_>) -> Vec<Section> {
    let mut facts = Vec::new();
    facts.extend(document.plan().and_then(by_field).map(|words| ("Fields", words)));
    facts
        .extend(since_the_last_good_run(document.facts().guardrails, document).map(|words| ("Since last time", words)));
    if let Document::Plan { plan, rate } = document {
        facts.extend(cost(plan, rate).map(|words| ("Calls", words)));
    }
    let facts = (!facts.is_empty()).then(|| Section::new("At a glance", Body::Facts(facts)));
    facts.into_iter().chain(by_domain(document)).chain(by_group(document)).collect()
}

fn by_domain(document: Document<'_>) -> Option<Section> {
    let domains = domains(document);
    if domains.is_empty() {
        return None;
    }
    let mut sorted: Vec<(String, Counts)> = domains.into_iter().collect();
    sorted.sort_by_key(|(_, counts)| std::cmp::Reverse((counts[0], counts.iter().sum::<u64>())));
    let rest = sorted.split_off(DOMAINS_SHOWN.min(sorted.len()));
    let mut rows: Vec<(String, Vec<u64>)> =
        sorted.into_iter().map(|(domain, counts)| (domain, counts.to_vec())).collect();
    if !rest.is_empty() {
        let sum =
            rest.iter().fold(Counts::default(), |sum, (_, counts)| std::array::from_fn(|at| sum[at] + counts[at]));
        rows.push((counted(rest.len() as u64, "other domain", "other domains"), sum.to_vec()));
    }
    let columns = RISKY_FIRST.map(ActionKind::as_str).into();
    let figures = Figures { label: "domain", columns, rows, by_result: false };
    Some(Section::new("Changes by domain", Body::Figures(figures)))
}

/// Who joins and leaves each group.
fn by_group(document: Document<'_>) -> Option<Section> {
    let mut groups = BTreeMap::<(&str, &str), [u64; OF_GROUPS.len()]>::new();
    for line in document.action_lines() {
        let (LineKind::Action(kind), Some(group)) = (line.kind, line.in_group) else { continue };
        if let Some(place) = OF_GROUPS.iter().position(|one| *one == kind) {
            groups.entry((&group.name, &group.id)).or_default()[place] += 1;
        }
    }
    let rows: Vec<_> = groups.into_iter().map(|((name, _), counts)| (name.to_owned(), counts.to_vec())).collect();
    let columns = OF_GROUPS.map(ActionKind::as_str).into();
    let figures = Figures { label: "group", columns, by_result: false, rows };
    (!figures.rows.is_empty()).then(|| Section::new("Changes by group", Body::Figures(figures)))
}

/// Planned changes, or those that a run made or tried.
fn domains(document: Document<'_>) -> BTreeMap<String, Counts> {
    let mut domains = BTreeMap::<String, Counts>::new();
    let is_done = document.is_done();
    for line in document.action_lines() {
        let LineKind::Action(kind) = line.kind else { continue };
        if OF_GROUPS.contains(&kind) || (is_done && line.result() == Some(ActionResult::NotAttempted)) {
            continue;
        }
        let domain = line.email.rsplit_once('@').map_or("", |(_, domain)| domain);
        if let Some(place) = RISKY_FIRST.iter().position(|one| *one == kind) {
            domains.entry(domain.to_lowercase()).or_default()[place] += 1;
        }
    }
    domains
}

/// `lastName 2,580, firstName 67`; that the status changes is what the kinds say.
fn by_field(plan: &Plan) -> Option<String> {
    let mut fields = BTreeMap::<&str, u64>::new();
    for (field, _) in edits(plan).flat_map(|action| action.fields().iter()) {
        if field != ManagedField::Status {
            *fields.entry(field.api_name()).or_default() += 1;
        }
    }
    let mut fields: Vec<_> = fields.into_iter().collect();
    fields.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words: Vec<String> = fields.iter().map(|(field, count)| format!("{field} {}", number(*count))).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn edits(plan: &Plan) -> impl Iterator<Item = &Action> {
    plan.actions.iter().filter(|action| matches!(action.change, UserChange::Edit { .. }))
}

/// A create is one call; a change to a user is a get and a save; members of a group join and leave together.
fn cost(plan: &Plan, rate: Option<f64>) -> Option<String> {
    let edits = edits(plan).count() as u64;
    let of_members = |members: &[_]| members.len().div_ceil(MEMBERS_OF_A_CALL);
    let of_groups = plan.memberships.iter().map(|one| of_members(&one.join) + of_members(&one.leave)).sum::<usize>();
    let calls = (plan.actions.len() + of_groups) as u64 + edits;
    let words = format!("about {}", counted(calls, "call", "calls"));
    match (calls, rate) {
        (0, _) => None,
        (_, None) => Some(words),
        (_, Some(rate)) => Some(format!("{words}, {} at {rate} a second", seconds(calls as f64 / rate))),
    }
}

/// What a guardrail compared with the last good run: its name, the figure then, and now.
fn shift(guardrails: &[Guardrail], name: GuardrailName, now: u64) -> Option<(u64, u64)> {
    let then = guardrails.iter().find(|guardrail| guardrail.name == name)?.base?;
    Some((then, now))
}

fn shifts(guardrails: &[Guardrail], document: Document<'_>) -> Vec<(&'static str, u64, u64)> {
    let rows = shift(guardrails, GuardrailName::MaxShrink, document.facts().source.valid_rows);
    let in_scope = document.plan().map(|plan| plan.remote.in_scope);
    let users = in_scope.and_then(|now| shift(guardrails, GuardrailName::MaxRemoteShrink, now));
    let all = [("valid rows", rows), ("users in scope", users)];
    all.into_iter().filter_map(|(what, shift)| shift.map(|(then, now)| (what, then, now))).collect()
}

/// `315 valid rows, then 312; 298 users in scope, as then`
fn since_the_last_good_run(guardrails: &[Guardrail], document: Document<'_>) -> Option<String> {
    let words = shifts(guardrails, document).into_iter().map(|(what, then, now)| {
        let before = if then == now { "as then".to_owned() } else { format!("{} then", number(then)) };
        format!("{} {what}, {before}", number(now))
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// What a reviewer would want to be told though no guardrail trips.
pub(super) fn unusual(document: Document<'_>) -> Vec<Item> {
    let guardrails = document.facts().guardrails;
    let mut words: Vec<String> = shifts(guardrails, document)
        .into_iter()
        .filter(|(_, then, now)| then.abs_diff(*now) * 100 >= then * A_SHIFT && then != now)
        .map(|(what, then, now)| {
            let more = if now > then { "more" } else { "fewer" };
            let share = (then.abs_diff(now) * 100).checked_div(then).map(|share| format!(" ({share}%)"));
            format!(
                "{} {more} {what} than at the last good run{}",
                number(then.abs_diff(now)),
                share.unwrap_or_default()
            )
        })
        .collect();
    words.extend(document.plan().into_iter().flat_map(jumps));
    words.extend(one_domain_loses_access(document));
    words.extend(document.plan().and_then(the_same_field));
    words.into_iter().map(|words| Item::warning("!", words)).collect()
}

/// `35 to disable (12% of the users in scope), 2 at the last good run`
fn jumps(plan: &Plan) -> impl Iterator<Item = String> {
    let compared = plan.last_changes.into_iter().flat_map(|then| {
        [
            (ActionKind::Disable, then.disable),
            (ActionKind::Create, then.create),
            (ActionKind::Enable, then.enable),
            (ActionKind::Update, then.update),
        ]
    });
    compared.filter_map(|(kind, then)| {
        let now = plan.summary.of(kind);
        let share = (now * 100).checked_div(plan.remote.in_scope);
        let share = share.map_or_else(String::new, |share| format!(" ({share}% of the users in scope)"));
        let before = if then == 0 { "none".to_owned() } else { number(then) };
        (now >= A_PATTERN && now >= then * A_JUMP)
            .then(|| format!("{} to {}{share}, {before} at the last good run", number(now), kind.as_str()))
    })
}

fn one_domain_loses_access(document: Document<'_>) -> Option<String> {
    let domains = domains(document);
    let all: u64 = domains.values().map(|counts| counts[0]).sum();
    let (domain, most) = domains.iter().map(|(domain, counts)| (domain, counts[0])).max_by_key(|(_, count)| *count)?;
    let is_pattern = domains.len() > 1 && all >= A_PATTERN && is_nearly_all(most, all);
    is_pattern.then(|| format!("{} of {} who lose access are of {domain}", number(most), number(all)))
}

fn the_same_field(plan: &Plan) -> Option<String> {
    let updates = edits(plan).filter(|action| action.kind() == ActionKind::Update);
    let mut alone = BTreeMap::<&str, u64>::new();
    let mut all = 0;
    for action in updates {
        all += 1;
        let mut fields = action.fields().iter().map(|(field, _)| field);
        if let (Some(only), None) = (fields.next(), fields.next()) {
            *alone.entry(only.api_name()).or_default() += 1;
        }
    }
    let (field, most) = alone.into_iter().max_by_key(|(_, count)| *count)?;
    let is_pattern = all >= MANY_UPDATES && is_nearly_all(most, all);
    is_pattern.then(|| format!("{} of {} updates change {field} alone", number(most), number(all)))
}

fn is_nearly_all(part: u64, whole: u64) -> bool {
    part * 100 >= whole * NEARLY_ALL
}
