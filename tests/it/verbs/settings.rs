//! Where settings come from.

use serde_json::Value;

use crate::support::data::users::{csv_of, people};
use crate::support::run::Run;
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

#[test]
fn a_wrong_value_is_blamed_on_where_it_was_set() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    for (option, key, value) in [
        ("rps", "rate.rps", "fast"),
        ("max-disable", "guardrails.max_disable", "0.1"),
        ("burst", "rate.burst", "0"),
        ("on-missing", "policy.on_missing", "delete"),
        ("types", "scope.types", "ldap"),
        ("email-domain", "scope.email_domains", "example.com."),
        ("email-domain", "scope.email_domains", " "),
        ("protect", "scope.protect", " "),
        ("protect", "scope.protect", "p1"),
        ("organization-id", "tenant.organization_id", "../../evil?x="),
        ("organization-id", "tenant.organization_id", "1\r\nX-Evil: 1"),
        ("base-url", "tenant.base_url", "http://cell.example.com"),
        ("notify", "notify.url", "http://hooks.example.com/hunter2"),
    ] {
        let refused = |run: Run, texts: &[&str]| {
            let run = run.exits_with(2).stderr_contains(texts);
            assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        };
        let name = format!("--{option}");
        refused(workspace.run(&["plan", "users.csv", &format!("{name}={value}")]), &[&name]);
        let variable = format!("LUMSYNC_{}", option.replace('-', "_").to_uppercase());
        refused(
            Run::of(&workspace.command(&["plan", "users.csv"]).env(&variable, value).output().unwrap()),
            &[&variable],
        );
        let (section, field) = key.split_once('.').unwrap();
        workspace.write("wrong.toml", &format!("\n[{section}]\n{field} = {value:?}\n"));
        refused(workspace.run(&["plan", "users.csv", "--config", "wrong.toml"]), &["wrong.toml:3", key]);
    }
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn an_empty_domain_or_pattern_is_refused() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    for option in ["--email-domain", "--protect", "--organization-id"] {
        workspace.sync(&[option, ""]).exits_with(2).stderr_contains(&[option]);
    }
}

#[test]
fn a_secret_in_the_config_file_is_refused_and_not_repeated() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    workspace.write("lumsync.toml", "[auth]\nclient_secret = \"hunter2\"\n");
    let run =
        workspace.run(&["plan", "users.csv"]).exits_with(2).stderr_contains(&["lumsync.toml:2", "client_secret_file"]);
    assert!(!run.stderr.contains("hunter2"));
}

#[test]
fn a_config_file_that_everybody_may_write_and_one_that_is_no_file_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    workspace.write("lumsync.toml", "[tenant]\nbase_url = \"http://127.0.0.1:9\"\n");
    std::fs::set_permissions(workspace.path("lumsync.toml"), std::fs::Permissions::from_mode(0o646)).unwrap();
    workspace.run(&["plan", "users.csv"]).exits_with(2).stderr_contains(&["lumsync.toml", "everybody"]);
    workspace.run(&["runs"]).exits_with(2).stderr_contains(&["lumsync.toml"]);
    for no_file in ["/dev/zero", "."] {
        workspace.run(&["plan", "users.csv", "--config", no_file]).exits_with(2).stderr_contains(&[no_file]);
    }
    workspace.run(&["init", "other.toml"]).exits_with(0);
}

#[test]
fn a_variable_without_effect_is_warned_of_and_the_nearest_one_named() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    let run = |arguments: &[&str]| {
        Run::of(&workspace.command(arguments).env("LUMSYNC_MAX_DISABEL", "1").output().unwrap()).exits_with(0)
    };
    run(&["plan", "users.csv", "-q"]).stderr_contains(&["warning: ", "LUMSYNC_MAX_DISABEL", "LUMSYNC_MAX_DISABLE?"]);
    run(&["check", "users.csv"]).stderr_contains(&["LUMSYNC_MAX_DISABEL"]);
    let log = run(&["plan", "users.csv", "--log-format", "json"]).stderr;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"].as_str().unwrap().contains("LUMSYNC_MAX_DISABEL")), "{log}");
    assert!(!workspace.run(&["plan", "users.csv"]).stderr.contains("LUMSYNC_"));
}

#[test]
fn the_options_of_single_commands_have_variables_too_and_consent_has_none() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(1)));
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        Run::of(&workspace.command(arguments).envs(variables.iter().copied()).output().unwrap())
    };
    workspace.write("other.toml", "[policy]\non_missing = \"keep\"\n");
    run(&["plan", "users.csv"], &[("LUMSYNC_DETAILED_EXITCODE", "yes")]).exits_with(5);
    run(&["plan", "users.csv"], &[("LUMSYNC_DETAILED_EXITCODE", "1"), ("LUMSYNC_CONFIG", "other.toml")]).exits_with(0);
    run(&["plan", "users.csv"], &[("LUMSYNC_OUT", "plan.json")]).exits_with(0);
    assert!(workspace.folder().join("plan.json").exists());
    let plan =
        run(&["plan", "users.csv"], &[("LUMSYNC_OUTPUT", "json"), ("LUMSYNC_SANDBOX", "true")]).exits_with(0).json();
    assert_eq!(plan["tenant"]["baseUrl"], "sandbox:");
    run(&["plan", "users.csv"], &[("LUMSYNC_SANDBOX", "false")]).exits_with(0);
    run(&["apply", "plan.json"], &[("LUMSYNC_MAX_AGE", "soon")])
        .exits_with(2)
        .stderr_contains(&["LUMSYNC_MAX_AGE", "soon"]);
    run(&["sync", "users.csv"], &[("LUMSYNC_YES", "1")])
        .exits_with(2)
        .stderr_contains(&["LUMSYNC_YES has no effect", "--yes"]);
    assert!(workspace.saves().is_empty());
}

#[test]
fn quiet_in_the_environment_gives_way_to_verbose_on_the_command_line() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    let run = |arguments: &[&str]| {
        Run::of(&workspace.command(arguments).env("LUMSYNC_QUIET", "true").output().unwrap()).exits_with(0)
    };
    assert_eq!(run(&["plan", "users.csv"]).stdout, "");
    assert!(!run(&["plan", "users.csv", "-v"]).stdout.is_empty());
}

#[test]
fn doctor_reports_settings_that_cannot_be_used_as_a_check() {
    let workspace = Workspace::serving(&people(1));
    workspace.write("lumsync.toml", "[rate]\nrps = \"fast\"\n");
    let run = workspace.run(&["doctor", "--output", "json"]).exits_with(2);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["checks"][0]["name"], "settings");
    assert!(document["checks"][0]["message"].as_str().unwrap().contains("lumsync.toml:2: rate.rps"));
}
