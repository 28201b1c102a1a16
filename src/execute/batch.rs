//! How many users go into one call that changes a group's members. Pure.

/// As many as a call is tried with.
const MOST: usize = 50;
/// A tenant that refuses even so few refuses for another reason.
const LEAST: usize = 5;

/// Begins with the most; halved by a refusal, and doubled again after calls that went well. How many these are doubles
/// with each halving, so that a tenant's cap costs few calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BatchSize {
    users: usize,
    calls_to_grow: u32,
    good_calls: u32,
}

impl Default for BatchSize {
    fn default() -> Self {
        Self { users: MOST, calls_to_grow: 1, good_calls: 0 }
    }
}

impl BatchSize {
    pub(super) fn users(self) -> usize {
        self.users
    }

    /// After a call of so many users went well.
    pub(super) fn grow(self) -> Self {
        let good_calls = self.good_calls + 1;
        if self.users == MOST || good_calls < self.calls_to_grow {
            return Self { good_calls, ..self };
        }
        Self { users: (self.users * 2).min(MOST), good_calls: 0, ..self }
    }

    /// After a call of `sent` users was too much; `None` where fewer would not help.
    pub(super) fn shrink(self, sent: usize) -> Option<Self> {
        let users = (sent.min(self.users) / 2).max(LEAST);
        (sent > LEAST).then(|| Self {
            users: users.min(self.users),
            calls_to_grow: self.calls_to_grow.saturating_mul(2),
            good_calls: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_halved_down_to_five_and_regained() {
        let mut size = BatchSize::default();
        let mut sizes = vec![size.users()];
        while let Some(smaller) = size.shrink(size.users()) {
            size = smaller;
            sizes.push(size.users());
        }
        assert_eq!(sizes, [50, 25, 12, 6, 5]);
        for _ in 0..200 {
            size = size.grow();
        }
        assert_eq!(size.users(), 50);
    }

    #[test]
    fn a_cap_costs_few_calls_in_the_long_run() {
        for cap in [5, 7, 24, 30, 49] {
            let (mut size, mut refused) = (BatchSize::default(), 0);
            for _ in 0..1_000 {
                size = if size.users() <= cap { size.grow() } else { size.shrink(size.users()).unwrap() };
                refused += u32::from(size.users() > cap);
            }
            assert!(refused < 40, "{cap}: {refused}");
        }
    }
}
