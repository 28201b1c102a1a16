//! Everything that a plan is made from, as one value: the same input gives the same plan.

use jiff::Timestamp;

use super::file::document::PolicyFacts;
use super::file::membership::ComparedGroups;
use super::grace::Grace;
use super::guardrail::Limits;
use super::scope::Scope;
use crate::model::{Desired, KnownColumns, LastGood, Tenant};

/// What a plan is made from, beside the tenant's users.
#[derive(Debug, Clone)]
pub struct PlanInput<'a> {
    /// What the CSV says.
    pub desired: Desired<'a>,
    /// Which tenant is planned for.
    pub tenant: Tenant,
    /// Which users the job may change.
    pub scope: &'a Scope,
    /// How absence and invalid rows are judged.
    pub policy: PolicyFacts,
    /// Groups and their members, where the CSV has a column of them.
    pub groups: Option<&'a ComparedGroups<'a>>,
    /// The limits in force.
    pub limits: Limits,
    /// What the last good full run of the same tenant and scope had, where one is known.
    pub last_good: Option<LastGood>,
    /// The columns of the last good run of the same tenant, scope and kind, where one is known.
    pub last_columns: Option<LastColumns>,
    /// How long users without a row keep their access.
    pub grace: Grace<'a>,
    /// When the plan is made.
    pub now: Timestamp,
}

/// The columns that earlier runs had.
#[derive(Debug, Clone, Default)]
pub struct LastColumns {
    /// Of the last good full run.
    pub full: Option<KnownColumns>,
    /// Of the last good run that was full or partial, as this one is.
    pub same_kind: Option<KnownColumns>,
}
