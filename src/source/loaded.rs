//! The content of a CSV.

use std::collections::BTreeMap;

use super::columns::Columns;
use super::problems::{Excerpt, Problem, ProblemKind};
use crate::model::{Attention, Desired, DesiredUsers, Doubt, Held, ManagedColumns, SourceFacts};

/// The content of a CSV.
#[derive(Debug)]
pub struct Loaded {
    /// The valid rows.
    pub users: DesiredUsers,
    /// The fields that have a column.
    pub managed: ManagedColumns,
    /// Whose the invalid rows may be.
    pub held: Held,
    /// Values of valid rows that only the tenant can tell to be right.
    pub doubts: Vec<Doubt>,
    /// For plans and reports.
    pub facts: SourceFacts,
    /// What was assumed or passed over.
    pub warnings: Vec<String>,
    /// What of it needs a person.
    pub attention: Vec<Attention>,
    /// What makes rows invalid, by line and column; of very many, the first.
    pub problems: Vec<Problem>,
    /// How many there are of each kind.
    pub problem_counts: BTreeMap<ProblemKind, u64>,
    /// How the file is laid out.
    pub layout: Layout,
    /// The lines of the first problems, in their order.
    pub(crate) excerpts: Vec<Excerpt>,
}

impl Loaded {
    /// How many problems there are, those that are not kept included.
    pub fn problem_count(&self) -> u64 {
        self.problem_counts.values().sum()
    }

    /// What the plan is made from.
    pub fn desired(&self) -> Desired<'_> {
        let Self { users, managed, held, doubts, facts, warnings, attention, .. } = self;
        Desired { users, columns: managed, held, doubts, facts, warnings, attention }
    }
}

/// How a file is laid out.
#[derive(Debug)]
pub struct Layout {
    /// Its standard name, such as `UTF-8`.
    pub encoding: String,
    /// As people write it, such as `";"` or `tab`.
    pub delimiter: String,
    /// Which column holds which field.
    pub columns: Columns,
}
