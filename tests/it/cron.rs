//! What a job that nobody watches leaves behind: silence, log lines, metrics, notifications.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::thread::JoinHandle;

use serde_json::Value;

use crate::support::desk::{Desk, SAME, renamed};

/// A chat's hook that answers one post and hands back its body; none when nobody posts.
struct Hook {
    url: String,
    listener: TcpListener,
}

impl Hook {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/services/hush-hush", listener.local_addr().unwrap());
        Self { url, listener }
    }

    /// `status` may bring more lines of a head.
    fn answer(self, status: &str) -> JoinHandle<String> {
        let status = status.to_owned();
        std::thread::spawn(move || {
            let (mut stream, _) = self.listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut line) = (String::new(), String::new());
            while reader.read_line(&mut line).unwrap() > 2 {
                head += &line;
                line.clear();
            }
            let length = head.to_lowercase().split("content-length: ").nth(1).unwrap().to_owned();
            let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /services/hush-hush ") && head.contains("application/json"), "{head}");
            String::from_utf8(body).unwrap()
        })
    }

    /// Whether nobody has knocked.
    fn is_untouched(&self) -> bool {
        self.listener.set_nonblocking(true).unwrap();
        self.listener.accept().is_err()
    }
}

fn text_of(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_quiet_job_that_changes_nothing_says_nothing() {
    let desk = Desk::new();
    let csv = SAME.replace("status\n", "status,Team\n").replace("abled\n", "abled,Sales\n");
    let done = desk.sync(&csv, &["-q"]);
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_quiet_job_that_does_its_work_says_nothing() {
    let desk = Desk::new();
    let done = desk.sync(&renamed(), &["-q"]);
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, "", ""));
    assert!(desk.read("tenant.jsonl").contains("Raymond"));
}

#[test]
fn a_quiet_job_that_leaves_something_for_a_person_prints_the_report() {
    let desk = Desk::new();
    let conflict = renamed() + "admin@example.com,Ada,Min,enabled\n";
    let done = desk.sync(&conflict, &["-q"]);
    assert_eq!(done.code, 0);
    assert!(done.stdout.contains("Conflicts 1"), "{}", done.stdout);
    let again = desk.sync(&conflict, &["-q"]);
    assert!(again.stdout.contains("Conflicts 1"), "a conflict is told until somebody decides: {}", again.stdout);

    let stopped = desk.sync(SAME, &["-q", "--min-rows", "100"]);
    assert_eq!(stopped.code, 3);
    assert!(stopped.stdout.contains("a guardrail stopped the run"), "{}", stopped.stdout);
    assert!(stopped.stderr.starts_with("error: nothing was written"), "{}", stopped.stderr);
}

#[test]
fn a_quiet_job_still_prints_the_json_that_a_script_asked_for() {
    let done = Desk::new().sync(SAME, &["-q", "--output", "json"]);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["exitCode"], 0);
}

#[test]
fn with_json_logs_every_line_of_standard_error_is_an_object_with_the_run() {
    let desk = Desk::new();
    let with_problem = SAME.to_owned() + "not-an-address,A,B,enabled\n";
    for (csv, more, code) in [
        (SAME.to_owned(), &[][..], 0),
        (SAME.to_owned(), &["--min-rows", "100"], 3),
        (with_problem.clone(), &[], 2),
        (with_problem, &["--on-invalid", "skip"], 0),
        (SAME.to_owned(), &["--max-shrink", "7"], 2),
        (SAME.to_owned(), &["--report", "run.odd"], 2),
    ] {
        let done = desk.sync(&csv, &[&["--log-format", "json"], more].concat());
        assert_eq!(done.code, code, "{}", done.stderr);
        let lines: Vec<Value> = done.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!lines.is_empty());
        for line in &lines {
            assert!(line["run_id"].as_str().is_some_and(|id| id.len() > 16) && line["time"].is_string(), "{line}");
        }
        let errors = lines.iter().filter(|line| line["level"] == "error").count();
        assert_eq!(errors > 0, code != 0 || done.stderr.contains("invalid row"), "{}", done.stderr);
    }
}

#[test]
fn the_run_of_the_log_is_the_run_of_the_report() {
    let desk = Desk::new();
    let done = desk.sync(SAME, &["--log-format", "json"]);
    let run = &desk.runs()[0];
    assert!(done.stderr.lines().count() > 1 && done.stderr.lines().all(|line| line.contains(run)), "{}", done.stderr);
}

#[test]
fn the_metrics_file_tells_how_every_run_ended_and_can_be_read_by_the_collector() {
    let desk = Desk::new();
    for (more, code) in [(&[][..], "0"), (&["--min-rows", "100"], "3")] {
        desk.sync(&renamed(), &[&["--metrics-file", "run.prom"], more].concat());
        let metrics = desk.read("run.prom");
        let line = metrics.lines().find(|line| line.starts_with("lumsync_last_run_exit_code{")).unwrap();
        assert!(line.ends_with(&format!("}} {code}")), "{line}");
    }
    assert_eq!(fs::metadata(desk.path("run.prom")).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn metrics_that_can_not_be_written_make_a_good_run_a_bad_one() {
    let done = Desk::new().sync(SAME, &["--metrics-file", "no/such/folder/run.prom"]);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("no/such/folder/run.prom"), "{}", done.stderr);
}

#[test]
fn a_change_is_posted_when_changes_are_asked_for() {
    let (desk, hook) = (Desk::new(), Hook::new());
    let url = hook.url.clone();
    let answering = hook.answer("200 OK");
    assert_eq!(desk.sync(&renamed(), &["--notify", &url, "--notify-on", "change", "-q"]).code, 0);
    let text = text_of(&answering.join().unwrap());
    assert!(text.contains("Applied 1 of 1 change") && text.contains(&desk.runs()[0]), "{text}");
    assert!(!text.contains("bob@example.com"), "a chat has other readers than the report: {text}");
}

#[test]
fn a_guardrail_is_posted_by_default() {
    let (desk, hook) = (Desk::new(), Hook::new());
    let url = hook.url.clone();
    let answering = hook.answer("200 OK");
    assert_eq!(desk.sync(SAME, &["--notify", &url, "--min-rows", "100"]).code, 3);
    assert!(text_of(&answering.join().unwrap()).contains("min_rows"));
}

#[test]
fn a_job_that_could_not_begin_is_posted_as_a_failure() {
    let (desk, hook) = (Desk::new(), Hook::new());
    let url = hook.url.clone();
    let answering = hook.answer("202 Accepted");
    desk.write("users.csv", SAME);
    desk.write("lumsync.toml", &format!("[notify]\nurl = \"{url}\"\n"));
    assert_eq!(desk.run(&["sync", "users.csv", "--yes"]).code, 2);
    let text = text_of(&answering.join().unwrap());
    assert!(text.contains("did not begin") && text.contains("no tenant"), "{text}");
}

#[test]
fn a_good_run_is_posted_to_nobody_by_default() {
    let (desk, hook) = (Desk::new(), Hook::new());
    assert_eq!(desk.sync(&renamed(), &["--notify", &hook.url]).code, 0);
    assert!(hook.is_untouched());
}

#[test]
fn a_hook_that_fails_is_a_warning_and_its_url_is_written_nowhere() {
    for status in [Some("500 Internal Server Error"), Some("302 Found"), None] {
        let (desk, hook) = (Desk::new(), Hook::new());
        let url = hook.url.clone();
        let answering = status.map(|status| hook.answer(status));
        let done = desk.sync(&renamed(), &["-vv", "--notify", &url, "--notify-on", "always", "--report", "run.json"]);
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert!(done.stderr.contains("warning: the notification could not be posted"), "{}", done.stderr);
        let run = desk.path("state/runs").join(&desk.runs()[0]);
        let kept =
            ["plan.json", "report.json", "journal.jsonl"].map(|name| fs::read_to_string(run.join(name)).unwrap());
        for text in kept.iter().chain([&done.stdout, &done.stderr, &desk.read("run.json")]) {
            assert!(!text.contains("hush-hush"), "{text}");
        }
        if let Some(answering) = answering {
            answering.join().unwrap();
        }
    }
}

#[test]
fn a_hook_that_moved_is_not_followed() {
    let (desk, hook, elsewhere) = (Desk::new(), Hook::new(), Hook::new());
    let url = hook.url.clone();
    let answering = hook.answer(&format!("307 Temporary Redirect\r\nlocation: {}", elsewhere.url));
    let done = desk.sync(&renamed(), &["--notify", &url, "--notify-on", "always"]);
    answering.join().unwrap();
    assert!(done.stderr.contains("the hook answered 307"), "{}", done.stderr);
    assert!(elsewhere.is_untouched());
}

#[test]
fn a_hook_without_https_is_refused_without_being_repeated() {
    let done = Desk::new().sync(SAME, &["--notify", "http://hooks.example.com/hush-hush"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("https://") && !done.stderr.contains("hush-hush"), "{}", done.stderr);
}
