//! What `sync` shows before it asks, what a no leaves behind, and what `plan` ends with.

use serde_json::json;

use crate::support::data::users::{csv_of, people, person};
use crate::support::server::{Reply, Server};
use crate::support::terminal;
use crate::support::workspace::Workspace;

#[test]
fn everybody_who_would_lose_access_stands_above_the_question_even_when_quiet() {
    for more in [&[][..], &["-q"], &["--output", "json"]] {
        let workspace = Workspace::serving(&people(200));
        workspace.write_csv(&csv_of(&[person(1, "P1")]));
        let asked = [&["sync", "users.csv", "--max-disable", "100%"], more].concat();
        let ended = terminal::converse(&workspace, &asked, &[("Type `disable 199` to go on", "n\n")]);
        assert_eq!(ended.code, 1, "{}", ended.said);
        let (above, _) = ended.said.split_once("Type `disable 199`").unwrap();
        assert_eq!((2..=200).filter(|number| above.contains(&format!("p{number}@example.com"))).count(), 199);
    }
}

#[test]
fn a_no_is_one_line_and_reaches_nobody_else() {
    let hook = Server::start(|_| Reply::status(200));
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(&csv_of(&people(2)));
    let url = format!("{}/hook", hook.url());
    let more = ["--notify", &url, "--notify-on", "always", "--report", "run.html", "--metrics-file", "run.prom"];
    let asked = [&["sync", "users.csv"][..], &more].concat();
    let ended = terminal::converse(&workspace, &asked, &[("to go on:", "no\n")]);
    assert_eq!(ended.code, 1);
    let (_, behind) = ended.said.split_once("to go on:").unwrap();
    let lines: Vec<&str> = behind.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "no").collect();
    assert_eq!(lines, ["error: nothing was written: not confirmed"], "{behind}");
    assert!(hook.requests().is_empty());
    assert!(!workspace.path("run.html").exists() && !workspace.path("run.prom").exists());
    assert!(workspace.saves().is_empty());
    assert_eq!(workspace.report()["error"], "nothing was written: not confirmed");
    let listed = workspace.run(&["runs"]).stdout;
    assert!(listed.contains("not confirmed"), "{listed}");
}

#[test]
fn a_plan_ends_with_the_next_step() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("users.csv", "email,firstName,lastName\nkim@example.com,Kim,New\n");
    let plan = |more: &[&str]| {
        let arguments = ["plan", "users.csv", "--sandbox", "tenant.jsonl"];
        workspace.run(&[&arguments[..], more].concat())
    };
    let said = plan(&["--partial"]).exits_with(0).stderr;
    assert!(
        said.ends_with(
            "Nothing was written. To make these changes: lumsync sync users.csv --sandbox tenant.jsonl \
         --partial\n\
         To have exactly this plan applied, save it with -o plan.json, and use lumsync apply plan.json --sandbox \
         tenant.jsonl --partial\n"
        ),
        "{said}"
    );
    let said = plan(&["--partial", "-o", "tonight.json"]).stderr;
    assert!(
        said.ends_with("To apply exactly this plan: lumsync apply tonight.json --sandbox tenant.jsonl --partial\n"),
        "{said}"
    );
    let step = said.lines().last().unwrap().split_once("lumsync ").unwrap().1;
    workspace.run(&step.split(' ').collect::<Vec<_>>()).exits_with(0);

    let said = plan(&["--max-disable", "0"]).exits_with(0).stderr;
    assert!(said.contains("a guardrail stops it") && !said.contains("lumsync apply"), "{said}");
    for quiet in [&["-q"][..], &["--output", "json"], &["--log-format", "json"]] {
        assert!(!plan(&[&["--partial"], quiet].concat()).stderr.contains("Nothing was written"));
    }
}

#[test]
fn a_guardrail_that_trips_is_the_detailed_exit_code_of_a_plan() {
    let workspace = Workspace::serving(&people(4));
    workspace.write_csv(&csv_of(&people(5)));
    let plan = |verb: &[&str], more: &[&str]| workspace.run(&[verb, &["users.csv"], more].concat());
    for verb in [&["plan"][..], &["sync", "--dry-run"]] {
        plan(verb, &["--max-create", "0"]).exits_with(0);
        plan(verb, &["--max-create", "0", "--detailed-exitcode"]).exits_with(3);
        plan(verb, &["--detailed-exitcode"]).exits_with(5);
    }
    workspace.write_csv(&csv_of(&people(4)));
    plan(&["plan"], &["--detailed-exitcode"]).exits_with(0);
    plan(&["plan"], &["--detailed-exitcode", "--min-rows", "9"]).exits_with(3);
    assert_eq!(json!(workspace.saves().len()), 0);
}
