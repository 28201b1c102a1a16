//! Where settings come from.

use serde_json::Value;

use crate::support::operator::{Ended, Operator, csv_of, ended, people};

#[test]
fn an_option_goes_over_the_environment_over_the_config_file_over_the_default() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(2)));
    // The tenant lets nobody in who names another organization.
    let is_let_in = |option: &[&str], variable: Option<&str>| {
        let mut command = operator.command(&[&["plan", "users.csv"], option].concat());
        command.env_remove("LUMSYNC_ORGANIZATION_ID");
        command.envs(variable.map(|value| ("LUMSYNC_ORGANIZATION_ID", value)));
        command.output().unwrap().status.success()
    };
    assert!(is_let_in(&[], None));
    operator.write("lumsync.toml", "[tenant]\norganization_id = \"wrong\"\n");
    assert!(!is_let_in(&[], None));
    assert!(is_let_in(&[], Some("sandbox")));
    assert!(!is_let_in(&[], Some("wrong")));
    assert!(is_let_in(&["--organization-id", "sandbox"], Some("wrong")));
    assert!(!is_let_in(&["--organization-id", "wrong"], Some("sandbox")));
}

#[test]
fn an_unknown_key_is_an_error_that_names_it_and_its_line() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(2)));
    operator.write("other.toml", "[policy]\npartial = true\n\n[guardrails]\nmax_disabel = \"5%\"\n");
    operator.run(&["plan", "users.csv", "--config", "other.toml"]).expect(2).says(&["max_disabel", "5"]);
    operator.write("lumsync.toml", "[gardrails]\nmax_disable = \"5%\"\n");
    operator.run(&["plan", "users.csv"]).expect(2).says(&["gardrails", "lumsync.toml:1"]);
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn plain_http_is_for_loopback_alone() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    for url in ["http://cell.example.com", "http://192.0.2.1", "http://127.0.0.1.example.com", "http://[2001:db8::1]"] {
        operator.run(&["plan", "users.csv", "--base-url", url]).expect(2).says(&["https"]);
    }
}

#[test]
fn the_config_file_sets_policy_and_guardrails() {
    let operator = Operator::of(&people(3));
    operator.csv(&csv_of(&people(1)));
    operator.write("lumsync.toml", "[guardrails]\nmax_disable = 1\n");
    operator.sync(&[]).expect(3);
    operator.write("lumsync.toml", "[policy]\non_missing = \"keep\"\n");
    operator.sync(&[]).expect(0);
    assert!(operator.saves().is_empty());
    operator.write("lumsync.toml", "[scope]\nprotect = [\"p2@*\"]\n");
    operator.sync(&[]).expect(0);
    assert!(operator.is_enabled("p2@example.com") && !operator.is_enabled("p3@example.com"));
}

#[test]
fn a_wrong_value_is_blamed_on_where_it_was_set() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
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
        let refused = |ended: Ended, texts: &[&str]| {
            let ended = ended.expect(2).says(texts);
            assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
        };
        let name = format!("--{option}");
        refused(operator.run(&["plan", "users.csv", &format!("{name}={value}")]), &[&name]);
        let variable = format!("LUMSYNC_{}", option.replace('-', "_").to_uppercase());
        refused(ended(&operator.command(&["plan", "users.csv"]).env(&variable, value).output().unwrap()), &[&variable]);
        let (section, field) = key.split_once('.').unwrap();
        operator.write("wrong.toml", &format!("\n[{section}]\n{field} = {value:?}\n"));
        refused(operator.run(&["plan", "users.csv", "--config", "wrong.toml"]), &["wrong.toml:3", key]);
    }
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn an_empty_domain_or_pattern_is_refused() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    for option in ["--email-domain", "--protect", "--organization-id"] {
        operator.sync(&[option, ""]).expect(2).says(&[option]);
    }
}

#[test]
fn a_secret_in_the_config_file_is_refused_and_not_repeated() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    operator.write("lumsync.toml", "[auth]\nclient_secret = \"hunter2\"\n");
    let ended = operator.run(&["plan", "users.csv"]).expect(2).says(&["lumsync.toml:2", "client_secret_file"]);
    assert!(!ended.stderr.contains("hunter2"));
}

#[test]
fn a_config_file_that_everybody_may_write_and_one_that_is_no_file_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    let path = operator.write("lumsync.toml", "[tenant]\nbase_url = \"http://127.0.0.1:9\"\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o646)).unwrap();
    operator.run(&["plan", "users.csv"]).expect(2).says(&["lumsync.toml", "everybody"]);
    operator.run(&["runs"]).expect(2).says(&["lumsync.toml"]);
    for no_file in ["/dev/zero", "."] {
        operator.run(&["plan", "users.csv", "--config", no_file]).expect(2).says(&[no_file]);
    }
    operator.run(&["init", "other.toml"]).expect(0);
}

#[test]
fn a_variable_without_effect_is_warned_of_and_the_nearest_one_named() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    let run = |arguments: &[&str]| {
        ended(&operator.command(arguments).env("LUMSYNC_MAX_DISABEL", "1").output().unwrap()).expect(0)
    };
    run(&["plan", "users.csv", "-q"]).says(&["warning: ", "LUMSYNC_MAX_DISABEL", "LUMSYNC_MAX_DISABLE?"]);
    run(&["check", "users.csv"]).says(&["LUMSYNC_MAX_DISABEL"]);
    let log = run(&["plan", "users.csv", "--log-format", "json"]).stderr;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"].as_str().unwrap().contains("LUMSYNC_MAX_DISABEL")), "{log}");
    assert!(!operator.run(&["plan", "users.csv"]).stderr.contains("LUMSYNC_"));
}

#[test]
fn the_options_of_single_commands_have_variables_too_and_consent_has_none() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(1)));
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        ended(&operator.command(arguments).envs(variables.iter().copied()).output().unwrap())
    };
    operator.write("other.toml", "[policy]\non_missing = \"keep\"\n");
    run(&["plan", "users.csv"], &[("LUMSYNC_DETAILED_EXITCODE", "yes")]).expect(5);
    run(&["plan", "users.csv"], &[("LUMSYNC_DETAILED_EXITCODE", "1"), ("LUMSYNC_CONFIG", "other.toml")]).expect(0);
    run(&["plan", "users.csv"], &[("LUMSYNC_OUT", "plan.json")]).expect(0);
    assert!(operator.folder().join("plan.json").exists());
    let plan = run(&["plan", "users.csv"], &[("LUMSYNC_OUTPUT", "json"), ("LUMSYNC_SANDBOX", "true")]).expect(0).json();
    assert_eq!(plan["tenant"]["baseUrl"], "sandbox:");
    run(&["plan", "users.csv"], &[("LUMSYNC_SANDBOX", "false")]).expect(0);
    run(&["apply", "plan.json"], &[("LUMSYNC_MAX_AGE", "soon")]).expect(2).says(&["LUMSYNC_MAX_AGE", "soon"]);
    run(&["sync", "users.csv"], &[("LUMSYNC_YES", "1")]).expect(2).says(&["LUMSYNC_YES has no effect", "--yes"]);
    assert!(operator.saves().is_empty());
}

#[test]
fn quiet_in_the_environment_gives_way_to_verbose_on_the_command_line() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    let run = |arguments: &[&str]| {
        ended(&operator.command(arguments).env("LUMSYNC_QUIET", "true").output().unwrap()).expect(0)
    };
    assert_eq!(run(&["plan", "users.csv"]).stdout, "");
    assert!(!run(&["plan", "users.csv", "-v"]).stdout.is_empty());
}

#[test]
fn doctor_reports_settings_that_cannot_be_used_as_a_check() {
    let operator = Operator::of(&people(1));
    operator.write("lumsync.toml", "[rate]\nrps = \"fast\"\n");
    let ended = operator.run(&["doctor", "--output", "json"]).expect(2);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(document["checks"][0]["name"], "settings");
    assert!(document["checks"][0]["message"].as_str().unwrap().contains("lumsync.toml:2: rate.rps"));
}
