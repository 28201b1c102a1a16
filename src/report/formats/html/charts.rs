//! Small charts as rectangles: what became of each kind, and how fast the run went.

use crate::execute::ActionResult;
use crate::report::words::{counted, number, seconds};

/// Of the longest bar.
const BAR_WIDTH: f64 = 200.0;
const PACE_WIDTH: f64 = 600.0;
const PACE_HEIGHT: f64 = 80.0;
/// More bars than this can't be told apart.
const PACE_BARS: usize = 120;

/// A rectangle that stands on the ground of its chart.
pub(super) struct Rect {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
    pub(super) class: &'static str,
}

/// How many changes ended in each second.
pub(super) struct Pace {
    pub(super) caption: String,
    /// What the picture says, for those who can't see it.
    pub(super) label: String,
    pub(super) bars: Vec<Rect>,
}

impl Rect {
    fn new(x: f64, y: f64, width: f64, height: f64, class: &'static str) -> Self {
        let [x, y, width, height] = [x, y, width, height].map(|value| format!("{value:.1}"));
        Self { x, y, width, height, class }
    }
}

/// One bar in parts by result, as long as its share of the longest; `counts` are in the order of all results.
pub(super) fn result_bar(counts: &[u64], longest: u64) -> Vec<Rect> {
    let unit = BAR_WIDTH / longest.max(1) as f64;
    let mut x = 0.0;
    let mut part = |(count, result): (&u64, ActionResult)| {
        // What is there can be seen, though it is one of many.
        let width = (*count as f64 * unit).max(2.0);
        x += width;
        Rect::new(x - width, 0.0, width, 12.0, class_of(result))
    };
    counts.iter().zip(ActionResult::ALL).filter(|(count, _)| **count > 0).map(&mut part).collect()
}

/// The class that fills a result's rectangles: a pattern of its own beside the colour.
pub(super) fn class_of(result: ActionResult) -> &'static str {
    match result {
        ActionResult::Applied => "fill-applied",
        ActionResult::Already => "fill-already",
        ActionResult::Drifted => "fill-drifted",
        ActionResult::Failed => "fill-failed",
        ActionResult::NotAttempted => "fill-open",
    }
}

/// Actions that ended in each second, or in each of as many seconds as it takes; none before two seconds of applying.
pub(super) fn pace(pace: &[u32]) -> Option<Pace> {
    if pace.len() < 2 {
        return None;
    }
    let bucket = pace.len().div_ceil(PACE_BARS);
    let sums: Vec<u64> = pace.chunks(bucket).map(|chunk| chunk.iter().copied().map(u64::from).sum()).collect();
    let highest = sums.iter().copied().max().unwrap_or(0).max(1);
    let caption = match bucket {
        1 => "Changes ended in each second of applying".to_owned(),
        _ => format!("Changes ended in each {bucket} seconds of applying"),
    };
    let all = counted(sums.iter().sum(), "change", "changes");
    let label = format!("{all} in {}, at most {} at once", seconds(pace.len() as f64), number(highest));
    let step = PACE_WIDTH / sums.len() as f64;
    let bar = |(index, sum): (usize, u64)| {
        let height = sum as f64 / highest as f64 * PACE_HEIGHT;
        Rect::new(index as f64 * step, PACE_HEIGHT - height, (step - 1.0).max(0.5), height, "fill-change")
    };
    let bars = sums.iter().copied().enumerate().filter(|(_, sum)| *sum > 0).map(bar).collect();
    Some(Pace { caption, label, bars })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_drawn_with_bars_that_can_be_told_apart() {
        let chart = pace(&vec![10; 7200]).unwrap();
        assert_eq!(chart.bars.len(), PACE_BARS);
        assert_eq!(chart.caption, "Changes ended in each 60 seconds of applying");
        assert_eq!(chart.label, "72,000 changes in 2 h 0 min, at most 600 at once");
        assert!(pace(&[3]).is_none());
    }

    #[test]
    fn bars_are_as_long_as_their_figures_and_a_single_one_can_be_seen() {
        let widths: Vec<String> = result_bar(&[999, 0, 0, 1, 0], 1000).into_iter().map(|rect| rect.width).collect();
        assert_eq!(widths, ["199.8", "2.0"]);
    }
}
