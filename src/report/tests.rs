//! All formats over the same documents, harmless and hostile.

use super::samples::{empty_plan, golden_plan, hostile_plan, hostile_report, plan, report};
use super::*;
use crate::plan::{GuardrailName, Plan};

fn rendered(document: Document<'_>, format: ReportFormat) -> String {
    let mut bytes = Vec::new();
    write(document, format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn text(document: Document<'_>, colour: bool, width: usize, full: bool) -> String {
    let mut bytes = Vec::new();
    write_text(document, TextStyle { colour, width, full }, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The words by which a reader finds the same facts in every format.
fn holds_all_facts(rendered: &str, facts: &[&str]) {
    for fact in facts {
        assert!(rendered.contains(fact), "`{fact}` is missing in:\n{rendered}");
    }
}

fn tripped_plan() -> Plan {
    let mut plan = plan();
    let guardrail = &mut plan.guardrails[0];
    assert_eq!(guardrail.name, GuardrailName::MaxDisable);
    (guardrail.value, guardrail.base, guardrail.tripped) = (31, Some(120), true);
    plan
}

#[test]
fn every_format_tells_the_same_facts_of_a_plan() {
    let plan = plan();
    for format in [ReportFormat::Json, ReportFormat::Csv, ReportFormat::Html] {
        let rendered = rendered(Document::from(&plan), format);
        holds_all_facts(&rendered, &["amara.okafor@example.com", "Quentin-Louis", "陽翔", "two users of the tenant"]);
    }
    let markdown = rendered(Document::from(&plan), ReportFormat::Markdown);
    holds_all_facts(&markdown, &["amara.okafor&#64;example.com", "Quentin-Louis", "陽翔", "two users of the tenant"]);
    let text = text(Document::from(&plan), false, TextStyle::UNLIMITED, true);
    holds_all_facts(&text, &["amara.okafor@example.com", "Quentin-Louis", "陽翔", "two users of the tenant"]);
}

#[test]
fn a_run_shows_before_and_after_only_with_the_plan_that_it_applied() {
    let (plan, report) = (plan(), report());
    let mut other = plan.clone();
    other.actions.swap(0, 1);
    let changes_of = |plan| rendered(Document::Run { report: &report, plan }, ReportFormat::Csv);
    assert!(changes_of(Some(&plan)).contains("Quentin → Quentin-Louis"));
    assert!(!changes_of(None).contains("Quentin-Louis"));
    assert!(!changes_of(Some(&other)).contains("Quentin-Louis"));
}

#[test]
fn no_format_lets_a_hostile_value_act() {
    let plan = hostile_plan();
    let report = hostile_report(&plan);
    for document in [Document::from(&plan), Document::Run { report: &report, plan: Some(&plan) }] {
        for format in ReportFormat::ALL {
            let rendered = rendered(document, format);
            assert_eq!(acting_characters(&rendered, format), "", "{format:?}");
        }
        let text = text(document, false, 80, true);
        assert_eq!(acting_characters(&text, ReportFormat::Markdown), "");
        let coloured = console::strip_ansi_codes(&self::text(document, true, 80, true)).into_owned();
        assert_eq!(coloured, text);
        let markdown = rendered(document, ReportFormat::Markdown).replace("\\]", "");
        assert!(!markdown.contains("<script") && !markdown.contains("<img") && !markdown.contains("](http"));
        let html = rendered(document, ReportFormat::Html);
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"));
        assert_no_formula(&rendered(document, ReportFormat::Csv));
    }
}

/// Controls and marks of direction, but for the line ends and the byte order mark that the format itself writes.
fn acting_characters(rendered: &str, format: ReportFormat) -> String {
    let own = match format {
        ReportFormat::Csv => rendered.trim_start_matches('\u{feff}').replace("\r\n", ""),
        // JSON is for scripts: it must give back the value, and escapes ASCII controls itself.
        ReportFormat::Json => rendered.chars().filter(char::is_ascii).collect::<String>().replace('\n', ""),
        ReportFormat::Html | ReportFormat::Markdown => rendered.replace('\n', ""),
    };
    own.chars().filter(|character| character.is_control() || ('\u{2028}'..='\u{202e}').contains(character)).collect()
}

fn assert_no_formula(csv: &str) {
    let mut cells =
        ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    for cell in cells.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

#[test]
fn json_is_the_document_itself() {
    let (plan, report) = (plan(), report());
    let back: Plan = serde_json::from_str(&rendered(Document::from(&plan), ReportFormat::Json)).unwrap();
    assert_eq!(back, plan);
    let run = Document::Run { report: &report, plan: Some(&plan) };
    let back: Report = serde_json::from_str(&rendered(run, ReportFormat::Json)).unwrap();
    assert_eq!(back, report);
}

#[test]
fn the_golden_plan_is_intact() {
    let mut sealed = golden_plan();
    sealed.seal().unwrap();
    assert_eq!(golden_plan().checksum, sealed.checksum);
}

#[test]
fn the_golden_report_adds_up() {
    let report = report();
    assert_eq!(ReportSummary::tally(&plan().summary, &report.outcomes), report.summary);
}

#[test]
fn a_plan_reads_well_on_a_terminal() {
    let plan = plan();
    insta::assert_snapshot!("plan_80", text(Document::from(&plan), false, 80, false));
    insta::assert_snapshot!("plan_120_full", text(Document::from(&plan), false, 120, true));
    insta::assert_snapshot!("plan_piped", text(Document::from(&plan), false, TextStyle::UNLIMITED, false));
    insta::assert_snapshot!("plan_colour", text(Document::from(&plan), true, 120, false).replace('\u{1b}', "␛"));
    insta::assert_snapshot!("plan_tripped", text(Document::from(&tripped_plan()), false, 80, false));
    insta::assert_snapshot!("plan_empty", text(Document::from(&empty_plan()), false, 80, false));
}

#[test]
fn a_run_reads_well_on_a_terminal() {
    let (plan, report) = (plan(), report());
    let run = Document::Run { report: &report, plan: Some(&plan) };
    insta::assert_snapshot!("run_80", text(run, false, 80, false));
    insta::assert_snapshot!("run_120", text(run, false, 120, false));
    insta::assert_snapshot!("run_colour", text(run, true, 120, false).replace('\u{1b}', "␛"));
}

#[test]
fn hostile_values_read_well_on_a_terminal() {
    insta::assert_snapshot!("hostile_80", text(Document::from(&hostile_plan()), false, 80, false));
}

#[test]
fn files_for_people_read_well() {
    let (plan, report) = (plan(), report());
    let run = Document::Run { report: &report, plan: Some(&plan) };
    insta::assert_snapshot!("plan_markdown", rendered(Document::from(&tripped_plan()), ReportFormat::Markdown));
    insta::assert_snapshot!("run_markdown", rendered(run, ReportFormat::Markdown));
    insta::assert_snapshot!("run_csv", rendered(run, ReportFormat::Csv));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let (plan, report) = (hostile_plan(), report());
    for document in [Document::from(&plan), Document::Run { report: &report, plan: None }] {
        let text = text(document, false, 80, true);
        let is_whole = |line: &&str| {
            // An address is never cut.
            line.contains(&"n".repeat(300)) || text.ends_with(&format!("{line}\n"))
        };
        for line in text.lines().filter(|line| !is_whole(line)) {
            assert!(console::measure_text_width(line) <= 80, "{line}");
        }
    }
}

#[test]
fn a_long_list_is_cut_and_says_how_much_is_missing() {
    let shown = |creates: usize, full: bool| {
        let mut plan = empty_plan();
        plan.actions = std::iter::repeat_n(self::plan().actions[0].clone(), creates).collect();
        let text = text(Document::from(&plan), false, 80, full);
        (text.matches("amara.okafor@example.com").count(), text.contains("… and 488 more; --full shows all"))
    };
    assert_eq!(shown(500, false), (12, true));
    assert_eq!(shown(500, true), (500, false));
    assert_eq!(shown(13, false), (13, false), "a line that says `1 more` could as well be that one");
    assert_eq!(shown(14, false), (12, false));
}

#[test]
fn the_verdict_is_the_last_line() {
    let (plan, report) = (plan(), report());
    let last = |document| text(document, false, 80, false).lines().last().unwrap().to_owned();
    assert_eq!(last(Document::from(&plan)), "Plan: 15 to create, 4 to update, 2 to enable, 3 to disable.");
    assert_eq!(
        last(Document::Run { report: &report, plan: None }),
        "Applied 20 of 24 changes in 5.5 s: 1 already so, 1 drifted, 1 failed, 1 not attempted."
    );
}

#[test]
fn only_what_went_wrong_needs_a_person() {
    let mut report = report();
    assert!(Document::Run { report: &report, plan: None }.needs_a_person());
    report.exit_code = 0;
    report.outcomes.clear();
    report.summary = ReportSummary::default();
    report.warnings.clear();
    assert!(!Document::Run { report: &report, plan: None }.needs_a_person());
    report.summary.conflicts = 1;
    assert!(Document::Run { report: &report, plan: None }.needs_a_person());
    report.summary.conflicts = 0;
    let mut plan = empty_plan();
    assert!(!Document::from(&plan).needs_a_person());
    plan.actions = vec![self::plan().actions.into_iter().find(|action| action.note.is_some()).unwrap()];
    let moved = Document::Run { report: &report, plan: Some(&plan) };
    assert!(moved.needs_a_person(), "a likely change of address");
    assert!(Document::from(&tripped_plan()).needs_a_person());
}
