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

/// Gives a type of a lower layer its words on the command line, each with its help.
macro_rules! words {
    ($($words:ident { $($variant:ident = $word:literal: $help:literal,)* })*) => {
        $(impl ValueEnum for $words {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant,)*]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(match self {
                    $(Self::$variant => PossibleValue::new($word).help($help),)*
                })
            }
        })*
    };
}

words! {
    OnMissing {
        Disable = "disable": "It is disabled",
        Keep = "keep": "It is left as it is",
    }
    OnInvalid {
        Stop = "stop": "It ends before anything is written",
        Skip = "skip": "The row is left out, and its user is left alone",
    }
    OnLookalike {
        Hold = "hold": "Neither is created nor disabled: both are conflicts",
        Act = "act": "They are two people",
    }
    GroupMode {
        Add = "add": "The user joins them, and leaves none",
        Exact = "exact": "Of the managed groups, the user is in these and in no other",
    }
    OnUnknownGroup {
        Stop = "stop": "The run ends before anything is written",
        Skip = "skip": "The groups of its rows are left alone",
    }
    LogFormat {
        Text = "text": "For people",
        Json = "json": "One JSON object a line, each with the run's id",
    }
}
