//! What every format shows of a document, in order. Text and Markdown walk this list; the page puts its searchable table
//! in place of the people, and folds away what is technical.

use super::Document;
use super::glance;
use super::people::Group;
use crate::execute::{ActionResult, Difference, GROUPS, Verified};
use crate::model::SourceFacts;
use crate::plan::{ActionKind, Guardrail, Waiting};
use crate::report::Tone;
use crate::report::words::{counted, figures, guardrail_sentence, number, time};

/// The kinds, the risky one first.
pub(super) const RISKY_FIRST: [ActionKind; 4] =
    [ActionKind::Disable, ActionKind::Create, ActionKind::Enable, ActionKind::Update];
/// Shown where there are any.
pub(super) const OF_GROUPS: [ActionKind; 2] = [ActionKind::Join, ActionKind::Leave];

/// A part of a document.
pub(in crate::report) struct Section {
    /// May be empty.
    pub(in crate::report) title: String,
    /// Said behind the title, such as `lose access`; may be empty.
    pub(in crate::report) remark: &'static str,
    pub(in crate::report) body: Body,
    /// Only some readers ask for it.
    pub(in crate::report) is_technical: bool,
}

/// What a section holds.
pub(in crate::report) enum Body {
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// Counts and what they count, in one line.
    Totals(Vec<(&'static str, u64)>),
    Figures(Figures),
    Items(Vec<Item>),
    People(Group),
}

/// A table of counts.
pub(in crate::report) struct Figures {
    /// Over the first column.
    pub(in crate::report) label: &'static str,
    /// Over the others.
    pub(in crate::report) columns: Vec<&'static str>,
    pub(in crate::report) rows: Vec<(String, Vec<u64>)>,
    /// Whether the columns are what became of actions, behind how many were planned.
    pub(in crate::report) by_result: bool,
}

/// A sentence behind a mark that says how it is meant.
pub(in crate::report) struct Item {
    pub(in crate::report) mark: &'static str,
    pub(in crate::report) tone: Tone,
    /// What it is about, such as a guardrail's name; may be empty.
    pub(in crate::report) about: &'static str,
    pub(in crate::report) sentence: String,
}

impl Item {
    pub(super) fn warning(mark: &'static str, sentence: String) -> Self {
        Self { mark, tone: Tone::Warning, about: "", sentence }
    }
}

impl Section {
    pub(super) fn new(title: impl Into<String>, body: Body) -> Self {
        Self { title: title.into(), remark: "", body, is_technical: false }
    }

    /// Nothing for a list without an item.
    fn of_items(title: &str, items: Vec<Item>) -> Option<Self> {
        (!items.is_empty()).then(|| Self::new(format!("{title} {}", items.len()), Body::Items(items)))
    }

    fn technical(self) -> Self {
        Self { is_technical: true, ..self }
    }
}

impl Document<'_> {
    /// All of them; a new part of plans or reports is a line here.
    pub(in crate::report) fn sections(self) -> Vec<Section> {
        let (tripped, passed): (Vec<_>, Vec<_>) = self.facts().guardrails.iter().partition(|one| one.tripped);
        let mut sections = vec![Section::new("", Body::Facts(subject(self))).technical()];
        sections.extend(guardrails("Stopped by a guardrail", &tripped));
        sections.extend(results(self));
        sections.extend(Section::of_items("Not as saved", not_as_saved(self)));
        sections.push(Section::new("", Body::Totals(figures::totals(self))));
        sections.extend(Section::of_items("Unusual", glance::unusual(self)));
        sections.extend(glance::sections(self));
        for &group in Group::ALL {
            if group == Group::Create {
                sections.extend(Section::of_items("To look at", noted(self)));
            }
            sections.extend(people(self, group));
        }
        sections.extend(Section::of_items("Waiting", self.facts().waiting.iter().map(wait).collect()));
        sections.extend(Section::of_items("Warnings", warnings(self)));
        sections.extend(guardrails("Guardrails", &passed).map(Section::technical));
        let technical = technical_facts(self);
        sections.extend((!technical.is_empty()).then(|| Section::new("", Body::Facts(technical)).technical()));
        sections
    }
}

fn subject(document: Document<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Tenant", figures::tenant(document.facts().tenant))];
    let source = document.facts().source;
    // What takes a run back was made from no CSV.
    if !source.path.is_empty() && document.facts().undoes.is_none() {
        facts.push(("Source", source_words(source)));
    }
    if let Some(plan) = document.plan() {
        let [listed, in_scope, enabled] = [plan.remote.listed, plan.remote.in_scope, plan.remote.enabled].map(number);
        facts.push(("Users", format!("{listed} listed, {in_scope} in scope, {enabled} of them enabled")));
    }
    if let Document::Run { report, .. } = document {
        facts.push(("Run", format!("{} ({})", report.run_id, report.command)));
        if !report.signers.is_empty() {
            facts.push(("Signed by", report.signers.join(", ")));
        }
        if let Some(Verified { checked, confirmed, .. }) = &report.verified {
            facts.push(("Verified", format!("{} of {} as saved", number(*confirmed), number(*checked))));
        }
    }
    facts.extend(document.facts().undoes.map(|run| ("Takes back", format!("run {run}"))));
    facts
}

fn source_words(source: &SourceFacts) -> String {
    let SourceFacts { path, rows, invalid_rows, dialect, .. } = source;
    let dialect = if dialect.is_empty() { String::new() } else { format!(", {dialect}") };
    let name = if path == "-" { "standard input" } else { path };
    format!("{name}: {}, {} invalid{dialect}", counted(*rows, "row", "rows"), number(*invalid_rows))
}

fn technical_facts(document: Document<'_>) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Document::Run { report, .. } = document {
        facts.push(("Ended", time(report.finished_at)));
        if report.unfinished.is_none() {
            facts.extend([
                ("Exit code", report.exit_code.to_string()),
                ("Calls", figures::calls(report)),
                ("Time", figures::times(report)),
            ]);
        }
    }
    let digest = &document.facts().source.sha256;
    if !digest.is_empty() {
        facts.push(("SHA-256", digest.clone()));
    }
    facts
}

/// What became of each kind of change.
fn results(document: Document<'_>) -> Option<Section> {
    let Document::Run { report, .. } = document else { return None };
    if report.summary.total().planned == 0 {
        return None;
    }
    let row = |kind: ActionKind| {
        let figures = report.summary.of(kind);
        let results = ActionResult::ALL.map(|result| figures.of(result));
        (kind.as_str().to_owned(), [figures.planned].into_iter().chain(results).collect())
    };
    let of_groups = OF_GROUPS.into_iter().filter(|kind| report.summary.of(*kind).planned > 0);
    Some(Section::new(
        "",
        Body::Figures(Figures {
            label: "",
            columns: ["planned"].into_iter().chain(ActionResult::ALL.map(ActionResult::words)).collect(),
            rows: RISKY_FIRST.into_iter().chain(of_groups).map(row).collect(),
            by_result: true,
        }),
    ))
}

/// Each limit with its figure, those that tripped with what would allow them.
fn guardrails(title: &str, guardrails: &[&Guardrail]) -> Option<Section> {
    let item = |guardrail: &&Guardrail| Item {
        mark: if guardrail.tripped { "✗" } else { "✓" },
        tone: if guardrail.tripped { Tone::Danger } else { Tone::Good },
        about: guardrail.name.as_str(),
        sentence: guardrail_sentence(guardrail),
    };
    let items: Vec<Item> = guardrails.iter().map(item).collect();
    (!items.is_empty()).then(|| Section::new(title, Body::Items(items)))
}

/// What the tenant did not keep, or did not show.
fn not_as_saved(document: Document<'_>) -> Vec<Item> {
    let Document::Run { report, .. } = document else { return Vec::new() };
    let Some(Verified { differing, error, .. }) = &report.verified else { return Vec::new() };
    let item = |sentence| Item { mark: "✗", tone: Tone::Danger, about: "", sentence };
    let sentence = |one: &Difference| match (&*one.field, &*one.found) {
        ("email", "") => format!("{}: no such user is there", one.email),
        (GROUPS, "") => format!("{}: joined the group \"{}\", but is not in it", one.email, one.wanted),
        (GROUPS, group) => format!("{}: left the group \"{group}\", but is in it", one.email),
        (field, found) => format!("{}: {field} is \"{found}\", and \"{}\" was saved", one.email, one.wanted),
    };
    let unread = error.iter().map(|error| format!("not all could be read again: {error}"));
    differing.iter().map(sentence).chain(unread).map(item).collect()
}

fn wait(waiting: &Waiting) -> Item {
    let Waiting { email, name, missing_since, disable_after, .. } = waiting;
    let name = name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
    let (since, until) = (time(*missing_since), time(*disable_after));
    let sentence = format!("{name}{email}: no row since {since}, loses access after {until}");
    Item { mark: "·", tone: Tone::Faint, about: "", sentence }
}

fn warnings(document: Document<'_>) -> Vec<Item> {
    document.facts().warnings.iter().map(|warning| Item::warning("!", warning.clone())).collect()
}

/// Likely changes of address and the like, where they are not overlooked even when the lists are cut.
fn noted(document: Document<'_>) -> Vec<Item> {
    let noted = document.lines().filter_map(|line| {
        let name = line.name.map(|name| format!("{name}, ")).unwrap_or_default();
        Some(Item::warning("?", format!("{name}{}: {}: {}", line.email, line.kind.as_str(), line.note()?)))
    });
    noted.collect()
}

fn people(document: Document<'_>, group: Group) -> Option<Section> {
    let count = document.lines_of(group).count() as u64;
    let (title, remark) = group.heading(document.is_done());
    let title = format!("{title} {}", number(count));
    (count > 0).then(|| Section { remark, ..Section::new(title, Body::People(group)) })
}
