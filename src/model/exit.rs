//! Exit codes: what each number means.

use strum::{FromRepr, VariantArray};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRepr, VariantArray)]
#[repr(u8)]
pub enum Exit {
    /// Done; every planned change is applied or already so.
    Done = 0,
    /// Could not do it: network, login, server, disk.
    CouldNot = 1,
    /// Wrong usage, config or CSV; nothing was sent to be written.
    Usage = 2,
    /// A guardrail stopped it; nothing was written.
    Guardrail = 3,
    /// Applied in part.
    Partial = 4,
    /// Changes are pending (`--detailed-exitcode`).
    Pending = 5,
    /// Another run holds the lock.
    Locked = 6,
    /// SIGHUP, after an orderly stop.
    HungUp = 129,
    /// SIGINT, after an orderly stop.
    Interrupted = 130,
    /// SIGTERM, after an orderly stop.
    Terminated = 143,
}

impl Exit {
    /// All of them, by number.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What a number means; nothing for one that lumsync never ends with.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::from_repr(code)
    }

    /// The number in a few words, as lists and the runbook say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::CouldNot => "could not do it",
            Self::Usage => "wrong usage, config or CSV",
            Self::Guardrail => "stopped by a guardrail",
            Self::Partial => "applied in part",
            Self::Pending => "changes are pending",
            Self::Locked => "another run holds the lock",
            Self::HungUp => "hung up",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_found_again_and_others_mean_nothing() {
        for exit in Exit::ALL {
            assert_eq!(Exit::of_code(exit.code()), Some(*exit));
        }
        assert_eq!(Exit::of_code(7), None);
    }
}
