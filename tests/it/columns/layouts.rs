//! What real systems export is read right or refused, one file each.

use std::path::Path;

use crate::support::data::users::{person, with};
use crate::support::run::Run;
use crate::support::workspace::{Workspace, binary};

/// The file, further arguments, and what standard error says of one that is refused; nothing for one that is read.
const LAYOUTS: [(&str, &[&str], &[&str]); 24] = [
    ("workday", &[], &["the status says neither", "--status-word"]),
    ("workday", &["--status-word", "terminated=disabled"], &[]),
    ("successfactors", &[], &[]),
    ("bamboohr", &[], &["both mean status", "--column status=HEADER"]),
    ("bamboohr", &["--column", "status=Status"], &[]),
    ("personio", &[], &[]),
    ("google", &["--status-word", "suspended=disabled"], &[]),
    ("okta", &["--status-word", "deprovisioned=disabled"], &[]),
    ("entra", &[], &[]),
    ("entra-bulk", &[], &["no column holds the e-mail address"]),
    (
        "entra-bulk",
        &["--skip-lines", "1", "--column", "email=User name [userPrincipalName] Required"],
        &["--column disabled=\"Block sign in (Yes/No) [accountEnabled] Required\""],
    ),
    ("active-directory", &[], &["\"userAccountControl\"", "--ignore-column"]),
    ("active-directory-enabled", &[], &[]),
    ("moodle", &[], &[]),
    ("snipe-it", &[], &["--column status=\"Activated\"", "--ignore-column \"Activated\""]),
    ("slack", &["--status-word", "deactivated=disabled"], &["the status says neither"]),
    ("slack", &["--status-word", "deactivated=disabled", "--status-word", "member=enabled"], &[]),
    ("zendesk", &[], &["disabled by this column, and enabled by its status"]),
    ("discourse", &["--date-format", "%Y-%m-%d %H:%M:%S UTC"], &[]),
    ("mattermost", &[], &["--column endDate=\"delete_at\""]),
    ("gam", &[], &[]),
    ("keycloak", &[], &[]),
    ("nextcloud", &[], &[]),
    ("zammad", &[], &[]),
];

#[test]
fn every_layout_is_read_right_or_refused_with_the_way_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/layouts");
    for (name, options, refusal) in LAYOUTS {
        let workspace = Workspace::serving(&[
            person(1, "Ann"),
            with(person(2, "Lea"), &[("lastName", "Ver".into()), ("status", "disabled".into())]),
        ]);
        std::fs::copy(folder.join(format!("{name}.csv")), workspace.path("users.csv")).unwrap();
        let run = workspace.sync(options);
        if refusal.is_empty() {
            run.exits_with(0);
        } else {
            run.exits_with(2).stderr_contains(refusal);
        }
        assert!(workspace.is_enabled("ann@example.com") && !workspace.is_enabled("lea@example.com"), "{name}");
        assert!(workspace.saves().is_empty(), "{name} {options:?}");
    }
}

#[test]
fn there_is_a_test_for_every_layout() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/layouts");
    for file in std::fs::read_dir(&folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        assert!(LAYOUTS.iter().any(|(name, ..)| file == format!("{name}.csv")), "{file}");
        let checked = Run::of(&binary(&folder).args(["check", &file]).output().unwrap());
        assert!([0, 2].contains(&checked.code), "{file}: {}", checked.stderr);
    }
}
