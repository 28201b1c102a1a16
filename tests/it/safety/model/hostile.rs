//! The same cases on a tenant that accepts a second account of an address, and whose answers are wrong now and then.
//! What becomes of each user can't be foretold then; what must never happen can.

use std::collections::BTreeMap;

use lumsync::sandbox::{CATALOGUE, CallKind, Fault, Sandbox, SandboxSettings, hostile_catalogue};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::case::Case;
use super::{Stored, groups_of, library, reference, stored};

/// Faults that take seconds or megabytes each; the fault matrix has them.
const SLOW: [&str; 6] = ["hang", "huge-body", "429", "400-rate-limit", "http-503=1", "reset"];
/// Answers in the API's own words that somebody is not there, or is somebody else. One of them is found out by asking a
/// second time, or is noticed by the next step; two that agree with each other are the truth, as far as anybody can tell.
const LIES: [&str; 9] = [
    "http-404", "null-items", "stale-read", "reverted-save", "skipped-user", "other-user", "other-uid", "other-email",
    "other-type",
];
const CALLS: [CallKind; 7] = [
    CallKind::List,
    CallKind::Get,
    CallKind::SaveCreate,
    CallKind::SaveUpdate,
    CallKind::FeedList,
    CallKind::FeedMembers,
    CallKind::FeedSave,
];

fn begins_with(kind: &str, names: &[&str]) -> bool {
    names.iter().any(|name| kind.starts_with(name))
}

/// Up to five faults on the first calls, and at most one lie.
pub fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let kinds = CATALOGUE.into_iter().map(str::to_owned).chain(hostile_catalogue());
    let (lies, others): (Vec<String>, Vec<String>) =
        kinds.filter(|kind| !begins_with(kind, &SLOW)).partition(|kind| begins_with(kind, &LIES));
    let moment = |kinds: Vec<String>| (select(kinds), select(&CALLS), 1_u64..5);
    let fault = (moment(others), 0_u64..2)
        .prop_map(|((kind, call, first), more)| format!("{kind}:{call}:{first}-{}", first + more));
    let lie = moment(lies).prop_map(|(kind, call, number)| format!("{kind}:{call}:{number}"));
    (vec(fault, 0..5), option::of(lie))
        .prop_map(|(faults, lie)| lie.into_iter().chain(faults).map(|fault| fault.parse().unwrap()).collect())
}

pub async fn check(case: &Case, faults: &[Fault]) -> Result<(), TestCaseError> {
    let settings = SandboxSettings { twins: true, faults: faults.to_vec(), ..super::settings(case) };
    let sandbox = Sandbox::start(settings).await.unwrap();
    let before = stored(&sandbox.lines());
    let wanted = reference::expected(case, &before).unwrap_or_else(|| before.clone());
    library::try_to_sync(case, &sandbox).await;
    let after = stored(&sandbox.lines());
    assert_memberships_can_be_mended(case, &sandbox, &after).await?;
    sandbox.stop().await.unwrap();
    assert_nobody_is_made_twice(&before, &after)?;
    for (user, wanted) in before.iter().zip(&wanted) {
        let now = after.iter().find(|now| now["uid"] == user["uid"]);
        let now = now.ok_or_else(|| TestCaseError::fail(format!("{user:?} is gone")))?;
        prop_assert_eq!(super::without(user, &MAY_CHANGE), super::without(now, &MAY_CHANGE));
        if !is_taken_for_another(faults) {
            let (joins, leaves) = reference::bounds(case, user);
            let (had, has) = (groups_of(user), groups_of(now));
            prop_assert!((&has - &had).is_subset(&joins) && (&had - &has).is_subset(&leaves), "{:?}: {:?}", user, has);
        }
        let loses_access =
            user.get("status") != now.get("status") && now.get("status").is_some_and(|status| status == "\"disabled\"");
        prop_assert!(!loses_access || wanted.get("status") == now.get("status"), "{:?} is disabled", user);
    }
    Ok(())
}

/// A list that shows a user under another's identifier puts that one into its groups: nothing asks for single members.
fn is_taken_for_another(faults: &[Fault]) -> bool {
    faults.iter().any(|fault| fault.to_string().starts_with("other-") && fault.to_string().contains(":list:"))
}

/// One run on a tenant that answers properly again does the rest.
async fn assert_memberships_can_be_mended(case: &Case, sandbox: &Sandbox, now: &[Stored]) -> Result<(), TestCaseError> {
    sandbox.set_faults(Vec::new());
    let wanted = reference::expected(case, now).unwrap_or_else(|| now.to_vec());
    library::try_to_sync(case, sandbox).await;
    let groups = |users: &[Stored]| users.iter().map(groups_of).collect::<Vec<_>>();
    prop_assert_eq!(groups(&wanted)[..now.len()].to_vec(), groups(&stored(&sandbox.lines()))[..now.len()].to_vec());
    Ok(())
}

fn assert_nobody_is_made_twice(before: &[Stored], after: &[Stored]) -> Result<(), TestCaseError> {
    let (had, has) = (by_address(before), by_address(after));
    for (address, accounts) in &has {
        let earlier = had.get(address).copied().unwrap_or_default();
        prop_assert!(*accounts <= earlier.max(1), "{} has {} accounts, and had {}", address, accounts, earlier);
    }
    Ok(())
}

fn by_address(users: &[Stored]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for user in users {
        *counts.entry(user["email"].to_lowercase()).or_default() += 1;
    }
    counts
}

/// What a save may change, and what the tenant itself writes with one.
const MAY_CHANGE: [&str; 8] =
    ["email", "firstName", "lastName", "status", "isHidden", "fullName", "updatedAt", "subscriptions"];
