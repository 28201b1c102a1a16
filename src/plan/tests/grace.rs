//! Many nights with `--grace`, on the pure part: what was remembered goes in, and what is to be remembered comes out.

use proptest::prelude::*;

use super::*;

const GRACE: SignedDuration = SignedDuration::from_hours(48);
const USERS: usize = 4;

/// How a night went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Night {
    Good,
    /// The run ended with 4: no disable got through.
    InPart,
    /// The run came to nothing.
    Failed,
    /// The CSV was only a part of the truth.
    Partial,
    /// The state dir was lost before it.
    Lost,
    /// The memory could not be read, and the run was good.
    Unreadable,
}

fn nights() -> impl Strategy<Value = Vec<(i64, Night, [bool; USERS])>> {
    let night = prop_oneof![
        6 => Just(Night::Good),
        1 => Just(Night::InPart),
        1 => Just(Night::Failed),
        1 => Just(Night::Partial),
        1 => Just(Night::Lost),
        1 => Just(Night::Unreadable),
    ];
    proptest::collection::vec((1_i64..40, night, proptest::array::uniform(proptest::bool::weighted(0.35))), 1..30)
}

/// What one user lived through since the memory was last lost: good nights, and whether it had a row.
type History = Vec<(Timestamp, bool)>;

/// The first of the good nights without a row that no good night with a row follows.
fn missing_since(history: &History) -> Option<Timestamp> {
    history.iter().rev().take_while(|(_, has_row)| !has_row).last().map(|(night, _)| *night)
}

fn case_of(now: Timestamp, rows: [bool; USERS], enabled: [bool; USERS]) -> Case {
    let mut case = Case::new();
    for user in 0..USERS {
        let email = format!("user{user}@example.com");
        let set = if enabled[user] { Status::Enabled } else { Status::Disabled };
        case = case.user(&user.to_string(), &email, |user| user.values.set(ManagedField::Status, status(set)));
        if rows[user] {
            case = case.row(&email, |_| ());
        }
    }
    (case.grace, case.now) = (GRACE, now);
    case
}

proptest! {
    #[test]
    fn nobody_loses_access_until_no_good_run_has_had_a_row_for_long_enough(nights in nights()) {
        let mut memory = MissingUsers::default();
        let mut histories: [History; USERS] = Default::default();
        let mut enabled = [true; USERS];
        let mut now = Timestamp::UNIX_EPOCH;
        for (hours, night, rows) in nights {
            now += SignedDuration::from_hours(hours);
            if matches!(night, Night::Lost | Night::Unreadable) {
                histories = Default::default();
                memory = MissingUsers::default();
            }
            let mut case = case_of(now, rows, enabled);
            case.policy.partial = night == Night::Partial;
            case.missing = if night == Night::Unreadable { Err("unreadable".to_owned()) } else { Ok(memory.clone()) };
            let plan = case.plan();
            for user in 0..USERS {
                let uid = Uid::new(user.to_string());
                let is_absent = enabled[user] && !rows[user] && night != Night::Partial;
                let since = missing_since(&histories[user]).unwrap_or(now);
                let is_due = is_absent && now.duration_since(since) >= GRACE;
                let is_disabled = plan.actions.iter().any(|action| action.uid() == Some(&uid) && action.reason == Reason::Absent);
                let waits: Vec<_> = plan.waiting.iter().filter(|one| one.uid == uid).map(|one| one.missing_since).collect();
                prop_assert_eq!(is_disabled, is_due, "user {} at {}", user, now);
                let expected = if is_absent && !is_due { vec![since] } else { vec![] };
                prop_assert_eq!(waits, expected, "user {} at {}", user, now);
            }
            if matches!(night, Night::Failed | Night::Partial) {
                continue;
            }
            let is_done = |_: &Uid| night != Night::InPart;
            memory = memory.after(&plan, plan.created_at, is_done);
            for user in 0..USERS {
                let is_disabled = is_done(&Uid::new("")) && plan.actions.iter().any(|action| {
                    action.uid().is_some_and(|uid| uid.as_str() == user.to_string()) && action.reason == Reason::Absent
                });
                if enabled[user] && !is_disabled {
                    histories[user].push((now, rows[user]));
                } else {
                    histories[user].clear();
                }
                enabled[user] = (enabled[user] && !is_disabled) || rows[user];
            }
        }
    }
}

#[test]
fn a_row_that_says_disabled_never_waits() {
    let mut case = Case::new()
        .row("out@example.com", |row| row.set(ManagedField::Status, status(Status::Disabled)))
        .user("1", "out@example.com", |_| ());
    case.grace = GRACE;
    assert_eq!(case.actions(), [did(ActionKind::Disable, "out@example.com")]);
}

#[test]
fn a_wait_ends_to_the_second() {
    let mut case = Case::new().user("1", "ann@example.com", |_| ());
    let since = Timestamp::UNIX_EPOCH;
    (case.grace, case.missing) = (GRACE, Ok(MissingUsers { as_of: None, since: [(Uid::new("1"), since)].into() }));
    case.now = since + GRACE - SignedDuration::from_secs(1);
    let plan = case.plan();
    assert_eq!(
        (plan.actions.len(), plan.waiting[0].missing_since, plan.waiting[0].disable_after),
        (0, since, since + GRACE)
    );
    case.now = since + GRACE;
    assert_eq!(case.actions(), [did(ActionKind::Disable, "ann@example.com")]);
}

#[test]
fn a_doubtful_row_neither_begins_a_wait_nor_ends_one() {
    let mut case = Case::new().user("1", "known@example.com", |_| ()).user("2", "new@example.com", |_| ());
    let since = Timestamp::UNIX_EPOCH;
    (case.grace, case.missing) = (GRACE, Ok(MissingUsers { as_of: None, since: [(Uid::new("1"), since)].into() }));
    case.now = since + GRACE + GRACE;
    case.held.0.push(HeldRow { line: 7, ..HeldRow::default() });
    let plan = case.plan();
    assert_eq!(plan.actions, []);
    let waiting: Vec<_> = plan.waiting.iter().map(|waiting| (waiting.email.as_str(), waiting.missing_since)).collect();
    assert_eq!(waiting, [("known@example.com", since)]);
}

#[test]
fn many_who_are_due_at_once_trip_the_guardrail() {
    let mut case = Case::new();
    let mut since = std::collections::BTreeMap::new();
    for user in 0..40 {
        case = case.user(&user.to_string(), &format!("user{user}@example.com"), |_| ());
        since.insert(Uid::new(user.to_string()), Timestamp::UNIX_EPOCH);
    }
    case = case.row("user0@example.com", |_| ());
    (case.grace, case.now) = (GRACE, Timestamp::UNIX_EPOCH + GRACE);
    case.missing = Ok(MissingUsers { as_of: None, since: since.into_iter().take(7).collect() });
    let plan = case.plan();
    assert_eq!((plan.actions.len(), plan.waiting.len()), (6, 33));
    let tripped: Vec<_> = plan.tripped_guardrails().map(|guardrail| (guardrail.name, guardrail.value)).collect();
    assert_eq!(tripped, [(GuardrailName::MaxDisable, 6)], "only those who are due count");
}

#[test]
fn a_plan_that_is_older_than_what_is_remembered_changes_nothing_there() {
    let mut case = Case::new().user("1", "ann@example.com", |_| ());
    case.grace = GRACE;
    let old = case.plan();
    let later = MissingUsers { as_of: Some(case.now + SignedDuration::from_secs(1)), ..MissingUsers::default() };
    assert_eq!(later.after(&old, later.as_of.unwrap(), |_| true), later);
}

#[test]
fn a_look_alike_ends_no_wait() {
    let mut case = Case::new().user("1", "ann.lee@example.com", |_| ()).row("ann-lee@example.com", |_| ());
    let since = Timestamp::UNIX_EPOCH;
    (case.grace, case.missing) = (GRACE, Ok(MissingUsers { as_of: None, since: [(Uid::new("1"), since)].into() }));
    let plan = case.plan();
    assert_eq!((plan.actions.len(), plan.conflicts.len(), plan.waiting.len()), (0, 2, 1));
}
