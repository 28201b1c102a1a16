//! The command that comes next, with the options of this one.

use std::ffi::{OsStr, OsString};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory};

use super::Cli;
use super::parse::parse;
use crate::settings::Environment;

/// Options that are about what this command shows, or that the next one is to be asked for anew.
const ABOUT_THIS_COMMAND: &[&str] = &["out", "output", "detailed-exitcode", "dry-run", "yes", "verbose", "quiet"];
/// Addresses that may hold a secret, which no log shows.
const SECRETS: &[&str] = &["notify", "push-metrics"];

/// `lumsync VERB ARGUMENTS` with every option of this command line that `verb` takes too, as a shell reads it.
///
/// Without them the next command would do something else: `--partial` left out disables everybody without a row.
pub fn next_command(verb: &str, arguments: &[&OsStr], environment: &Environment) -> String {
    let arguments = ["lumsync", verb].map(OsStr::new).into_iter().chain(arguments.iter().copied());
    let mut words: Vec<OsString> = arguments.map(OsStr::to_owned).collect();
    words.extend(repeated_options(verb, environment));
    let quoted = words.iter().map(|word| word.to_string_lossy()).map(|word| match shlex::try_quote(&word) {
        Ok(quoted) => quoted.into_owned(),
        // No argument of a process holds a NUL byte.
        Err(_) => word.into_owned(),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

fn repeated_options(verb: &str, environment: &Environment) -> Vec<OsString> {
    let mut command = Cli::command();
    command.build();
    let Ok(given) = parse(&command, &environment.arguments) else { return Vec::new() };
    let Some((this_verb, given)) = given.subcommand() else { return Vec::new() };
    let (Some(this), Some(next)) = (command.find_subcommand(this_verb), command.find_subcommand(verb)) else {
        return Vec::new();
    };
    // The CSV of one command is an option of another.
    let is_option_here = |option: &&Arg| !this.get_positionals().any(|here| here.get_id() == option.get_id());
    next.get_arguments().filter(is_option_here).flat_map(|option| words_of(option, given)).collect()
}

fn words_of(option: &Arg, given: &ArgMatches) -> Vec<OsString> {
    let id = option.get_id().as_str();
    let is_given =
        given.try_contains_id(id).unwrap_or(false) && given.value_source(id) == Some(ValueSource::CommandLine);
    let is_repeated = |long: &&str| is_given && !ABOUT_THIS_COMMAND.contains(long) && !SECRETS.contains(long);
    let Some(long) = option.get_long().filter(is_repeated) else { return Vec::new() };
    let name = OsString::from(format!("--{long}"));
    if !option.get_action().takes_values() {
        return vec![name];
    }
    // What clap fills in for an option that is given without a value.
    let can_be_bare = option.get_num_args().is_some_and(|count| count.min_values() == 0);
    let is_left_out = |value: &&OsStr| can_be_bare && *value == "true";
    let mut words = Vec::new();
    for values in given.get_raw_occurrences(id).into_iter().flatten() {
        let values: Vec<&OsStr> = values.filter(|value| !is_left_out(value)).collect();
        words.push(name.clone());
        if !values.is_empty() {
            words.push(values.join(OsStr::new(",")));
        }
    }
    words
}
