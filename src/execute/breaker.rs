//! Ends a run that can only do harm to the tenant's patience: a pure count over outcomes.

/// So many actions in a row failed: the tenant is sick, or the job is wrong.
const FAILURES_IN_A_ROW: u32 = 20;
/// So many first actions were refused for who we are, and none got through.
const REFUSED_LOGINS: u32 = 5;

/// How an action ended, as far as the breaker cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The tenant answered as it should.
    Healthy,
    /// The action failed.
    Failed,
    /// The action failed because the login was refused.
    LoginRefused,
}

/// Counts failures.
#[derive(Debug, Default)]
pub struct Breaker {
    in_a_row: u32,
    refused: u32,
    any_healthy: bool,
}

impl Breaker {
    /// Takes the next outcome; a text says why the run must end.
    pub fn observe(&mut self, sign: Sign) -> Option<String> {
        match sign {
            Sign::Healthy => {
                self.in_a_row = 0;
                self.any_healthy = true;
            }
            Sign::Failed => self.in_a_row += 1,
            Sign::LoginRefused => {
                self.in_a_row += 1;
                self.refused += 1;
            }
        }
        if !self.any_healthy && self.refused >= REFUSED_LOGINS {
            Some("the tenant refuses the login on every call; check its rights and run again".to_owned())
        } else if self.in_a_row >= FAILURES_IN_A_ROW {
            Some(format!("{FAILURES_IN_A_ROW} changes failed in a row; see their errors in the report"))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_failures_in_a_row_end_the_run_and_one_success_begins_anew() {
        let mut breaker = Breaker::default();
        for _ in 0..19 {
            assert_eq!(breaker.observe(Sign::Failed), None);
        }
        assert_eq!(breaker.observe(Sign::Healthy), None);
        for _ in 0..19 {
            assert_eq!(breaker.observe(Sign::Failed), None);
        }
        assert!(breaker.observe(Sign::Failed).is_some());
    }

    #[test]
    fn logins_refused_from_the_start_end_the_run_early() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            assert_eq!(breaker.observe(Sign::LoginRefused), None);
        }
        assert!(breaker.observe(Sign::LoginRefused).is_some());
    }

    #[test]
    fn a_few_forbidden_users_among_others_do_not() {
        let mut breaker = Breaker::default();
        breaker.observe(Sign::Healthy);
        for _ in 0..19 {
            assert_eq!(breaker.observe(Sign::LoginRefused), None);
        }
    }
}
