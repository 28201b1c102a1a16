//! Exit codes: what each number means.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; every planned change is applied or already so.
    Done,
    /// Could not do it: network, login, server, disk.
    CouldNot,
    /// Wrong usage, config or CSV; nothing was sent to be written.
    Usage,
    /// A guardrail stopped it; nothing was written.
    Guardrail,
    /// Applied in part.
    Partial,
    /// Changes are pending (`--detailed-exitcode`).
    Pending,
    /// Another run holds the lock.
    Locked,
    /// SIGHUP, after an orderly stop.
    HungUp,
    /// SIGINT, after an orderly stop.
    Interrupted,
    /// SIGTERM, after an orderly stop.
    Terminated,
}

impl Exit {
    /// All of them, by number.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::CouldNot,
        Self::Usage,
        Self::Guardrail,
        Self::Partial,
        Self::Pending,
        Self::Locked,
        Self::HungUp,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::CouldNot => 1,
            Self::Usage => 2,
            Self::Guardrail => 3,
            Self::Partial => 4,
            Self::Pending => 5,
            Self::Locked => 6,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What a number means; nothing for one that lumsync never ends with.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exit| exit.code() == code)
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
            assert_eq!(Exit::of_code(exit.code()), Some(exit));
        }
        assert_eq!(Exit::of_code(7), None);
    }
}
