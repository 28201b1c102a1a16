//! Which groups the cells of a CSV mean, and which of them the job may write to (`docs/groups.md`).
//!
//! A cell that names a group which is unknown, ambiguous or not to be written to is a finding. Findings end the run, or
//! leave their rows' groups alone; that is for the caller to say (`--on-unknown-group`).

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use super::file::membership::GroupName;
use crate::model::{DesiredUsers, GroupCell, GroupRef, NO_GROUP, TenantGroup, group_name_key, visible};

/// What a cell does to the groups of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupMode {
    /// The user joins the groups that the cell names.
    #[default]
    Add,
    /// Of the managed groups, the user is in those that the cell names and in no other.
    Exact,
}

/// What becomes of a run whose CSV names a group that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknownGroup {
    /// It ends before anything is written.
    #[default]
    Stop,
    /// The groups of the rows that name it are left alone.
    Skip,
}

/// How `groups` cells are meant.
#[derive(Debug, Clone, Default)]
pub struct GroupRules {
    /// Join only, or leave too.
    pub mode: GroupMode,
    /// With [`GroupMode::Exact`], the groups that the job keeps.
    pub managed: Vec<GroupPattern>,
    /// What a group that can't be used comes to.
    pub on_unknown: OnUnknownGroup,
}

/// A `--managed-group` pattern: a glob on names, or the identifier of one group.
#[derive(Debug, Clone)]
pub struct GroupPattern {
    written: String,
    matches: PatternKind,
}

#[derive(Debug, Clone)]
enum PatternKind {
    Id(Box<str>),
    Name(GlobMatcher),
}

/// A group that a cell names and that can't be used, with the rows that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFinding {
    /// As the first of its rows writes it.
    pub written: String,
    /// Why it can't be used.
    pub problem: GroupProblem,
    /// The lines that name it.
    pub rows: Vec<u64>,
}

/// Why a group that a cell names can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupProblem {
    /// The tenant has none of this name or identifier; the nearest names.
    Unknown(Vec<String>),
    /// Several groups have this name: their identifiers.
    Ambiguous(Vec<String>),
    /// Its members are not ours to write, and why.
    NotWritable(String),
    /// No `--managed-group` matches it.
    NotManaged,
    /// `<none>` means nothing where groups are only added.
    NoneIsExactOnly,
}

/// What the cells of a CSV mean in a tenant.
#[derive(Debug, Default)]
pub struct ResolvedGroups {
    /// The groups whose members a plan compares.
    pub concerned: Vec<GroupName>,
    /// Groups that can't be used.
    pub findings: Vec<GroupFinding>,
    /// What an operator should know of the patterns.
    pub warnings: Vec<String>,
    /// For each different cell positions in `concerned`, sorted; `None` leaves the rows' groups alone.
    pub(super) cells: Vec<Option<Vec<usize>>>,
    pub(super) mode: GroupMode,
}

impl GroupPattern {
    /// Digits are an identifier, as in a cell; `None` for what is neither an identifier nor a glob.
    pub fn new(written: &str) -> Option<Self> {
        let matches = match GroupRef::parse(written)? {
            GroupRef::Id(id) => PatternKind::Id(id),
            GroupRef::Name(name) => {
                let glob = GlobBuilder::new(&group_name_key(&name)).literal_separator(false).build();
                PatternKind::Name(glob.ok()?.compile_matcher())
            }
        };
        Some(Self { written: written.trim().to_owned(), matches })
    }

    fn is_match(&self, group: &TenantGroup) -> bool {
        match &self.matches {
            PatternKind::Id(id) => *id == group.id,
            PatternKind::Name(glob) => group.names.iter().any(|name| glob.is_match(group_name_key(name))),
        }
    }
}

impl GroupRules {
    /// Whether the job keeps the members of this group.
    pub fn manages(&self, group: &TenantGroup) -> bool {
        group.is_writable() && self.managed.iter().any(|pattern| pattern.is_match(group))
    }
}

impl ResolvedGroups {
    /// Finds the groups that the cells of `rows` name among those of the tenant.
    pub fn new(rows: &DesiredUsers, groups: &[TenantGroup], rules: &GroupRules) -> Self {
        let finder = Finder::new(groups, rules);
        let mut findings = Findings::default();
        let cells: Vec<_> = rows.groups().distinct().iter().map(|cell| finder.resolve(cell, &mut findings)).collect();
        for index in 0..rows.len() {
            if let Some(Err(of_cell)) = rows.groups().of(index).map(|cell| &cells[cell]) {
                for &finding in of_cell {
                    findings.all[finding].rows.push(rows.get(index).row);
                }
            }
        }
        let usable = || cells.iter().flatten();
        let managed = (0..groups.len()).filter(|&group| rules.manages(&groups[group]));
        let concerned: Vec<usize> = match rules.mode {
            GroupMode::Add => usable().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect(),
            GroupMode::Exact if usable().next().is_none() => Vec::new(),
            GroupMode::Exact => managed.collect(),
        };
        let place = |group: &usize| concerned.binary_search(group).ok();
        let cells = cells.iter().map(|cell| cell.as_ref().ok().map(|found| found.iter().filter_map(place).collect()));
        Self {
            cells: cells.collect(),
            concerned: concerned.iter().map(|&group| GroupName::of(&groups[group])).collect(),
            findings: findings.all,
            warnings: warnings(groups, rules),
            mode: rules.mode,
        }
    }
}

/// How a cell names each of these groups, by identifier: by its name where a cell of that name means it and no other.
pub fn cell_names(groups: &[TenantGroup]) -> HashMap<&str, String> {
    let rules = GroupRules::default();
    let finder = Finder::new(groups, &rules);
    let written = |position: usize, group: &TenantGroup| {
        let name = group.name().trim();
        let is_one_cell = !name.contains(|character: char| character == ';' || character.is_control());
        let means_it = GroupRef::parse(name).is_some_and(|name| finder.find(&name) == Ok(position));
        let is_plain = is_one_cell && means_it && !name.eq_ignore_ascii_case(NO_GROUP);
        if is_plain { name.to_owned() } else { format!("id:{}", group.id) }
    };
    groups.iter().enumerate().map(|(position, group)| (&*group.id, written(position, group))).collect()
}

impl ResolvedGroups {
    /// What a reader of the plan should know: patterns in vain, and groups that could not be used.
    pub(super) fn remarks(&self) -> impl Iterator<Item = String> {
        let left_alone =
            |finding: &GroupFinding| format!("the group {finding}; the groups of these rows are left alone");
        self.warnings.iter().cloned().chain(self.findings.iter().map(left_alone))
    }
}

/// Findings in the order of the rows, each once.
#[derive(Default)]
struct Findings {
    all: Vec<GroupFinding>,
    /// `None` for the word that names no group.
    places: HashMap<Option<GroupRef>, usize>,
}

impl Findings {
    fn add(&mut self, key: Option<GroupRef>, written: String, problem: GroupProblem) -> usize {
        *self.places.entry(key).or_insert_with(|| {
            self.all.push(GroupFinding { written, problem, rows: Vec::new() });
            self.all.len() - 1
        })
    }
}

/// Finds groups by identifier and by name.
struct Finder<'a> {
    groups: &'a [TenantGroup],
    rules: &'a GroupRules,
    by_id: HashMap<&'a str, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

impl<'a> Finder<'a> {
    fn new(groups: &'a [TenantGroup], rules: &'a GroupRules) -> Self {
        let by_id = groups.iter().enumerate().map(|(position, group)| (&*group.id, position)).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, group) in groups.iter().enumerate() {
            let keys: BTreeSet<String> = group.names.iter().map(|name| group_name_key(name)).collect();
            for key in keys {
                by_name.entry(key).or_default().push(position);
            }
        }
        Self { groups, rules, by_id, by_name }
    }

    /// The groups of a cell, sorted, or the findings that make it unusable.
    fn resolve(&self, cell: &GroupCell, findings: &mut Findings) -> Result<Vec<usize>, Vec<usize>> {
        let names = match cell {
            GroupCell::None if self.rules.mode == GroupMode::Exact => return Ok(Vec::new()),
            GroupCell::None => {
                return Err(vec![findings.add(None, NO_GROUP.to_owned(), GroupProblem::NoneIsExactOnly)]);
            }
            GroupCell::Of(names) => names,
        };
        let (mut found, mut problems) = (BTreeSet::new(), BTreeSet::new());
        for name in names {
            match self.find(name) {
                Ok(group) => _ = found.insert(group),
                Err(problem) => {
                    let key = self
                        .position(name)
                        .map_or_else(|_| key_of(name), |position| GroupRef::Id(self.groups[position].id.clone()));
                    problems.insert(findings.add(Some(key), name.to_string(), problem));
                }
            }
        }
        if problems.is_empty() { Ok(found.into_iter().collect()) } else { Err(problems.into_iter().collect()) }
    }

    fn position(&self, name: &GroupRef) -> Result<usize, GroupProblem> {
        match name {
            GroupRef::Id(id) => self.by_id.get(&**id).copied().ok_or_else(|| GroupProblem::Unknown(self.of_digits(id))),
            GroupRef::Name(text) => match self.by_name.get(&group_name_key(text)).map_or(&[][..], Vec::as_slice) {
                [position] => Ok(*position),
                [] => Err(GroupProblem::Unknown(self.nearest(text))),
                several => {
                    let ids = several.iter().map(|&position| format!("id:{}", self.groups[position].id));
                    Err(GroupProblem::Ambiguous(ids.collect()))
                }
            },
        }
    }

    fn find(&self, name: &GroupRef) -> Result<usize, GroupProblem> {
        let position = self.position(name)?;
        let group = &self.groups[position];
        match &group.kept_by {
            Some(keeper) => Err(GroupProblem::NotWritable(keeper.to_string())),
            None if self.rules.mode == GroupMode::Exact && !self.rules.manages(group) => Err(GroupProblem::NotManaged),
            None => Ok(position),
        }
    }

    /// Groups whose name is a number that a cell takes for an identifier.
    fn of_digits(&self, digits: &str) -> Vec<String> {
        let named = self.by_name.get(digits).map_or(&[][..], Vec::as_slice).iter();
        named.map(|&position| format!("id:{}", self.groups[position].id)).collect()
    }

    fn nearest(&self, name: &str) -> Vec<String> {
        let key = group_name_key(name);
        let mut near: Vec<(usize, &str)> = (self.groups.iter().flat_map(|group| &group.names))
            .map(|known| (strsim::osa_distance(&key, &group_name_key(known)), known.as_str()))
            .filter(|(distance, _)| *distance <= MOST_SLIPS.min(1 + key.chars().count() / 4))
            .collect();
        near.sort_unstable();
        near.dedup();
        near.into_iter().take(NAMES_SHOWN).map(|(_, name)| format!("\"{}\"", visible(name))).collect()
    }
}

/// Names that differ in more letters are no slip.
const MOST_SLIPS: usize = 3;
/// So many near names are worth reading.
const NAMES_SHOWN: usize = 3;
/// Of thousands of rows the first ones are named.
const ROWS_SHOWN: usize = 5;

fn key_of(name: &GroupRef) -> GroupRef {
    match name {
        GroupRef::Id(id) => GroupRef::Id(id.clone()),
        GroupRef::Name(text) => GroupRef::Name(group_name_key(text).into()),
    }
}

fn warnings(groups: &[TenantGroup], rules: &GroupRules) -> Vec<String> {
    let mut warnings = Vec::new();
    for pattern in &rules.managed {
        let matched: Vec<&TenantGroup> = groups.iter().filter(|group| pattern.is_match(group)).collect();
        let written = visible(&pattern.written);
        if matched.is_empty() {
            warnings.push(format!("--managed-group {written} matches no group of the tenant"));
        } else if !matched.iter().any(|group| group.is_writable()) {
            warnings.push(format!("--managed-group {written} matches only groups that are never written to"));
        }
    }
    warnings
}

impl fmt::Display for GroupFinding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.rows.iter().take(ROWS_SHOWN).map(u64::to_string).collect();
        let word = if self.rows.len() == 1 { "line" } else { "lines" };
        write!(formatter, "{} ({word} {}", self.written, lines.join(", "))?;
        match self.rows.len().saturating_sub(ROWS_SHOWN) {
            0 => write!(formatter, ") {}", self.problem),
            more => write!(formatter, " and {more} more) {}", self.problem),
        }
    }
}

impl fmt::Display for GroupProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(near) if near.is_empty() => formatter.write_str("is no group of the tenant"),
            Self::Unknown(near) => write!(formatter, "is no group of the tenant; did you mean {}?", near.join(" or ")),
            Self::Ambiguous(ids) => write!(formatter, "is the name of several groups: write {}", ids.join(" or ")),
            Self::NotWritable(why) => write!(formatter, "is never written to: {why}"),
            Self::NotManaged => formatter.write_str("is not managed: no --managed-group matches it"),
            Self::NoneIsExactOnly => formatter.write_str("means something with --groups exact only"),
        }
    }
}
