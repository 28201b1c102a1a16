//! From the command line, the environment and the config file to arguments.

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ErrorKind};
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

use super::Cli;
use crate::console::LogFormat;
use crate::settings::{Config, Environment, Origins, SettingsError, complete, reads_config};

impl Cli {
    /// What the command line alone says. An error is a wrong option, or the help that was asked for.
    pub fn of_command_line(environment: &Environment) -> Result<Self, clap::Error> {
        let mut given = parse(&Self::command(), &environment.arguments)?;
        Self::from_arg_matches_mut(&mut given)
    }

    /// The same with all layers merged.
    pub fn of_all_layers(environment: &Environment) -> Result<(Self, Origins), SettingsError> {
        let command = Self::command();
        let given = parse(&command, &environment.arguments)?;
        let config = config(&command, &given, environment)?;
        let (command, arguments, origins) = complete(command, &given, environment, &config)?;
        Ok((Self::from_arg_matches(&parse(&command, &arguments)?)?, origins))
    }

    /// How an error of a command line is to be reported that can't be parsed.
    pub fn log_format_of(environment: &Environment) -> LogFormat {
        let arguments = &environment.arguments;
        let is_json = arguments.windows(2).any(|pair| pair[0] == "--log-format" && pair[1] == "json")
            || arguments.iter().any(|argument| argument == "--log-format=json")
            || environment.get("LUMSYNC_LOG_FORMAT") == Some("json");
        if is_json { LogFormat::Json } else { LogFormat::Text }
    }
}

/// The config file, for a command that it concerns.
fn config(command: &Command, given: &ArgMatches, environment: &Environment) -> Result<Config, SettingsError> {
    let subcommand = given.subcommand_name().and_then(|name| command.find_subcommand(name));
    if !subcommand.is_some_and(reads_config) {
        return Ok(Config::default());
    }
    let named = given.get_one::<PathBuf>("config").cloned();
    Config::read(named.or_else(|| environment.get("LUMSYNC_CONFIG").map(Into::into)).as_deref())
}

/// Parses; a value that is refused is not repeated beside its own message, since it may be a secret.
pub(super) fn parse(command: &Command, arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    command.clone().try_get_matches_from(arguments).map_err(|error| {
        let source = error.source().filter(|_| error.kind() == ErrorKind::ValueValidation);
        match (error.get(ContextKind::InvalidArg), source) {
            (Some(option), Some(source)) => {
                clap::Error::raw(error.kind(), format!("{option}: {source}\n")).with_cmd(command)
            }
            _ => error,
        }
    })
}
