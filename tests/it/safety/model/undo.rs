//! A run of a random case is taken back: every managed field of every user that it changed and nobody touched since is
//! as it was before, and whoever was touched, or not changed by it, is left alone. Its joins
//! and leaves are taken back too.

use std::collections::BTreeSet;

use lumsync::execute::{ActionResult, Outcome};
use lumsync::model::ManagedField;
use lumsync::plan::{PastChange, PastMember, Plan, member_changes};
use lumsync::sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::case::Case;
use super::{Stored, groups_of, library, stored};

/// Whether everything was done.
pub fn are_applied(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.result == ActionResult::Applied)
}

/// Touches every third user that the run changed, takes the run back, and compares.
pub async fn check(
    case: &Case,
    sandbox: &Sandbox,
    (plan, outcomes): (&Plan, &[Outcome]),
    before: &[Stored],
) -> Result<(), TestCaseError> {
    let changes: Vec<PastChange> = plan
        .actions
        .iter()
        .zip(outcomes)
        .map(|(action, outcome)| PastChange { action: action.clone(), uid: outcome.uid.clone(), is_certain: true })
        .collect();
    let of_members = member_changes(&plan.memberships).zip(&outcomes[plan.actions.len()..]);
    let members: Vec<PastMember> = of_members
        .map(|(change, outcome)| PastMember {
            kind: change.kind,
            group: change.group.clone(),
            email: change.member.email.clone(),
            uid: outcome.uid.clone().unwrap(),
            is_certain: true,
        })
        .collect();
    let uid_of = |change: &PastChange| change.uid.as_ref().unwrap().as_str().to_owned();
    let done = stored(&sandbox.lines());
    // The sandbox finds whom to touch by the address: of twins it would be the other one.
    let is_alone = |uid: &String| {
        let user = done.iter().find(|user| text(user, "uid") == *uid).unwrap();
        done.iter().filter(|other| is_same_address(other, user)).count() == 1
    };
    let touched: BTreeSet<String> = changes.iter().skip(1).step_by(3).map(uid_of).filter(is_alone).collect();
    for change in changes.iter().filter(|change| touched.contains(&uid_of(change))) {
        touch(sandbox, change);
    }
    let after = stored(&sandbox.lines());
    let (undo, outcomes) = library::undo(case, sandbox, &changes, &members).await;
    prop_assert!(are_applied(&outcomes), "{:?}", outcomes);
    let now = stored(&sandbox.lines());
    let changed: BTreeSet<String> = changes.iter().map(uid_of).collect();
    // A new address may be one that the job never changes.
    let protected: BTreeSet<String> = undo.protected.iter().map(|one| one.email.to_lowercase()).collect();
    let left_alone = undo.conflicts.iter().chain(&undo.protected).map(|one| one.email.to_lowercase());
    let left_alone: BTreeSet<String> = left_alone.collect();
    for (user, undone) in after.iter().zip(&now) {
        let earlier = before.iter().find(|earlier| text(earlier, "uid") == text(user, "uid"));
        let (had, has) = (earlier.map(groups_of).unwrap_or_default(), groups_of(user));
        let is_left_alone = left_alone.contains(&text(user, "email").to_lowercase());
        let is_between = groups_of(undone).is_subset(&(&had | &has)) && groups_of(undone).is_superset(&(&had & &has));
        prop_assert!(groups_of(undone) == had || (is_left_alone && is_between), "{:?}, and before {:?}", undone, had);
        let (user, undone) = (&super::without(user, &["subscriptions"]), &super::without(undone, &["subscriptions"]));
        let is_protected = protected.contains(&text(user, "email").to_lowercase());
        let uid = text(user, "uid");
        let earlier = before.iter().find(|user| text(user, "uid") == uid);
        // Two accounts had one address, and the run gave one of them another.
        let has_lost_address = earlier.is_some_and(|earlier| {
            let is_twin = |other: &&Stored| is_same_address(other, earlier) && text(other, "uid") != uid;
            !is_same_address(earlier, user) && after.iter().any(|other| is_twin(&other))
        });
        if !changed.contains(&uid) || touched.contains(&uid) || is_protected || has_lost_address {
            prop_assert_eq!(user, undone, "nobody else is touched");
            continue;
        }
        match earlier {
            Some(before) => prop_assert_eq!(managed(undone), managed(before)),
            // What a job of other account types created is none of its business any more.
            None if !case.policy.types.contains(&"external") => prop_assert_eq!(user, undone),
            None => prop_assert_eq!(text(undone, "status"), "disabled", "no account is deleted"),
        }
    }
    prop_assert_eq!(after.len(), now.len());
    Ok(())
}

/// Changes the first field that the run changed to something that it is neither now nor was before, where it can be.
fn touch(sandbox: &Sandbox, change: &PastChange) {
    let address = change.action.fields().get(ManagedField::Email);
    let email = address.map_or(&*change.action.email, |change| change.after.as_str()).to_owned();
    let (field, changed) = change.action.fields().iter().next().unwrap();
    let value = match field {
        ManagedField::Email => Value::from(format!("touched-{email}")),
        ManagedField::FirstName | ManagedField::LastName => Value::from("Touched"),
        ManagedField::Status if changed.after.as_str() == "enabled" => Value::from("disabled"),
        ManagedField::Status => Value::from("enabled"),
        ManagedField::IsHidden => Value::from(changed.after.as_str() != "true"),
    };
    assert!(sandbox.edit(&email, |user| drop(user.insert(field.api_name().to_owned(), value))), "{email}");
}

fn is_same_address(left: &Stored, right: &Stored) -> bool {
    text(left, "email").to_lowercase() == text(right, "email").to_lowercase()
}

/// The managed fields as a reader of the directory sees them.
fn managed(user: &Stored) -> [String; 5] {
    let or = |value: String, default: &str| if value.is_empty() { default.to_owned() } else { value };
    [
        text(user, "email").to_lowercase(),
        text(user, "firstName").trim().nfc().collect(),
        text(user, "lastName").trim().nfc().collect(),
        or(text(user, "status"), "enabled"),
        or(text(user, "isHidden"), "false"),
    ]
}

fn text(user: &Stored, name: &str) -> String {
    match user.get(name).map(|raw| serde_json::from_str::<Value>(raw).unwrap()) {
        Some(Value::String(text)) => text,
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}
