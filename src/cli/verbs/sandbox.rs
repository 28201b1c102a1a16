//! `lumsync sandbox`: options and help.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::sandbox::{Fault, Mix, RateLimit, SandboxSettings, TenantSource};
use crate::settings::duration;

const EXAMPLES: &str = "\
Examples:
  lumsync sandbox                                    the built-in sample, on a free port
  lumsync sandbox tenant.jsonl --port 8080           a tenant that is kept in a file
  lumsync sandbox --users 100000 --seed 7            a believable tenant of any size
  lumsync sandbox --users 500 --save tenant.jsonl    the same, written to a file first
  lumsync sandbox --latency 30ms --rate-limit 40     as slow and as strict as a real one
  lumsync sandbox --fault reset-after:save-create:3  the third create is done, its answer is lost

A fault is KIND:CALL:WHEN. CALL is token, list, get, save-create, save-update, feed-list,
feed-members, feed-get, feed-types, feed-save or any; WHEN is 3, 1-5, 2-, every-10 or always. The kinds are listed in docs/sandbox.md, as are the pages for scripts under /_sandbox/.";

/// Serve an embedded LumApps tenant on loopback, for trying and testing
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SandboxArguments {
    /// Load the tenant from FILE (JSON lines of users and groups) and save it there after writes [default: a built-in
    /// sample, not saved]
    #[arg(value_name = "FILE", conflicts_with_all = ["users", "save"])]
    pub file: Option<PathBuf>,
    /// Listen on this port of 127.0.0.1; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Generate a tenant of N users
    #[arg(long, value_name = "N")]
    pub users: Option<u64>,
    /// Generate other users: the same seed gives the same ones
    #[arg(long, value_name = "N", default_value_t = 1, requires = "users")]
    pub seed: u64,
    /// Share the generated users among account types, in percent
    #[arg(long, value_name = "SHARES", default_value_t, requires = "users")]
    pub mix: Mix,
    /// Save the tenant to FILE, at once and after writes
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Identifier of the tenant
    #[arg(long = "organization-id", value_name = "ID", default_value = "sandbox")]
    pub organization: String,
    /// Put no more than N users on a page of a list, whatever is asked for
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = parse_positive)]
    pub page_cap: usize,
    /// Refuse more than N users in one change of a group's members
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = parse_positive)]
    pub subscribers_cap: usize,
    /// Take this long to answer
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub latency: Duration,
    /// Refuse more than N calls a second, by 429, 429-date, 429-silent or 400
    #[arg(long, value_name = "N[:HOW]")]
    pub rate_limit: Option<RateLimit>,
    /// Let something go wrong (repeatable)
    #[arg(long = "fault", value_name = "KIND:CALL:WHEN")]
    pub faults: Vec<Fault>,
    /// Accept a second account of the same address
    #[arg(long)]
    pub twins: bool,
    /// Let tokens be good this long
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub token_lifetime: Duration,
}

impl SandboxArguments {
    /// What the options ask for.
    pub fn into_settings(self) -> SandboxSettings {
        let tenant = match (&self.file, self.users) {
            (Some(path), _) => TenantSource::File(path.clone()),
            (None, Some(users)) => TenantSource::Generated { users, seed: self.seed },
            (None, None) => TenantSource::Sample,
        };
        SandboxSettings {
            port: self.port,
            organization_id: self.organization,
            tenant,
            mix: self.mix,
            save_to: self.save.or(self.file),
            page_cap: self.page_cap,
            subscribers_cap: self.subscribers_cap,
            latency: self.latency,
            rate_limit: self.rate_limit,
            faults: self.faults,
            twins: self.twins,
            token_lifetime: self.token_lifetime,
            ..SandboxSettings::default()
        }
    }
}

fn parse_positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "a number of users, at least 1, is wanted".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Whole {
        #[command(flatten)]
        sandbox: SandboxArguments,
    }

    fn settings(arguments: &[&str]) -> Result<SandboxSettings, clap::Error> {
        let whole = Whole::try_parse_from([&["sandbox"], arguments].concat())?;
        Ok(whole.sandbox.into_settings())
    }

    #[test]
    fn the_options_are_in_order() {
        Whole::command().debug_assert();
    }

    #[test]
    fn a_file_is_loaded_and_saved_back() {
        let settings = settings(&["tenant.jsonl"]).unwrap();
        assert_eq!(settings.tenant, TenantSource::File("tenant.jsonl".into()));
        assert_eq!(settings.save_to, Some("tenant.jsonl".into()));
    }

    #[test]
    fn without_a_file_the_tenant_is_the_sample_or_generated() {
        assert_eq!(settings(&[]).unwrap().tenant, TenantSource::Sample);
        let generated = settings(&["--users", "9", "--seed", "4", "--save", "t.jsonl"]).unwrap();
        assert_eq!(generated.tenant, TenantSource::Generated { users: 9, seed: 4 });
        assert_eq!(generated.save_to, Some("t.jsonl".into()));
    }

    #[test]
    fn behaviour_is_read_from_the_options() {
        let settings = settings(&[
            "--latency", "30ms", "--rate-limit", "40:400", "--fault", "http-503:list:2", "--fault", "hang:get:1",
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.latency, Duration::from_millis(30));
        assert_eq!((settings.rate_limit.unwrap().per_second, settings.faults.len()), (40, 2));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for wrong in [
            ["tenant.jsonl", "--users=5"],
            ["--seed=5", "--port=0"],
            ["--users=5", "--mix=external=50"],
            ["--latency=-1s", "--port=0"],
            ["--page-cap=0", "--port=0"],
            ["--fault=never:list:1", "--port=0"],
        ] {
            assert!(settings(&wrong).is_err(), "{wrong:?}");
        }
    }
}
