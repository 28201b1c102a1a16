//! The contract's table "What becomes of each user", row by row.

use jiff::Timestamp;

use super::*;
use crate::model::{DesiredUser, DesiredUsers, Email, Held, ManagedColumns, SourceFacts, Status, Tenant};
use crate::model::{TenantStatus, TenantUser, TenantUsers};

const ALL: ManagedColumns =
    ManagedColumns { first_name: true, last_name: true, status: true, is_hidden: true, uid: true, password: true };

struct Case {
    rows: DesiredUsers,
    users: TenantUsers,
    managed: ManagedColumns,
    held: Held,
    scope: Scope,
    policy: PolicyFacts,
    elsewhere: Elsewhere,
}

impl Case {
    fn new() -> Self {
        Self {
            rows: DesiredUsers::default(),
            users: TenantUsers::default(),
            managed: ALL,
            held: Held::default(),
            scope: Scope::default(),
            policy: PolicyFacts { partial: false, on_missing: OnMissing::Disable, on_invalid: OnInvalid::Stop },
            elsewhere: Elsewhere::new(),
        }
    }

    fn row(mut self, email: &str, edit: impl FnOnce(&mut DesiredUser<'_>)) -> Self {
        let mut user = DesiredUser {
            row: self.rows.len() as u64 + 2,
            email,
            first_name: "Ann",
            last_name: "Lee",
            uid: "",
            status: Some(Status::Enabled),
            is_hidden: None,
        };
        edit(&mut user);
        self.rows.push(user).unwrap();
        self
    }

    fn user(mut self, uid: &str, email: &str, edit: impl FnOnce(&mut TenantUser<'_>)) -> Self {
        let mut user = TenantUser {
            uid,
            email,
            first_name: "Ann",
            last_name: "Lee",
            status: TenantStatus::Enabled,
            is_hidden: false,
            is_super_admin: false,
            is_in_types: true,
        };
        edit(&mut user);
        self.users.push(user).unwrap();
        self
    }

    fn plan(&self) -> Plan {
        let desired = Desired { users: &self.rows, managed: self.managed, held: &self.held };
        let draft = Draft::new(desired, &self.users, &self.scope, self.policy);
        let facts = PlanFacts {
            created_at: Timestamp::UNIX_EPOCH,
            tenant: Tenant { base_url: "https://cell.example.com".to_owned(), organization_id: "1".to_owned() },
            source: SourceFacts { valid_rows: self.rows.len() as u64, ..SourceFacts::default() },
            policy: self.policy,
            warnings: vec![],
            limits: Limits::default(),
            last_good_rows: None,
        };
        draft.finish(desired, &self.elsewhere, facts).unwrap()
    }

    fn actions(&self) -> Vec<(ActionKind, String)> {
        self.plan().actions.into_iter().map(|action| (action.kind, action.email.into())).collect()
    }
}

fn did(kind: ActionKind, email: &str) -> (ActionKind, String) {
    (kind, email.to_owned())
}

#[test]
fn an_enabled_row_without_a_user_is_a_create_and_a_disabled_one_is_skipped() {
    let case = Case::new()
        .row("new@example.com", |_| ())
        .row("gone@example.com", |row| row.status = Some(Status::Disabled))
        .row("unsaid@example.com", |row| row.status = None);
    assert_eq!(
        case.actions(),
        [did(ActionKind::Create, "new@example.com"), did(ActionKind::Create, "unsaid@example.com")]
    );
    let plan = case.plan();
    assert_eq!(plan.skipped.len(), 1);
    assert_eq!(plan.skipped[0].email, "gone@example.com");
    assert_eq!(plan.actions[1].changes.status, None, "an empty cell is not sent");
}

#[test]
fn a_create_without_a_name_is_an_invalid_row_unless_its_address_is_somebody_elses() {
    let mut case = Case::new()
        .row("nameless@example.com", |row| row.last_name = "")
        .row("google@example.com", |row| row.first_name = "");
    case.elsewhere.insert("google@example.com".to_owned(), "google".to_owned());
    let plan = case.plan();
    assert_eq!(plan.invalid.len(), 1);
    assert_eq!(plan.conflicts.len(), 1);
    assert_eq!((plan.source.valid_rows, plan.source.invalid_rows, plan.summary.invalid), (1, 1, 1));
    assert!(plan.actions.is_empty());
}

#[test]
fn an_address_out_of_scope_is_a_conflict() {
    let mut case =
        Case::new()
            .row("a@example.com", |_| ())
            .row("b@example.com", |_| ())
            .user("1", "b@example.com", |user| user.is_in_types = false);
    case.elsewhere.insert("a@example.com".to_owned(), "google".to_owned());
    let plan = case.plan();
    assert_eq!(plan.conflicts.len(), 2);
    assert!(plan.actions.is_empty());
}

#[test]
fn fields_that_differ_are_an_update_an_enable_or_a_disable() {
    let case = Case::new()
        .row("update@example.com", |row| row.first_name = "Anne")
        .row("enable@example.com", |_| ())
        .row("disable@example.com", |row| row.status = Some(Status::Disabled))
        .row("same@example.com", |row| row.first_name = "")
        .user("1", "update@example.com", |_| ())
        .user("2", "enable@example.com", |user| user.status = TenantStatus::Disabled)
        .user("3", "disable@example.com", |_| ())
        .user("4", "SAME@example.com", |user| user.last_name = " Lee ");
    assert_eq!(
        case.actions(),
        [
            did(ActionKind::Enable, "enable@example.com"),
            did(ActionKind::Update, "update@example.com"),
            did(ActionKind::Disable, "disable@example.com"),
        ]
    );
    assert_eq!(case.plan().summary.unchanged, 1);
}

#[test]
fn without_a_status_column_every_row_wants_its_user_enabled() {
    let mut case = Case::new()
        .row("back@example.com", |row| row.status = None)
        .user("1", "back@example.com", |user| user.status = TenantStatus::Disabled);
    assert_eq!(case.actions(), []);
    case.managed.status = false;
    assert_eq!(case.actions(), [did(ActionKind::Enable, "back@example.com")]);
}

#[test]
fn a_uid_matches_before_the_address_and_changes_it() {
    let case = Case::new()
        .row("new@example.com", |row| row.uid = "1")
        .row("taken@example.com", |row| row.uid = "2")
        .row("unknown@example.com", |row| row.uid = "99")
        .user("1", "old@example.com", |_| ())
        .user("2", "two@example.com", |_| ())
        .user("3", "taken@example.com", |_| ())
        .user("4", "unknown@example.com", |_| ());
    assert_eq!(case.actions(), [did(ActionKind::Update, "old@example.com")]);
    let plan = case.plan();
    let change = plan.actions[0].changes.email.clone().unwrap();
    assert_eq!((change.before.as_deref(), &*change.after), (Some("old@example.com"), "new@example.com"));
    assert_eq!(plan.conflicts.len(), 2, "{:?}", plan.conflicts);
}

#[test]
fn a_change_of_address_to_somebody_elses_is_a_conflict() {
    let mut case = Case::new().row("new@example.com", |row| row.uid = "1").user("1", "old@example.com", |_| ());
    case.elsewhere.insert("new@example.com".to_owned(), "microsoft".to_owned());
    let plan = case.plan();
    assert_eq!((plan.actions.len(), plan.conflicts.len()), (0, 1));
}

#[test]
fn two_users_of_one_address_and_two_rows_of_one_user_are_conflicts_and_nobody_is_absent() {
    let case = Case::new()
        .row("shared@example.com", |row| row.first_name = "Anne")
        .row("new@example.com", |row| row.uid = "3")
        .row("old@example.com", |_| ())
        .user("1", "shared@example.com", |_| ())
        .user("2", "Shared@example.com", |_| ())
        .user("3", "old@example.com", |_| ());
    let plan = case.plan();
    assert_eq!(plan.actions, []);
    assert_eq!(plan.conflicts.len(), 3);
}

#[test]
fn an_enabled_user_without_a_row_is_disabled_unless_told_otherwise() {
    let mut case = Case::new()
        .user("1", "absent@example.com", |_| ())
        .user("2", "off@example.com", |user| user.status = TenantStatus::Disabled)
        .user("3", "odd@example.com", |user| user.status = TenantStatus::Unknown);
    assert_eq!(case.actions(), [did(ActionKind::Disable, "absent@example.com")]);
    case.policy.partial = true;
    assert_eq!(case.actions(), []);
    case.policy.partial = false;
    case.policy.on_missing = OnMissing::Keep;
    assert_eq!(case.actions(), []);
}

#[test]
fn an_invalid_row_holds_its_user_and_an_untold_one_holds_everybody() {
    let mut case = Case::new().user("1", "Held@example.com", |_| ()).user("2", "by-uid@example.com", |_| ()).user(
        "3",
        "absent@example.com",
        |_| (),
    );
    case.held.emails.insert("held@example.com".to_owned());
    case.held.uids.insert("2".to_owned());
    assert_eq!(case.actions(), [did(ActionKind::Disable, "absent@example.com")]);
    case.held.rows_without_identity.push(7);
    let plan = case.plan();
    assert_eq!(plan.actions, []);
    assert!(plan.warnings[0].contains("line 7"), "{:?}", plan.warnings);
}

#[test]
fn protected_users_super_admins_and_the_jobs_own_account_are_never_changed() {
    let mut case = Case::new()
        .row("vip@example.com", |row| row.first_name = "Changed")
        .user("1", "vip@example.com", |_| ())
        .user("2", "admin@example.com", |user| user.is_super_admin = true)
        .user("3", "job@example.com", |_| ());
    case.scope = Scope::new(&[], &["vip*".to_owned()], Some(Email::parse("job@example.com").unwrap())).unwrap();
    let plan = case.plan();
    assert_eq!(plan.actions, []);
    assert_eq!(plan.protected.len(), 3);
}

#[test]
fn users_of_other_domains_are_out_of_scope() {
    let mut case = Case::new()
        .row("a@other.example", |row| row.first_name = "Changed")
        .row("new@other.example", |_| ())
        .user("1", "a@other.example", |_| ())
        .user("2", "b@other.example", |_| ())
        .user("3", "c@example.com", |_| ());
    case.scope = Scope::new(&["example.com".to_owned()], &[], None).unwrap();
    let plan = case.plan();
    assert_eq!(plan.actions.len(), 1);
    assert_eq!(plan.conflicts.len(), 2);
    assert_eq!((plan.remote.listed, plan.remote.in_scope, plan.remote.enabled), (3, 1, 1));
}

#[test]
fn a_leaver_and_a_joiner_of_the_same_name_are_flagged() {
    let case =
        Case::new()
            .row("new@example.com", |row| row.first_name = "Zo\u{eb}")
            .user("1", "old@example.com", |user| user.first_name = "Zoe\u{308}");
    let plan = case.plan();
    assert_eq!(plan.actions.len(), 2);
    assert!(plan.actions.iter().all(|action| action.note.is_some()));
    assert_eq!(plan.warnings.len(), 1);
}

#[test]
fn a_plan_is_intact_until_a_value_changes() {
    let mut plan = Case::new().row("new@example.com", |_| ()).plan();
    assert!(plan.is_intact().unwrap());
    let text = serde_json::to_string_pretty(&plan).unwrap();
    let mut read: Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(read, plan);
    assert!(read.is_intact().unwrap());
    read.actions[0].email = "other@example.com".into();
    assert!(!read.is_intact().unwrap());
}
