//! Every key for people: `lumsync init` and the reference in the documentation are written from it.

use clap::{Arg, ArgAction, Command};

use super::accepted::{accepted, split};
use super::config::key_of;
use super::environment::variables_of;
use super::layers::is_table;
use super::sections::sections;

/// A section of the config file.
#[derive(Debug, Clone)]
pub struct Section {
    /// As it stands in brackets.
    pub name: String,
    /// What its keys are about.
    pub about: String,
    /// Its keys, in reading order.
    pub keys: Vec<Key>,
}

/// A key of the config file.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its name within the section.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// What holds when it is not set; `none` where that is nothing.
    pub default: String,
    /// The default, or an example where there is none or only words for it, as TOML.
    pub toml: String,
    /// Whether `toml` is an example.
    pub is_example: bool,
    /// The option that goes over it, such as `--rps N`.
    pub option: String,
    /// The variable that goes over it.
    pub variable: String,
}

/// All keys, in the order of the config file.
pub fn reference() -> Vec<Section> {
    let section = |section: &Command| Section {
        name: section.get_name().to_owned(),
        about: format!("{}.", section.get_about().map(ToString::to_string).unwrap_or_default()),
        keys: section.get_arguments().map(key).collect(),
    };
    sections().iter().map(section).collect()
}

/// A value of a key as TOML, or what is wrong with it.
pub fn toml_value(section: &str, key: &str, text: &str) -> Result<String, String> {
    let sections = sections();
    let options = sections.iter().filter(|one| one.get_name() == section).flat_map(Command::get_arguments);
    let option = options.into_iter().find(|option| key_of(option) == key).ok_or("there is no such key")?;
    Ok(toml_of(option, &accepted(option, text)?))
}

fn key(option: &Arg) -> Key {
    let help = option.get_help().map(ToString::to_string).unwrap_or_default();
    let (help, example) = cut(&help, " [example: ");
    let (about, in_words) = cut(&help, " [default: ");
    let defaults: Vec<_> = option.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let takes_value = option.get_action().takes_values();
    let default = match (defaults.is_empty(), takes_value) {
        (false, _) => defaults.join(","),
        (true, true) => in_words.unwrap_or_else(|| "none".to_owned()),
        (true, false) => "false".to_owned(),
    };
    let names: Vec<String> = option.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let words: Vec<String> = option.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
    let with = |text: String, mark: &str, list: &[String]| {
        if list.is_empty() || !takes_value { text } else { format!("{text}{mark}{}", list.join(", ")) }
    };
    Key {
        name: key_of(option).to_owned(),
        about: with(about, ": ", &words),
        toml: toml_of(option, example.as_ref().unwrap_or(&default)),
        is_example: example.is_some(),
        default,
        option: with(format!("--{}", option.get_long().unwrap_or_default()), " ", &names),
        variable: variables_of(option).next().unwrap_or_default(),
    }
}

/// Takes a remark in brackets out of a text; the rest, and what stands in the brackets.
fn cut(text: &str, begin: &str) -> (String, Option<String>) {
    match text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(']')?))) {
        Some((before, (remark, after))) => (format!("{before}{after}"), Some(remark.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// A value as TOML.
pub(super) fn toml_of(option: &Arg, text: &str) -> String {
    let quoted = |text: &str| format!("{text:?}");
    if is_table(option) {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        return format!("{{ {name} = {} }}", quoted(value));
    }
    if matches!(option.get_action(), ArgAction::Append) {
        return format!("[{}]", split(option, text).iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "));
    }
    let takes_number = option.get_value_names().unwrap_or_default().iter().any(|name| name.starts_with('N'));
    let is_bare = !option.get_action().takes_values() || (takes_number && text.parse::<f64>().is_ok());
    if is_bare { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::GuardrailSection;
    use super::super::layers::tests::settings;
    use super::*;

    /// The merged settings as text, with the values of what is not set.
    fn merged(config: &str) -> String {
        let (mut settings, _) = settings(&[], &[], config).unwrap();
        let limits = settings.guardrails.limits();
        settings.guardrails = GuardrailSection {
            max_disable: Some(limits.max_disable),
            max_create: limits.max_create,
            max_leave: Some(limits.max_leave),
            max_enable: Some(limits.max_enable),
            max_update: Some(limits.max_update),
            min_rows: Some(limits.min_rows),
            expect_rows: limits.expect_rows,
            allow_column_change: limits.allow_column_change,
            max_shrink: Some(limits.max_shrink),
            max_remote_shrink: Some(limits.max_remote_shrink),
        };
        settings.approval.count = settings.approval.count.or(Some(std::num::NonZeroU32::MIN));
        format!("{settings:?}")
    }

    #[test]
    fn every_default_is_what_holds_without_it_and_every_example_changes_something() {
        for section in reference().into_iter().filter(|section| section.name != "log") {
            for key in section.keys {
                let with = merged(&format!("[{}]\n{} = {}\n", section.name, key.name, key.toml));
                assert_eq!(with == merged(""), !key.is_example, "{}.{} = {}", section.name, key.name, key.toml);
            }
        }
    }

    #[test]
    fn every_key_is_explained_and_has_an_option_and_a_variable_of_its_own() {
        let mut seen = BTreeSet::new();
        for key in reference().into_iter().flat_map(|section| section.keys) {
            assert!(!key.about.is_empty() && !key.about.ends_with('.') && !key.default.is_empty(), "{key:?}");
            assert!(!key.toml.is_empty() && key.toml != "\"\"", "{key:?}");
            assert!(key.option.starts_with("--") && key.variable.starts_with("LUMSYNC_"), "{key:?}");
            assert!(seen.insert(key.option.clone()) && seen.insert(key.variable.clone()), "{key:?}");
        }
    }
}
