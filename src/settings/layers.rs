//! Merges the layers: an option goes over the environment, the environment over the config file, the file over the
//! default.
//!
//! What the environment or the file sets becomes the default of the option, so that one parser reads all layers and a
//! setting is declared once. Each value is checked before, so that an error names the variable or the line.

use std::collections::HashMap;
use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::accepted::{accepted, flag, split};
use super::config::Config;
use super::environment::Environment;
use super::{SettingsError, sections};

/// Where a value was set; a later one goes over an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    ConfigFile,
    Environment,
    Option,
}

/// The layer of each setting that does not have its default.
#[derive(Debug, Clone, Default)]
pub struct Origins(HashMap<String, Layer>);

impl Origins {
    pub(super) fn of(&self, option: &str) -> Option<Layer> {
        self.0.get(option).copied()
    }
}

/// Whether a command has a key of the config file among its own options.
pub fn reads_config(command: &Command) -> bool {
    let keys = sections::sections();
    let is_key = |option: &Arg| keys.iter().flat_map(Command::get_arguments).any(|key| key.get_id() == option.get_id());
    command.get_arguments().any(is_key)
}

/// Fills in what the command line leaves open; `given` is what `command` parsed of it. The command and the arguments that
/// are handed back parse into merged settings.
pub fn complete(
    command: Command,
    given: &ArgMatches,
    environment: &Environment,
    config: &Config,
) -> Result<(Command, Vec<OsString>, Origins), SettingsError> {
    let mut layers = Layers { environment, config, origins: HashMap::new(), entries: Vec::new() };
    let mut command = layers.fill(command, given)?;
    let mut arguments = environment.arguments.clone();
    if let Some((name, given)) = given.subcommand() {
        let position = position_of(name, &command, &arguments);
        if let Some(subcommand) = command.find_subcommand_mut(name) {
            *subcommand = layers.fill(std::mem::take(subcommand), given)?;
        }
        arguments.splice(position..position, layers.entries.drain(..).map(OsString::from));
    }
    Ok((command, arguments, Origins(layers.origins)))
}

struct Layers<'a> {
    environment: &'a Environment,
    config: &'a Config,
    origins: HashMap<String, Layer>,
    entries: Vec<String>,
}

impl Layers<'_> {
    fn fill(&mut self, command: Command, given: &ArgMatches) -> Result<Command, SettingsError> {
        let is_given = |option: &Arg| given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
        let mut defaults = Vec::new();
        for option in command.get_arguments().filter(|option| option.get_long().is_some()) {
            let id = option.get_id().to_string();
            let is_overruled = command.get_arg_conflicts_with(option).into_iter().any(is_given);
            if is_given(option) {
                self.origins.insert(id.clone(), Layer::Option);
            }
            if is_table(option) {
                self.add_entries(option)?;
            } else if !is_given(option)
                && !is_overruled
                && let Some((layer, values)) = self.below(option)?
            {
                self.origins.insert(id.clone(), layer);
                defaults.push((id, values));
            }
        }
        let set = |command: Command, (id, values): (String, Vec<String>)| {
            command.mut_arg(id, |option| option.default_values(values))
        };
        Ok(defaults.into_iter().fold(command, set))
    }

    /// What the highest layer below the command line sets.
    fn below(&self, option: &Arg) -> Result<Option<(Layer, Vec<String>)>, SettingsError> {
        let of_environment = self.of_environment(option)?.map(|values| (Layer::Environment, values));
        let of_config = || self.config.of_option(option).map(|values| (Layer::ConfigFile, values.to_vec()));
        Ok(of_environment.or_else(of_config))
    }

    /// A table is not replaced by a higher layer, but added to: its entries precede those of the command line.
    fn add_entries(&mut self, option: &Arg) -> Result<(), SettingsError> {
        let lower = self.config.of_option(option).map(<[String]>::to_vec).unwrap_or_default();
        let entries = lower.into_iter().chain(self.of_environment(option)?.unwrap_or_default());
        let long = option.get_long().unwrap_or_default();
        self.entries.extend(entries.map(|entry| format!("--{long}={entry}")));
        Ok(())
    }

    fn of_environment(&self, option: &Arg) -> Result<Option<Vec<String>>, SettingsError> {
        let Some((variable, text)) = self.environment.of_option(option) else { return Ok(None) };
        let is_optional = option.get_num_args().is_some_and(|count| count.min_values() == 0);
        if is_optional && option.get_action().takes_values() && flag(text) == Some(false) {
            return Ok(None);
        }
        let texts = match option.get_action() {
            ArgAction::Append => text.split(',').map(|item| item.trim().to_owned()).collect(),
            _ => split(option, text),
        };
        let accepted = texts.iter().map(|text| accepted(option, text)).collect::<Result<_, _>>();
        accepted.map(Some).map_err(|problem| SettingsError::Variable { name: variable, problem })
    }
}

/// Whether the values of an option are entries `NAME=VALUE`.
pub(super) fn is_table(option: &Arg) -> bool {
    let names = option.get_value_names().unwrap_or_default();
    matches!(option.get_action(), ArgAction::Append) && names.iter().any(|name| name.contains('='))
}

/// Where the options of a subcommand may begin.
fn position_of(subcommand: &str, command: &Command, arguments: &[OsString]) -> usize {
    let takes_value = |argument: &OsString| {
        command
            .get_arguments()
            .filter(|option| option.get_action().takes_values())
            .any(|option| option.get_long().is_some_and(|long| argument.to_str() == Some(&format!("--{long}"))))
    };
    let is_name = |index: &usize| arguments[*index] == subcommand && !takes_value(&arguments[index - 1]);
    (1..arguments.len()).find(is_name).map_or(arguments.len(), |index| index + 1)
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use clap::{Args, FromArgMatches};

    use super::super::environment::variables_of;
    use super::super::reference::toml_of;
    use super::super::{LogSection, Settings};
    use super::*;

    fn command() -> Command {
        LogSection::augment_args(Command::new("lumsync"))
            .arg(Arg::new("config").long("config").global(true))
            .subcommand(Settings::augment_args(Command::new("run")))
    }

    fn parsed(
        options: &[&str],
        variables: &[(&str, &str)],
        config: &str,
    ) -> Result<(ArgMatches, Origins), SettingsError> {
        let mut environment = Environment::of_variables(variables.iter().copied());
        environment.arguments = ["lumsync", "run"].iter().chain(options).map(OsString::from).collect();
        let given = command().try_get_matches_from(&environment.arguments)?;
        let config = Config::parse(config, Path::new("lumsync.toml"))?;
        let (command, arguments, origins) = complete(command(), &given, &environment, &config)?;
        let mut matches = command.try_get_matches_from(&arguments)?;
        Ok((matches.remove_subcommand().unwrap().1, origins))
    }

    /// The settings that these layers make.
    pub(in super::super) fn settings(
        options: &[&str],
        variables: &[(&str, &str)],
        config: &str,
    ) -> Result<(Settings, Origins), SettingsError> {
        let (matches, origins) = parsed(options, variables, config)?;
        Ok((Settings::from_arg_matches(&matches)?, origins))
    }

    /// A value that is not the default, and another one.
    fn two_values(option: &Arg) -> (String, String) {
        const SAMPLES: [&str; 26] = [
            "true", "false", "1", "2", "1%", "2%", "https://a.example.com", "https://b.example.com", "a@example.com",
            "b@example.com", "a.example.com", "b.example.com", "google", "okta", "email=A", "email=B", "a=enabled",
            "b=disabled", "%d.%m.%Y", "%m/%d/%Y", "UTC", "Europe/Paris", "|", ";", "utf-8", "utf-16le",
        ];
        let words = option.get_possible_values();
        let words = words.iter().map(clap::builder::PossibleValue::get_name).chain(SAMPLES);
        let mut fitting = words.filter(|word| accepted(option, word).as_deref() == Ok(word));
        let default = option.get_default_values().first().cloned().unwrap_or_default();
        let first = fitting.clone().find(|word| *word != default && *word != "false").unwrap();
        let second = fitting.find(|word| *word != first).unwrap();
        (first.to_owned(), second.to_owned())
    }

    #[test]
    fn every_setting_follows_option_environment_config_file_and_default_in_this_order() {
        for section in sections::sections() {
            for option in section.get_arguments() {
                let (one, other) = two_values(option);
                let is_flag = !option.get_action().takes_values();
                // The option of a flag can only set it.
                let (lower, higher) = if is_flag { (&other, &one) } else { (&one, &other) };
                let key = super::super::config::key_of(option);
                let file = |value: &str| format!("[{}]\n{key} = {}\n", section.get_name(), toml_of(option, value));
                let variable = variables_of(option).next().unwrap();
                let long = option.get_long().unwrap();
                let argument = if is_flag { format!("--{long}") } else { format!("--{long}={higher}") };
                let set = |options: &[&str], variables: &[(&str, &str)], config: &str| {
                    let (matches, _) = parsed(options, variables, config).unwrap();
                    matches.get_raw(option.get_id().as_str()).unwrap().next_back().unwrap().to_owned()
                };
                assert_eq!(set(&[], &[], &file(&one)), *one, "{long}: config file over default");
                assert_eq!(
                    set(&[], &[(&variable, &other)], &file(&one)),
                    *other,
                    "{long}: environment over config file"
                );
                assert_eq!(set(&[&argument], &[(&variable, lower)], ""), **higher, "{long}: option over environment");
                assert_eq!(set(&[&argument], &[], &file(lower)), **higher, "{long}: option over config file");
            }
        }
    }

    #[test]
    fn a_wrong_variable_is_named_whatever_form_it_has() {
        for section in sections::sections() {
            for option in section.get_arguments().filter(|option| accepted(option, "a b\n").is_err()) {
                let variable = variables_of(option).next().unwrap();
                let error = parsed(&[], &[(&variable, "a b\n")], "").unwrap_err().to_string();
                assert!(error.starts_with(&format!("the environment variable {variable}: ")), "{error}");
            }
        }
    }

    #[test]
    fn variables_are_words_of_truth_or_lists_and_empty_ones_are_not_set() {
        let set = |variable, value| settings(&[], &[(variable, value)], "[policy]\npartial = true").unwrap().0;
        for (value, expected) in [("no", false), ("0", false), ("False", false), ("yes", true), ("1", true), ("", true)]
        {
            assert_eq!(set("LUMSYNC_PARTIAL", value).policy.partial, expected, "{value}");
        }
        assert!(settings(&[], &[("LUMSYNC_PARTIAL", "maybe")], "").is_err());
        let protected = set("LUMSYNC_PROTECT", "a@example.com, b@example.com").scope.protect;
        assert_eq!(protected, ["a@example.com", "b@example.com"]);
        assert_eq!(set("LUMSYNC_REPORT", "a.html,b.md").report.files.len(), 2);
        assert!(settings(&[], &[("LUMSYNC_PROTECT", " ")], "").is_err());
        assert!(set("LUMSYNC_NOTIFY_URL", "https://hooks.example.com/x").notify.url.is_some());
    }

    #[test]
    fn columns_of_all_layers_add_up() {
        let config = "[csv]\ncolumns = { email = \"Mail\", status = \"State\" }";
        let (settings, _) = settings(&["--column", "email=Post"], &[("LUMSYNC_COLUMN", "uid=Id")], config).unwrap();
        let columns = settings.csv.settings(jiff::civil::Date::default()).columns;
        assert_eq!(columns.values().collect::<Vec<_>>(), ["Post", "State", "Id"]);
    }

    #[test]
    fn a_file_named_like_the_command_is_not_taken_for_it() {
        let arguments: Vec<OsString> = ["lumsync", "--config", "run", "run", "x"].map(OsString::from).to_vec();
        assert_eq!(position_of("run", &command(), &arguments), 4);
    }
}
