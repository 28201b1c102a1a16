//! Reads again what was changed (`--verify`): an answer to a save says what the tenant took, not what it kept.

use std::collections::HashMap;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::event::{ActionResult, Outcome};
use super::stop::Stop;
use crate::api::{ListQuery, Purpose, UserReader};
use crate::model::{FieldValue, ManagedField, TenantUser, Uid, UserRecord};
use crate::plan::Action;

/// What was found of the changes that a run made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verified {
    /// Users that were applied, or already as planned.
    pub checked: u64,
    /// Those that are as planned.
    pub confirmed: u64,
    /// What is not as planned, field by field.
    pub differing: Vec<Difference>,
    /// Why the others could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A field that is not as the run saved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Difference {
    /// The address that the user should have.
    pub email: Box<str>,
    /// Which field; `email` with nothing found is a user that is not there.
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

/// A user as it should be now.
struct Expected<'a> {
    uid: &'a Uid,
    email: &'a str,
    fields: Vec<(ManagedField, FieldValue<'a>)>,
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

    /// Reads every user whose change is done, until it is as planned or there is nothing left to try.
    pub async fn run(&self, actions: &[Action], outcomes: &[Outcome]) -> Verified {
        let mut open = expected(actions, outcomes);
        let checked = open.len() as u64;
        let mut findings = self.read(&open).await;
        for &wait in self.waits {
            let is_confirmed = |finding: &Finding| finding.as_ref().is_ok_and(Vec::is_empty);
            let mut confirmed = findings.iter().map(is_confirmed);
            open.retain(|_| !confirmed.next().unwrap_or_default());
            findings.retain(|finding| !is_confirmed(finding));
            if open.is_empty() || !self.waits(wait).await {
                break;
            }
            findings = self.read(&open).await;
        }
        fold(checked, findings)
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
        match outcome.result {
            ActionResult::Applied | ActionResult::Already => {}
            ActionResult::Drifted | ActionResult::Failed | ActionResult::NotAttempted => return None,
        }
        let new_address = action.fields().get(ManagedField::Email).map(|change| change.after.as_str());
        let email = new_address.unwrap_or(&action.email);
        let changed = action.fields().iter().filter(|(field, _)| *field != ManagedField::Email);
        let changed = changed.map(|(field, change)| (field, change.after.borrowed()));
        let fields = [(ManagedField::Email, FieldValue::text(email))].into_iter().chain(changed).collect();
        Some(Self { uid: outcome.uid.as_ref()?, email, fields })
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

fn value_of(field: ManagedField, user: &UserRecord) -> Result<FieldValue<'static>, String> {
    field.read_from(user).map(FieldValue::into_owned).map_err(|unreadable| unreadable.found)
}

fn listed_value(field: ManagedField, user: &TenantUser<'_>) -> Result<FieldValue<'static>, String> {
    if user.traits.is_readable { Ok(user.value(field).into_owned()) } else { Err("it can't be read".to_owned()) }
}

fn expected<'a>(actions: &'a [Action], outcomes: &'a [Outcome]) -> Vec<Expected<'a>> {
    actions.iter().zip(outcomes).filter_map(|(action, outcome)| Expected::of(action, outcome)).collect()
}

fn fold(checked: u64, findings: Vec<Finding>) -> Verified {
    let mut verified = Verified { checked, confirmed: checked - findings.len() as u64, ..Verified::default() };
    for finding in findings {
        match finding {
            Ok(differing) if differing.is_empty() => verified.confirmed += 1,
            Ok(mut differing) => verified.differing.append(&mut differing),
            Err(error) => drop(verified.error.get_or_insert(error)),
        }
    }
    verified
}
