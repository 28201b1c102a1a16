//! The config file: TOML with a table for each section. Its values are read by the parsers of the options.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command, Id};
use toml::de::{DeTable, DeValue};

use super::SettingsError;
use super::accepted::{accepted, split};
use super::nearest::nearest;
use super::sections::sections;

/// Read when no `--config` names another.
pub const DEFAULT_CONFIG_FILE: &str = "lumsync.toml";

const WRITABLE_BY_ALL: u32 = 0o002;
const ROOT: u32 = 0;

/// What the config file sets.
#[derive(Debug, Default)]
pub struct Config {
    values: Vec<Entry>,
}

/// The option that a key sets, and its values.
type Entry = (Id, Vec<String>);

impl Config {
    /// Reads the named file, or the default one where it exists.
    pub fn read(named: Option<&Path>) -> Result<Self, SettingsError> {
        let path = named.unwrap_or(Path::new(DEFAULT_CONFIG_FILE));
        let unreadable = |source| SettingsError::File { path: path.to_owned(), what: "config file", source };
        match fs::metadata(path) {
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(error)),
            Ok(found) => {
                let own_uid = rustix::process::geteuid().as_raw();
                distrust(found.is_file(), found.mode(), found.uid(), own_uid)
                    .map_err(|problem| SettingsError::Distrusted { path: path.to_owned(), problem })?;
            }
        }
        Self::parse(&fs::read_to_string(path).map_err(unreadable)?, path)
    }

    /// Reads the text of a config file.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let refuse = |at: usize, problem: String| {
            let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
            SettingsError::Config { path: path.to_owned(), line, problem }
        };
        let table = DeTable::parse(text)
            .map_err(|error| refuse(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        let sections = sections();
        let mut values = Vec::new();
        for (name, section) in table.get_ref() {
            let (section, keys) = read_section(&sections, name.get_ref(), section.get_ref())
                .map_err(|problem| refuse(name.span().start, problem))?;
            for (key, value) in keys {
                let entry = read_key(&sections, section, key.get_ref(), value.get_ref());
                values.push(entry.map_err(|problem| refuse(key.span().start, problem))?);
            }
        }
        Ok(Self { values })
    }

    /// What the file sets for an option.
    pub(super) fn of_option(&self, option: &Arg) -> Option<&[String]> {
        self.values.iter().find(|(id, _)| id == option.get_id()).map(|(_, texts)| texts.as_slice())
    }
}

/// A config decides where a login is sent and who is disabled: nobody but its user and root may write it.
fn distrust(is_file: bool, mode: u32, owner: u32, own_uid: u32) -> Result<(), String> {
    if !is_file {
        return Err("is not a regular file".to_owned());
    }
    if mode & WRITABLE_BY_ALL != 0 {
        return Err("may be written by everybody: chmod o-w".to_owned());
    }
    if owner != ROOT && owner != own_uid {
        return Err(format!("belongs to another user (uid {owner}): it must be yours or root's"));
    }
    Ok(())
}

fn read_section<'a>(
    sections: &'a [Command],
    name: &str,
    value: &'a DeValue<'a>,
) -> Result<(&'a Command, &'a DeTable<'a>), String> {
    let section = sections.iter().find(|section| section.get_name() == name);
    match (section, value) {
        (Some(section), DeValue::Table(keys)) => Ok((section, keys)),
        (Some(_), _) => Err(format!("{name} is a section: write [{name}]")),
        (None, _) => Err(unknown_section(sections, name)),
    }
}

fn read_key(sections: &[Command], section: &Command, key: &str, value: &DeValue<'_>) -> Result<Entry, String> {
    let option = find_key(section, key).ok_or_else(|| unknown_key(sections, section, key))?;
    let texts = texts_of(option, value)
        .and_then(|texts| texts.iter().map(|text| accepted(option, text)).collect())
        .map_err(|problem| format!("{}.{key}: {problem}", section.get_name()))?;
    Ok((option.get_id().clone(), texts))
}

fn find_key<'a>(section: &'a Command, key: &str) -> Option<&'a Arg> {
    section.get_arguments().find(|option| key_of(option) == key)
}

/// The key of an option: its id, or what follows the section where two sections have a key of that name.
pub(super) fn key_of(option: &Arg) -> &str {
    let id = option.get_id().as_str();
    id.split_once('.').map_or(id, |(_, key)| key)
}

fn unknown_section(sections: &[Command], name: &str) -> String {
    match sections.iter().find(|section| find_key(section, name).is_some()) {
        Some(section) => format!("the key {name} belongs under [{}]", section.get_name()),
        None => format!("unknown section {name}{}", nearest(name, sections.iter().map(Command::get_name))),
    }
}

fn unknown_key(sections: &[Command], section: &Command, key: &str) -> String {
    let name = section.get_name();
    let file_key = format!("{key}_file");
    if find_key(section, &file_key).is_some() {
        return format!(
            "{name}.{key}: a secret does not belong into the config file; write it to a file of its own and name \
             that in {file_key}, or set LUMSYNC_{}",
            key.to_uppercase()
        );
    }
    if let Some(other) = sections.iter().find(|other| find_key(other, key).is_some()) {
        return format!("unknown key {name}.{key}; it belongs under [{}]", other.get_name());
    }
    format!("unknown key {name}.{key}{}", nearest(key, section.get_arguments().map(key_of)))
}

/// A value as texts, one for each time that its option would be given.
fn texts_of(option: &Arg, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let is_list = matches!(option.get_action(), ArgAction::Append);
    let texts = match value {
        DeValue::Array(items) if is_list => items.iter().map(|item| scalar(item.get_ref())).collect(),
        DeValue::Table(pairs) if is_list => {
            pairs.iter().map(|(name, value)| Some(format!("{}={}", name.get_ref(), scalar(value.get_ref())?))).collect()
        }
        value => scalar(value).map(|text| split(option, &text)),
    };
    match texts {
        Some(texts) if texts.is_empty() && !option.get_default_values().is_empty() => {
            Err("the list is empty; leave the key out for the default".to_owned())
        }
        Some(texts) => Ok(texts),
        None if is_list => Err(format!("a list of {} is needed", names_of(option))),
        None => Err(format!("one value is needed: {}", names_of(option))),
    }
}

fn names_of(option: &Arg) -> String {
    let names = option.get_value_names().unwrap_or_default();
    names.first().map_or_else(|| "true or false".to_owned(), ToString::to_string)
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Where the config file is: the named one, or the default one where it exists.
pub fn config_file(named: Option<&Path>) -> Option<PathBuf> {
    let default = Path::new(DEFAULT_CONFIG_FILE);
    named.or_else(|| default.exists().then_some(default)).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("lumsync.toml")).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_name_is_reported_with_its_line_and_the_nearest_name() {
        assert_eq!(
            error("[tenant]\nbase_url = \"https://x.example\"\nbase_ulr = \"y\"\n"),
            "lumsync.toml:3: unknown key tenant.base_ulr; did you mean base_url?"
        );
        assert_eq!(
            error("\n[guardrail]\nx = 1\n"),
            "lumsync.toml:2: unknown section guardrail; did you mean guardrails?"
        );
        assert_eq!(error("[xyz]\n"), "lumsync.toml:1: unknown section xyz");
        assert_eq!(error("max_disable = 1\n"), "lumsync.toml:1: the key max_disable belongs under [guardrails]");
        assert_eq!(error("[rate]\ntimeout = 1\n"), "lumsync.toml:2: unknown key rate.timeout; it belongs under [http]");
        assert_eq!(error("rate = 5\n"), "lumsync.toml:1: rate is a section: write [rate]");
        assert!(error("[rate]\nrps = = 1\n").starts_with("lumsync.toml:2: "));
    }

    #[test]
    fn a_value_of_a_wrong_form_is_reported_with_its_line_its_key_and_the_form() {
        for (text, expected) in [
            (
                "[guardrails]\n\nmax_disable = 0.1",
                "3: guardrails.max_disable: `0.1` is neither a number of users (such as 25) nor a percentage (such as 10%)",
            ),
            (
                "[rate]\nrps = \"fast\"",
                "2: rate.rps: `fast` is not a number of requests a second above 0, `unlimited` or `auto`",
            ),
            ("[rate]\nburst = 0", "2: rate.burst: `0` is not a whole number above 0"),
            ("[rate]\nrps = [1]", "2: rate.rps: one value is needed: N"),
            ("[http]\ntimeout = 0", "2: http.timeout: `0` is not a duration above 0, such as 90s, 5m or 1h30m"),
            ("[policy]\npartial = \"perhaps\"", "2: policy.partial: `perhaps` is not true or false"),
            ("[policy]\non_missing = \"delete\"", "2: policy.on_missing: `delete` is not one of: disable, keep"),
            (
                "[scope]\ntypes = \"ldap\"",
                "2: scope.types: `ldap` is not an account type: external, google, microsoft or okta",
            ),
            ("[scope]\ntypes = []", "2: scope.types: the list is empty; leave the key out for the default"),
            ("[scope]\nprotect = [[1]]", "2: scope.protect: a list of PATTERN is needed"),
            (
                "[scope]\nemail_domains = [\"\"]",
                "2: scope.email_domains: `` is not an e-mail domain such as partner.example.com",
            ),
            (
                "[csv]\ncolumns = { shoe = \"Size\" }",
                "2: csv.columns: `shoe` is no field of the CSV; the fields are email, firstName, lastName, status, disabled, startDate, endDate, isHidden, uid, groups and password",
            ),
        ] {
            assert_eq!(error(text), format!("lumsync.toml:{expected}"));
        }
    }

    #[test]
    fn a_secret_in_the_file_is_refused_without_being_repeated() {
        for (key, file_key, variable) in
            [("client_secret", "client_secret_file", "LUMSYNC_CLIENT_SECRET"), ("token", "token_file", "LUMSYNC_TOKEN")]
        {
            let message = error(&format!("[auth]\n{key} = \"hunter2\"\n"));
            assert!(
                message.contains(file_key) && message.contains(variable) && !message.contains("hunter2"),
                "{message}"
            );
        }
    }

    #[test]
    fn values_may_be_written_as_toml_has_them() {
        let text = "[tenant]\norganization_id = 1234567890123456\n[rate]\nrps = 2.5\n[policy]\npartial = true\n\
            [scope]\ntypes = \"external, google\"\nprotect = \"vip@*\"\n[guardrails]\nmax_disable = 0x19\n";
        let config = Config::parse(text, Path::new("c")).unwrap();
        let set = |id: &str| config.values.iter().find(|(known, _)| known == id).unwrap().1.clone();
        assert_eq!(set("organization_id"), ["1234567890123456"]);
        assert_eq!(
            (set("rps"), set("partial"), set("max_disable")),
            (vec!["2.5".to_owned()], vec!["true".to_owned()], vec!["25".to_owned()])
        );
        assert_eq!(
            (set("types"), set("protect")),
            (vec!["external".to_owned(), "google".to_owned()], vec!["vip@*".to_owned()])
        );
    }

    #[test]
    fn a_file_that_others_may_have_written_is_not_trusted() {
        assert!(distrust(true, 0o100_644, 1000, 1000).is_ok());
        assert!(distrust(true, 0o100_664, ROOT, 1000).is_ok());
        assert!(distrust(true, 0o100_646, 1000, 1000).is_err());
        assert!(distrust(true, 0o100_644, 1001, 1000).is_err());
        assert!(distrust(true, 0o100_644, 1001, ROOT).is_err());
        assert!(distrust(false, 0o010_644, 1000, 1000).is_err());
    }
}
