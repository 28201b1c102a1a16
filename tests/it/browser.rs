//! The HTML report in headless Chromium: searched, sorted, filtered, printed, on a phone, and judged by axe.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use lumsync::report::{Document, Overview, ReportFormat, Subject, TextStyle, write, write_overview, write_text};

use crate::support::{data::documents, external::tools};

const INSTALL: &str = "install Debian's packages `chromium`, `nodejs` and `npm`";

/// Where the pages are left, for `tests/browser/screenshots.mjs` to take pictures of.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn save(name: &str, document: Document<'_>) {
    let path = folder().join(name);
    let format = ReportFormat::from_path(&path).unwrap();
    write(document, format, &mut BufWriter::new(File::create(path).unwrap())).unwrap();
}

fn save_pages() {
    let (plan, report) = (documents::plan(), documents::report());
    let run = Document::Run { report: &report, plan: Some(&plan) };
    save("plan.html", Document::from(&plan));
    save("run.html", run);
    save("run.json", run);
    save("tripped.html", Document::from(&documents::tripped_plan()));
    save("empty.html", Document::from(&documents::empty_plan()));
    save("hostile.html", Document::from(&documents::hostile_plan()));
    let killed = documents::killed_report();
    let killed = Document::Run { report: &killed, plan: Some(&plan) };
    save("killed.html", killed);
    let subjects = [("plan.json", Document::from(&plan)), ("run.json", run), ("killed", killed)]
        .map(|(name, document)| Subject { name, document });
    let page = File::create(folder().join("overview.html")).unwrap();
    write_overview(&Overview::new(&subjects), ReportFormat::Html, &mut BufWriter::new(page)).unwrap();
    save("large.html", Document::Run { report: &documents::large_report(100_000), plan: None });
    let style = TextStyle { colour: true, width: 100, full: false };
    let mut terminal = File::create(folder().join("plan.ansi")).unwrap();
    write_text(Document::from(&plan), style, &mut terminal).unwrap();
}

#[test]
fn the_html_report_works_for_a_reader_with_a_browser() {
    save_pages();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    if !tests.join("node_modules").exists() {
        tools::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&tests), INSTALL);
    }
    let mut node = Command::new("node");
    node.args(["--test", "report.test.mjs"]).env("REPORTS", folder()).current_dir(&tests);
    tools::run(&mut node, INSTALL);
}
