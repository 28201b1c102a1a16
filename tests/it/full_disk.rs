//! Where standard output or standard error can't be written to: a full disk under a cron job's log.

use std::fs::File;
use std::process::Command;

use serde_json::Value;

use crate::support::data::users::renamed_csv;
use crate::support::workspace::Workspace;

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

fn report_of(workspace: &Workspace) -> Value {
    assert_eq!(workspace.runs().len(), 1);
    workspace.report()
}

fn sync(workspace: &Workspace, more: &[&str]) -> Command {
    workspace.write("users.csv", &renamed_csv());
    let job = ["sync", "users.csv", "--sandbox", "tenant.jsonl", "--yes"];
    workspace.command(&[&job, more].concat())
}

#[test]
fn a_standard_error_that_is_full_ends_no_run() {
    for (more, code) in [
        (&[][..], 0),
        (&["--log-format", "json", "-v"], 0),
        (&["--min-rows", "100"], 3),
        (&["--min-rows", "100", "--log-format", "json"], 3),
    ] {
        let workspace = Workspace::with_tenant_file();
        let ended = sync(&workspace, more).stderr(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{more:?}");
        assert_eq!(report_of(&workspace)["exitCode"], code);
        assert_eq!(workspace.read("tenant.jsonl").contains("Raymond"), code == 0);
    }
    let ended =
        Workspace::with_tenant_file().command(&["plan", "gone.csv", "--sandbox"]).stderr(full()).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
}

#[test]
fn a_result_that_can_not_be_written_is_told_by_the_exit_code_and_the_report() {
    for more in [&["--output", "json"][..], &[]] {
        let workspace = Workspace::with_tenant_file();
        let ended = sync(&workspace, more).stdout(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
        assert!(String::from_utf8_lossy(&ended.stderr).contains("error: "));
        assert_eq!(report_of(&workspace)["exitCode"], 1);
    }
    for verb in [&["plan", "users.csv", "--sandbox", "tenant.jsonl"][..], &["check", "users.csv"], &["runs"]] {
        let workspace = Workspace::with_tenant_file();
        workspace.write("users.csv", &renamed_csv());
        workspace.sync_csv(&renamed_csv(), &[]);
        let ended = workspace.command(verb).stdout(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{verb:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}
