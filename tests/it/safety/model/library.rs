//! Runs the library as the commands do: loader, list, comparison, engine.

use std::error::Error;

use lumsync::api::{ListQuery, UserReader};
use lumsync::execute::{Engine, Event, LookUp, Outcome, Stop};
use lumsync::model::{AccountType, DesiredUsers, Email, Tenant};
use lumsync::plan::{
    Draft, Grace, GroupsNow, Limits, OnInvalid, OnLookalike, OnMissing, PastChange, Plan, PlanInput, PolicyFacts,
    Scope, UndoDraft, UndoInput,
};
use lumsync::sandbox::Sandbox;
use lumsync::source::{Loaded, SourceSettings, load, open};
use tokio::sync::mpsc;

use super::case::Case;
use crate::support::reader::reader;

/// What a run came to.
pub enum Ran {
    /// Invalid rows stopped it before anything was written.
    Refused,
    /// It was planned and, by [`sync`], applied.
    Applied {
        /// What was planned.
        plan: Box<Plan>,
        /// How each action ended.
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

/// Plans and applies, if the tenant lets it: `None` where there was no plan, else how each action ended.
pub async fn try_to_sync(case: &Case, sandbox: &Sandbox) -> Option<Vec<Outcome>> {
    let loaded = load_csv(case).await;
    if loaded.facts.invalid_rows > 0 && !case.policy.skips_invalid {
        return None;
    }
    let reader = reader(&sandbox.base_url(), &sandbox.token(), 2, case.concurrency);
    let scope = scope_of(case);
    let plan = make_plan(case, &loaded, &reader, &scope).await.ok()?;
    if !plan.invalid.is_empty() && !case.policy.skips_invalid {
        return None;
    }
    Some(apply(case, &plan, &loaded.users, (&reader, &scope)).await)
}

async fn run(case: &Case, sandbox: &Sandbox, applies: bool) -> Ran {
    let loaded = load_csv(case).await;
    if loaded.facts.invalid_rows > 0 && !case.policy.skips_invalid {
        return Ran::Refused;
    }
    let reader = reader(&sandbox.base_url(), &sandbox.token(), 2, case.concurrency);
    let scope = scope_of(case);
    let plan = make_plan(case, &loaded, &reader, &scope).await.unwrap();
    if !plan.invalid.is_empty() && !case.policy.skips_invalid {
        return Ran::Refused;
    }
    let outcomes = if applies { apply(case, &plan, &loaded.users, (&reader, &scope)).await } else { Vec::new() };
    Ran::Applied { plan: Box::new(plan), outcomes }
}

/// Plans what takes these changes back, and applies it.
pub async fn undo(case: &Case, sandbox: &Sandbox, changes: &[PastChange]) -> (Plan, Vec<Outcome>) {
    let reader = reader(&sandbox.base_url(), &sandbox.token(), 2, case.concurrency);
    let scope = scope_of(case);
    let list = reader.list(&query_of(case), |_, _| {}).await.unwrap();
    let input = UndoInput {
        members: &[],
        groups: &GroupsNow::default(),
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

async fn make_plan(case: &Case, loaded: &Loaded, reader: &UserReader, scope: &Scope) -> Result<Plan, Box<dyn Error>> {
    let policy = PolicyFacts {
        partial: case.policy.is_partial,
        on_missing: if case.policy.keeps_missing { OnMissing::Keep } else { OnMissing::Disable },
        on_invalid: if case.policy.skips_invalid { OnInvalid::Skip } else { OnInvalid::Stop },
        on_lookalike: if case.policy.takes_lookalikes_for_two { OnLookalike::Act } else { OnLookalike::Hold },
    };
    let list = reader.list(&query_of(case), |_, _| {}).await?;
    let input = PlanInput {
        desired: loaded.desired(),
        tenant: Tenant { base_url: String::new(), organization_id: String::new() },
        scope,
        policy,
        groups: None,
        limits: Limits::default(),
        last_good: None,
        last_columns: None,
        grace: Grace::NONE,
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    let draft = Draft::new(input, &list.users);
    let owners = reader.address_owners(&draft.addresses(), &query_of(case), &list.listed).await?;
    Ok(draft.finish(&owners)?)
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
    assert_eq!(outcomes.len(), plan.actions.len());
    outcomes
}
