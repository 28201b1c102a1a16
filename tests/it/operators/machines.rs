//! What programs read of a job: the last event of its log, its metrics, the messages that it posts.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::assertions::schema;
use crate::support::data::users::{UNCHANGED_CSV, csv_of, newcomers, people, renamed_csv};
use crate::support::external::python;
use crate::support::runtime::RUNTIME;
use crate::support::server::{Reply, Server};
use crate::support::workspace::Workspace;

fn last_event(stderr: &str) -> Value {
    serde_json::from_str(stderr.lines().last().unwrap()).unwrap()
}

#[test]
fn the_last_line_of_a_json_log_is_the_end_of_the_run_whatever_is_logged() {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(&(csv_of(&people(3)).replace(",P2,", ",Pat,") + &newcomers(1)));
    for (more, code) in [
        (&["--max-create", "0"][..], 3),
        (&["--log", "off", "--max-create", "0"], 3),
        (&["-q", "--min-rows", "100"], 3),
        (&["--base-url", "http://127.0.0.1:1", "--retries", "0"], 1),
        (&["--report", "run.odd"], 2),
        (&["-q"], 0),
        (&["-v"], 0),
    ] {
        let ran = workspace.sync(&[&["--log-format", "json"], more].concat()).exits_with(code);
        let event = last_event(&ran.stderr);
        assert_eq!((&event["message"], &event["exit_code"]), (&json!("run ended"), &json!(code)), "{}", ran.stderr);
        assert!(event["duration_seconds"].is_f64() && event["run_id"].is_string(), "{event}");
        assert_eq!(ran.stderr.matches("run ended").count(), 1, "{}", ran.stderr);
        if more == ["-q"] {
            assert_eq!(ran.stderr.lines().count(), 1);
            let figures = ["planned", "applied", "created", "updated", "failed", "unchanged", "conflicts"];
            assert_eq!(figures.map(|name| event[name].as_u64().unwrap()), [2, 2, 1, 1, 0, 2, 0], "{event}");
            assert_eq!(event["run_id"], workspace.report()["runId"]);
        }
    }
    workspace.write_csv(&(csv_of(&[]) + &newcomers(2)));
    let planned = workspace.run(&["plan", "users.csv", "--partial", "--log-format", "json", "--detailed-exitcode"]);
    let event = last_event(&planned.exits_with(5).stderr);
    assert_eq!(
        (&event["message"], &event["exit_code"], &event["applied"]),
        (&json!("run ended"), &json!(5), &json!(0))
    );
    let text = workspace.sync(&["-q", "--partial"]).exits_with(0);
    assert_eq!(text.stderr, "");
}

fn get(url: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    RUNTIME.block_on(async { client.get(url).send().await.unwrap().text().await.unwrap() })
}

/// The value of a metric by the begin of its line.
fn value(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(&format!("lumsync_{name}{{")));
    let line = line.unwrap_or_else(|| panic!("no {name} in {metrics}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[test]
fn metrics_tell_of_the_last_success_and_whether_a_person_is_needed() {
    let workspace = Workspace::with_tenant_file();
    let metrics = |csv: &str, more: &[&str]| {
        workspace.sync_csv(csv, &[&["--metrics-file", "run.prom"], more].concat());
        workspace.read("run.prom")
    };
    let failed = metrics(UNCHANGED_CSV, &["--min-rows", "100"]);
    assert!(!failed.contains("last_success") && failed.contains("tenant=\"sandbox:tenant.jsonl\""), "{failed}");
    assert!((value(&failed, "needs_person") - 1.0).abs() < 0.1);
    let good = metrics(UNCHANGED_CSV, &[]);
    let success = value(&good, "last_success_timestamp_seconds");
    assert!((success - value(&good, "last_run_timestamp_seconds")).abs() < 0.01);
    assert!(value(&good, "needs_person").abs() < 0.1);
    let failed = metrics(UNCHANGED_CSV, &["--min-rows", "100"]);
    assert!((value(&failed, "last_success_timestamp_seconds") - success).abs() < 0.002, "that of the run before");
    let conflict = metrics(&(UNCHANGED_CSV.to_owned() + "admin@example.com,Ada,Min,enabled\n"), &[]);
    assert!((value(&conflict, "needs_person") - 1.0).abs() < 0.1);
    assert!(conflict.contains("reason=\"conflict\"} 1"), "{conflict}");
}

/// A Pushgateway on a port that it chooses, stopped when the test ends.
struct Pushgateway {
    process: Child,
    url: String,
}

impl Pushgateway {
    fn start() -> Self {
        let mut process = Command::new("prometheus-pushgateway")
            .args(["--web.listen-address=127.0.0.1:0", "--log.format=json"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("prometheus-pushgateway; install Debian's package of that name");
        let lines = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = |line: String| {
            let event: Value = serde_json::from_str(&line).ok()?;
            let address = event["address"].as_str().or(event["listen_address"].as_str())?.to_owned();
            (!address.ends_with(":0")).then_some(address)
        };
        let mut lines = lines;
        let address = lines.by_ref().find_map(address).expect("it says where it listens");
        // It would wait for a reader of its log.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url: format!("http://{address}") }
    }
}

impl Drop for Pushgateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_real_pushgateway_keeps_the_metrics_of_each_tenant() {
    let gateway = Pushgateway::start();
    let (one, other) = (Workspace::with_tenant_file(), Workspace::serving(&people(2)));
    let push = ["--push-metrics", &gateway.url];
    one.sync_csv(&renamed_csv(), &push).exits_with(0);
    other.sync_csv(&csv_of(&people(3)), &push).exits_with(0);
    let metrics = get(&format!("{}/metrics", gateway.url));
    let created = |tenant: &str| {
        let is_it = |line: &&str| {
            line.starts_with("lumsync_last_run_changes{")
                && [tenant, "kind=\"create\"", "result=\"applied\""].iter().all(|label| line.contains(label))
        };
        metrics.lines().filter(is_it).map(|line| line.rsplit_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let url = other.sandbox().base_url();
    assert_eq!(created("tenant=\"sandbox:tenant.jsonl\""), ["0"], "{metrics}");
    assert_eq!(created(&format!("tenant=\"{url}\"")), ["1"]);
    one.sync_csv(UNCHANGED_CSV, &[&push[..], &["--min-rows", "100"]].concat()).exits_with(3);
    let metrics = get(&format!("{}/metrics", gateway.url));
    let codes: Vec<&str> = metrics.lines().filter(|line| line.starts_with("lumsync_last_run_exit_code{")).collect();
    assert_eq!(codes.len(), 2, "what a tenant pushes replaces what it pushed before: {metrics}");
    assert!(codes.iter().any(|line| line.contains("sandbox:tenant.jsonl") && line.ends_with("} 3")), "{codes:?}");
}

#[test]
fn a_gateway_that_is_down_or_refuses_is_a_warning() {
    let refusing = Server::start(|_| Reply::status(400));
    for url in ["http://127.0.0.1:1", refusing.url()] {
        let ran = Workspace::with_tenant_file().sync_csv(UNCHANGED_CSV, &["--push-metrics", url]).exits_with(0);
        assert!(ran.stderr.contains("warning: the metrics could not be pushed"), "{}", ran.stderr);
    }
    for wrong in ["gateway:9091", "ftp://gateway", "http://user:hush@gateway"] {
        let ran = Workspace::with_tenant_file().sync_csv(UNCHANGED_CSV, &["--push-metrics", wrong]).exits_with(2);
        assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
    }
}

/// What is posted of a run that a guardrail stopped, and of a command that could not begin.
fn posted(format: &str) -> [Value; 2] {
    let hook = Server::start(|_| Reply::status(200));
    let url = format!("{}/hook", hook.url());
    let workspace = Workspace::with_tenant_file();
    let notify = ["--notify", &url, "--notify-format", format, "--notify-on", "attention"];
    workspace.sync_csv(
        "email,firstName,lastName\nkim@example.com,Kim,New\n",
        &[&notify[..], &["--max-disable", "1"]].concat(),
    );
    workspace.sync_csv(UNCHANGED_CSV, &notify).exits_with(0);
    workspace.run(&[&["sync", "users.csv", "--yes"][..], &notify].concat()).exits_with(2);
    let requests = hook.requests();
    let [stopped, not_begun] = &requests[..] else { panic!("{requests:?}") };
    [stopped.json(), not_begun.json()]
}

#[test]
fn teams_gets_an_adaptive_card_as_its_published_schema_wants_it() {
    for message in posted("teams") {
        assert_eq!(message["type"], "message");
        let attachment = &message["attachments"][0];
        assert_eq!(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
        let card = &attachment["content"];
        let violations = schema::violations_of(&python::adaptive_card_schema(), card);
        assert!(violations.is_empty(), "{violations:?}\n{card:#}");
        let broken = json!({ "type": "AdaptiveCard", "version": "1.4", "body": [{ "type": "NoSuchElement" }] });
        assert!(!schema::violations_of(&python::adaptive_card_schema(), &broken).is_empty(), "the schema judges");
        assert!(card.to_string().contains("lumsync sync") && !card.to_string().contains("ann@example.com"), "{card}");
    }
}

#[test]
fn a_program_gets_json_as_our_own_schema_wants_it() {
    for message in posted("json") {
        let schema: Value =
            serde_json::from_str(include_str!("../../../docs/schema/notification.schema.json")).unwrap();
        let violations = schema::violations_of(&schema, &message);
        assert!(violations.is_empty(), "{violations:?}\n{message:#}");
        assert_eq!(message["needsPerson"], true);
    }
    let [stopped, not_begun] = posted("json");
    assert_eq!((&stopped["exitCode"], &not_begun["exitCode"]), (&json!(3), &json!(2)));
    assert!(stopped["details"][0].as_str().unwrap().starts_with("max_disable: 4 users would be disabled"), "{stopped}");
    assert_eq!(stopped["summary"]["disable"]["planned"], 4);
}

#[test]
fn slack_gets_a_text() {
    let [stopped, _] = posted("slack");
    assert!(stopped["text"].as_str().unwrap().contains("a guardrail stopped the run"), "{stopped}");
}

#[test]
fn every_option_but_yes_is_a_variable_and_a_variable_without_effect_is_warned_of() {
    let workspace = Workspace::with_tenant_file();
    workspace.write_csv(UNCHANGED_CSV);
    let ran = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = workspace.command(&[&["sync", "users.csv", "--sandbox", "tenant.jsonl"], arguments].concat());
        crate::support::run::Run::of(&command.envs(variables.iter().copied()).output().unwrap())
    };
    ran(&[("LUMSYNC_MIN_ROWS", "100")], &["--yes"]).exits_with(3);
    ran(&[("LUMSYNC_CONFIG", "/nope")], &["--yes"]).exits_with(2).stderr_contains(&["/nope"]);
    ran(&[("LUMSYNC_REPORT", "a.html,b.md"), ("LUMSYNC_PARTIAL", "true")], &["--yes"]).exits_with(0);
    assert!(workspace.path("a.html").exists() && workspace.path("b.md").exists());
    ran(&[("LUMSYNC_DRY_RUN", "true"), ("LUMSYNC_OUTPUT", "json")], &[]).exits_with(0).json();
    ran(&[("LUMSYNC_YES", "1")], &[]).exits_with(2).stderr_contains(&["LUMSYNC_YES has no effect"]);
    ran(&[("LUMSYNC_RSP", "3")], &["--yes", "-q"])
        .exits_with(0)
        .stderr_contains(&["the environment variable LUMSYNC_RSP has no effect; did you mean LUMSYNC_RPS?"]);
}
