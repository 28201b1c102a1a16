//! What a user must be like for a change of a past run to be taken back.

use super::*;
use ManagedField::{Email as Address, IsHidden};

fn edited(uid: &str, email: &str, changes: &[(ManagedField, FieldValue<'static>, FieldValue<'static>)]) -> PastChange {
    let change = |(field, before, after): &(ManagedField, FieldValue<'static>, FieldValue<'static>)| {
        (*field, Change { before: Some(before.clone()), after: after.clone() })
    };
    let fields = changes.iter().map(change).collect();
    let change = UserChange::Edit { uid: Uid::new(uid), fields };
    let action = Action { email: email.into(), row: Some(2), name: None, reason: Reason::Row, note: None, change };
    PastChange { uid: action.uid().cloned(), action, is_certain: true }
}

fn disabled(uid: &str, email: &str) -> PastChange {
    edited(uid, email, &[(ManagedField::Status, status(Status::Enabled), status(Status::Disabled))])
}

fn created(uid: Option<&str>, email: &str) -> PastChange {
    let fields = [(FirstName, "Ann"), (LastName, "Lee")];
    let fields = fields.map(|(field, name)| (field, Change { before: None, after: text(name) })).into_iter().collect();
    let change = UserChange::Create { fields, needs_password: false };
    let action = Action { email: email.into(), row: Some(2), name: None, reason: Reason::Row, note: None, change };
    PastChange { uid: uid.map(Uid::new), action, is_certain: true }
}

fn unclear(change: PastChange) -> PastChange {
    PastChange { is_certain: false, ..change }
}

fn off(user: &mut TenantUser<'_>) {
    user.values.set(ManagedField::Status, status(Status::Disabled));
}

fn undo(case: &Case, changes: &[PastChange]) -> Plan {
    let input = UndoInput {
        run_id: "20260301T000000000Z-abcdef",
        changes,
        members: &[],
        groups: &GroupsNow::default(),
        tenant: Tenant { base_url: "https://cell.example.com".to_owned(), organization_id: "1".to_owned() },
        scope: &case.scope,
        limits: Limits::default(),
        warnings: Vec::new(),
        now: case.now,
    };
    UndoDraft::new(input, &case.users).finish(&case.owners).unwrap()
}

fn kinds(plan: &Plan) -> Vec<(ActionKind, &str)> {
    plan.actions.iter().map(|action| (action.kind(), &*action.email)).collect()
}

#[test]
fn every_change_is_turned_round_and_says_why() {
    let case = Case::new()
        .user("1", "gone@example.com", off)
        .user("2", "back@example.com", |_| ())
        .user("3", "new.address@example.com", |user| user.values.set(IsHidden, FieldValue::Flag(true)))
        .user("4", "made@example.com", |_| ());
    let moved = [
        (Address, text("old.address@example.com"), text("new.address@example.com")),
        (IsHidden, FieldValue::Flag(false), FieldValue::Flag(true)),
        (LastName, text(""), text("Lee")),
    ];
    let enabled = [(ManagedField::Status, status(Status::Disabled), status(Status::Enabled))];
    let changes = [
        disabled("1", "gone@example.com"),
        edited("2", "back@example.com", &enabled),
        edited("3", "old.address@example.com", &moved),
        created(Some("4"), "made@example.com"),
    ];
    let plan = undo(&case, &changes);
    assert_eq!(
        kinds(&plan),
        [
            (ActionKind::Enable, "gone@example.com"),
            (ActionKind::Update, "new.address@example.com"),
            (ActionKind::Disable, "back@example.com"),
            (ActionKind::Disable, "made@example.com"),
        ]
    );
    assert!(plan.actions.iter().all(|action| action.reason == Reason::Undo && action.row.is_none()));
    let update = plan.actions[1].fields();
    assert_eq!(update.get(Address).unwrap().after, text("old.address@example.com"));
    assert_eq!((update.iter().count(), &update.get(LastName).unwrap().after), (3, &text("")));
    assert_eq!(plan.undoes.as_deref(), Some("20260301T000000000Z-abcdef"));
    assert!(plan.warnings[0].contains("no account is ever deleted"), "{:?}", plan.warnings);
    assert_eq!((plan.remote.in_scope, plan.remote.enabled), (4, 3));
}

#[test]
fn a_user_who_is_not_as_the_run_left_it_is_a_conflict() {
    let renamed = || edited("1", "ann@example.com", &[(FirstName, text("Anna"), text("Ann"))]);
    let user = |edit: fn(&mut TenantUser<'_>)| Case::new().user("1", "ann@example.com", edit);
    for (case, change) in [
        (user(|user| user.values.set(FirstName, text("Annette"))), renamed()),
        (user(|user| user.values.set(FirstName, text("Anna"))), renamed()),
        (user(|user| user.values.set(Address, text("moved@example.com"))), renamed()),
        (user(|user| user.traits.is_readable = false), renamed()),
        (user(|user| user.traits.account_type = Some(AccountType::Google)), renamed()),
        (user(|_| ()), disabled("1", "ann@example.com")),
        (user(off), created(Some("1"), "ann@example.com")),
        (user(|user| user.values.set(LastName, text("Other"))), created(Some("1"), "ann@example.com")),
        (user(|_| ()), created(Some("1"), "other@example.com")),
        (user(|_| ()), disabled("2", "ann@example.com")),
        (user(|_| ()), created(Some("2"), "ann@example.com")),
        (user(|user| user.values.set(LastName, text("Other"))), unclear(created(None, "ann@example.com"))),
        (user(|user| user.values.set(FirstName, text("Annette"))), unclear(renamed())),
    ] {
        let plan = undo(&case, std::slice::from_ref(&change));
        assert_eq!((plan.actions.len(), plan.conflicts.len()), (0, 1), "{change:?}");
    }
}

#[test]
fn what_a_killed_run_may_have_done_is_judged_by_the_user_as_it_is_now() {
    let case = Case::new().user("1", "done@example.com", off).user("2", "not@example.com", |_| ()).user(
        "3",
        "made@example.com",
        |_| (),
    );
    let changes = [
        unclear(disabled("1", "done@example.com")),
        unclear(disabled("2", "not@example.com")),
        unclear(created(None, "made@example.com")),
        unclear(created(None, "never@example.com")),
    ];
    let plan = undo(&case, &changes);
    assert_eq!(kinds(&plan), [(ActionKind::Enable, "done@example.com"), (ActionKind::Disable, "made@example.com")]);
    assert_eq!((plan.conflicts.len(), plan.summary.unchanged), (0, 2));
}

#[test]
fn an_address_that_somebody_has_now_or_that_left_the_scope_does_not_come_back() {
    let moved = |to: &'static str| edited("1", "old@example.com", &[(Address, text(to), text("new@example.com"))]);
    let mut case = Case::new().user("1", "new@example.com", |_| ()).user("2", "old@example.com", |_| ());
    assert_eq!(undo(&case, &[moved("old@example.com")]).conflicts.len(), 1);
    case.owners.add("other@example.com", Some(AccountType::Google));
    assert_eq!(undo(&case, &[moved("other@example.com")]).conflicts.len(), 1);
    case.scope = Scope::new(&[AccountType::External], &["example.com".to_owned()], &[], None).unwrap();
    assert_eq!(undo(&case, &[moved("old@example.org")]).conflicts.len(), 1);
    assert_eq!(undo(&case, &[moved("free@example.com")]).actions.len(), 1);
}

#[test]
fn protected_users_stay_as_they_are_and_the_guardrails_of_changes_hold() {
    let mut case = Case::new();
    let mut changes = Vec::new();
    for user in 0..8 {
        let email = format!("user{user}@example.com");
        case = case.user(&user.to_string(), &email, off);
        changes.push(disabled(&user.to_string(), &email));
    }
    case.scope = Scope::new(&[AccountType::External], &[], &["user0@*".to_owned()], None).unwrap();
    let plan = undo(&case, &changes);
    assert_eq!((plan.actions.len(), plan.protected.len()), (7, 1));
    let tripped: Vec<_> = plan.tripped_guardrails().map(|guardrail| guardrail.name).collect();
    assert_eq!(tripped, [GuardrailName::MaxEnable]);
    assert_eq!(undo(&case, &[]).tripped_guardrails().count(), 0, "no rows are no fault here");
}
