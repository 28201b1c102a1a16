//! Finds likely changes of address: one user is absent and another of the same name is created in the same plan.

use std::collections::HashMap;

use super::file::action::{Action, ActionKind, Reason};
use crate::model::normalize_name;

/// Of thousands of pairs, the first ones are named and the rest counted.
const WARNINGS_AT_MOST: usize = 20;

/// Notes both sides of every pair, and returns one warning for each.
///
/// Two accounts would mean a lost profile; a `uid` column turns the pair into a change of address.
pub(super) fn note_likely_ones(actions: &mut [Action]) -> Vec<String> {
    let pairs = pairs(actions);
    let mut warnings = Vec::new();
    for &(create, disable) in &pairs {
        let (new, old) = (actions[create].email.clone(), actions[disable].email.clone());
        actions[create].note = Some(format!("likely a change of address: {old} has the same name and no row").into());
        actions[disable].note = Some(format!("likely a change of address: {new} has the same name and is new").into());
        if warnings.len() < WARNINGS_AT_MOST {
            warnings.push(format!(
                "likely change of address: {old} would be disabled and {new} created, both with the same name; a uid column makes it one account"
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

/// Positions of a create and a disable for absence that bear the same name. Each action is in one pair at most.
fn pairs(actions: &[Action]) -> Vec<(usize, usize)> {
    let mut leavers: HashMap<String, Vec<usize>> = HashMap::new();
    for (position, action) in actions.iter().enumerate() {
        if let (ActionKind::Disable, Reason::Absent, Some(name)) = (action.kind(), action.reason, &action.name) {
            leavers.entry(name_key(name)).or_default().push(position);
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
