//! Totals folded from outcomes: nothing else ever counts what a run did.

use super::{KindSummary, ReportSummary};
use crate::execute::{ActionResult, Outcome};
use crate::plan::{ActionKind, PlanSummary};

impl ReportSummary {
    /// Counts the outcomes, and takes from the plan what no outcome tells of.
    pub fn tally<'a>(plan: &PlanSummary, outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut summary = Self {
            unchanged: plan.unchanged,
            conflicts: plan.conflicts,
            protected: plan.protected,
            skipped: plan.skipped,
            invalid: plan.invalid,
            ..Self::default()
        };
        for outcome in outcomes {
            summary.count(outcome.kind, outcome.result);
        }
        summary
    }

    /// The figures of a plan that nobody has begun to apply.
    pub fn planned(plan: &PlanSummary) -> Self {
        let kind = |planned| KindSummary { planned, not_attempted: planned, ..KindSummary::default() };
        Self {
            create: kind(plan.create),
            update: kind(plan.update),
            enable: kind(plan.enable),
            disable: kind(plan.disable),
            join: kind(plan.join),
            leave: kind(plan.leave),
            ..Self::tally(plan, [])
        }
    }

    /// Adds one action that ended.
    pub fn count(&mut self, kind: ActionKind, result: ActionResult) {
        let figures = match kind {
            ActionKind::Create => &mut self.create,
            ActionKind::Update => &mut self.update,
            ActionKind::Enable => &mut self.enable,
            ActionKind::Disable => &mut self.disable,
            ActionKind::Join => &mut self.join,
            ActionKind::Leave => &mut self.leave,
        };
        figures.count(result);
    }

    /// The figures of one kind.
    pub fn of(&self, kind: ActionKind) -> KindSummary {
        match kind {
            ActionKind::Create => self.create,
            ActionKind::Update => self.update,
            ActionKind::Enable => self.enable,
            ActionKind::Disable => self.disable,
            ActionKind::Join => self.join,
            ActionKind::Leave => self.leave,
        }
    }

    /// All kinds together.
    pub fn total(&self) -> KindSummary {
        ActionKind::ALL.into_iter().map(|kind| self.of(kind)).fold(KindSummary::default(), KindSummary::plus)
    }
}

impl KindSummary {
    /// How many actions ended in this way.
    pub fn of(&self, result: ActionResult) -> u64 {
        match result {
            ActionResult::Applied => self.applied,
            ActionResult::Already => self.already,
            ActionResult::Drifted => self.drifted,
            ActionResult::Failed => self.failed,
            ActionResult::NotAttempted => self.not_attempted,
        }
    }

    /// How many planned changes the tenant does not have.
    pub fn open(&self) -> u64 {
        self.drifted + self.failed + self.not_attempted
    }

    fn count(&mut self, result: ActionResult) {
        self.planned += 1;
        *match result {
            ActionResult::Applied => &mut self.applied,
            ActionResult::Already => &mut self.already,
            ActionResult::Drifted => &mut self.drifted,
            ActionResult::Failed => &mut self.failed,
            ActionResult::NotAttempted => &mut self.not_attempted,
        } += 1;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            planned: self.planned + other.planned,
            applied: self.applied + other.applied,
            already: self.already + other.already,
            drifted: self.drifted + other.drifted,
            failed: self.failed + other.failed,
            not_attempted: self.not_attempted + other.not_attempted,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcomes() -> impl Strategy<Value = Vec<Outcome>> {
        let one = (0..ActionKind::ALL.len(), 0..5_usize).prop_map(|(kind, result)| Outcome {
            kind: ActionKind::ALL[kind],
            email: "ann@example.com".into(),
            name: None,
            uid: None,
            row: None,
            group: None,
            result: ActionResult::ALL[result],
            attempts: 1,
            error: None,
        });
        proptest::collection::vec(one, 0..200)
    }

    proptest! {
        #[test]
        fn totals_add_up_to_what_was_planned(outcomes in outcomes()) {
            let summary = ReportSummary::tally(&PlanSummary::default(), &outcomes);
            let mut all = 0;
            for kind in ActionKind::ALL {
                let figures = summary.of(kind);
                let counted = ActionResult::ALL.into_iter().map(|result| figures.of(result)).sum::<u64>();
                let of_this_kind = outcomes.iter().filter(|outcome| outcome.kind == kind).count();
                prop_assert_eq!(figures.planned, counted);
                prop_assert_eq!(figures.planned, u64::try_from(of_this_kind).unwrap());
                all += counted;
            }
            prop_assert_eq!(summary.total().planned, all);
            prop_assert_eq!(summary.total().open() + summary.total().applied + summary.total().already, all);
        }
    }

    #[test]
    fn what_no_outcome_tells_of_comes_from_the_plan() {
        let plan = PlanSummary {
            create: 9,
            unchanged: 5,
            conflicts: 4,
            protected: 3,
            skipped: 2,
            invalid: 1,
            ..PlanSummary::default()
        };
        let summary = ReportSummary::tally(&plan, &[]);
        let rest = [summary.unchanged, summary.conflicts, summary.protected, summary.skipped, summary.invalid];
        assert_eq!(rest, [5, 4, 3, 2, 1]);
        assert_eq!(summary.create.planned, 0, "planned is what outcomes tell of");
    }
}
