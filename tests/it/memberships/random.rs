//! Random groups, modes, cells and faults against a plain reading of the rules.

use std::collections::BTreeSet;
use std::fmt::Write;

use lumsync::sandbox::{SandboxSettings, TenantSource};
use serde_json::json;

use crate::support::parallel::for_each;
use crate::support::soak;
use crate::support::workspace::Workspace;

const FAULTS: [&str; 9] = [
    "http-500:feed-save:every-3", "http-503-after:feed-save:every-2", "reset-after:feed-save:every-2",
    "cut-body:feed-save:every-3", "http-429:feed-save:every-3", "http-500-after:feed-save:1", "http-400:feed-save:1",
    "http-500:feed-members:every-3", "reset-before:feed-list:1",
];

struct Case {
    lines: String,
    csv: String,
    is_exact: bool,
    cap: usize,
    /// Groups by number: who is in them, and who must be in the end.
    before: Vec<BTreeSet<usize>>,
    wanted: Vec<BTreeSet<usize>>,
}

/// The rules, told plainly: a row of an enabled user puts it where its cell says.
fn case(random: &mut fastrand::Rng) -> Case {
    let (groups, users) = (random.usize(1..5), random.usize(1..40));
    let is_exact = random.bool();
    let is_writable: Vec<bool> = (0..groups).map(|_| random.u8(0..4) > 0).collect();
    let (mut lines, mut csv) = (String::new(), "email,status,groups\n".to_owned());
    for (group, writable) in is_writable.iter().enumerate() {
        let kept = if *writable { "" } else { r#","provisioningMode":"scim""# };
        writeln!(
            lines,
            r#"{{"kind":"feed","uid":"{}","name":{{"en":"Group {group}","de":"Gruppe {group}"}}{kept}}}"#,
            500 + group
        )
        .unwrap();
    }
    let mut before = vec![BTreeSet::new(); groups];
    let mut wanted = vec![BTreeSet::new(); groups];
    for user in 0..users {
        let is_enabled = random.u8(0..4) > 0;
        let member_of: Vec<usize> = (0..groups).filter(|_| random.bool()).collect();
        let subscriptions: Vec<_> = member_of.iter().map(|group| json!({"feed": (500 + group).to_string()})).collect();
        let user_line = json!({"uid": (1000 + user).to_string(), "email": format!("u{user}@example.com"), "accountType": "external",
            "status": if is_enabled { "enabled" } else { "disabled" }, "subscriptions": subscriptions});
        writeln!(lines, "{user_line}").unwrap();
        let named: Vec<usize> = (0..groups).filter(|group| is_writable[*group] && random.u8(0..3) == 0).collect();
        let spell = |group: &usize| match user % 4 {
            0 => format!("GROUP {group}"),
            1 => format!("gruppe {group}"),
            2 => format!("id:{}", 500 + group),
            _ => (500 + group).to_string(),
        };
        let cell = match named.as_slice() {
            [] if is_exact && random.bool() => "<none>".to_owned(),
            named => named.iter().map(spell).collect::<Vec<_>>().join(" ; "),
        };
        let becomes_enabled = random.bool();
        writeln!(csv, "u{user}@example.com,{},{cell}", if becomes_enabled { "enabled" } else { "" }).unwrap();
        for group in 0..groups {
            let is_in = member_of.contains(&group);
            let is_touched = is_writable[group] && (is_enabled || becomes_enabled) && !cell.is_empty();
            let should = is_in && !(is_touched && is_exact) || is_touched && named.contains(&group);
            before[group].extend(is_in.then_some(user));
            wanted[group].extend(should.then_some(user));
        }
    }
    Case { lines, csv, is_exact, cap: random.usize(5..60), before, wanted }
}

fn members(workspace: &Workspace, groups: usize) -> Vec<BTreeSet<usize>> {
    let of = |group: usize| workspace.sandbox().members(&(500 + group).to_string());
    (0..groups)
        .map(|group| of(group).iter().map(|email| email[1..].split('@').next().unwrap().parse().unwrap()).collect())
        .collect()
}

#[test]
fn random_memberships_end_as_the_rules_say_whatever_goes_wrong() {
    for_each(0..soak::count("LUMSYNC_CASES", 60), |seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        let case = case(&mut random);
        let workspace = Workspace::with_tenant(SandboxSettings {
            tenant: TenantSource::Lines(case.lines.clone()),
            subscribers_cap: case.cap,
            ..SandboxSettings::default()
        });
        workspace.write_csv(&case.csv);
        let mode: &[&str] = if case.is_exact { &["--groups", "exact", "--managed-group", "*"] } else { &[] };
        let allow =
            ["--max-leave", "100", "--max-enable", "100", "--retries", "3", "--rps", "unlimited", "--timeout", "2s"];
        let more = [mode, &allow].concat();
        let fault = FAULTS[random.usize(..FAULTS.len())];
        let applies = random.bool();
        if applies {
            workspace.run(&[&["plan", "users.csv", "-o", "plan.json"][..], &more].concat()).exits_with(0);
        }
        workspace.faults(&[fault]);
        let ended = if applies {
            workspace.run(&["apply", "plan.json", "--retries", "3", "--rps", "unlimited", "--timeout", "2s"])
        } else {
            workspace.sync(&more)
        };
        let what = format!("seed {seed}, {fault}, apply {applies}: {}\n{}", case.csv, ended.stderr);
        let now = members(&workspace, case.before.len());
        for ((before, wanted), now) in case.before.iter().zip(&case.wanted).zip(&now) {
            assert!(now.is_subset(&(before | wanted)) && now.is_superset(&(before & wanted)), "{what}");
        }
        if ended.code == 0 {
            assert_eq!(now, case.wanted, "{what}");
        }
        workspace.faults(&[]);
        workspace.sync(&more).exits_with(0);
        assert_eq!(members(&workspace, case.before.len()), case.wanted, "{what}");
        let plan = workspace.plan(&more);
        assert_eq!(plan["memberships"], json!([]), "{what}");
    });
}
