//! When something goes wrong: `CALL:WHEN`, for example `list:3`, `get:1-5`, `save-create:2-` or `any:every-10`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::edit::Edit;
use super::kind::FaultKind;
use crate::sandbox::server::traffic::CallKind;
use crate::sandbox::storage::store::Before;

/// Calls by their number, counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// All.
    Always,
    /// From the first number to the last, both included: `3`, `1-5`, `2-`.
    Between(u64, u64),
    /// Multiples of the number: `every-10`.
    Every(u64),
}

impl When {
    fn includes(self, number: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Between(first, last) => (first..=last).contains(&number),
            Self::Every(step) => number.is_multiple_of(step),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Always => formatter.write_str("always"),
            Self::Between(first, last) if first == last => write!(formatter, "{first}"),
            Self::Between(first, u64::MAX) => write!(formatter, "{first}-"),
            Self::Between(first, last) => write!(formatter, "{first}-{last}"),
            Self::Every(step) => write!(formatter, "every-{step}"),
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse().ok().filter(|number: &u64| *number > 0);
        let parsed = match (text, text.split_once('-')) {
            ("always", _) => Some(Self::Always),
            (_, Some(("every", step))) => number(step).map(Self::Every),
            (_, Some((first, ""))) => number(first).map(|first| Self::Between(first, u64::MAX)),
            (_, Some((first, last))) => {
                number(first).zip(number(last)).filter(|(first, last)| first <= last).map(|(a, b)| Self::Between(a, b))
            }
            (_, None) => number(text).map(|only| Self::Between(only, only)),
        };
        parsed.ok_or_else(|| format!("`{text}` is no number of a call: 3, 1-5, 2-, every-10 or always"))
    }
}

/// Calls of one kind, or of any, by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Moment {
    /// The kind of call; `None` is any, counted together.
    pub call: Option<CallKind>,
    /// Which of them.
    pub when: When,
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.call {
            Some(call) => write!(formatter, "{call}:{}", self.when),
            None => write!(formatter, "any:{}", self.when),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (call, when) = text.split_once(':').ok_or_else(|| format!("`{text}` is no CALL:WHEN, such as list:3"))?;
        let call = if call == "any" { None } else { Some(call.parse()?) };
        Ok(Self { call, when: when.parse()? })
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// One fault, written `KIND:CALL:WHEN`, for example `reset-after:save-create:3` or `http-503=2:list:always`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// On which calls.
    pub at: Moment,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kind, self.at)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, at) = text
            .split_once(':')
            .filter(|(_, at)| at.matches(':').count() == 1)
            .ok_or_else(|| format!("`{text}` is no fault; write KIND:CALL:WHEN, such as reset-after:save-create:3"))?;
        Ok(Self { kind: kind.parse()?, at: at.parse()? })
    }
}

/// The faults and edits in force, and how many calls of each kind there were.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    faults: Vec<Fault>,
    edits: Vec<Edit>,
    calls: HashMap<Option<CallKind>, u64>,
    /// Saves to take back, each after so many further calls.
    reversals: Vec<(u32, Before)>,
}

/// What happens to one call.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// The first fault of the list that is due.
    pub(crate) fault: Option<Fault>,
    /// Changes to make once the work of the call is done.
    pub(crate) edits: Vec<Edit>,
}

impl Schedule {
    pub(crate) fn new(faults: Vec<Fault>, edits: Vec<Edit>) -> Self {
        Self { faults, edits, ..Self::default() }
    }

    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Replaces the faults; calls are counted anew.
    pub(crate) fn set_faults(&mut self, faults: Vec<Fault>) {
        self.faults = faults;
        self.calls.clear();
    }

    /// Replaces the edits; calls are counted anew.
    pub(crate) fn set_edits(&mut self, edits: Vec<Edit>) {
        self.edits = edits;
        self.calls.clear();
    }

    /// Counts a call.
    pub(crate) fn next(&mut self, kind: CallKind) -> Turn {
        for counted in [Some(kind), None] {
            *self.calls.entry(counted).or_default() += 1;
        }
        let is_due = |at: Moment| {
            let number = self.calls.get(&at.call).copied().unwrap_or_default();
            at.call.is_none_or(|call| call == kind) && at.when.includes(number)
        };
        Turn {
            fault: self.faults.iter().find(|fault| is_due(fault.at)).copied(),
            edits: self.edits.iter().filter(|edit| is_due(edit.after)).cloned().collect(),
        }
    }

    /// Takes a save back once so many further calls are done.
    pub(crate) fn revert_after(&mut self, calls: u32, before: Before) {
        // The end of the save's own call counts as well.
        self.reversals.push((calls.saturating_add(1), before));
    }

    /// Counts the end of a call's work, and returns the saves that are taken back now.
    pub(crate) fn due_reversals(&mut self) -> Vec<Before> {
        for (calls, _) in &mut self.reversals {
            *calls -= 1;
        }
        self.reversals.extract_if(.., |(calls, _)| *calls == 0).map(|(_, before)| before).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_read_back_as_written() {
        for when in ["3", "1-5", "2-", "every-10", "always"] {
            for text in [format!("reset-after:any:{when}"), format!("odd-flag={{}}:list:{when}")] {
                assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
            }
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_its_part_named() {
        for (text, named) in [
            ("http-503:list", "KIND:CALL:WHEN"),
            ("http-503:list:1:2", "KIND:CALL:WHEN"),
            ("http-200:list:1", "http-200"),
            ("http-503:lists:1", "lists"),
            ("http-503:list:0", "`0`"),
            ("http-503:list:5-1", "5-1"),
            ("http-503:list:every-0", "every-0"),
        ] {
            let message = text.parse::<Fault>().unwrap_err();
            assert!(message.contains(named), "{text}: {message}");
        }
    }

    #[test]
    fn calls_are_counted_by_kind_and_together() {
        let faults = ["http-500:get:2", "reset-before:any:every-3"].map(|text| text.parse().unwrap());
        let mut schedule = Schedule::new(faults.to_vec(), Vec::new());
        let calls = [CallKind::Get, CallKind::List, CallKind::Get, CallKind::Get, CallKind::List, CallKind::List];
        let struck = calls.map(|call| schedule.next(call).fault.map(|fault| fault.kind.to_string()));
        let expected = [None, None, Some("http-500"), None, None, Some("reset-before")];
        assert_eq!(struck, expected.map(|name| name.map(str::to_owned)));
    }
}
