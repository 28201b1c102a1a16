//! First and last days.

use crate::support::data::users::{person, with};
use crate::support::workspace::Workspace;

const PAST: &str = "2001-02-03";
const FUTURE: &str = "2999-12-31";

fn tenant() -> Workspace {
    Workspace::serving(&[person(1, "Ann"), with(person(2, "Lea"), &[("status", "disabled".into())])])
}

#[test]
fn a_row_is_disabled_after_its_last_day_whatever_its_status_says() {
    for (columns, cells) in [
        ("endDate", PAST.to_owned()),
        ("status,endDate", format!("enabled,{PAST}")),
        ("status,endDate", format!(",{PAST}T23:00:00Z")),
        ("disabled,Termination Date", format!("no,{PAST}")),
        ("Austritt", PAST.to_owned()),
        ("Date de sortie", PAST.to_owned()),
    ] {
        let workspace = tenant();
        workspace.sync_csv(&format!("email,{columns}\nann@example.com,{cells}\n"), &["--partial"]).exits_with(0);
        assert!(!workspace.is_enabled("ann@example.com"), "{columns}: {cells}");
    }
}

#[test]
fn until_its_last_day_a_row_wants_what_it_says_or_is_in() {
    for (columns, ann, lea, lea_is_in) in [
        ("endDate", FUTURE, FUTURE, true),
        ("endDate", "", "", true),
        ("status,endDate", "enabled,2999-12-31", ",2999-12-31", false),
    ] {
        let workspace = tenant();
        workspace
            .sync_csv(&format!("email,{columns}\nann@example.com,{ann}\nlea@example.com,{lea}\n"), &[])
            .exits_with(0);
        assert!(workspace.is_enabled("ann@example.com"), "{columns}");
        assert_eq!(workspace.is_enabled("lea@example.com"), lea_is_in, "{columns}");
    }
}

#[test]
fn before_its_first_day_nobody_is_created_or_enabled_for_a_row() {
    let workspace = tenant();
    workspace.write_csv(&format!(
        "email,firstName,lastName,startDate\nann@example.com,Anne,Lee,{FUTURE}\nlea@example.com,Lea,Lee,{FUTURE}\n\
         new@example.com,Ne,W,{FUTURE}\nold@example.com,Ol,D,{PAST}\n"
    ));
    let plan = workspace.plan(&[]);
    let skipped = plan["skipped"].as_array().unwrap();
    assert_eq!(
        skipped.iter().map(|row| row["email"].as_str().unwrap()).collect::<Vec<_>>(),
        ["lea@example.com", "new@example.com"]
    );
    assert!(skipped.iter().all(|row| row["reason"].as_str().unwrap().contains(FUTURE)));
    workspace.sync(&[]).exits_with(0);
    assert!(!workspace.is_enabled("lea@example.com") && workspace.user("new@example.com").is_none());
    assert!(workspace.is_enabled("old@example.com"));
    assert_eq!(workspace.user("ann@example.com").unwrap()["firstName"], "Anne", "who is in is kept as wanted");
}

#[test]
fn a_leaver_is_disabled_whatever_the_first_day() {
    let workspace = tenant();
    workspace.sync_csv(&format!("email,status,startDate\nann@example.com,disabled,{FUTURE}\n"), &["--partial"]);
    assert!(!workspace.is_enabled("ann@example.com"));
}

#[test]
fn a_day_in_another_order_needs_its_form() {
    let workspace = tenant();
    let text = "email,endDate\nann@example.com,03/02/2001\n";
    workspace.sync_csv(text, &["--partial"]).exits_with(2).stderr_contains(&["the endDate is no day", "--date-format"]);
    for form in ["%d/%m/%Y", "DD/MM/YYYY"] {
        let plan = workspace.plan(&["--partial", "--date-format", form]);
        assert_eq!(plan["summary"]["disable"], 1);
    }
    workspace.sync(&["--partial", "--date-format", "%d/%m"]).exits_with(2).stderr_contains(&["no form of a date"]);
    workspace.sync(&["--partial", "--time-zone", "Paris"]).exits_with(2).stderr_contains(&["Europe/Paris"]);
    workspace.sync(&["--partial", "--date-format", "%d/%m/%Y", "--time-zone", "Pacific/Auckland"]).exits_with(0);
    assert!(!workspace.is_enabled("ann@example.com"));
}

#[test]
fn a_year_that_nobody_can_mean_makes_its_row_invalid() {
    let workspace = tenant();
    for (day, form, year) in [
        ("31.12.27", "DD.MM.YYYY", "the year 27"),
        ("31.12.202", "%d.%m.%Y", "the year 202"),
        ("0001-01-01", "%Y-%m-%d", "the year 1"),
        ("1900-01-01T00:00:00", "%Y-%m-%dT%H:%M:%S", "the year 1900"),
    ] {
        let text = format!("email,endDate\nann@example.com,{day}\n");
        let run = workspace.sync_csv(&text, &["--partial", "--date-format", form]).exits_with(2);
        run.stderr_contains(&["the endDate is in", year, "four digits"]);
        assert!(workspace.is_enabled("ann@example.com"), "{day}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the program that is tested reads the same clock")]
fn which_day_is_today_is_the_time_zones() {
    // Somewhere it is another day: of two zones a day apart, one has begun the day that ends in the other.
    let workspace = tenant();
    let zones = ["Pacific/Kiritimati", "Etc/GMT+12"];
    let days = zones.map(|zone| jiff::Timestamp::now().in_tz(zone).unwrap().date());
    workspace.write_csv(&format!("email,endDate\nann@example.com,{}\n", days[1]));
    let disables = zones.map(|zone| workspace.plan(&["--partial", "--time-zone", zone])["summary"]["disable"].clone());
    assert_eq!(disables, [1, 0]);
}
