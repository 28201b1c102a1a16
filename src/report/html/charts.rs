//! Small charts as rectangles: how many of each, and how fast the run went.

use super::super::words::{counted, seconds};
use super::super::{KindSummary, Report};
use crate::execute::ActionResult;
use crate::plan::{ActionKind, PlanSummary};

const WIDTH: u64 = 600;
/// Room for the names of the kinds, and for a figure behind the longest bar.
const NAMES: u64 = 70;
const FIGURES: u64 = 60;
const LINE: u64 = 28;
const BAR: u64 = 18;
const PACE_HEIGHT: u64 = 122;
const PACE_TOP: u64 = 20;
const PACE_ROOM: u64 = 80;
/// More bars than this can't be told apart.
const PACE_BARS: usize = 120;

/// A picture made of rectangles and words.
pub(super) struct Chart {
    pub(super) caption: String,
    /// What the picture says, for those who can't see it.
    pub(super) label: String,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) rects: Vec<Rect>,
    pub(super) texts: Vec<Text>,
    pub(super) legend: Vec<Legend>,
}

pub(super) struct Rect {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
    pub(super) class: &'static str,
}

pub(super) struct Text {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) words: String,
}

pub(super) struct Legend {
    pub(super) class: &'static str,
    pub(super) text: &'static str,
}

impl Rect {
    fn new(x: f64, y: f64, width: f64, height: f64, class: &'static str) -> Self {
        let [x, y, width, height] = [x, y, width, height].map(|value| format!("{value:.1}"));
        Self { x, y, width, height, class }
    }
}

/// One bar a kind.
pub(super) fn of_plan(summary: &PlanSummary) -> Chart {
    let bars = [
        ("create", summary.create, "fill-good"),
        ("enable", summary.enable, "fill-good"),
        ("update", summary.update, "fill-change"),
        ("disable", summary.disable, "fill-danger"),
    ]
    .map(|(name, count, class)| (name, vec![(count, class)]));
    stacked("What would be done", &bars, Vec::new())
}

/// One bar a kind, in parts by result.
pub(super) fn of_results(report: &Report) -> Chart {
    let parts = [
        (ActionResult::Applied, "fill-good", "applied"),
        (ActionResult::Already, "fill-faint", "already so"),
        (ActionResult::Drifted, "fill-warning", "drifted"),
        (ActionResult::Failed, "fill-danger", "failed"),
        (ActionResult::NotAttempted, "fill-change", "not attempted"),
    ];
    let bar = |kind: ActionKind| {
        let figures: KindSummary = report.summary.of(kind);
        (kind.as_str(), parts.map(|(result, class, _)| (figures.of(result), class)).to_vec())
    };
    let kinds = [ActionKind::Create, ActionKind::Enable, ActionKind::Update, ActionKind::Disable];
    let legend = parts.map(|(_, class, text)| Legend { class, text }).into();
    stacked("What became of it", &kinds.map(bar), legend)
}

type Bar = (&'static str, Vec<(u64, &'static str)>);

fn stacked(caption: &str, bars: &[Bar], legend: Vec<Legend>) -> Chart {
    let total = |bar: &Bar| bar.1.iter().map(|(count, _)| count).sum::<u64>();
    let longest = bars.iter().map(total).max().unwrap_or(0).max(1);
    let unit = (WIDTH - NAMES - FIGURES) as f64 / longest as f64;
    let mut chart = empty(caption, LINE * u64::try_from(bars.len()).unwrap_or(0));
    for (index, bar) in bars.iter().enumerate() {
        push_bar(&mut chart, index as f64 * LINE as f64, unit, bar, total(bar));
    }
    let said: Vec<String> = bars.iter().map(|bar| format!("{} {}", total(bar), bar.0)).collect();
    chart.label = format!("{caption}: {}. The table of figures says the same.", said.join(", "));
    chart.legend = legend;
    chart
}

fn push_bar(chart: &mut Chart, top: f64, unit: f64, (name, parts): &Bar, total: u64) {
    let baseline = format!("{:.1}", top + 17.0);
    chart.texts.push(Text { x: "0".to_owned(), y: baseline.clone(), words: (*name).to_owned() });
    let mut x = NAMES as f64;
    for (count, class) in parts.iter().filter(|(count, _)| *count > 0) {
        // What is there can be seen, though it is one of many.
        let width = (*count as f64 * unit).max(2.0);
        chart.rects.push(Rect::new(x, top + 4.0, width, BAR as f64, class));
        x += width;
    }
    chart.texts.push(Text { x: format!("{:.1}", x + 6.0), y: baseline, words: total.to_string() });
}

/// Actions that ended in each second, or in each of as many seconds as it takes; none before two seconds of applying.
pub(super) fn of_pace(pace: &[u32]) -> Option<Chart> {
    if pace.len() < 2 {
        return None;
    }
    let bucket = pace.len().div_ceil(PACE_BARS);
    let sums: Vec<u64> = pace.chunks(bucket).map(|chunk| chunk.iter().copied().map(u64::from).sum()).collect();
    let highest = sums.iter().copied().max().unwrap_or(0).max(1);
    let caption = match bucket {
        1 => "Pace: changes ended in each second of applying".to_owned(),
        _ => format!("Pace: changes ended in each {bucket} seconds of applying"),
    };
    let mut chart = empty(&caption, PACE_HEIGHT);
    let step = WIDTH as f64 / sums.len() as f64;
    for (index, sum) in sums.iter().enumerate().filter(|(_, sum)| **sum > 0) {
        let height = *sum as f64 / highest as f64 * PACE_ROOM as f64;
        let top = (PACE_ROOM + PACE_TOP) as f64 - height;
        chart.rects.push(Rect::new(index as f64 * step, top, (step - 1.0).max(0.5), height, "fill-change"));
    }
    let length = seconds(pace.len() as f64);
    chart.texts.push(Text { x: "0".to_owned(), y: "15".to_owned(), words: format!("at most {highest}") });
    chart.texts.push(Text { x: "0".to_owned(), y: (PACE_HEIGHT - 4).to_string(), words: format!("0 to {length}") });
    let all = counted(sums.iter().sum(), "change", "changes");
    chart.label = format!("{caption}: {all} in {length}, at most {highest} at once.");
    Some(chart)
}

fn empty(caption: &str, height: u64) -> Chart {
    Chart {
        caption: caption.to_owned(),
        label: String::new(),
        width: WIDTH,
        height,
        rects: Vec::new(),
        texts: Vec::new(),
        legend: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_drawn_with_bars_that_can_be_told_apart() {
        let chart = of_pace(&vec![10; 7200]).unwrap();
        assert_eq!(chart.rects.len(), PACE_BARS);
        assert_eq!(chart.caption, "Pace: changes ended in each 60 seconds of applying");
        assert_eq!(
            chart.label,
            "Pace: changes ended in each 60 seconds of applying: 72000 changes in 2 h 0 min, at most 600 at once."
        );
        assert!(of_pace(&[3]).is_none());
    }

    #[test]
    fn bars_are_as_long_as_their_figures_and_a_single_one_can_be_seen() {
        let summary = PlanSummary { create: 1000, disable: 1, ..PlanSummary::default() };
        let widths: Vec<String> = of_plan(&summary).rects.into_iter().map(|rect| rect.width).collect();
        assert_eq!(widths, ["470.0", "2.0"]);
    }
}
