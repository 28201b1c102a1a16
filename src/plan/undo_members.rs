//! Takes joins and leaves back: whoever joined leaves again, and the other way round.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::file::action::{Action, ActionKind};
use super::file::membership::{GroupName, Member, Membership, order_of, sort};
use super::scope::{Judgement, Scope};
use crate::model::{FieldValue, ManagedField, Status, TenantGroup, TenantUser, Uid, UidList};

/// A join or a leave that a run made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastMember {
    /// [`ActionKind::Join`] or [`ActionKind::Leave`].
    pub kind: ActionKind,
    /// Which group.
    pub group: GroupName,
    /// Whose address, as the run knew it.
    pub email: Box<str>,
    /// Whose.
    pub uid: Uid,
    /// Whether the run knows that the change was made.
    pub is_certain: bool,
}

/// The groups of a run as they are now.
#[derive(Debug, Default)]
pub struct GroupsNow {
    /// Members by the group's identifier; nothing for a group that is gone or never written to.
    members: HashMap<Box<str>, (u64, HashSet<Box<str>>)>,
}

/// What becomes of one join or leave.
pub(super) enum TurnedRound {
    /// It is taken back.
    Planned,
    /// It was never made.
    Unmade,
    /// It stays, since the user is protected.
    Protected(String),
    /// It stays.
    Conflict(String),
}

impl GroupsNow {
    /// Keeps the members of groups that may be written to.
    pub fn new(groups: &[TenantGroup], members: impl IntoIterator<Item = (Box<str>, UidList)>) -> Self {
        let is_writable = |id: &str| groups.iter().any(|group| *group.id == *id && group.is_writable());
        let kept = members.into_iter().filter(|(id, _)| is_writable(id)).map(|(id, members)| {
            let uids: HashSet<Box<str>> = members.iter().map(Box::from).collect();
            (id, (members.len() as u64, uids))
        });
        Self { members: kept.collect() }
    }
}

/// The memberships that take a run back.
#[derive(Debug)]
pub(super) struct UndoneMembers {
    by_group: BTreeMap<Box<str>, Membership>,
    /// Users whom the same plan enables, before anybody joins or leaves.
    enabled: HashSet<Uid>,
}

impl UndoneMembers {
    pub(super) fn new(actions: &[Action]) -> Self {
        Self { by_group: BTreeMap::new(), enabled: enabled_by(actions) }
    }

    pub(super) fn judge(
        &mut self,
        past: &PastMember,
        user: &TenantUser<'_>,
        groups: &GroupsNow,
        scope: &Scope,
    ) -> TurnedRound {
        let name = &past.group.name;
        let Some((count, members)) = groups.members.get(&past.group.id) else {
            return TurnedRound::Conflict(format!("the group \"{name}\" is gone, or may not be written to any more"));
        };
        let is_member = members.contains(past.uid.as_str());
        if is_member != (past.kind == ActionKind::Join) {
            let now = if is_member { "is in" } else { "is not in" };
            return if past.is_certain {
                TurnedRound::Conflict(format!("is not as the run left it: {now} the group \"{name}\" now"))
            } else {
                TurnedRound::Unmade
            };
        }
        match scope.judge(user.email(), user.traits) {
            Judgement::Protected(protection) => return TurnedRound::Protected(protection.to_string()),
            Judgement::OutOfScope(border) => return TurnedRound::Conflict(format!("is out of scope: {border}")),
            Judgement::Changeable if self.stays_disabled(user, &past.uid) => {
                return TurnedRound::Conflict(format!("is disabled now, and so keeps to the group \"{name}\""));
            }
            Judgement::Changeable => {}
        }
        let group = self.by_group.entry(past.group.id.clone());
        let membership = group.or_insert_with(|| Membership::new(past.group.clone(), *count));
        let member = Member { email: user.email().into(), uid: Some(past.uid.clone()), row: None };
        match past.kind {
            ActionKind::Join => membership.leave.push(member),
            _ => membership.join.push(member),
        }
        TurnedRound::Planned
    }

    fn stays_disabled(&self, user: &TenantUser<'_>, uid: &Uid) -> bool {
        user.value(ManagedField::Status) == FieldValue::Status(Status::Disabled) && !self.enabled.contains(uid)
    }

    /// The memberships of a plan with these actions: whoever is not enabled after all keeps to its groups.
    pub(super) fn into_memberships(self, actions: &[Action]) -> Vec<Membership> {
        let refused: HashSet<Uid> = self.enabled.difference(&enabled_by(actions)).cloned().collect();
        let mut memberships: Vec<Membership> = self.by_group.into_values().collect();
        for membership in &mut memberships {
            for members in [&mut membership.join, &mut membership.leave] {
                members.retain(|member| member.uid.as_ref().is_none_or(|uid| !refused.contains(uid)));
                sort(members);
            }
        }
        memberships.retain(|membership| !membership.is_empty());
        memberships.sort_by(|left, right| order_of(left).cmp(&order_of(right)));
        memberships
    }
}

fn enabled_by(actions: &[Action]) -> HashSet<Uid> {
    let enables = actions.iter().filter(|action| action.kind() == ActionKind::Enable);
    enables.filter_map(|action| action.uid().cloned()).collect()
}
