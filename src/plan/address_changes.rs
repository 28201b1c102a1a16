//! Finds likely changes of address: one user is absent and another of the same name is created in the same plan. An
//! absent user may be disabled by it, or wait for that.

use std::collections::HashMap;

use super::file::action::{Action, ActionKind, Reason};
use super::file::document::Waiting;
use crate::model::normalize_name;

/// Of thousands of pairs, the first ones are named and the rest counted.
const WARNINGS_AT_MOST: usize = 20;

/// Notes both sides of every pair, and returns one warning for each.
///
/// Two accounts would mean a lost profile; a `uid` column turns the pair into a change of address.
pub(super) fn note_likely_ones(actions: &mut [Action], waiting: &[Waiting]) -> Vec<String> {
    let pairs = pairs(actions, waiting);
    let mut warnings = Vec::new();
    for &(create, absent) in &pairs {
        let new = actions[create].email.clone();
        let (old, fate) = match absent {
            Absent::Disabled(position) => {
                let note = format!("likely a change of address: {new} has the same name and is new");
                actions[position].note = Some(note.into());
                (actions[position].email.to_string(), "would be disabled")
            }
            Absent::Waiting(position) => (waiting[position].email.clone(), "waits to be disabled"),
        };
        actions[create].note = Some(format!("likely a change of address: {old} has the same name and no row").into());
        if warnings.len() < WARNINGS_AT_MOST {
            warnings.push(format!(
                "likely change of address: {old} {fate} and {new} would be created, both with the same name; a uid column makes it one account"
            ));
        }
    }
    if pairs.len() > WARNINGS_AT_MOST {
        warnings.push(format!(
            "{} more likely changes of address are noted on their actions",
            pairs.len() - WARNINGS_AT_MOST
        ));
    }
    warnings
}

/// A user without a row, by its position.
#[derive(Clone, Copy)]
enum Absent {
    Disabled(usize),
    Waiting(usize),
}

/// Positions of a create and of an absent user that bear the same name. Each is in one pair at most.
fn pairs(actions: &[Action], waiting: &[Waiting]) -> Vec<(usize, Absent)> {
    let mut leavers: HashMap<String, Vec<Absent>> = HashMap::new();
    for (position, user) in waiting.iter().enumerate() {
        if let Some(name) = &user.name {
            leavers.entry(name_key(name)).or_default().push(Absent::Waiting(position));
        }
    }
    for (position, action) in actions.iter().enumerate() {
        if let (ActionKind::Disable, Reason::Absent, Some(name)) = (action.kind(), action.reason, &action.name) {
            leavers.entry(name_key(name)).or_default().push(Absent::Disabled(position));
        }
    }
    let mut pairs = Vec::new();
    for (position, action) in actions.iter().enumerate().filter(|(_, action)| action.kind() == ActionKind::Create) {
        let same_name = action.name.as_deref().and_then(|name| leavers.get_mut(&name_key(name)));
        if let Some(leaver) = same_name.and_then(Vec::pop) {
            pairs.push((position, leaver));
        }
    }
    pairs
}

fn name_key(name: &str) -> String {
    normalize_name(name).to_lowercase()
}
