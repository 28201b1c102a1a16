//! Reads again what was changed (`--verify`): an answer to a save says what the tenant took, not what it kept.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::event::Outcome;
use super::members::members_query;
use super::stop::Stop;
use crate::api::{ListQuery, Purpose, UserReader};
use crate::model::{FieldValue, ManagedField, TenantUser, Uid, UserRecord};
use crate::plan::{Action, ActionKind, GroupName, MemberChange, Membership, Plan, member_changes};

/// What was found of the changes that a run made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verified {
    /// Changes of users and of memberships that were applied, or already as planned.
    pub checked: u64,
    /// Those that are as planned.
    pub confirmed: u64,
    /// What is not as planned, field by field.
    pub differing: Vec<Difference>,
    /// Why the others could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A field, or a membership, that is not as the run saved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Difference {
    /// The address that the user should have.
    pub email: Box<str>,
    /// Which field; `email` with nothing found is a user that is not there. Of a membership it is [`GROUPS`], and the group's
    /// name stands where the user is, or should be, in it.
    pub field: Box<str>,
    /// What was saved.
    pub wanted: Box<str>,
    /// What is there.
    pub found: Box<str>,
}

/// How changes are read again.
pub struct Verification<'a> {
    /// For reading.
    pub reader: &'a UserReader,
    /// The list that shows the users.
    pub query: ListQuery,
    /// Calls that this list takes, as far as is known.
    pub pages: u64,
    /// Single users asked for at once.
    pub concurrency: usize,
    /// How long is waited before what differs is asked for again.
    pub waits: &'a [Duration],
    /// The switch that ends the run.
    pub stop: &'a Stop,
}

/// What a difference calls a membership.
pub const GROUPS: &str = "groups";

/// A user as it should be now.
struct Expected<'a> {
    uid: &'a Uid,
    email: &'a str,
    fields: Vec<(ManagedField, FieldValue<'a>)>,
}

/// A user who should be in a group now, or should not be.
struct ExpectedMember<'a> {
    change: MemberChange<'a>,
    uid: &'a Uid,
}

/// How a user was found; an error says why it could not be read.
type Finding = Result<Vec<Difference>, String>;

impl Verified {
    /// Whether everything is as planned.
    pub fn is_confirmed(&self) -> bool {
        self.checked == self.confirmed
    }
}

impl Verification<'_> {
    /// What does not show yet is asked for again: lists may lag behind saves.
    pub const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];

    /// Reads every user and every membership whose change is done, until it is as planned or there is nothing left to try.
    pub async fn run(&self, plan: &Plan, outcomes: &[Outcome]) -> Verified {
        let (of_users, of_members) = outcomes.split_at(plan.actions.len().min(outcomes.len()));
        let users = expected(&plan.actions, of_users);
        let members = expected_members(&plan.memberships, of_members);
        let checked = (users.len() + members.len()) as u64;
        let (of_users, of_members) = tokio::join!(
            self.until_confirmed(users, async |open| self.read(open).await),
            self.until_confirmed(members, async |open| self.read_members(open).await),
        );
        fold(checked, of_users.into_iter().chain(of_members))
    }

    /// How those were found that never were as planned.
    async fn until_confirmed<T>(&self, mut open: Vec<T>, read: impl AsyncFn(&[T]) -> Vec<Finding>) -> Vec<Finding> {
        let mut waits = self.waits.iter();
        loop {
            let is_confirmed = |finding: &Finding| finding.as_ref().is_ok_and(Vec::is_empty);
            let mut findings = read(&open).await;
            let mut confirmed = findings.iter().map(is_confirmed);
            open.retain(|_| !confirmed.next().unwrap_or_default());
            findings.retain(|finding| !is_confirmed(finding));
            match waits.next() {
                Some(&wait) if !open.is_empty() && self.waits(wait).await => {}
                _ => return findings,
            }
        }
    }

    /// False when the run is told to end: then nothing is asked for again.
    async fn waits(&self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.requested() => false,
            () = sleep(wait) => true,
        }
    }

    /// By one more list or user by user, whichever is fewer calls.
    async fn read(&self, open: &[Expected<'_>]) -> Vec<Finding> {
        if open.len() as u64 > self.pages.max(1) { self.read_list(open).await } else { self.read_each(open).await }
    }

    async fn read_list(&self, open: &[Expected<'_>]) -> Vec<Finding> {
        let users = match self.reader.list(&self.query, |_, _| {}).await {
            Ok(list) => list.users,
            Err(error) => return open.iter().map(|_| Err(error.to_string())).collect(),
        };
        let positions: HashMap<&str, usize> =
            (0..users.len()).map(|position| (users.uid(position), position)).collect();
        let reads = open.iter().map(async |expected| match positions.get(expected.uid.as_str()) {
            Some(&position) => Ok(expected.differences(|field| listed_value(field, &users.get(position)))),
            // A new account may be of a type that the job does not list.
            None => self.read_one(expected).await,
        });
        stream::iter(reads).buffered(self.concurrency.max(1)).collect().await
    }

    async fn read_each(&self, open: &[Expected<'_>]) -> Vec<Finding> {
        stream::iter(open.iter().map(|expected| self.read_one(expected)))
            .buffered(self.concurrency.max(1))
            .collect()
            .await
    }

    /// One list for each group.
    async fn read_members(&self, open: &[ExpectedMember<'_>]) -> Vec<Finding> {
        let query = members_query(&self.query);
        let groups = open.chunk_by(|left, right| left.change.group.id == right.change.group.id);
        let reads = groups.map(async |of_group| {
            let GroupName { id, name } = of_group[0].change.group;
            let listed = self.reader.members_of(&query, (id, name), Purpose::NewWork).await;
            let members: Result<HashSet<Box<str>>, String> =
                listed.map(|members| members.iter().map(Box::from).collect()).map_err(|error| error.to_string());
            let finding = |expected: &ExpectedMember<'_>| {
                members.as_ref().map(|members| expected.differences(members)).map_err(Clone::clone)
            };
            of_group.iter().map(finding).collect::<Vec<_>>()
        });
        stream::iter(reads).buffered(self.concurrency.max(1)).concat().await
    }

    async fn read_one(&self, expected: &Expected<'_>) -> Finding {
        match self.reader.by_uid(expected.uid, Purpose::NewWork).await {
            Ok(Some(user)) => Ok(expected.differences(|field| value_of(field, &user))),
            Ok(None) => Ok(expected.is_missing()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl<'a> Expected<'a> {
    /// Nothing where the change was not done, or the tenant did not say which user it made.
    fn of(action: &'a Action, outcome: &'a Outcome) -> Option<Self> {
        let uid = outcome.uid.as_ref().filter(|_| !outcome.result.is_open())?;
        let new_address = action.fields().get(ManagedField::Email).map(|change| change.after.as_str());
        let email = new_address.unwrap_or(&action.email);
        let changed = action.fields().iter().filter(|(field, _)| *field != ManagedField::Email);
        let changed = changed.map(|(field, change)| (field, change.after.borrowed()));
        let fields = [(ManagedField::Email, FieldValue::text(email))].into_iter().chain(changed).collect();
        Some(Self { uid, email, fields })
    }

    fn differences(&self, found: impl Fn(ManagedField) -> Result<FieldValue<'static>, String>) -> Vec<Difference> {
        let differing = self.fields.iter().filter_map(|(field, wanted)| {
            let found = match found(*field) {
                Ok(found) if field.is_same(&found, wanted) => return None,
                Ok(found) => found.as_str().into(),
                Err(unreadable) => unreadable.into(),
            };
            Some(self.difference(*field, wanted.as_str(), found))
        });
        differing.collect()
    }

    fn is_missing(&self) -> Vec<Difference> {
        vec![self.difference(ManagedField::Email, self.email, "".into())]
    }

    fn difference(&self, field: ManagedField, wanted: &str, found: Box<str>) -> Difference {
        Difference { email: self.email.into(), field: field.api_name().into(), wanted: wanted.into(), found }
    }
}

impl ExpectedMember<'_> {
    fn differences(&self, members: &HashSet<Box<str>>) -> Vec<Difference> {
        let MemberChange { kind, group, member } = self.change;
        let (is_wanted, is_found) = (kind == ActionKind::Join, members.contains(self.uid.as_str()));
        let group_if = |is_in: bool| if is_in { group.name.clone() } else { Box::default() };
        let difference = || Difference {
            email: member.email.clone(),
            field: GROUPS.into(),
            wanted: group_if(is_wanted),
            found: group_if(is_found),
        };
        (is_wanted != is_found).then(difference).into_iter().collect()
    }
}

fn value_of(field: ManagedField, user: &UserRecord) -> Result<FieldValue<'static>, String> {
    field.read_from(user).map(FieldValue::into_owned).map_err(|unreadable| unreadable.found)
}

fn listed_value(field: ManagedField, user: &TenantUser<'_>) -> Result<FieldValue<'static>, String> {
    if user.traits.is_readable { Ok(user.value(field).into_owned()) } else { Err("it can't be read".to_owned()) }
}

fn expected<'a>(actions: &'a [Action], outcomes: &'a [Outcome]) -> Vec<Expected<'a>> {
    actions.iter().zip(outcomes).filter_map(|(action, outcome)| Expected::of(action, outcome)).collect()
}

/// Group by group.
fn expected_members<'a>(memberships: &'a [Membership], outcomes: &'a [Outcome]) -> Vec<ExpectedMember<'a>> {
    let changes = member_changes(memberships).zip(outcomes).filter(|(_, outcome)| !outcome.result.is_open());
    let mut expected: Vec<ExpectedMember<'_>> =
        changes.filter_map(|(change, outcome)| Some(ExpectedMember { change, uid: outcome.uid.as_ref()? })).collect();
    expected.sort_by_key(|expected| &expected.change.group.id);
    expected
}

/// Of those who were not confirmed.
fn fold(checked: u64, findings: impl Iterator<Item = Finding>) -> Verified {
    let mut verified = Verified { checked, confirmed: checked, ..Verified::default() };
    for finding in findings {
        verified.confirmed -= 1;
        match finding {
            Ok(mut differing) => verified.differing.append(&mut differing),
            Err(error) => drop(verified.error.get_or_insert(error)),
        }
    }
    verified
}
