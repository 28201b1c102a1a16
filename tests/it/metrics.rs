//! The metrics file, judged by Prometheus' own tool.

use std::io::Write;
use std::process::{Command, Stdio};

use lumsync::report::write_metrics;

use crate::support::data::documents;

fn metrics(with_plan: bool) -> String {
    let (plan, mut report) = (documents::plan(), documents::report());
    "sandbox:a \"quoted\" \\ name\n.jsonl".clone_into(&mut report.tenant.base_url);
    let mut bytes = Vec::new();
    write_metrics(&report, with_plan.then_some(&plan), report.finished_at.into(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn promtool_has_nothing_to_object_to() {
    for text in [metrics(true), metrics(false)] {
        let mut promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("promtool; install Debian's package `prometheus`");
        promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = promtool.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.trim().is_empty(), "{said}\n{text}");
    }
}

#[test]
fn metrics_tell_the_figures_of_the_run() {
    insta::assert_snapshot!(metrics(true).lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n"));
}
