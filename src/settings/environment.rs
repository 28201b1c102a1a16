//! What the process was started with, read in one place.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Arg, Command};
use url::Url;

use super::SettingsError;
use super::nearest::nearest;

/// Variables without an option: secrets, which are no option's value.
pub(super) const TOKEN: &str = "LUMSYNC_TOKEN";
pub(super) const CLIENT_SECRET: &str = "LUMSYNC_CLIENT_SECRET";
/// Read by the systemd unit, which hands it on as options.
const OPTIONS_OF_THE_UNIT: &str = "LUMSYNC_OPTIONS";

/// Read by the HTTP client.
const PROXIES: &[&str] = &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const PROXY_SCHEMES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

const PREFIX: &str = "LUMSYNC_";
/// Options that a variable must not set: consent to write, and clap's own.
const OPTION_ONLY: [&str; 3] = ["yes", "help", "version"];

/// Command line, variables and terminals of the process.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The command line, program name included.
    pub arguments: Vec<OsString>,
    variables: Vec<(String, String)>,
    /// Whether a person can answer on standard input.
    pub is_input_terminal: bool,
}

impl Environment {
    /// Reads the process's environment. Bytes that are not UTF-8 become U+FFFD.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn of_process() -> Self {
        let text = |text: OsString| text.to_string_lossy().into_owned();
        Self {
            arguments: std::env::args_os().collect(),
            variables: std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect(),
            is_input_terminal: std::io::stdin().is_terminal(),
        }
    }

    /// An environment of these variables alone, without a terminal.
    #[cfg(test)]
    pub(super) fn of_variables<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self { variables: variables.into_iter().map(owned).collect(), ..Self::default() }
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(variable, _)| variable == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The variable that sets an option, and its value.
    pub(super) fn of_option(&self, option: &Arg) -> Option<(String, &str)> {
        variables_of(option).find_map(|name| self.get(&name).map(|value| (name, value)))
    }

    /// Refuses a proxy that can't be one: requests would go past it.
    pub fn check_proxies(&self) -> Result<(), SettingsError> {
        for name in PROXIES {
            let Some(text) = self.get(name) else { continue };
            let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
            let is_proxy = |url: &Url| url.has_host() && PROXY_SCHEMES.contains(&url.scheme());
            if !Url::parse(&with_scheme).is_ok_and(|url| is_proxy(&url)) {
                // It may hold a password, and so is not quoted.
                let problem = "it is no address of a proxy, such as http://proxy.example.com:3128".to_owned();
                return Err(SettingsError::Variable { name: (*name).to_owned(), problem });
            }
        }
        Ok(())
    }

    /// A warning for each `LUMSYNC_` variable that no option of any command reads.
    pub fn unknown_variables(&self, command: &Command) -> Vec<String> {
        let mut known = vec![TOKEN.to_owned(), CLIENT_SECRET.to_owned(), OPTIONS_OF_THE_UNIT.to_owned()];
        let commands = std::iter::once(command).chain(command.get_subcommands());
        known.extend(commands.flat_map(Command::get_arguments).flat_map(variables_of));
        let ours = self.variables.iter().map(|(name, _)| name).filter(|name| name.starts_with(PREFIX));
        let unknown = ours.filter(|name| !known.contains(name));
        unknown
            .map(|name| {
                let hint = nearest(name, known.iter().map(String::as_str));
                format!("the environment variable {name} has no effect{hint}")
            })
            .collect()
    }

    /// Where state goes when nothing says otherwise (XDG base directories).
    pub fn default_state_dir(&self) -> Option<PathBuf> {
        let xdg = self.get("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        xdg.or_else(|| self.get("HOME").map(|home| PathBuf::from(home).join(".local/state")))
            .map(|base| base.join("lumsync"))
    }
}

/// The names of the variables that set an option: `LUMSYNC_` and its long name, or an alias of it, in capitals.
pub(super) fn variables_of(option: &Arg) -> impl Iterator<Item = String> {
    let longs = option.get_long_and_visible_aliases().into_iter().chain(option.get_aliases()).flatten();
    let names: Vec<String> = longs
        .filter(|long| !OPTION_ONLY.contains(long))
        .map(|long| format!("{PREFIX}{}", long.replace('-', "_").to_uppercase()))
        .collect();
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_without_effect_is_named_with_the_nearest_name() {
        let command = Command::new("lumsync").arg(Arg::new("yes").long("yes")).subcommand(
            Command::new("sync").args(["rps", "max-disable", "types"].map(|name| Arg::new(name).long(name))),
        );
        let warned = |name| Environment::of_variables([(name, "1")]).unknown_variables(&command);
        for known in ["LUMSYNC_RPS", "LUMSYNC_MAX_DISABLE", "LUMSYNC_TOKEN", "LUMSYNC_OPTIONS", "PATH"] {
            assert_eq!(warned(known), Vec::<String>::new());
        }
        assert!(warned("LUMSYNC_RSP")[0].ends_with("has no effect; did you mean LUMSYNC_RPS?"));
        assert!(warned("LUMSYNC_YES")[0].ends_with("LUMSYNC_YES has no effect"));
    }

    #[test]
    fn a_proxy_that_is_none_is_refused_with_its_variable_and_without_its_password() {
        let check = |value| Environment::of_variables([("https_proxy", value)]).check_proxies();
        for fine in ["", "http://proxy.example.com:3128", "proxy.example.com:3128", "socks5h://ann:pw@127.0.0.1:1080"] {
            assert!(check(fine).is_ok(), "{fine}");
        }
        for wrong in ["http://", "http://proxy:port", "htp://proxy.example.com", "http://ann:pw@[", "a proxy"] {
            let message = check(wrong).unwrap_err().to_string();
            assert!(message.contains("https_proxy") && !message.contains("pw"), "{message}");
        }
    }

    #[test]
    fn state_goes_where_the_base_directories_say() {
        let dir = |variables: &[(&'static str, &'static str)]| {
            Environment::of_variables(variables.iter().copied()).default_state_dir()
        };
        assert_eq!(dir(&[("HOME", "/home/ann")]), Some("/home/ann/.local/state/lumsync".into()));
        assert_eq!(dir(&[("HOME", "/home/ann"), ("XDG_STATE_HOME", "/x")]), Some("/x/lumsync".into()));
        assert_eq!(dir(&[("HOME", ""), ("XDG_STATE_HOME", "relative")]), None);
    }
}
