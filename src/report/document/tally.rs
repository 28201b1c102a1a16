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
        let mut summary = Self::tally(plan, []);
        for kind in ActionKind::ALL {
            let planned = plan.of(kind);
            *summary.of_mut(kind) = KindSummary { planned, not_attempted: planned, ..KindSummary::default() };
        }
        summary
    }

    /// Adds one action that ended.
    pub fn count(&mut self, kind: ActionKind, result: ActionResult) {
        self.of_mut(kind).count(result);
    }

    /// The figures of one kind.
    pub fn of(&self, kind: ActionKind) -> KindSummary {
        let mut summary = *self;
        *summary.of_mut(kind)
    }

    fn of_mut(&mut self, kind: ActionKind) -> &mut KindSummary {
        match kind {
            ActionKind::Create => &mut self.create,
            ActionKind::Update => &mut self.update,
            ActionKind::Enable => &mut self.enable,
            ActionKind::Disable => &mut self.disable,
            ActionKind::Join => &mut self.join,
            ActionKind::Leave => &mut self.leave,
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
        let mut summary = *self;
        *summary.of_mut(result)
    }

    /// How many planned changes the tenant does not have.
    pub fn open(&self) -> u64 {
        self.drifted + self.failed + self.not_attempted
    }

    fn count(&mut self, result: ActionResult) {
        self.planned += 1;
        *self.of_mut(result) += 1;
    }

    fn of_mut(&mut self, result: ActionResult) -> &mut u64 {
        match result {
            ActionResult::Applied => &mut self.applied,
            ActionResult::Already => &mut self.already,
            ActionResult::Drifted => &mut self.drifted,
            ActionResult::Failed => &mut self.failed,
            ActionResult::NotAttempted => &mut self.not_attempted,
        }
    }

    fn plus(mut self, other: Self) -> Self {
        self.planned += other.planned;
        for result in ActionResult::ALL {
            *self.of_mut(result) += other.of(result);
        }
        self
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
