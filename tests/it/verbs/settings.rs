//! Where settings come from.

use crate::support::operator::{Operator, csv_of, people};

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
