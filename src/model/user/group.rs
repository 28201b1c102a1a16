//! Groups: what a cell names, what the tenant has, and whether its members may be written (`docs/groups.md`).

use std::collections::{BTreeSet, HashMap};

use crate::model::{normalize_name, visible};

/// The word of a cell for "in no managed group".
pub const NO_GROUP: &str = "<none>";

/// A group as a cell names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupRef {
    /// By the tenant's identifier.
    Id(Box<str>),
    /// By a name, as it was written.
    Name(Box<str>),
}

/// What a cell wants.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GroupCell {
    /// To be in these groups; at least one.
    Of(Vec<GroupRef>),
    /// To be in no managed group.
    None,
}

/// The `groups` cells of the valid rows. Equal ones are kept once.
#[derive(Debug, Clone, Default)]
pub struct GroupCells {
    distinct: Vec<GroupCell>,
    numbers: HashMap<GroupCell, u32>,
    /// For each row the position of its cell, counted from 1; 0 for an empty one. Rows behind the last filled cell have
    /// none.
    of_row: Vec<u32>,
}

/// A group of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantGroup {
    /// The tenant's identifier.
    pub id: Box<str>,
    /// Its names in all languages; the first is the one that people are shown.
    pub names: Vec<String>,
    /// Why its members are not ours to write; `None` where they are.
    pub kept_by: Option<GroupKeeper>,
}

/// Who decides over the members of a group that is never written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupKeeper {
    /// The group is synchronized with, or tied to, a group of an identity provider.
    IdentityProvider,
    /// A provisioning of the tenant, such as SCIM.
    Provisioning(String),
    /// Rules over attributes of users.
    Rules,
    /// Everybody is a member.
    Everybody,
    /// The tenant's answer about it can't be read.
    Unreadable,
}

impl GroupRef {
    /// Reads one name or identifier of a cell; `None` for blanks.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let id = text.get(..3).filter(|start| start.eq_ignore_ascii_case("id:")).map(|_| text[3..].trim());
        match id {
            Some(id) => (!id.is_empty()).then(|| Self::Id(id.into())),
            None if text.is_empty() => None,
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(Self::Id(text.into())),
            None => Some(Self::Name(normalize_name(text).into())),
        }
    }
}

impl std::fmt::Display for GroupRef {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(formatter, "id:{}", visible(id)),
            Self::Name(name) => write!(formatter, "\"{}\"", visible(name)),
        }
    }
}

impl GroupCell {
    /// The groups that are named, in whatever order and spelling; none for "in no managed group".
    pub fn named(&self) -> BTreeSet<GroupRef> {
        let groups = match self {
            Self::Of(groups) => groups.as_slice(),
            Self::None => &[],
        };
        let key = |group: &GroupRef| match group {
            GroupRef::Id(id) => GroupRef::Id(id.clone()),
            GroupRef::Name(name) => GroupRef::Name(group_name_key(name).into()),
        };
        groups.iter().map(key).collect()
    }
}

/// What two spellings of a group's name have in common: case and Unicode composition don't count.
pub fn group_name_key(name: &str) -> String {
    normalize_name(&name.to_uppercase().to_lowercase()).into_owned()
}

impl GroupCells {
    /// Sets the cell of the row at `index`; rows come in order.
    pub(in crate::model) fn set(&mut self, index: usize, cell: &GroupCell) {
        let number = self.numbers.get(cell).copied().unwrap_or_else(|| self.add(cell));
        self.of_row.resize(index, 0);
        self.of_row.push(number);
    }

    fn add(&mut self, cell: &GroupCell) -> u32 {
        self.distinct.push(cell.clone());
        // There are no more cells than rows, which `u32` counts.
        let number = u32::try_from(self.distinct.len()).unwrap_or(u32::MAX);
        self.numbers.insert(cell.clone(), number);
        number
    }

    /// All different cells.
    pub fn distinct(&self) -> &[GroupCell] {
        &self.distinct
    }

    /// Position among the different cells of the row at `index`; `None` for an empty cell.
    pub fn of(&self, index: usize) -> Option<usize> {
        self.of_row.get(index)?.checked_sub(1).map(|position| position as usize)
    }

    /// The cell of the row at `index`; `None` for an empty one.
    pub fn get(&self, index: usize) -> Option<&GroupCell> {
        self.of(index).map(|position| &self.distinct[position])
    }
}

impl TenantGroup {
    /// The name that people are shown; the identifier where it has none.
    pub fn name(&self) -> &str {
        self.names.first().map_or(&self.id, String::as_str)
    }

    /// Whether its members may be written.
    pub fn is_writable(&self) -> bool {
        self.kept_by.is_none()
    }
}

impl std::fmt::Display for GroupKeeper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::IdentityProvider => formatter.write_str("an identity provider keeps its members"),
            Self::Provisioning(mode) => write!(formatter, "its members are provisioned ({})", visible(mode)),
            Self::Rules => formatter.write_str("rules keep its members"),
            Self::Everybody => formatter.write_str("it stands for everybody"),
            Self::Unreadable => formatter.write_str("the tenant's answer about it can't be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_named_by_identifier_or_by_name() {
        let id = |text: &str| Some(GroupRef::Id(text.into()));
        let name = |text: &str| Some(GroupRef::Name(text.into()));
        for (text, expected) in [
            ("42", id("42")),
            (" id:42 ", id("42")),
            ("ID: 42", id("42")),
            ("id:", None),
            (" ", None),
            ("42 days", name("42 days")),
            ("Zoe\u{308}", name("Zoë")),
            ("idé:1", name("idé:1")),
            ("é", name("é")),
        ] {
            assert_eq!(GroupRef::parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_compared_without_case_in_every_script() {
        for (left, right) in
            [("Sales", "SALES"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("Zoe\u{308}", "ZOË"), (" a ", "A")]
        {
            assert_eq!(group_name_key(left), group_name_key(right), "{left} {right}");
        }
        assert_ne!(group_name_key("Zoe"), group_name_key("Zoë"));
    }

    #[test]
    fn equal_cells_are_kept_once_and_found_by_their_row() {
        let cell = |name: &str| GroupCell::Of(vec![GroupRef::Name(name.into())]);
        let mut cells = GroupCells::default();
        for (index, name) in [(1, "a"), (3, "b"), (4, "a")] {
            cells.set(index, &cell(name));
        }
        assert_eq!(
            (0..6).map(|index| cells.of(index)).collect::<Vec<_>>(),
            [None, Some(0), None, Some(1), Some(0), None]
        );
        assert_eq!((cells.get(0), cells.get(4), cells.distinct().len()), (None, Some(&cell("a")), 2));
    }
}
