//! Checks a text of the environment or the config file by the parser of the option that it sets.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};

/// The texts of one value of a list option: its delimiter separates them.
pub(super) fn split(option: &Arg, text: &str) -> Vec<String> {
    match option.get_value_delimiter() {
        Some(delimiter) => text.split(delimiter).map(|item| item.trim().to_owned()).collect(),
        None => vec![text.to_owned()],
    }
}

/// The text as clap takes it, or why the option does not take it.
pub(super) fn accepted(option: &Arg, text: &str) -> Result<String, String> {
    match (option.get_action(), flag(text)) {
        (ArgAction::SetTrue, Some(flag)) => return Ok(flag.to_string()),
        (ArgAction::SetTrue, None) => return Err(format!("`{text}` is not true or false")),
        (ArgAction::Count, Some(flag)) => return Ok(u8::from(flag).to_string()),
        _ if text.contains(char::REPLACEMENT_CHARACTER) => return Err("the value is not UTF-8".to_owned()),
        _ => {}
    }
    let alone = Arg::new("value").long("value").value_parser(option.get_value_parser().clone());
    let parsed = Command::new("").no_binary_name(true).arg(alone).try_get_matches_from([format!("--value={text}")]);
    parsed.map(|_| text.to_owned()).map_err(|error| problem(option, text, &error))
}

/// What is wrong with a value, without the words that clap has around it.
pub(super) fn problem(option: &Arg, text: &str, error: &clap::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) if error.kind() == ErrorKind::ValueValidation => source.to_string(),
        _ => {
            let words: Vec<String> =
                option.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
            if words.is_empty() {
                return format!("`{text}` is not a value of --{}", option.get_long().unwrap_or_default());
            }
            format!("`{text}` is not one of: {}", words.join(", "))
        }
    }
}

/// Truth as operators write it.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" | "on" => Some(true),
        "false" | "no" | "0" | "off" => Some(false),
        _ => None,
    }
}
