//! `init` on a terminal, and what `doctor` blames.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::sandbox_process::SandboxProcess;
use crate::support::terminal::converse;
use crate::support::workspace::Workspace;

const CSV: &str = "email,firstName,lastName\nkim@example.com,Kim,New\n";

/// A folder beside a served tenant, with the secret of its application in a file.
fn beside(tenant: &SandboxProcess) -> Workspace {
    let workspace = Workspace::with_tenant_file();
    workspace.write("secret", &tenant.variables["LUMSYNC_CLIENT_SECRET"]);
    workspace.write("wrong-secret", "no-such-secret");
    workspace.write_csv(CSV);
    workspace
}

#[test]
fn init_asks_on_a_terminal_tries_the_answers_and_writes_a_config_that_works() {
    let tenant = SandboxProcess::start(&[]);
    let workspace = beside(&tenant);
    let fact = |name: &str| format!("{}\n", tenant.variables[name]);
    let (url, organization, client, email) = (
        fact("LUMSYNC_BASE_URL"),
        fact("LUMSYNC_ORGANIZATION_ID"),
        fact("LUMSYNC_CLIENT_ID"),
        fact("LUMSYNC_USER_EMAIL"),
    );
    let ended = converse(
        &workspace,
        &["init"],
        &[
            ("The tenant's cell", "http://cell.example.com\n"),
            ("use https", &url),
            ("The organization's id", &organization),
            ("client id", &client),
            ("The file with the application's secret", "wrong-secret\n"),
            ("The address of the admin", "nobody\n"),
            ("not an e-mail address", &email),
            ("The CSV of users", "\n"),
            ("check auth.client_id and auth.client_secret_file", ""),
            ("Write the file all the same?", "\n"),
            // All over again, with the answers so far in brackets.
            ("The tenant's cell", "\n"),
            ("The organization's id", "\n"),
            ("client id", "\n"),
            ("[wrong-secret]", "secret\n"),
            ("The address of the admin", "\n"),
            ("The CSV of users", "users.csv\n"),
            ("Fit to run", ""),
            ("1 valid", ""),
        ],
    );
    assert_eq!((ended.code, ended.asked), (0, 18), "{}", ended.said);
    assert!(
        ended.said.contains("Wrote lumsync.toml. Next: `lumsync plan users.csv` shows what would change."),
        "{}",
        ended.said
    );
    let config = workspace.read("lumsync.toml");
    assert!(config.contains("\nclient_secret_file = \"secret\"\n") && config.contains("\n#rps = 10\n"), "{config}");
    assert!(!config.contains(tenant.variables["LUMSYNC_CLIENT_SECRET"].as_str()));
    assert_eq!(fs::metadata(workspace.path("lumsync.toml")).unwrap().permissions().mode() & 0o777, 0o600);
    workspace.run(&["plan", "users.csv", "--partial", "--rps", "unlimited"]).exits_with(0);
    assert!(!tenant.read("/_sandbox/traffic").contains("save"));
}

#[test]
fn init_that_is_left_writes_nothing() {
    let workspace = Workspace::with_tenant_file();
    for end in ["\u{3}", "\u{4}"] {
        let ended = converse(&workspace, &["init"], &[("The tenant's cell", end)]);
        assert_eq!(ended.code, 130, "{}", ended.said);
        assert!(!workspace.path("lumsync.toml").exists());
    }
}

/// The checks that failed or warn, with their hints.
fn blamed(workspace: &Workspace, tenant: &SandboxProcess, more: &[&str]) -> Vec<(String, String)> {
    let fact = |name: &str| tenant.variables[name].clone();
    let (url, organization, client) =
        (fact("LUMSYNC_BASE_URL"), fact("LUMSYNC_ORGANIZATION_ID"), fact("LUMSYNC_CLIENT_ID"));
    let defaults = [
        ("--base-url", url),
        ("--organization-id", organization),
        ("--client-id", client),
        ("--client-secret-file", "secret".to_owned()),
        ("--user-email", fact("LUMSYNC_USER_EMAIL")),
    ];
    let mut arguments = vec!["doctor".to_owned(), "--output".to_owned(), "json".to_owned()];
    for (option, value) in defaults.into_iter().filter(|(option, _)| !more.contains(option)) {
        arguments.extend([option.to_owned(), value]);
    }
    arguments.extend(more.iter().map(|word| (*word).to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let document: Value = serde_json::from_str(&workspace.run(&arguments).stdout).unwrap();
    let checks = document["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] != "fine");
    let text = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    checks.map(|check| (text(check, "name"), text(check, "hint"))).collect()
}

#[test]
fn doctor_blames_the_key_that_is_wrong() {
    let tenant = SandboxProcess::start(&[]);
    let workspace = beside(&tenant);
    assert_eq!(blamed(&workspace, &tenant, &[]), []);
    for (more, name, key) in [
        (&["--client-secret-file", "wrong-secret"][..], "login", "auth.client_secret_file"),
        (&["--client-secret-file", "none"], "login", "auth.client_secret_file"),
        (&["--client-id", "other"], "login", "auth.client_id"),
        (&["--organization-id", "999"], "login", "tenant.organization_id"),
        (&["--user-email", "nobody@example.com"], "account", "auth.user_email"),
        (&["--base-url", "http://127.0.0.1:1"], "tenant", "tenant.base_url"),
        (&["--report", "none/run.html"], "outputs", "report.files"),
        (&["--metrics-file", "none/run.prom"], "outputs", "report.metrics_file"),
        (&["--report", "run.odd"], "outputs", "report.files"),
    ] {
        let blamed = blamed(&workspace, &tenant, more);
        let [(found, hint)] = &blamed[..] else { panic!("{more:?} {blamed:?}") };
        assert!(found == name && hint.contains(key), "{more:?} {blamed:?}");
    }
}

#[test]
fn doctor_names_the_proxy_without_its_login_and_tries_the_tenant_by_it() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("token", "some-token");
    let mut command = workspace.command(&["doctor", "--base-url", "https://cell.example.com", "--token-file", "token"]);
    command.env("HTTPS_PROXY", "http://user:hush@127.0.0.1:1");
    let ran = crate::support::run::Run::of(&command.output().unwrap()).exits_with(1);
    assert!(
        ran.stdout.contains("by the proxy 127.0.0.1:1, HTTPS_PROXY") && !ran.stdout.contains("hush"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("NO_PROXY"), "{}", ran.stdout);
}

#[test]
fn doctor_says_whether_groups_can_be_listed() {
    use crate::support::data::users::people;
    use crate::support::server::Reply;
    for (status, said) in [(200, "can be listed"), (403, "column `groups` needs the right to list groups")] {
        let mut workspace = Workspace::serving(&people(2));
        workspace.intercept(move |request, _| request.uri.path().ends_with("feed/list").then(|| Reply::status(status)));
        let ran = workspace.run(&["doctor"]).exits_with(0);
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
    }
}
