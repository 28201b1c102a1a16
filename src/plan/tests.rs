//! The table of docs/interface.md, "What becomes of each user", row by row.

mod grace;
mod undo;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{
    AccountType, AddressOwners, Desired, DesiredUser, DesiredUsers, Doubt, Email, FieldValue, FieldValues, Held,
    HeldRow, LastGood, ManagedColumns, ManagedField, SourceFacts, Status, Tenant, TenantUser, TenantUsers, Uid,
    UserTraits,
};
use ManagedField::{FirstName, LastName};

struct Case {
    rows: DesiredUsers,
    users: TenantUsers,
    columns: ManagedColumns,
    held: Held,
    doubts: Vec<Doubt>,
    encoding_assumed: bool,
    scope: Scope,
    policy: PolicyFacts,
    owners: AddressOwners,
    last_good: Option<LastGood>,
    grace: SignedDuration,
    missing: Result<MissingUsers, String>,
    now: Timestamp,
}

fn status(status: Status) -> FieldValue<'static> {
    FieldValue::Status(status)
}

fn text(text: &str) -> FieldValue<'_> {
    FieldValue::text(text)
}

fn ann(email: &str) -> FieldValues<'_> {
    FieldValues::default()
        .with(ManagedField::Email, text(email))
        .with(FirstName, text("Ann"))
        .with(LastName, text("Lee"))
        .with(ManagedField::Status, status(Status::Enabled))
}

impl Case {
    fn new() -> Self {
        Self {
            rows: DesiredUsers::default(),
            users: TenantUsers::default(),
            columns: ManagedColumns { fields: ManagedField::ALL.into(), uid: true, password: true, groups: false },
            held: Held::default(),
            doubts: Vec::new(),
            encoding_assumed: false,
            scope: Scope::new(&[AccountType::External], &[], &[], None).unwrap(),
            policy: PolicyFacts {
                partial: false,
                on_missing: OnMissing::Disable,
                on_invalid: OnInvalid::Stop,
                on_lookalike: OnLookalike::Hold,
            },
            owners: AddressOwners::default(),
            last_good: Some(LastGood { valid_rows: 0, in_scope: None, changes: None }),
            grace: SignedDuration::ZERO,
            missing: Ok(MissingUsers::default()),
            now: Timestamp::UNIX_EPOCH,
        }
    }

    fn row(self, email: &str, edit: impl FnOnce(&mut FieldValues<'_>)) -> Self {
        self.row_with_uid(email, "", edit)
    }

    fn row_with_uid(mut self, email: &str, uid: &str, edit: impl FnOnce(&mut FieldValues<'_>)) -> Self {
        let mut values = ann(email);
        edit(&mut values);
        self.rows.push(&DesiredUser { row: self.rows.len() as u64 + 2, uid, values, not_before: None }).unwrap();
        self
    }

    /// The value of the last row is doubtful.
    fn doubt(mut self, field: ManagedField) -> Self {
        let line = self.rows.len() as u64 + 1;
        self.doubts.push(Doubt { line, field });
        self
    }

    fn user(mut self, uid: &str, email: &str, edit: impl FnOnce(&mut TenantUser<'_>)) -> Self {
        let account_type = Some(AccountType::External);
        let traits = UserTraits { account_type, is_super_admin: false, is_readable: true };
        let mut user = TenantUser { uid, values: ann(email), traits };
        edit(&mut user);
        self.users.push(&user).unwrap();
        self
    }

    fn plan(&self) -> Plan {
        let facts = SourceFacts {
            valid_rows: self.rows.len() as u64,
            encoding_assumed: self.encoding_assumed,
            ..SourceFacts::default()
        };
        let desired = Desired {
            users: &self.rows,
            columns: &self.columns,
            held: &self.held,
            doubts: &self.doubts,
            facts: &facts,
            warnings: &[],
            attention: &[],
        };
        let input = PlanInput {
            desired,
            tenant: Tenant { base_url: "https://cell.example.com".to_owned(), organization_id: "1".to_owned() },
            scope: &self.scope,
            policy: self.policy,
            groups: None,
            limits: Limits::default(),
            last_good: self.last_good,
            last_columns: None,
            grace: Grace { duration: self.grace, missing: self.missing.as_ref().map_err(String::as_str) },
            now: self.now,
        };
        Draft::new(input, &self.users).finish(&self.owners).unwrap()
    }

    fn actions(&self) -> Vec<(ActionKind, String)> {
        self.plan().actions.into_iter().map(|action| (action.kind(), action.email.into())).collect()
    }
}

fn did(kind: ActionKind, email: &str) -> (ActionKind, String) {
    (kind, email.to_owned())
}

#[test]
fn an_enabled_row_without_a_user_is_a_create_and_a_disabled_one_is_skipped() {
    let case = Case::new()
        .row("new@example.com", |_| ())
        .row("gone@example.com", |row| row.set(ManagedField::Status, status(Status::Disabled)))
        .row("unsaid@example.com", |row| row.set(ManagedField::Status, None));
    assert_eq!(
        case.actions(),
        [did(ActionKind::Create, "new@example.com"), did(ActionKind::Create, "unsaid@example.com")]
    );
    let plan = case.plan();
    assert_eq!(plan.skipped.len(), 1);
    assert_eq!(plan.skipped[0].email, "gone@example.com");
    assert_eq!(plan.actions[1].fields().get(ManagedField::Status), None, "an empty cell is not sent");
}

#[test]
fn a_create_without_a_name_is_an_invalid_row_unless_its_address_is_somebody_elses() {
    let mut case = Case::new()
        .row("nameless@example.com", |row| row.set(LastName, text("")))
        .row("google@example.com", |row| row.set(FirstName, text("")));
    case.owners.add("google@example.com", Some(AccountType::Google));
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
            .user("1", "b@example.com", |user| user.traits.account_type = Some(AccountType::Google));
    case.owners.add("a@example.com", Some(AccountType::Google));
    let plan = case.plan();
    assert_eq!(plan.conflicts.len(), 2);
    assert!(plan.actions.is_empty());
}

#[test]
fn fields_that_differ_are_an_update_an_enable_or_a_disable() {
    let case = Case::new()
        .row("update@example.com", |row| row.set(FirstName, text("Anne")))
        .row("enable@example.com", |_| ())
        .row("disable@example.com", |row| row.set(ManagedField::Status, status(Status::Disabled)))
        .row("same@example.com", |row| row.set(FirstName, text("")))
        .user("1", "update@example.com", |_| ())
        .user("2", "enable@example.com", |user| user.values.set(ManagedField::Status, status(Status::Disabled)))
        .user("3", "disable@example.com", |_| ())
        .user("4", "SAME@example.com", |user| user.values.set(LastName, text(" Lee ")));
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
    let mut case = Case::new().row("back@example.com", |row| row.set(ManagedField::Status, None)).user(
        "1",
        "back@example.com",
        |user| user.values.set(ManagedField::Status, status(Status::Disabled)),
    );
    assert_eq!(case.actions(), []);
    case.columns.fields.remove(&ManagedField::Status);
    assert_eq!(case.actions(), [did(ActionKind::Enable, "back@example.com")]);
}

#[test]
fn a_uid_matches_before_the_address_and_changes_it() {
    let case = Case::new()
        .row_with_uid("new@example.com", "1", |_| ())
        .row_with_uid("taken@example.com", "2", |_| ())
        .row_with_uid("unknown@example.com", "99", |_| ())
        .user("1", "old@example.com", |_| ())
        .user("2", "two@example.com", |_| ())
        .user("3", "taken@example.com", |_| ())
        .user("4", "unknown@example.com", |_| ());
    assert_eq!(case.actions(), [did(ActionKind::Update, "old@example.com")]);
    let plan = case.plan();
    let change = plan.actions[0].fields().get(ManagedField::Email).unwrap();
    assert_eq!((&change.before, &change.after), (&Some(text("old@example.com")), &text("new@example.com")));
    assert_eq!(plan.conflicts.len(), 2, "{:?}", plan.conflicts);
}

#[test]
fn a_change_of_address_to_somebody_elses_is_a_conflict() {
    let mut case = Case::new().row_with_uid("new@example.com", "1", |_| ()).user("1", "old@example.com", |_| ());
    case.owners.add("new@example.com", Some(AccountType::Microsoft));
    let plan = case.plan();
    assert_eq!((plan.actions.len(), plan.conflicts.len()), (0, 1));
}

#[test]
fn two_users_of_one_address_and_two_rows_of_one_user_are_conflicts_and_nobody_is_absent() {
    let case = Case::new()
        .row("shared@example.com", |row| row.set(FirstName, text("Anne")))
        .row_with_uid("new@example.com", "3", |_| ())
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
        .user("2", "off@example.com", |user| user.values.set(ManagedField::Status, status(Status::Disabled)))
        .user("3", "odd@example.com", |user| user.traits.is_readable = false);
    assert_eq!(case.actions(), [did(ActionKind::Disable, "absent@example.com")]);
    case.policy.partial = true;
    assert_eq!(case.actions(), []);
    case.policy.partial = false;
    case.policy.on_missing = OnMissing::Keep;
    assert_eq!(case.actions(), []);
}

#[test]
fn an_invalid_row_holds_the_user_that_it_names_exactly_and_one_that_names_nobody_holds_everybody() {
    let mut case = Case::new().user("1", "Held@example.com", |_| ()).user("2", "by-uid@example.com", |_| ()).user(
        "3",
        "absent@example.com",
        |_| (),
    );
    let row = |line, email: &str, uid: &str| HeldRow {
        line,
        emails: vec![email.to_owned()],
        uids: vec![uid.to_owned()],
        is_known_by_uid: true,
        addresses_needed: Some(1),
    };
    case.held = Held(vec![row(5, "held@example.com", "9"), row(6, "nobody@example.com", "2")]);
    assert_eq!(case.actions(), [did(ActionKind::Disable, "absent@example.com")]);
    for unidentified in [
        row(7, "helt@example.com", "9"),
        HeldRow { is_known_by_uid: false, ..row(7, "helt@example.com", "2") },
        HeldRow { addresses_needed: Some(2), ..row(7, "held@example.com", "9") },
        HeldRow { addresses_needed: None, ..row(7, "held@example.com", "9") },
    ] {
        let mut case = Case { held: case.held.clone(), users: case.users.clone(), ..Case::new() };
        case.held.0.push(unidentified);
        let plan = case.plan();
        assert_eq!(plan.actions, []);
        assert!(plan.warnings.iter().any(|warning| warning.contains("line 7")), "{:?}", plan.warnings);
    }
}

#[test]
fn a_create_without_a_name_is_an_invalid_row_that_names_nobody() {
    let case =
        Case::new().row("new@example.com", |row| row.set(LastName, text(""))).user("1", "absent@example.com", |_| ());
    let plan = case.plan();
    assert_eq!((plan.actions.len(), plan.invalid.len()), (0, 1));
}

#[test]
fn a_doubtful_value_stands_where_the_rows_user_has_it() {
    let case = Case::new()
        .row("'odd@example.com", |_| ())
        .doubt(ManagedField::Email)
        .row("named@example.com", |row| row.set(FirstName, text("NULL")))
        .doubt(FirstName)
        .user("1", "'ODD@example.com", |user| user.values.set(FirstName, text("Anne")))
        .user("2", "named@example.com", |user| user.values.set(FirstName, text("NULL")));
    assert_eq!(case.actions(), [did(ActionKind::Update, "'ODD@example.com")]);
    assert_eq!(case.plan().invalid, []);
}

#[test]
fn a_doubtful_value_that_its_user_has_not_makes_the_row_invalid_and_a_strange_address_names_nobody() {
    let case = Case::new()
        .row("named@example.com", |row| row.set(FirstName, text("NULL")))
        .doubt(FirstName)
        .user("1", "named@example.com", |_| ())
        .user("2", "absent@example.com", |_| ());
    let plan = case.plan();
    assert_eq!(case.actions(), [did(ActionKind::Disable, "absent@example.com")], "the address names its user");
    assert_eq!((plan.invalid.len(), plan.source.invalid_rows), (1, 1));

    let off = |row: &mut FieldValues<'_>| row.set(ManagedField::Status, status(Status::Disabled));
    let strange = |uid: &str, edit: &dyn Fn(&mut FieldValues<'_>)| {
        Case::new()
            .row_with_uid("'absent@example.com", uid, edit)
            .doubt(ManagedField::Email)
            .user("2", "absent@example.com", |_| ())
            .user("3", "other@example.com", |_| ())
            .plan()
    };
    for plan in [strange("", &|_| ()), strange("", &off), strange("99", &|_| ()), strange("2", &|_| ())] {
        assert_eq!((plan.invalid.len(), plan.conflicts.len()), (1, 0));
        let kept: Vec<&str> = plan.actions.iter().map(|action| &*action.email).collect();
        assert!(kept.is_empty() || kept == ["other@example.com"], "{kept:?}");
    }
    assert_eq!(strange("2", &|_| ()).actions.len(), 1, "the uid names the user");
}

#[test]
fn a_doubtful_address_of_somebody_beyond_the_list_is_a_conflict_and_its_domain_no_reason_to_pass_it_over() {
    let mut case = Case::new().row("odd#@other.example", |_| ()).doubt(ManagedField::Email);
    case.scope = Scope::new(&[AccountType::External], &["example.com".to_owned()], &[], None).unwrap();
    assert_eq!(case.plan().invalid.len(), 1);
    case.owners.add("odd#@other.example", Some(AccountType::Microsoft));
    let plan = case.plan();
    assert_eq!((plan.invalid.len(), plan.conflicts.len()), (0, 1));
}

#[test]
fn a_new_address_that_looks_like_a_user_without_a_row_is_held_with_it_enabled_or_not() {
    let cyrillic = "us\u{435}r@example.com";
    for enabled in [Status::Enabled, Status::Disabled] {
        let mut case = Case::new()
            .row(cyrillic, |_| ())
            .row("rowed@example.com", |_| ())
            .row("row.ed@example.com", |_| ())
            .user("1", "user@example.com", |user| user.values.set(ManagedField::Status, status(enabled)))
            .user("2", "rowed@example.com", |_| ());
        let plan = case.plan();
        assert_eq!(case.actions(), [did(ActionKind::Create, "row.ed@example.com")], "rowed has a row of its own");
        let [row, user] = &plan.conflicts[..] else { panic!("{:?}", plan.conflicts) };
        assert_eq!((row.email.as_str(), row.row), (cyrillic, Some(2)));
        assert_eq!((user.email.as_str(), user.row), ("user@example.com", None));
        assert!(row.reason.contains("user@example.com") && user.reason.contains(cyrillic));

        case.policy.partial = true;
        assert_eq!(case.plan().conflicts.len(), 2, "nobody is created in a partial run either");
        case.policy = PolicyFacts { partial: false, on_lookalike: OnLookalike::Act, ..case.policy };
        let plan = case.plan();
        assert_eq!(plan.conflicts, []);
        assert_eq!(plan.summary.create, 2);
        assert_eq!(plan.summary.disable, u64::from(enabled == Status::Enabled));
    }
}

#[test]
fn an_address_one_edit_away_is_held_only_with_the_same_names() {
    let case = |last: &'static str| {
        Case::new().row("ann.le@example.com", move |row| row.set(LastName, text(last))).user(
            "1",
            "ann.lee@example.com",
            |_| (),
        )
    };
    assert_eq!(case("Lee").plan().conflicts.len(), 2);
    assert_eq!(case("Li").plan().conflicts.len(), 0);
}

#[test]
fn a_user_that_no_row_can_name_is_not_absent() {
    let case = Case::new()
        .user("1", "a..b@example.com", |_| ())
        .user("2", "two@example.com", |_| ())
        .user("3", "TWO@example.com", |_| ())
        .user("4", "absent@example.com", |_| ());
    assert_eq!(case.actions(), [did(ActionKind::Disable, "absent@example.com")]);
    assert_eq!(case.plan().conflicts.len(), 3);
}

#[test]
fn an_assumed_encoding_changes_no_letter_that_depends_on_it() {
    let mut case = Case::new()
        .row("a@example.com", |row| row.set(FirstName, text("Luka\u{e6}")))
        .row("b@example.com", |row| row.set(FirstName, text("J\u{fc}rgen")))
        .user("1", "a@example.com", |user| user.values.set(FirstName, text("Luka\u{107}")))
        .user("2", "b@example.com", |user| user.values.set(FirstName, text("Jurgen")));
    assert_eq!(case.actions().len(), 2);
    case.encoding_assumed = true;
    assert_eq!(case.actions(), [did(ActionKind::Update, "b@example.com")]);
    assert_eq!(case.plan().invalid.len(), 1);
}

#[test]
fn a_user_that_cannot_be_read_or_whose_status_is_missing_is_a_conflict_and_never_disabled_for_absence() {
    let case = Case::new()
        .row("rowed@example.com", |_| ())
        .user("1", "rowed@example.com", |user| user.traits.is_readable = false)
        .user("2", "broken@example.com", |user| user.traits.is_readable = false)
        .user("3", "silent@example.com", |user| user.values.set(ManagedField::Status, None))
        .user("4", "", |user| user.traits.is_readable = false);
    let plan = case.plan();
    assert_eq!(plan.actions, []);
    let conflicts: Vec<_> = plan.conflicts.iter().map(|one| (one.email.as_str(), one.row)).collect();
    let absent = [("", None), ("broken@example.com", None), ("silent@example.com", None)];
    assert_eq!(conflicts, [&[("rowed@example.com", Some(2))][..], &absent].concat());
}

#[test]
fn a_row_decides_over_a_user_whose_status_is_missing() {
    let case = Case::new()
        .row("on@example.com", |_| ())
        .row("off@example.com", |row| row.set(ManagedField::Status, status(Status::Disabled)))
        .user("1", "on@example.com", |user| user.values.set(ManagedField::Status, None))
        .user("2", "off@example.com", |user| user.values.set(ManagedField::Status, None));
    assert_eq!(case.actions(), [did(ActionKind::Disable, "off@example.com")]);
}

#[test]
fn an_address_that_somebody_has_after_the_list_is_a_conflict_whatever_the_account_type() {
    for account_type in [Some(AccountType::External), Some(AccountType::Okta), None] {
        let mut case = Case::new().row("new@example.com", |_| ());
        case.owners.add("New@Example.com", account_type);
        let plan = case.plan();
        assert_eq!((plan.actions.len(), plan.conflicts.len()), (0, 1), "{account_type:?}");
    }
}

#[test]
fn guardrails_that_compare_with_the_last_good_run_say_when_they_could_not_be_judged() {
    let mut case = Case::new().row("new@example.com", |_| ());
    let names = |case: &Case| case.plan().guardrails.iter().map(|one| one.name).collect::<Vec<_>>();
    case.last_good = Some(LastGood { valid_rows: 1, in_scope: Some(0), changes: None });
    assert!(names(&case).contains(&GuardrailName::MaxShrink) && names(&case).contains(&GuardrailName::MaxRemoteShrink));
    assert!(case.plan().warnings.is_empty());
    case.last_good = None;
    assert!(!names(&case).contains(&GuardrailName::MaxShrink));
    assert!(case.plan().warnings[0].contains("not judged"), "{:?}", case.plan().warnings);
}

#[test]
fn thousands_of_rows_on_several_threads_find_their_users_as_a_few_do() {
    let mut case = Case::new();
    for number in 0..20_000 {
        let email = format!("user{number}@example.com");
        let edit = |row: &mut FieldValues<'_>| {
            if number % 1_000 == 999 {
                row.set(FirstName, text("Anne"));
            }
        };
        case = case.row(&email, edit).user(&number.to_string(), &email, |_| ());
    }
    let plan = case.plan();
    let expected: Vec<_> =
        (0..20).map(|group| did(ActionKind::Update, &format!("user{}@example.com", group * 1_000 + 999))).collect();
    let actions: Vec<_> = plan.actions.iter().map(|action| (action.kind(), action.email.to_string())).collect();
    assert_eq!(actions, expected);
    assert_eq!(plan.summary.unchanged, 19_980);
}

#[test]
fn protected_users_super_admins_and_the_jobs_own_account_are_never_changed() {
    let mut case = Case::new()
        .row("vip@example.com", |row| row.set(FirstName, text("Changed")))
        .user("1", "vip@example.com", |_| ())
        .user("2", "admin@example.com", |user| user.traits.is_super_admin = true)
        .user("3", "job@example.com", |_| ());
    case.scope =
        Scope::new(&[AccountType::External], &[], &["vip*".to_owned()], Some(Email::parse("job@example.com").unwrap()))
            .unwrap();
    let plan = case.plan();
    assert_eq!(plan.actions, []);
    assert_eq!(plan.protected.len(), 3);
}

#[test]
fn users_of_other_domains_are_out_of_scope() {
    let mut case = Case::new()
        .row("a@other.example", |row| row.set(FirstName, text("Changed")))
        .row("new@other.example", |_| ())
        .user("1", "a@other.example", |_| ())
        .user("2", "b@other.example", |_| ())
        .user("3", "c@example.com", |_| ());
    case.scope = Scope::new(&[AccountType::External], &["example.com".to_owned()], &[], None).unwrap();
    let plan = case.plan();
    assert_eq!(plan.actions.len(), 1);
    assert_eq!(plan.conflicts.len(), 2);
    assert_eq!((plan.remote.listed, plan.remote.in_scope, plan.remote.enabled), (3, 1, 1));
}

#[test]
fn a_leaver_and_a_joiner_of_the_same_name_are_flagged() {
    let case = Case::new().row("new@example.com", |row| row.set(FirstName, text("Zo\u{eb}"))).user(
        "1",
        "old@example.com",
        |user| user.values.set(FirstName, text("Zoe\u{308}")),
    );
    let plan = case.plan();
    assert_eq!(plan.actions.len(), 2);
    assert!(plan.actions.iter().all(|action| action.note.is_some()));
    assert_eq!(plan.warnings.iter().filter(|warning| warning.starts_with("likely change of address")).count(), 1);
}

#[test]
fn a_plan_is_intact_until_a_value_changes() {
    let plan = Case::new().row("new@example.com", |row| row.set(LastName, text("O'Neil \"Ünal\""))).plan();
    let written = serde_json::to_string_pretty(&plan).unwrap();
    assert_eq!(Plan::from_json(written.as_bytes()).unwrap(), plan);
    assert_eq!(Plan::from_json(written.replace('\n', "\r\n").replace("Ü", "\\u00dc").as_bytes()).unwrap(), plan);
    for (from, to) in
        [("new@example.com", "other@example.com"), ("\"waiting\": [],", ""), ("\"create\": 1", "\"create\": 2")]
    {
        let changed = written.replacen(from, to, 1);
        assert_ne!(changed, written);
        assert!(matches!(Plan::from_json(changed.as_bytes()), Err(PlanFileError::Changed)), "{to}");
    }
}

#[test]
fn a_plan_of_version_1_is_intact_whatever_version_2_adds() {
    for written in [include_str!("../../fixtures/plans/v1.json"), include_str!("../../fixtures/plans/v1-sandbox.json")]
    {
        let plan = Plan::from_json(written.as_bytes()).unwrap();
        assert_eq!((plan.version, &*plan.waiting, &*plan.memberships), (PLAN_VERSION, &[][..], &[][..]));
        let again = serde_json::to_vec(&plan).unwrap();
        assert_eq!(Plan::from_json(&again).unwrap(), plan, "it is sealed anew as version 2");
        let changed = written.replacen("\"onMissing\": \"disable\"", "\"onMissing\": \"keep\"", 1);
        assert!(matches!(Plan::from_json(changed.as_bytes()), Err(PlanFileError::Changed)));
    }
    let newer = include_str!("../../fixtures/plans/v1.json").replacen("\"version\": 1", "\"version\": 3", 1);
    assert!(matches!(Plan::from_json(newer.as_bytes()), Err(PlanFileError::Format { version: 3, .. })));
}
