//! Runs the library as the commands do: loader, list, comparison, engine.

use std::collections::BTreeMap;
use std::error::Error;

use lumsync::api::{ListQuery, UserReader};
use lumsync::execute::{Engine, Event, LookUp, Outcome, Stop};
use lumsync::model::{AccountType, DesiredUsers, Email, Tenant};
use lumsync::plan::{
    ComparedGroups, Draft, Grace, GroupMode, GroupPattern, GroupRules, GroupsNow, Limits, OnInvalid, OnLookalike,
    OnMissing, PastChange, PastMember, Plan, PlanInput, PolicyFacts, ResolvedGroups, Scope, UndoDraft, UndoInput,
    member_changes,
};
use lumsync::sandbox::Sandbox;
use lumsync::source::{Loaded, SourceSettings, load, open};
use tokio::sync::mpsc;

use super::case::Case;
use crate::support::reader::reader;

/// What a run came to.
pub enum Ran {
    /// Invalid rows or groups that can't be used stopped it before anything was written.
    Refused,
    /// It was planned and, by [`sync`], applied.
    Applied {
        /// What was planned.
        plan: Box<Plan>,
        /// How each action and each join and leave ended.
        outcomes: Vec<Outcome>,
    },
}

/// Plans and applies.
pub async fn sync(case: &Case, sandbox: &Sandbox) -> Ran {
    run(case, sandbox, true).await
}

/// Plans.
pub async fn plan(case: &Case, sandbox: &Sandbox) -> Ran {
    run(case, sandbox, false).await
}

/// Plans and applies, if the tenant lets it: `None` where there was no plan, else how each change ended.
pub async fn try_to_sync(case: &Case, sandbox: &Sandbox) -> Option<Vec<Outcome>> {
    let (loaded, reader, scope) = (load_csv(case).await, reader_of(case, sandbox), scope_of(case));
    let plan = make_plan(case, &loaded, &reader, &scope).await.ok()??;
    Some(apply(case, &plan, &loaded.users, (&reader, &scope)).await)
}

async fn run(case: &Case, sandbox: &Sandbox, applies: bool) -> Ran {
    let (loaded, reader, scope) = (load_csv(case).await, reader_of(case, sandbox), scope_of(case));
    let Some(plan) = make_plan(case, &loaded, &reader, &scope).await.unwrap() else { return Ran::Refused };
    let outcomes = if applies { apply(case, &plan, &loaded.users, (&reader, &scope)).await } else { Vec::new() };
    Ran::Applied { plan: Box::new(plan), outcomes }
}

/// Plans what takes these changes back, and applies it.
pub async fn undo(
    case: &Case,
    sandbox: &Sandbox,
    changes: &[PastChange],
    members: &[PastMember],
) -> (Plan, Vec<Outcome>) {
    let (reader, scope) = (reader_of(case, sandbox), scope_of(case));
    let list = reader.list(&query_of(case), |_, _| {}).await.unwrap();
    let concerned: BTreeMap<&str, &str> = members.iter().map(|past| (&*past.group.id, &*past.group.name)).collect();
    let concerned: Vec<(&str, &str)> = concerned.into_iter().collect();
    let now = reader.members(&query_of(case), &concerned).await.unwrap();
    let ids = concerned.iter().map(|(id, _)| Box::from(*id));
    let input = UndoInput {
        members,
        groups: &GroupsNow::new(&reader.groups().await.unwrap(), ids.zip(now)),
        run_id: "run",
        changes,
        tenant: Tenant { base_url: String::new(), organization_id: String::new() },
        scope: &scope,
        limits: Limits::default(),
        warnings: Vec::new(),
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    let draft = UndoDraft::new(input, &list.users);
    let owners = reader.address_owners(&draft.addresses(), &query_of(case), &list.listed).await.unwrap();
    let plan = draft.finish(&owners).unwrap();
    let outcomes = apply(case, &plan, &DesiredUsers::default(), (&reader, &scope)).await;
    (plan, outcomes)
}

fn reader_of(case: &Case, sandbox: &Sandbox) -> UserReader {
    reader(&sandbox.base_url(), &sandbox.token(), 2, case.concurrency)
}

async fn load_csv(case: &Case) -> Loaded {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(&case.columns).unwrap();
    for row in &case.rows {
        table.write_record(row).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, table.into_inner().unwrap()).unwrap();
    let today = "2026-01-01".parse().unwrap();
    let settings = SourceSettings { delimiter: Some(b','), today, ..SourceSettings::default() };
    let raw = open(path.to_str().unwrap(), &settings).await.unwrap();
    load(raw, &settings).unwrap()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn scope_of(case: &Case) -> Scope {
    let protected: Vec<String> = case.policy.protected.iter().map(|start| format!("{start}*")).collect();
    let runs_as = case.policy.runs_as.map(|email| Email::parse(email).unwrap());
    Scope::new(&types_of(case), &owned(&case.policy.domains), &protected, runs_as).unwrap()
}

/// `None` where invalid rows or groups that can't be used end the run.
async fn make_plan(
    case: &Case,
    loaded: &Loaded,
    reader: &UserReader,
    scope: &Scope,
) -> Result<Option<Plan>, Box<dyn Error>> {
    if loaded.facts.invalid_rows > 0 && !case.policy.skips_invalid {
        return Ok(None);
    }
    let resolved = if loaded.managed.groups {
        let resolved = ResolvedGroups::new(&loaded.users, &reader.groups().await?, &group_rules(case));
        if !resolved.findings.is_empty() && !case.policy.skips_unknown_groups {
            return Ok(None);
        }
        Some(resolved)
    } else {
        None
    };
    let policy = PolicyFacts {
        partial: case.policy.is_partial,
        on_missing: if case.policy.keeps_missing { OnMissing::Keep } else { OnMissing::Disable },
        on_invalid: if case.policy.skips_invalid { OnInvalid::Skip } else { OnInvalid::Stop },
        on_lookalike: if case.policy.takes_lookalikes_for_two { OnLookalike::Act } else { OnLookalike::Hold },
    };
    let list = reader.list(&query_of(case), |_, _| {}).await?;
    let concerned = resolved.iter().flat_map(|resolved| &resolved.concerned).map(|group| (&*group.id, &*group.name));
    let members = reader.members(&query_of(case), &concerned.collect::<Vec<_>>()).await?;
    let groups = resolved.as_ref().map(|resolved| ComparedGroups { resolved, members: &members });
    let input = PlanInput {
        desired: loaded.desired(),
        tenant: Tenant { base_url: String::new(), organization_id: String::new() },
        scope,
        policy,
        groups: groups.as_ref(),
        limits: Limits::default(),
        last_good: None,
        last_columns: None,
        grace: Grace::NONE,
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    let draft = Draft::new(input, &list.users);
    let owners = reader.address_owners(&draft.addresses(), &query_of(case), &list.listed).await?;
    let plan = draft.finish(&owners)?;
    Ok((plan.invalid.is_empty() || case.policy.skips_invalid).then_some(plan))
}

fn group_rules(case: &Case) -> GroupRules {
    let managed = case.policy.managed.iter().flatten();
    GroupRules {
        mode: if case.policy.managed.is_some() { GroupMode::Exact } else { GroupMode::Add },
        managed: managed.map(|pattern| GroupPattern::new(pattern).unwrap()).collect(),
        ..GroupRules::default()
    }
}

fn query_of(case: &Case) -> ListQuery {
    ListQuery { types: types_of(case), page_size: case.page_size, with_hidden: true, ..ListQuery::default() }
}

fn types_of(case: &Case) -> Vec<AccountType> {
    case.policy.types.iter().map(|word| AccountType::from_word(word)).collect()
}

async fn apply(
    case: &Case,
    plan: &Plan,
    passwords: &DesiredUsers,
    (reader, scope): (&UserReader, &Scope),
) -> Vec<Outcome> {
    let (events, mut heard) = mpsc::channel(64);
    let listening = tokio::spawn(async move {
        let mut outcomes: Vec<(usize, Outcome)> = Vec::new();
        while let Some(event) = heard.recv().await {
            match event {
                Event::AboutToSend(_, recorded) => recorded.confirm(Ok(())),
                Event::Ended { position, outcome } => outcomes.push((position, outcome)),
                Event::PhaseStarted { .. } | Event::Stopping { .. } => {}
            }
        }
        outcomes.sort_by_key(|(position, _)| *position);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>()
    });
    let (writer, stop) = (reader.writer(), Stop::default());
    let engine = Engine {
        reader,
        writer: &writer,
        concurrency: case.concurrency,
        look_up: if case.looks_first { LookUp::First } else { LookUp::OnDoubt },
        scope,
        user_query: &query_of(case),
        was_applied: &|_| false,
        was_member_changed: &|_| false,
        stop: &stop,
        events,
    };
    engine.apply(plan, passwords).await;
    drop(engine);
    let outcomes = listening.await.unwrap();
    assert_eq!(outcomes.len(), plan.actions.len() + member_changes(&plan.memberships).count());
    outcomes
}
