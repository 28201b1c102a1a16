//! The model test: random tenants, groups, CSVs and policies. A small reference model, which shares no code with the
//! library, says what each user must become and which groups it must be in; the library is run against the sandbox over HTTP; the tenants are compared
//! attribute by attribute. `PROPTEST_CASES` sets how many cases there are.

mod case;
mod hostile;
mod library;
mod reference;
mod undo;

use std::collections::{BTreeMap, BTreeSet};

use lumsync::sandbox::{CallKind, Sandbox, SandboxSettings, TenantSource};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::runtime::RUNTIME;
use crate::support::soak;
use case::{Case, case};
use library::Ran;

/// A user as the tenant keeps it: attributes and, byte for byte, their values.
pub type Stored = BTreeMap<String, String>;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: u32::try_from(soak::count("PROPTEST_CASES", 64)).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_user_becomes_what_the_reference_model_says(case in case()) {
        RUNTIME.block_on(check(&case))?;
    }

    /// However the tenant lies, and although it accepts a second account of an address.
    #[test]
    fn nobody_is_ever_created_twice_whatever_the_tenant_answers(case in case(), faults in hostile::faults()) {
        RUNTIME.block_on(hostile::check(&case, &faults))?;
    }
}

/// What never happens in a case is never tried.
#[test]
fn random_cases_are_rich_in_joins_and_leaves() {
    let (mut runner, mut joins, mut leaves) = (TestRunner::deterministic(), 0, 0);
    for _ in 0..256 {
        let case = case().new_tree(&mut runner).unwrap().current();
        let before = stored(&case.tenant.join("\n"));
        for (user, wanted) in before.iter().zip(reference::expected(&case, &before).unwrap_or_default()) {
            let (had, wanted) = (groups_of(user), groups_of(&wanted));
            joins += (&wanted - &had).len();
            leaves += (&had - &wanted).len();
        }
    }
    assert!(joins > 40 && leaves > 15, "{joins} joins and {leaves} leaves");
}

fn settings(case: &Case) -> SandboxSettings {
    let groups = case.groups.iter().map(|group| &group.line);
    let lines: Vec<&str> = groups.chain(&case.tenant).map(String::as_str).collect();
    SandboxSettings {
        tenant: TenantSource::Lines(lines.join("\n")),
        fixed_time: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        subscribers_cap: case.cap,
        ..SandboxSettings::default()
    }
}

async fn check(case: &Case) -> Result<(), TestCaseError> {
    let sandbox = Sandbox::start(settings(case)).await.unwrap();
    let before = stored(&sandbox.lines());
    let expected = reference::expected(case, &before);
    let ran = library::sync(case, &sandbox).await;
    let after = stored(&sandbox.lines());
    compare(&expected.clone().unwrap_or_else(|| before.clone()), &before, &after)?;
    match ran {
        Ran::Refused => prop_assert!(expected.is_none(), "the library refused a CSV that the model takes"),
        Ran::Applied { plan, outcomes } => {
            prop_assert!(expected.is_some(), "the library took a CSV that the model refuses");
            prop_assert!(undo::are_applied(&outcomes), "{:?}", outcomes);
            assert_nobody_joins_or_leaves_twice(&sandbox)?;
            // What is left to do, such as a change of address that another one made possible, is for the model to say.
            let next = reference::expected(case, &after).unwrap_or_default();
            let is_settled = shown(&next) == shown(&after);
            let Ran::Applied { plan: second, .. } = library::plan(case, &sandbox).await else {
                return Err(TestCaseError::fail("a second plan was refused"));
            };
            let is_empty = second.actions.is_empty() && second.memberships.is_empty();
            prop_assert_eq!(is_empty, is_settled, "{:?} {:?}", second.actions, second.memberships);
            undo::check(case, &sandbox, (&plan, &outcomes), &before).await?;
        }
    }
    sandbox.stop().await.unwrap();
    Ok(())
}

fn stored(lines: &str) -> Vec<Stored> {
    let parse = |line: &str| {
        let attributes: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line).unwrap();
        attributes.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect()
    };
    lines.lines().map(parse).collect()
}

/// What the tenant itself writes when a user is saved.
const TENANTS_OWN: [&str; 2] = ["fullName", "updatedAt"];
/// What the tenant itself writes when a user is created.
const GIVEN: [&str; 4] = ["uid", "id", "customer", "createdAt"];

fn compare(expected: &[Stored], before: &[Stored], after: &[Stored]) -> Result<(), TestCaseError> {
    prop_assert_eq!(expected.len(), after.len(), "as many users as expected");
    for (place, (expected, after)) in expected.iter().zip(after).enumerate().take(before.len()) {
        if *expected == before[place] {
            prop_assert_eq!(expected, after, "nobody else is touched");
        } else {
            prop_assert_eq!(without(&with_groups(expected), &TENANTS_OWN), without(&with_groups(after), &TENANTS_OWN));
        }
    }
    let created = |users: &[Stored]| {
        let given = [&TENANTS_OWN[..], &GIVEN].concat();
        let mut created: Vec<_> =
            users[before.len()..].iter().map(|user| without(&with_groups(user), &given)).collect();
        created.sort();
        created
    };
    prop_assert_eq!(created(expected), created(after));
    Ok(())
}

/// The tenant did each change of a membership once.
fn assert_nobody_joins_or_leaves_twice(sandbox: &Sandbox) -> Result<(), TestCaseError> {
    let mut done = BTreeSet::new();
    for call in sandbox.traffic().into_iter().filter(|call| call.kind == CallKind::FeedSave && call.status == Some(204))
    {
        for user in call.added.iter().chain(&call.removed) {
            prop_assert!(done.insert((call.uid.clone(), user.clone())), "{:?} again", call);
        }
    }
    Ok(())
}

/// The groups that a user is in.
fn groups_of(user: &Stored) -> BTreeSet<String> {
    let subscriptions: Vec<Value> =
        user.get("subscriptions").map(|raw| serde_json::from_str(raw).unwrap()).unwrap_or_default();
    subscriptions.iter().map(|one| one["feed"].as_str().unwrap().to_owned()).collect()
}

/// The user with its groups in one order, however the tenant wrote them down.
fn with_groups(user: &Stored) -> Stored {
    let groups = Vec::from_iter(groups_of(user)).join(" ");
    let mut shown = without(user, &["subscriptions"]);
    shown.extend((!groups.is_empty()).then(|| ("subscriptions".to_owned(), groups)));
    shown
}

fn shown(users: &[Stored]) -> Vec<Stored> {
    users.iter().map(with_groups).collect()
}

fn without(user: &Stored, names: &[&str]) -> Stored {
    user.iter().filter(|(name, _)| !names.contains(&name.as_str())).map(|(a, b)| (a.clone(), b.clone())).collect()
}
