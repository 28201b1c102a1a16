//! Where standard output or standard error can't be written to: a full disk under a cron job's log.

use std::fs::File;
use std::process::Command;

use serde_json::Value;

use crate::support::desk::{Desk, renamed};

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

fn report_of(desk: &Desk) -> Value {
    let runs = desk.runs();
    assert_eq!(runs.len(), 1);
    serde_json::from_str(&desk.read(&format!("state/runs/{}/report.json", runs[0]))).unwrap()
}

fn sync(desk: &Desk, more: &[&str]) -> Command {
    desk.write("users.csv", &renamed());
    let job = ["sync", "users.csv", "--sandbox", "tenant.jsonl", "--yes"];
    desk.command(&[&job, more].concat())
}

#[test]
fn a_standard_error_that_is_full_ends_no_run() {
    for (more, code) in [
        (&[][..], 0),
        (&["--log-format", "json", "-v"], 0),
        (&["--min-rows", "100"], 3),
        (&["--min-rows", "100", "--log-format", "json"], 3),
    ] {
        let desk = Desk::new();
        let ended = sync(&desk, more).stderr(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{more:?}");
        assert_eq!(report_of(&desk)["exitCode"], code);
        assert_eq!(desk.read("tenant.jsonl").contains("Raymond"), code == 0);
    }
    let ended = Desk::new().command(&["plan", "gone.csv", "--sandbox"]).stderr(full()).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
}

#[test]
fn a_result_that_can_not_be_written_is_told_by_the_exit_code_and_the_report() {
    for more in [&["--output", "json"][..], &[]] {
        let desk = Desk::new();
        let ended = sync(&desk, more).stdout(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
        assert!(String::from_utf8_lossy(&ended.stderr).contains("error: "));
        assert_eq!(report_of(&desk)["exitCode"], 1);
    }
    for verb in [&["plan", "users.csv", "--sandbox", "tenant.jsonl"][..], &["check", "users.csv"], &["runs"]] {
        let desk = Desk::new();
        desk.write("users.csv", &renamed());
        desk.sync(&renamed(), &[]);
        let ended = desk.command(verb).stdout(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{verb:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}
