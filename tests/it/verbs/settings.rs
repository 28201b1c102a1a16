//! Where settings come from.

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

#[test]
fn an_option_goes_over_the_environment_over_the_config_file_over_the_default() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    // The tenant lets nobody in who names another organization.
    let is_let_in = |option: &[&str], variable: Option<&str>| {
        let mut command = workspace.command(&[&["plan", "users.csv"], option].concat());
        command.env_remove("LUMSYNC_ORGANIZATION_ID");
        command.envs(variable.map(|value| ("LUMSYNC_ORGANIZATION_ID", value)));
        command.output().unwrap().status.success()
    };
    assert!(is_let_in(&[], None));
    workspace.write("lumsync.toml", "[tenant]\norganization_id = \"wrong\"\n");
    assert!(!is_let_in(&[], None));
    assert!(is_let_in(&[], Some("sandbox")));
    assert!(!is_let_in(&[], Some("wrong")));
    assert!(is_let_in(&["--organization-id", "sandbox"], Some("wrong")));
    assert!(!is_let_in(&["--organization-id", "wrong"], Some("sandbox")));
}

#[test]
fn an_unknown_key_is_an_error_that_names_it_and_its_line() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    workspace.write("other.toml", "[policy]\npartial = true\n\n[guardrails]\nmax_disabel = \"5%\"\n");
    workspace
        .run(&["plan", "users.csv", "--config", "other.toml"])
        .exits_with(2)
        .stderr_contains(&["max_disabel", "5"]);
    workspace.write("lumsync.toml", "[gardrails]\nmax_disable = \"5%\"\n");
    workspace.run(&["plan", "users.csv"]).exits_with(2).stderr_contains(&["gardrails", "lumsync.toml:1"]);
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn plain_http_is_for_loopback_alone() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    for url in ["http://cell.example.com", "http://192.0.2.1", "http://127.0.0.1.example.com", "http://[2001:db8::1]"] {
        workspace.run(&["plan", "users.csv", "--base-url", url]).exits_with(2).stderr_contains(&["https"]);
    }
}

#[test]
fn the_config_file_sets_policy_and_guardrails() {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(&csv_of(&people(1)));
    workspace.write("lumsync.toml", "[guardrails]\nmax_disable = 1\n");
    workspace.sync(&[]).exits_with(3);
    workspace.write("lumsync.toml", "[policy]\non_missing = \"keep\"\n");
    workspace.sync(&[]).exits_with(0);
    assert!(workspace.saves().is_empty());
    workspace.write("lumsync.toml", "[scope]\nprotect = [\"p2@*\"]\n");
    workspace.sync(&[]).exits_with(0);
    assert!(workspace.is_enabled("p2@example.com") && !workspace.is_enabled("p3@example.com"));
}
