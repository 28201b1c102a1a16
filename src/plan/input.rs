//! Everything that a plan is made from, as one value: the same input gives the same plan.

use jiff::Timestamp;

use super::document::PolicyFacts;
use super::guardrail::Limits;
use super::membership::ComparedGroups;
use super::scope::Scope;
use crate::model::{Desired, LastGood, Tenant};

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
    /// When the plan is made.
    pub now: Timestamp,
}
