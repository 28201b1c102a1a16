//! How much is tried: a little in `make test`, a lot in `make soak`.

/// A count that a variable raises.
#[expect(clippy::disallowed_methods, reason = "tests have no settings; the variable is the soak's")]
pub fn count(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}
