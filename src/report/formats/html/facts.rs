//! The sections and figures of the page, made visible where they come from outside.

use serde::Serialize;

use super::charts::{self, Pace, Rect};
use super::embedded_json::RESULTS;
use crate::execute::ActionResult;
use crate::model::visible;
use crate::plan::ActionKind;
use crate::report::document::{Body, Figures, Group, Item, LineKind, Section, UserLine};
use crate::report::words::number;
use crate::report::{Document, Tone};

/// Rows that show without the script, and of those who lose access at most.
const STATIC_ROWS: usize = 100;
const STATIC_DISABLES: usize = 1_000;
/// Items shown of a list.
const ITEMS: usize = 100;

/// A section of the document on the page.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) content: Content,
}

/// What a section holds.
pub(super) enum Content {
    Facts(Vec<(&'static str, String)>),
    Totals(Vec<Figure>),
    Figures(Counts),
    Items(Vec<Item>),
}

/// A moment for people and for the script, which shows it in the reader's own zone.
pub(super) struct Time {
    pub(super) iso: String,
    pub(super) words: String,
}

/// A table of figures; with bars where its columns are what became of actions.
pub(super) struct Counts {
    pub(super) label: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<CountsRow>,
    pub(super) has_bars: bool,
}

/// A column of figures, with the pattern that stands for it in the bars.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) swatch: Option<&'static str>,
}

/// How many of something.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) count: u64,
}

/// As many figures as there are columns.
pub(super) struct CountsRow {
    pub(super) name: String,
    pub(super) figures: Vec<Figure>,
    pub(super) bar: Vec<Rect>,
}

/// A box to tick, with how many lines it stands for.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) name: &'static str,
    pub(super) count: usize,
}

/// A line of the list as it shows without the script.
pub(super) struct StaticRow {
    pub(super) kind: Badge,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) row: Option<u64>,
    pub(super) details: Vec<String>,
    pub(super) note: Option<String>,
    pub(super) result: Option<Badge>,
}

/// A word in a frame.
#[derive(Serialize)]
pub(super) struct Badge {
    /// As the documents have it.
    pub(super) value: &'static str,
    pub(super) word: &'static str,
    pub(super) class: &'static str,
}

impl Figure {
    pub(super) fn words(&self) -> String {
        number(self.count)
    }
}

impl Choice {
    pub(super) fn words(&self) -> String {
        number(self.count as u64)
    }
}

impl Time {
    pub(super) fn of(time: jiff::Timestamp) -> Self {
        Self { iso: format!("{time:.0}"), words: time.strftime("%-d %B %Y, %H:%M UTC").to_string() }
    }
}

pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

pub(super) fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Change => "change",
        Tone::Danger => "danger",
        Tone::Warning => "warning",
        Tone::Faint | Tone::Strong => "plain",
    }
}

/// The sections before the people, those behind them, and what only some readers ask for.
pub(super) fn parts(document: Document<'_>) -> [Vec<Part>; 3] {
    let [mut before, mut behind, mut technical] = [const { Vec::new() }; 3];
    let mut is_before = true;
    for section in document.sections() {
        let is_technical = section.is_technical;
        match Part::of(section) {
            None => is_before = false,
            Some(part) if is_technical => technical.push(part),
            Some(part) if is_before => before.push(part),
            Some(part) => behind.push(part),
        }
    }
    [before, behind, technical]
}

impl Part {
    /// Nothing for people, who have a table of their own.
    fn of(section: Section) -> Option<Self> {
        let content = match section.body {
            Body::People(_) => return None,
            Body::Facts(facts) => {
                Content::Facts(facts.into_iter().map(|(name, value)| (name, shown(&value))).collect())
            }
            Body::Totals(totals) => {
                Content::Totals(totals.into_iter().map(|(name, count)| Figure { name, count }).collect())
            }
            Body::Figures(figures) => Content::Figures(Counts::of(figures)),
            Body::Items(items) => Content::Items(first_of(items)),
        };
        Some(Self { title: section.title, content })
    }
}

fn first_of(items: Vec<Item>) -> Vec<Item> {
    let rest = items.len().saturating_sub(ITEMS);
    let sentence = format!("and {} more; the JSON report holds them all", number(rest as u64));
    let more = Item { mark: "…", tone: Tone::Faint, about: "", sentence };
    let shown = items.into_iter().take(ITEMS).map(|item| Item { sentence: shown(&item.sentence), ..item });
    shown.chain((rest > 0).then_some(more)).collect()
}

impl Item {
    pub(super) fn class(&self) -> &'static str {
        class_of(self.tone)
    }
}

impl Counts {
    fn of(figures: Figures) -> Self {
        let Figures { label, columns: names, rows, by_result } = figures;
        let swatch = |place: usize| charts::class_of(*ActionResult::ALL.get(place.checked_sub(1)?)?).into();
        let longest = rows.iter().filter_map(|(_, counts)| counts.first().copied()).max().unwrap_or(0);
        let row = |(name, counts): (String, Vec<u64>)| CountsRow {
            name: shown(&name),
            bar: if by_result { charts::result_bar(&counts[1..], longest) } else { Vec::new() },
            figures: names.iter().zip(counts).map(|(name, count)| Figure { name, count }).collect(),
        };
        let rows = rows.into_iter().map(row).collect();
        let column = |(place, &name)| Column { name, swatch: if by_result { swatch(place) } else { None } };
        Self { label, columns: names.iter().enumerate().map(column).collect(), rows, has_bars: by_result }
    }
}

pub(super) fn pace(document: Document<'_>) -> Option<Pace> {
    match document {
        Document::Plan { .. } => None,
        Document::Run { report, .. } => charts::pace(&report.pace),
    }
}

/// The boxes for kinds and for results, those alone that some line belongs to.
pub(super) fn choices(document: Document<'_>) -> (Vec<Choice>, Vec<Choice>) {
    let mut kinds = LineKind::ALL.map(|kind| Choice { value: kind.as_str(), name: kind.as_str(), count: 0 });
    let mut results = RESULTS.map(|result| Choice { value: result.as_str(), name: result.words(), count: 0 });
    for line in document.lines() {
        count(&mut kinds, line.kind.as_str());
        if let Some(result) = line.result() {
            count(&mut results, result.as_str());
        }
    }
    let used = |choices: Vec<Choice>| choices.into_iter().filter(|choice| choice.count > 0).collect();
    (used(kinds.into()), used(results.into()))
}

fn count(choices: &mut [Choice], value: &str) {
    choices.iter_mut().filter(|choice| choice.value == value).for_each(|choice| choice.count += 1);
}

/// The first rows, everybody who loses access among them.
pub(super) fn static_rows(document: Document<'_>) -> Vec<StaticRow> {
    let disables = document.lines_of(Group::Disable).count();
    document.lines().take(disables.clamp(STATIC_ROWS, STATIC_DISABLES)).map(|line| static_row(&line)).collect()
}

/// What is said above the list.
pub(super) fn how_many(shown: usize, all: usize) -> String {
    let [first, all] = [shown, all].map(|count| number(count as u64));
    if first == all {
        format!("{all} of {all} users")
    } else {
        format!("First {first} of {all} users; the CSV and JSON reports hold them all")
    }
}

fn static_row(line: &UserLine<'_>) -> StaticRow {
    StaticRow {
        kind: Badge::of_kind(line.kind),
        name: shown(line.name.unwrap_or_default()),
        email: shown(line.email),
        row: line.row,
        details: line.details().iter().map(|detail| shown(detail)).collect(),
        note: line.note().map(shown),
        result: line.result().map(Badge::of_result),
    }
}

impl Badge {
    pub(super) fn of_kind(kind: LineKind) -> Self {
        let class = match kind {
            LineKind::Action(ActionKind::Create | ActionKind::Enable) => "good",
            LineKind::Action(ActionKind::Update | ActionKind::Join | ActionKind::Leave) => "change",
            LineKind::Action(ActionKind::Disable) => "danger",
            LineKind::Conflict | LineKind::Invalid => "warning",
            LineKind::Protected | LineKind::Skipped => "plain",
        };
        Self { value: kind.as_str(), word: kind.as_str(), class }
    }

    pub(super) fn of_result(result: ActionResult) -> Self {
        let class = match result {
            ActionResult::Applied => "good",
            ActionResult::Already => "plain",
            ActionResult::Drifted | ActionResult::NotAttempted => "warning",
            ActionResult::Failed => "danger",
        };
        Self { value: result.as_str(), word: result.words(), class }
    }
}
