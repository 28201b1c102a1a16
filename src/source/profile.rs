//! What is in a file, in figures: what an operator looks at before trusting it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::columns::{Column, Field};
use super::loaded::Loaded;
use super::problems::ProblemKind;
use crate::model::{Status, domain_key};

/// Domains that are listed.
const TOP_DOMAINS: usize = 10;

/// The figures that `check` ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Data rows.
    pub rows: u64,
    /// Rows that a plan can use.
    pub valid_rows: u64,
    /// Rows that it can't.
    pub invalid_rows: u64,
    /// As the standard calls it.
    pub encoding: String,
    /// As people write it.
    pub delimiter: String,
    /// Field by field, the column that holds it.
    pub mapped: BTreeMap<Field, Column>,
    /// Columns that mean nothing to us.
    pub ignored: Vec<Column>,
    /// Of the valid rows.
    pub statuses: StatusCounts,
    /// Of the valid rows: the domains with the most users, most first.
    pub domains: Vec<DomainCount>,
    /// Rows whose address stands on another row too.
    pub duplicate_emails: u64,
    /// Rows whose uid stands on another row too.
    pub duplicate_uids: u64,
}

/// What the valid rows want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusCounts {
    /// Rows that say enabled.
    pub enabled: u64,
    /// Rows that say disabled.
    pub disabled: u64,
    /// Rows that say nothing.
    pub unsaid: u64,
}

/// How many users a domain has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainCount {
    /// In lower case, ASCII form.
    pub domain: String,
    /// Valid rows.
    pub users: u64,
}

impl Profile {
    /// The figures of a loaded file.
    pub fn of(loaded: &Loaded) -> Self {
        let columns = &loaded.layout.columns;
        let mapped = Field::ALL.iter().filter_map(|&field| Some((field, columns.of(field)?))).collect();
        Self {
            rows: loaded.facts.rows,
            valid_rows: loaded.facts.valid_rows,
            invalid_rows: loaded.facts.invalid_rows,
            encoding: loaded.layout.encoding.clone(),
            delimiter: loaded.layout.delimiter.clone(),
            mapped,
            ignored: columns.ignored(),
            statuses: statuses(loaded),
            domains: domains(loaded),
            duplicate_emails: rows_with(loaded, ProblemKind::DuplicateEmail),
            duplicate_uids: rows_with(loaded, ProblemKind::DuplicateUid),
        }
    }
}

fn statuses(loaded: &Loaded) -> StatusCounts {
    let mut counts = StatusCounts::default();
    for user in loaded.users.iter() {
        match user.values.status() {
            Some(Status::Enabled) => counts.enabled += 1,
            Some(Status::Disabled) => counts.disabled += 1,
            None => counts.unsaid += 1,
        }
    }
    counts
}

fn domains(loaded: &Loaded) -> Vec<DomainCount> {
    let mut as_written: BTreeMap<&str, u64> = BTreeMap::new();
    for index in 0..loaded.users.len() {
        let domain = loaded.users.email(index).rsplit_once('@').map_or("", |(_, domain)| domain);
        *as_written.entry(domain).or_default() += 1;
    }
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (domain, users) in as_written {
        *counts.entry(domain_key(domain)).or_default() += users;
    }
    let mut domains: Vec<DomainCount> =
        counts.into_iter().map(|(domain, users)| DomainCount { domain, users }).collect();
    domains.sort_by(|left, right| right.users.cmp(&left.users).then_with(|| left.domain.cmp(&right.domain)));
    domains.truncate(TOP_DOMAINS);
    domains
}

fn rows_with(loaded: &Loaded, kind: ProblemKind) -> u64 {
    // A row has one address and one uid, and so one problem of each of these kinds at most.
    loaded.problem_counts.get(&kind).copied().unwrap_or_default()
}
