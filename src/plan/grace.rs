//! How long a user without a row keeps its access (`--grace`).
//!
//! Since when a user is missing is remembered from one good full run to the next. The memory is a value: what a run
//! finds there, and what it leaves for the next one, are decided here.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::file::action::Reason;
use super::file::document::{Plan, Waiting};
use crate::model::{TenantUser, Uid};

/// Since when users have had no row, as good full runs of the same tenant and scope found them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MissingUsers {
    /// When the last plan was made that counted.
    pub as_of: Option<Timestamp>,
    /// Every user who waits, and since when.
    pub since: BTreeMap<Uid, Timestamp>,
}

/// The grace in force, and what is remembered.
#[derive(Debug, Clone, Copy)]
pub struct Grace<'a> {
    /// How long a user must have had no row; zero where nobody waits.
    pub duration: SignedDuration,
    /// What is remembered; or why it can't be read, and then nobody's wait is over.
    pub missing: Result<&'a MissingUsers, &'a str>,
}

static NOBODY: MissingUsers = MissingUsers { as_of: None, since: BTreeMap::new() };

impl Grace<'_> {
    /// Nobody waits.
    pub const NONE: Self = Self { duration: SignedDuration::ZERO, missing: Ok(&NOBODY) };

    /// Why nobody's wait is over in this run.
    pub(super) fn problem(&self) -> Option<&str> {
        self.missing.err().filter(|_| !self.duration.is_zero())
    }

    /// How long a user without a row has to wait yet; `None` when its wait is over.
    pub(super) fn wait(&self, user: &TenantUser<'_>, now: Timestamp) -> Option<Waiting> {
        if self.duration.is_zero() {
            return None;
        }
        let uid = Uid::new(user.uid);
        // A day to come was noted by a clock that ran ahead.
        let since = self.since(&uid).map_or(now, |since| since.min(now));
        let waiting = self.waiting((user.email(), user.full_name()), &uid, since);
        (self.missing.is_err() || now < waiting.disable_after).then_some(waiting)
    }

    /// The wait of a user who may have a row or not: it goes on where it has begun, and does not begin.
    pub(super) fn wait_in_doubt(&self, whose: (&str, Option<Box<str>>), uid: &Uid) -> Option<Waiting> {
        (!self.duration.is_zero()).then(|| self.since(uid)).flatten().map(|since| self.waiting(whose, uid, since))
    }

    /// Whether the user was missing before this run.
    pub(super) fn has_begun(&self, uid: &Uid) -> bool {
        self.since(uid).is_some()
    }

    fn since(&self, uid: &Uid) -> Option<Timestamp> {
        self.missing.ok()?.since.get(uid).copied()
    }

    fn waiting(&self, (email, name): (&str, Option<Box<str>>), uid: &Uid, missing_since: Timestamp) -> Waiting {
        Waiting {
            email: email.to_owned(),
            name,
            uid: uid.clone(),
            missing_since,
            disable_after: missing_since.saturating_add(self.duration).unwrap_or(Timestamp::MAX),
        }
    }
}

impl MissingUsers {
    /// What is remembered after a good run of a full plan. `is_done` says which users lost their access.
    ///
    /// Whoever waits goes on waiting, and whoever should have lost its access and has not is still due; everybody else is
    /// forgotten. A plan that is older than what is remembered changes nothing: a row may have come back since. What is
    /// remembered of a day to come counts for nothing here: a clock ran ahead.
    #[must_use]
    pub fn after(&self, plan: &Plan, now: Timestamp, is_done: impl Fn(&Uid) -> bool) -> Self {
        if self.as_of.is_some_and(|as_of| as_of > plan.created_at && as_of <= now) {
            return self.clone();
        }
        let mut since: BTreeMap<Uid, Timestamp> =
            plan.waiting.iter().map(|waiting| (waiting.uid.clone(), waiting.missing_since)).collect();
        let absent = plan.actions.iter().filter(|action| action.reason == Reason::Absent);
        let still_due = absent.filter_map(|action| action.uid()).filter(|uid| !is_done(uid));
        since.extend(still_due.filter_map(|uid| Some((uid.clone(), *self.since.get(uid)?))));
        Self { as_of: Some(plan.created_at), since }
    }
}
