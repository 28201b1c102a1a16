//! Who joins and leaves a group: from the cells of rows and the members of groups.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::action::{Action, ActionKind};
use super::document::LeftAlone;
use crate::model::{TenantGroup, TenantUser, Uid, UidList};
use crate::plan::compare::index::UserIndex;
use crate::plan::groups::{GroupMode, ResolvedGroups};

/// The changes of one group's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// Which group.
    pub group: GroupName,
    /// How many members of the job's account types the group had.
    #[serde(default)]
    pub members: u64,
    /// Users to add.
    pub join: Vec<Member>,
    /// Users to remove.
    pub leave: Vec<Member>,
}

/// A group, as documents name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupName {
    /// The tenant's identifier of the group.
    pub id: Box<str>,
    /// As people know it.
    pub name: Box<str>,
}

/// A user who joins or leaves a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// Whose.
    pub email: Box<str>,
    /// The user's identifier; one that the same plan creates has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// Line of the CSV that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
}

/// One user who joins or leaves one group.
#[derive(Debug, Clone, Copy)]
pub struct MemberChange<'a> {
    /// [`ActionKind::Join`] or [`ActionKind::Leave`].
    pub kind: ActionKind,
    /// Which group.
    pub group: &'a GroupName,
    /// Who.
    pub member: &'a Member,
}

/// The groups that a plan compares, with the members that each has.
#[derive(Debug)]
pub struct ComparedGroups<'a> {
    /// What the cells mean.
    pub resolved: &'a ResolvedGroups,
    /// For each concerned group the users who are in it, of the job's account types.
    pub members: &'a [UidList],
}

/// Collects the changes of each concerned group.
#[derive(Debug)]
pub(in crate::plan) struct Memberships<'a> {
    groups: &'a ComparedGroups<'a>,
    /// For each group and each listed user whether it is a member.
    is_member: Vec<Vec<bool>>,
    changes: Vec<Membership>,
}

impl GroupName {
    /// As documents name a group of the tenant.
    pub fn of(group: &TenantGroup) -> Self {
        Self { id: group.id.clone(), name: group.name().into() }
    }
}

impl Membership {
    /// Nobody joins or leaves yet.
    pub(in crate::plan) fn new(group: GroupName, members: u64) -> Self {
        Self { group, members, join: Vec::new(), leave: Vec::new() }
    }

    /// Whether nobody joins and nobody leaves.
    pub(in crate::plan) fn is_empty(&self) -> bool {
        self.join.is_empty() && self.leave.is_empty()
    }

    /// Who joins, or who leaves.
    pub fn members_of(&self, kind: ActionKind) -> &[Member] {
        match kind {
            ActionKind::Join => &self.join,
            ActionKind::Leave => &self.leave,
            ActionKind::Create | ActionKind::Update | ActionKind::Enable | ActionKind::Disable => &[],
        }
    }
}

impl<'a> Memberships<'a> {
    pub(in crate::plan) fn new(groups: &'a ComparedGroups<'a>, users: usize, index: &UserIndex<'_>) -> Self {
        let is_member = groups.members.iter().map(|members| {
            let mut is_member = vec![false; users];
            for position in members.iter().filter_map(|uid| index.with_uid(uid)) {
                is_member[position] = true;
            }
            is_member
        });
        let named = groups.resolved.concerned.iter().zip(groups.members);
        let changes = named.map(|(group, members)| Membership::new(group.clone(), members.len() as u64));
        Self { is_member: is_member.collect(), changes: changes.collect(), groups }
    }

    /// Plans what makes the groups of a user those of its row.
    pub(in crate::plan) fn compare(&mut self, cell: usize, row: u64, position: usize, user: &TenantUser<'_>) {
        let (joins, leaves) = self.differences(cell, Some(position));
        let member = || Member { email: user.email().into(), uid: Some(Uid::new(user.uid)), row: Some(row) };
        for group in joins {
            self.changes[group].join.push(member());
        }
        for group in leaves {
            self.changes[group].leave.push(member());
        }
    }

    /// Whether the groups of the user at `position` are others than its row wants.
    pub(in crate::plan) fn differs(&self, cell: usize, position: usize) -> bool {
        let (joins, leaves) = self.differences(cell, Some(position));
        !joins.is_empty() || !leaves.is_empty()
    }

    /// A user that is to be created joins all groups of its row.
    pub(in crate::plan) fn add_newcomer(&mut self, cell: usize, row: u64, email: &str) {
        for group in self.differences(cell, None).0 {
            self.changes[group].join.push(Member { email: email.into(), uid: None, row: Some(row) });
        }
    }

    fn differences(&self, cell: usize, position: Option<usize>) -> (Vec<usize>, Vec<usize>) {
        let Some(Some(wanted)) = self.groups.resolved.cells.get(cell) else { return Default::default() };
        let is_in = |group: usize| position.is_some_and(|position| self.is_member[group][position]);
        let joins = wanted.iter().copied().filter(|&group| !is_in(group)).collect();
        let leaves = match self.groups.resolved.mode {
            GroupMode::Add => Vec::new(),
            GroupMode::Exact => {
                (0..self.changes.len()).filter(|group| is_in(*group) && wanted.binary_search(group).is_err()).collect()
            }
        };
        (joins, leaves)
    }

    pub(in crate::plan) fn into_changes(self) -> Vec<Membership> {
        self.changes
    }
}

/// Leaves out the users of rows that came to nothing, and groups without a change; the rest in a fixed order.
pub(in crate::plan) fn settle(memberships: &mut Vec<Membership>, actions: &[Action], left_alone: [&[LeftAlone]; 3]) {
    let without: HashSet<u64> = left_alone.iter().flat_map(|list| list.iter()).filter_map(|one| one.row).collect();
    let creates = actions.iter().filter(|action| action.kind() == ActionKind::Create);
    let created: HashSet<u64> = creates.filter_map(|action| action.row).collect();
    let stays = |member: &Member| {
        let is_left_alone = member.row.is_some_and(|row| without.contains(&row));
        let is_created = || member.row.is_some_and(|row| created.contains(&row));
        !is_left_alone && (member.uid.is_some() || is_created())
    };
    for membership in memberships.iter_mut() {
        for members in [&mut membership.join, &mut membership.leave] {
            members.retain(stays);
            sort(members);
        }
    }
    memberships.retain(|membership| !membership.is_empty());
    memberships.sort_by(|left, right| order_of(left).cmp(&order_of(right)));
}

pub(in crate::plan) fn sort(members: &mut [Member]) {
    let key = |member: &Member| (member.row.unwrap_or(u64::MAX), member.email.clone(), member.uid.clone());
    members.sort_by_cached_key(key);
}

pub(in crate::plan) fn order_of(membership: &Membership) -> impl Ord + '_ {
    (&membership.group.name, &membership.group.id)
}

/// All joins, then all leaves, group by group: as they are applied.
pub fn member_changes(memberships: &[Membership]) -> impl Iterator<Item = MemberChange<'_>> {
    [ActionKind::Join, ActionKind::Leave].into_iter().flat_map(move |kind| {
        memberships.iter().flat_map(move |membership| {
            let members = membership.members_of(kind).iter();
            members.map(move |member| MemberChange { kind, group: &membership.group, member })
        })
    })
}
