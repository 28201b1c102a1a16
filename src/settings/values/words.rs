//! Options that take one of a few words. The types of the pure layers get their words here, since those layers know no
//! command line.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::console::LogFormat;
use crate::plan::{GroupMode, OnInvalid, OnLookalike, OnMissing, OnUnknownGroup};

/// When a summary is posted (`--notify-on`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NotifyOn {
    /// The run did not end well.
    Failure,
    /// A guardrail stopped it.
    Guardrail,
    /// It left something that a person has to decide or to look at.
    Attention,
    /// It changed something.
    Change,
    /// Every time.
    Always,
}

/// What is posted (`--notify-format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NotifyFormat {
    /// {"text": …}, for Slack and those that copy it.
    Slack,
    /// A message with an Adaptive Card, for a workflow of Teams.
    Teams,
    /// An object of our own, for programs.
    Json,
}

impl ValueEnum for OnMissing {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Disable, Self::Keep]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Disable => PossibleValue::new("disable").help("It is disabled"),
            Self::Keep => PossibleValue::new("keep").help("It is left as it is"),
        })
    }
}

impl ValueEnum for OnInvalid {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Stop, Self::Skip]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Stop => PossibleValue::new("stop").help("It ends before anything is written"),
            Self::Skip => PossibleValue::new("skip").help("The row is left out, and its user is left alone"),
        })
    }
}

impl ValueEnum for OnLookalike {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Hold, Self::Act]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Hold => PossibleValue::new("hold").help("Neither is created nor disabled: both are conflicts"),
            Self::Act => PossibleValue::new("act").help("They are two people"),
        })
    }
}

impl ValueEnum for GroupMode {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Add, Self::Exact]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Add => PossibleValue::new("add").help("The user joins them, and leaves none"),
            Self::Exact => {
                PossibleValue::new("exact").help("Of the managed groups, the user is in these and in no other")
            }
        })
    }
}

impl ValueEnum for OnUnknownGroup {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Stop, Self::Skip]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Stop => PossibleValue::new("stop").help("The run ends before anything is written"),
            Self::Skip => PossibleValue::new("skip").help("The groups of its rows are left alone"),
        })
    }
}

impl ValueEnum for LogFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Text, Self::Json]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Text => PossibleValue::new("text").help("For people"),
            Self::Json => PossibleValue::new("json").help("One JSON object a line, each with the run's id"),
        })
    }
}
