//! Every key of the config file with its default and what it is for: one list, from which `lumsync init` and the
//! reference in the documentation are written. Tests hold it against what the program reads and assumes.

use Value::Default;

/// A section of the config file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// As it stands in brackets.
    pub name: &'static str,
    /// What its keys are about.
    pub about: &'static str,
    /// Its keys, in reading order.
    pub keys: &'static [Key],
}

/// A key of the config file.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name within the section.
    pub name: &'static str,
    /// What it is set to.
    pub value: Value,
    /// The option that goes over it, such as `--rps N`.
    pub option: Option<&'static str>,
    /// The variable that goes over it.
    pub variable: Option<&'static str>,
    /// What it is for, in sentences.
    pub about: &'static str,
}

/// What a key is set to, as TOML.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// What holds when nobody says otherwise.
    Default(&'static str),
    /// Nothing is set by default.
    Example {
        /// How a value looks.
        toml: &'static str,
        /// What holds without the key.
        absent: &'static str,
    },
}

impl Value {
    /// The default, or the example.
    pub fn toml(self) -> &'static str {
        match self {
            Self::Default(toml) | Self::Example { toml, .. } => toml,
        }
    }
}

const fn key(name: &'static str, value: Value, option: &'static str, about: &'static str) -> Key {
    Key { name, value, option: Some(option), variable: None, about }
}

const fn with_variable(key: Key, variable: &'static str) -> Key {
    Key { variable: Some(variable), ..key }
}

const fn example(toml: &'static str, absent: &'static str) -> Value {
    Value::Example { toml, absent }
}

/// All sections, in the order of the file.
pub const SECTIONS: &[Section] = &[
    Section { name: "tenant", about: "Which tenant.", keys: TENANT },
    Section {
        name: "auth",
        about: "Who asks: an OAuth application that acts as an admin, or a ready token. Secrets stand in files of \
            their own or in the environment, never in this file.",
        keys: AUTH,
    },
    Section { name: "rate", about: "How fast.", keys: RATE },
    Section { name: "fetch", about: "How users are listed.", keys: FETCH },
    Section { name: "http", about: "How patient a single request is.", keys: HTTP },
    Section { name: "run", about: "The run as a whole.", keys: RUN },
    Section { name: "policy", about: "What the CSV means.", keys: POLICY },
    Section {
        name: "guardrails",
        about: "Limits on the whole plan, judged before the first write: a number of users, or a share of the enabled \
            users in scope. One that trips ends the run with exit code 3, and nothing is written.",
        keys: GUARDRAILS,
    },
    Section { name: "scope", about: "Whom the job may touch.", keys: SCOPE },
    Section { name: "csv", about: "How the CSV is read. All of it is found out where nothing is said.", keys: CSV },
    Section { name: "report", about: "What a run leaves behind beside its folder in the state dir.", keys: REPORT },
    Section { name: "notify", about: "Who is told, in Slack, Teams or whatever takes {\"text\": …}.", keys: NOTIFY },
    Section { name: "state", about: "Where runs are kept.", keys: STATE },
    Section { name: "log", about: "The log, which goes to standard error.", keys: LOG },
];

const TENANT: &[Key] = &[
    with_variable(
        key(
            "base_url",
            example("\"https://XX-cell-NNN.api.lumapps.com\"", "none: it must be set"),
            "--base-url URL",
            "The tenant's cell. https only; http is allowed on loopback.",
        ),
        "LUMSYNC_BASE_URL",
    ),
    with_variable(
        key(
            "organization_id",
            example("\"1234567890123456\"", "none; an application's login needs it"),
            "--organization-id ID",
            "The organization on that cell.",
        ),
        "LUMSYNC_ORGANIZATION_ID",
    ),
];

const AUTH: &[Key] = &[
    with_variable(
        key(
            "client_id",
            example("\"lumsync\"", "none"),
            "--client-id ID",
            "The OAuth application that runs the job; its token is renewed by itself.",
        ),
        "LUMSYNC_CLIENT_ID",
    ),
    key(
        "client_secret_file",
        example(
            "\"/etc/lumsync/client-secret\"",
            "none; the variable LUMSYNC_CLIENT_SECRET may hold the secret itself",
        ),
        "--client-secret-file FILE",
        "A file that holds the application's secret and nothing else.",
    ),
    with_variable(
        key(
            "user_email",
            example("\"admin@example.com\"", "none; an application's login needs it"),
            "--user-email EMAIL",
            "The admin that the application acts as; never changed by a run.",
        ),
        "LUMSYNC_USER_EMAIL",
    ),
    key(
        "token_file",
        example("\"/run/secrets/lumapps-token\"", "none; the variable LUMSYNC_TOKEN may hold the token itself"),
        "--token-file FILE",
        "Instead of an application: a file that holds a ready bearer token. It lives about an hour.",
    ),
];

const RATE: &[Key] = &[
    with_variable(
        key(
            "rps",
            Default("10"),
            "--rps N",
            "Requests a second, all kinds together: a number, \"unlimited\", or \"auto\", which feels its way up from 10 \
                and is halved by a refusal.",
        ),
        "LUMSYNC_RPS",
    ),
    key("max_rps", Default("50"), "--max-rps N", "The most that \"auto\" tries."),
    key("burst", Default("1"), "--burst N", "Requests that may leave together after a quiet time."),
    key("concurrency", Default("16"), "--concurrency N", "Requests under way at once."),
];

const FETCH: &[Key] =
    &[key("page_size", Default("500"), "--page-size N", "Users asked for in one page; the server may send fewer.")];

const HTTP: &[Key] = &[
    key("timeout", Default("\"60s\""), "--timeout DURATION", "Patience with one request, its answer included."),
    key("retries", Default("5"), "--retries N", "Tries of one request beyond the first."),
    key(
        "max_wait",
        Default("\"5m\""),
        "--max-wait DURATION",
        "The longest pause that the tenant may ask for. One that is longer ends the run in good order.",
    ),
];

const RUN: &[Key] = &[key(
    "max_duration",
    example("\"2h\"", "none"),
    "--max-duration DURATION",
    "When it is over, nothing new starts and the run ends in good order with exit code 4.",
)];

const POLICY: &[Key] = &[
    key(
        "partial",
        Default("false"),
        "--partial",
        "Whether the CSV is only a part of the truth, so that nobody is disabled for absence.",
    ),
    key(
        "on_missing",
        Default("\"disable\""),
        "--on-missing POLICY",
        "What becomes of an enabled user without a row: \"disable\" or \"keep\".",
    ),
    key(
        "on_invalid",
        Default("\"stop\""),
        "--on-invalid POLICY",
        "What becomes of a run with an invalid row: \"stop\", or \"skip\", which leaves the row out and never touches its \
            user for being absent.",
    ),
];

const GUARDRAILS: &[Key] = &[
    key(
        "max_disable",
        Default("\"10%\""),
        "--max-disable N or P%",
        "Disables at most. A percentage always lets 5 through.",
    ),
    key("max_create", example("100", "none"), "--max-create N or P%", "Creates at most."),
    key("max_update", example("\"25%\"", "none"), "--max-update N or P%", "Updates at most."),
    key("min_rows", Default("1"), "--min-rows N", "Valid rows at least."),
    key(
        "max_shrink",
        Default("\"20%\""),
        "--max-shrink P%",
        "How far the valid rows may fall short of those of the last good full run of this tenant.",
    ),
];

const SCOPE: &[Key] = &[
    key(
        "protect",
        example("[\"*@board.example.com\"]", "none"),
        "--protect PATTERN",
        "Addresses that are never changed, as globs. Super admins and the account of the job never are.",
    ),
    key(
        "email_domains",
        example("[\"partner.example\"]", "all"),
        "--email-domain DOMAIN",
        "Only users of these e-mail domains are in scope.",
    ),
    key(
        "types",
        Default("[\"external\"]"),
        "--types LIST",
        "Account types in scope: external, google, microsoft, okta.",
    ),
];

const CSV: &[Key] = &[
    key(
        "delimiter",
        example("\";\"", "found out"),
        "--delimiter C",
        "What stands between the cells: one character, or comma, semicolon, tab, pipe.",
    ),
    key(
        "encoding",
        example("\"windows-1252\"", "found out"),
        "--encoding NAME",
        "The file's encoding, such as utf-8, utf-16le or windows-1252.",
    ),
    key(
        "columns",
        example("{ email = \"Work e-mail\" }", "the usual headers of seven languages"),
        "--column FIELD=HEADER",
        "Headers of fields: email, firstName, lastName, status, isHidden, uid, password.",
    ),
];

const REPORT: &[Key] = &[
    key(
        "files",
        example("[\"/var/lib/lumsync/last-run.html\"]", "none"),
        "--report FILE",
        "Reports of each run; the ending says how: .json .csv .html .md",
    ),
    key(
        "metrics_file",
        example("\"/var/lib/prometheus/node-exporter/lumsync.prom\"", "none"),
        "--metrics-file FILE",
        "The run's figures in Prometheus' text format, for node_exporter's textfile collector.",
    ),
];

const NOTIFY: &[Key] = &[
    with_variable(
        key(
            "url",
            example("\"https://hooks.example.com/services/…\"", "none"),
            "--notify URL",
            "Where a summary of the run is posted. A hook's URL is a secret: better in LUMSYNC_NOTIFY_URL than here.",
        ),
        "LUMSYNC_NOTIFY_URL",
    ),
    key(
        "on",
        Default("[\"failure\", \"guardrail\"]"),
        "--notify-on LIST",
        "When: \"failure\", \"guardrail\" (exit code 3), \"change\" (something was written), \"always\".",
    ),
];

const STATE: &[Key] = &[with_variable(
    key(
        "dir",
        example("\"/var/lib/lumsync\"", "$XDG_STATE_HOME/lumsync, else ~/.local/state/lumsync"),
        "--state-dir DIR",
        "Locks, and a folder for each run with its plan, journal and report.",
    ),
    "LUMSYNC_STATE_DIR",
)];

const LOG: &[Key] = &[
    key(
        "format",
        Default("\"text\""),
        "--log-format FORMAT",
        "\"text\", or \"json\": one object a line, each with the run's name.",
    ),
    Key {
        name: "filter",
        value: example("\"lumsync=debug,warn\"", "info; by -v debug, by -q error"),
        option: None,
        variable: Some("LUMSYNC_LOG"),
        about: "Which events are logged.",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Environment, LimitsSet, Settings, layer::Layer};
    use super::*;
    use crate::cli::CsvOptions;

    /// The names that serde says it would have read instead of an unknown one.
    fn expected_instead(text: &str) -> BTreeSet<String> {
        let message = toml::from_str::<Layer>(text).unwrap_err().message().to_owned();
        let (_, list) = message.split_once("expected").unwrap_or_else(|| panic!("{message}"));
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    fn settings(text: &str) -> String {
        let environment = Environment::of_variables([("HOME", "/home/ann")]);
        let layer = toml::from_str(text).unwrap();
        let mut settings = Settings::resolve(layer, &CsvOptions::default(), &environment).unwrap();
        // It tells apart what is written from what holds anyway, which is not what is compared here.
        settings.limits_set = LimitsSet::default();
        format!("{settings:?}")
    }

    /// The section with what makes the key be heard, and the same with the key.
    fn without_and_with(section: &Section, key: &Key, toml: &str) -> (String, String) {
        let needs = if key.name == "max_rps" { "rps = \"auto\"\n" } else { "" };
        let without = format!("[{}]\n{needs}", section.name);
        let with = format!("{without}{} = {toml}\n", key.name);
        (settings(&without), settings(&with))
    }

    fn keys() -> impl Iterator<Item = (&'static Section, &'static Key)> {
        SECTIONS.iter().flat_map(|section| section.keys.iter().map(move |key| (section, key)))
    }

    #[test]
    fn every_key_that_is_read_is_in_the_list_and_no_other() {
        let sections: BTreeSet<String> = SECTIONS.iter().map(|section| section.name.to_owned()).collect();
        assert_eq!(expected_instead("[unknown]"), sections);
        for section in SECTIONS {
            let listed: BTreeSet<String> = section.keys.iter().map(|key| key.name.to_owned()).collect();
            assert_eq!(expected_instead(&format!("[{}]\nunknown = 1", section.name)), listed, "{}", section.name);
        }
    }

    #[test]
    fn every_default_is_what_holds_without_it() {
        for (section, key) in keys() {
            if let Default(toml) = key.value {
                let (without, with) = without_and_with(section, key, toml);
                assert_eq!(with, without, "{}.{}", section.name, key.name);
            }
        }
    }

    #[test]
    fn every_key_changes_something() {
        for (section, key) in keys() {
            let other = match (section.name, key.name) {
                ("rate", "rps") => "\"unlimited\"",
                ("http", "timeout" | "max_wait") => "\"1s\"",
                ("policy", "partial") => "true",
                ("policy", "on_missing") => "\"keep\"",
                ("policy", "on_invalid") => "\"skip\"",
                ("guardrails", "max_disable" | "max_shrink") => "\"1%\"",
                ("scope", "types") => "\"google\"",
                ("notify", "url") => "\"https://hooks.example.com/x\"",
                ("notify", "on") => "[\"always\"]",
                ("log", "format") => "\"json\"",
                _ if matches!(key.value, Default(_)) => "7",
                _ => key.value.toml(),
            };
            let (without, with) = without_and_with(section, key, other);
            assert_ne!(with, without, "{}.{}", section.name, key.name);
        }
    }
}
