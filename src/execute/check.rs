//! Holds a user as it is now against what an action foresaw. Pure.

use crate::model::{
    AccountType, FieldValue, ManagedField, Status, Uid, Unreadable, UserRecord, account_type, is_same_address,
};
use crate::plan::{Action, Change, Changes, Judgement, Scope};

/// The account type of every user that we create.
pub(super) const CREATED_TYPE: AccountType = AccountType::External;

/// What became of the user since the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DriftCheck {
    /// As the plan found it: the change can be made.
    AsPlanned,
    /// As the plan wants it: nothing is left to do.
    Already,
    /// Something else: left alone, with the reason.
    Drifted(String),
}

/// Judges again, on the user as it is now, everything that the plan judged; then compares the fields that change.
///
/// `is_in_doubt` means that a save of ours may have been done: then a user that is as the plan wants it is our own work.
pub(super) fn check_drift(
    action: &Action,
    fields: &Changes,
    user: &UserRecord,
    scope: &Scope,
    is_in_doubt: bool,
) -> Result<DriftCheck, Unreadable> {
    let email = text_of(ManagedField::Email, user)?;
    let traits = user.traits();
    for field in ManagedField::ALL {
        field.read_from(user)?;
    }
    let is_after = differing(fields, user, |change| Some(&change.after))?.is_empty();
    if is_after && is_in_doubt {
        return Ok(DriftCheck::Already);
    }
    match scope.judge(&email, traits) {
        Judgement::Changeable => {}
        Judgement::Protected(protection) => {
            return Ok(DriftCheck::Drifted(format!("the user must not be changed: it {protection}")));
        }
        Judgement::OutOfScope(border) => {
            return Ok(DriftCheck::Drifted(format!("the user is no longer in scope: {border}")));
        }
    }
    if is_after {
        return Ok(DriftCheck::Already);
    }
    let mut drifts = differing(fields, user, |change| change.before.as_ref())?;
    if fields.get(ManagedField::Email).is_none() && !is_same_address(&email, &action.email) {
        drifts.push(format!("email is now {email}"));
    }
    Ok(if drifts.is_empty() { DriftCheck::AsPlanned } else { DriftCheck::Drifted(drifts.join(", ")) })
}

/// Whether the answer is the user that was asked for.
pub(super) fn has_identity(uid: &Uid, user: &UserRecord) -> bool {
    user.uid().as_ref() == Some(uid)
}

/// Why a user of the create's address is not the one that the create made or would make.
pub(super) fn not_as_created(action: &Action, fields: &Changes, user: &UserRecord) -> Result<Vec<String>, Unreadable> {
    let mut drifts = differing(fields, user, |change| Some(&change.after))?;
    let email = text_of(ManagedField::Email, user)?;
    if !is_same_address(&email, &action.email) {
        drifts.push(format!("its e-mail is \"{email}\""));
    }
    if let Some(other) = account_type(&user.scalar("accountType")).filter(|found| *found != CREATED_TYPE) {
        drifts.push(format!("its account type is {other}"));
    }
    Ok(drifts)
}

/// Whether the answer to a save is of the user who was meant: of the same identifier, of the address that it has after the
/// save, and of no account type that the job may not change. Else nobody knows what was saved.
pub(super) fn is_of_user_meant(action: &Action, answer: &UserRecord, scope: &Scope) -> Result<(), String> {
    let has_another = |what: &str| Err(format!("the tenant answered the save with another user ({what})"));
    let lacks = |what: &str| Err(format!("the tenant answered the save without {what}"));
    let (uid, email) = (answer.uid(), answer.scalar(ManagedField::Email.api_name()));
    let new_address = action.fields().get(ManagedField::Email).map(|change| change.after.as_str());
    let is_expected = |email: &str| is_same_address(email.trim(), new_address.unwrap_or(&action.email));
    let Some(uid) = uid else { return lacks("a uid") };
    let kind = account_type(&answer.scalar("accountType"));
    match action.uid() {
        Some(meant) if *meant != uid => has_another(&format!("uid {uid}")),
        Some(_) if kind.is_some_and(|kind| !scope.has_type(kind)) => has_another("another account type"),
        None if kind.is_some_and(|kind| kind != CREATED_TYPE) => has_another("another account type"),
        _ if email.as_text().trim().is_empty() => lacks("an e-mail"),
        _ if !is_expected(email.as_text()) => has_another("another e-mail"),
        Some(_) | None => Ok(()),
    }
}

/// What of the saved user, as the tenant answered it, is not as it was sent; an error where that can't be read.
/// Attributes that the answer leaves out are taken as saved. A new account is wanted enabled, though no status is sent.
pub(super) fn unsaved_fields(
    action: &Action,
    fields: &Changes,
    answer: &UserRecord,
) -> Result<Option<String>, Unreadable> {
    let answered: Changes = fields
        .iter()
        .filter(|(field, _)| answer.raw(field.api_name()).is_some())
        .map(|(field, change)| (field, change.clone()))
        .collect();
    let mut drifts = differing(&answered, answer, |change| Some(&change.after))?;
    let is_told = fields.get(ManagedField::Status).is_some();
    let status = ManagedField::Status.read_from(answer)?;
    if action.uid().is_none() && !is_told && status == FieldValue::Status(Status::Disabled) {
        drifts.push(format!("status is now \"{}\"", status.as_str()));
    }
    Ok((!drifts.is_empty()).then(|| format!("the tenant answered the save, but {}", drifts.join(", "))))
}

/// Writes the changes into a user, and nothing else.
///
/// A save without `uid` would create a second account, so an answer that has only the `id` gets it.
pub(super) fn apply_changes(user: &mut UserRecord, uid: &Uid, fields: &Changes) -> Result<(), serde_json::Error> {
    if user.raw("uid").is_none_or(|raw| raw == "null") {
        user.set("uid", uid)?;
    }
    fields.iter().try_for_each(|(field, change)| user.set(field.api_name(), &change.after))
}

/// The changed fields that do not have the wanted value, each in words that begin with the field's name.
fn differing<'a>(
    fields: &'a Changes,
    user: &UserRecord,
    wanted: impl Fn(&'a Change) -> Option<&'a FieldValue<'static>>,
) -> Result<Vec<String>, Unreadable> {
    let mut differing = Vec::new();
    for (field, change) in fields.iter() {
        let now = field.read_from(user)?;
        if wanted(change).is_none_or(|wanted| !field.is_same(&now, wanted)) {
            differing.push(format!("{field} is now \"{}\"", now.as_str()));
        }
    }
    Ok(differing)
}

fn text_of(field: ManagedField, user: &UserRecord) -> Result<String, Unreadable> {
    field.read_from(user).map(|value| value.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Email;
    use crate::plan::{Reason, UserChange};

    const ANN: &str = r#"{"uid":"7","email":"Ann@example.com","firstName":"Ann","status":"enabled","lastName":"X","accountType":"external"}"#;

    fn text(value: &str) -> FieldValue<'static> {
        FieldValue::Text(value.to_owned().into())
    }

    /// Ann becomes Anne and is disabled.
    fn action() -> Action {
        let status = |status| FieldValue::Status(status);
        let fields = Changes::from_iter([
            (ManagedField::FirstName, Change { before: Some(text("Ann")), after: text("Anne") }),
            (ManagedField::Status, Change { before: Some(status(Status::Enabled)), after: status(Status::Disabled) }),
        ]);
        let change = UserChange::Edit { uid: Uid::new("7"), fields };
        Action { email: "ann@example.com".into(), row: Some(2), name: None, reason: Reason::Row, note: None, change }
    }

    fn create() -> Action {
        let fields = Changes::from_iter([(ManagedField::FirstName, Change { before: None, after: text("Ann") })]);
        Action { change: UserChange::Create { fields, needs_password: false }, ..action() }
    }

    fn user(json: &str) -> UserRecord {
        serde_json::from_str(json).unwrap()
    }

    fn check(json: &str, scope: &Scope) -> DriftCheck {
        let action = action();
        check_drift(&action, action.fields(), &user(json), scope, false)
            .unwrap_or_else(|error| DriftCheck::Drifted(error.to_string()))
    }

    #[test]
    fn a_user_is_as_planned_already_done_or_drifted() {
        let scope = Scope::default();
        let done = ANN.replace("\"Ann\"", "\"Anne\"").replace("enabled", "disabled");
        assert_eq!(check(ANN, &scope), DriftCheck::AsPlanned);
        assert_eq!(check(&done, &scope), DriftCheck::Already);
        assert_eq!(
            check(&ANN.replace("\"Ann\"", "\"Annie\""), &scope),
            DriftCheck::Drifted("firstName is now \"Annie\"".to_owned())
        );
        for drifted in [
            ANN.replace("\"Ann\"", "\"Anne\""),
            ANN.replace("enabled", "archived"),
            ANN.replace("Ann@example.com", "other@example.com"),
            ANN.replace("\"X\"", "{}"),
        ] {
            assert!(matches!(check(&drifted, &scope), DriftCheck::Drifted(_)), "{drifted}");
        }
    }

    #[test]
    fn whatever_the_plan_judged_is_judged_again_on_the_user_as_it_is_now() {
        let own_account = Some(Email::parse("job@example.com").unwrap());
        let scope =
            Scope::new(&[AccountType::External], &["example.com".to_owned()], &["vip-*".to_owned()], own_account)
                .unwrap();
        assert_eq!(check(ANN, &scope), DriftCheck::AsPlanned);
        for (from, to) in [
            ("external", "google"),
            ("external", "something-new"),
            ("Ann@example.com", "ann@example.org"),
            ("Ann@example.com", "vip-1@example.com"),
            ("Ann@example.com", "job@example.com"),
            ("{\"uid\"", "{\"isSuperAdmin\":true,\"uid\""),
            ("{\"uid\"", "{\"isSuperAdmin\":1,\"uid\""),
            ("{\"uid\"", "{\"isGod\":{},\"uid\""),
        ] {
            let changed = ANN.replace(from, to);
            assert!(matches!(check(&changed, &scope), DriftCheck::Drifted(_)), "{changed}");
        }
    }

    #[test]
    fn what_a_save_in_doubt_has_done_is_our_own_work_wherever_the_user_stands_now() {
        let scope = Scope::new(&[AccountType::External], &[], &[], None).unwrap();
        let done =
            user(&ANN.replace("\"Ann\"", "\"Anne\"").replace("enabled", "disabled").replace("external", "google"));
        let action = action();
        let check = |is_in_doubt| check_drift(&action, action.fields(), &done, &scope, is_in_doubt).unwrap();
        assert_eq!(check(true), DriftCheck::Already);
        assert!(matches!(check(false), DriftCheck::Drifted(_)));
    }

    #[test]
    fn whoever_else_answers_for_the_address_of_a_create_is_not_the_one_created() {
        let create = create();
        let drifts = |json: &str| not_as_created(&create, create.fields(), &user(json)).unwrap().len();
        assert_eq!(drifts(ANN), 0);
        assert_eq!(drifts(&ANN.replace("external", "google")), 1);
        assert_eq!(drifts(&ANN.replace("Ann@", "other@")), 1);
        assert_eq!(drifts(&ANN.replace("\"Ann\"", "\"Zoe\"")), 1);
    }

    #[test]
    fn an_answer_counts_only_when_it_is_of_the_user_who_was_meant() {
        let scope = Scope::new(&[AccountType::External], &[], &[], None).unwrap();
        let is_meant = |action: &Action, json: &str| is_of_user_meant(action, &user(json), &scope).is_ok();
        let as_id = ANN.replace("uid", "id").replace("\"7\"", "7");
        for right in [ANN, &as_id] {
            assert!(is_meant(&action(), right) && is_meant(&create(), right), "{right}");
        }
        let without = |attribute: &str| ANN.replace(attribute, "other");
        for wrong in [
            ANN.replace("Ann@", "bob@"),
            ANN.replace("external", "google"),
            ANN.replace("external", "something-new"),
            ANN.replace("Ann@example.com", " "),
            without("uid"),
            without("email"),
            r#"{"uid":"7"}"#.to_owned(),
        ] {
            assert!(!is_meant(&action(), &wrong) && !is_meant(&create(), &wrong), "{wrong}");
        }
        assert!(!is_meant(&action(), &ANN.replace("\"7\"", "\"8\"")));
    }

    #[test]
    fn the_answer_to_a_change_of_address_has_the_new_one() {
        let address = Change { before: Some(text("ann@example.com")), after: text("anne@example.com") };
        let fields = Changes::from_iter([(ManagedField::Email, address)]);
        let renamed = Action { change: UserChange::Edit { uid: Uid::new("7"), fields }, ..action() };
        let is_meant = |json: &str| is_of_user_meant(&renamed, &user(json), &Scope::default()).is_ok();
        assert!(is_meant(&ANN.replace("Ann@", "anne@")));
        assert!(!is_meant(ANN) && !is_meant(&ANN.replace("Ann@", "zoe@")));
    }

    #[test]
    fn a_save_writes_the_changed_fields_and_never_loses_the_uid() {
        let mut saved = user(r#"{"id":"7","firstName":"Ann","status":"enabled","big":1e400}"#);
        apply_changes(&mut saved, &Uid::new("7"), action().fields()).unwrap();
        let sent = r#"{"id":"7","firstName":"Anne","status":"disabled","big":1e400,"uid":"7"}"#;
        assert_eq!(serde_json::to_string(&saved).unwrap(), sent);
    }

    #[test]
    fn an_answer_that_kept_the_old_value_is_noticed_and_a_silent_one_is_not() {
        let action = action();
        let unsaved = |json: &str| unsaved_fields(&action, action.fields(), &user(json));
        assert!(unsaved(&ANN.replace("enabled", "disabled")).unwrap().is_some_and(|text| text.contains("firstName")));
        assert_eq!(unsaved(r#"{"uid":"7","firstName":"Anne","status":"disabled"}"#), Ok(None));
        assert_eq!(unsaved(r#"{"uid":"7"}"#), Ok(None));
        assert!(unsaved(r#"{"uid":"7","status":{}}"#).is_err());
        let create = create();
        let made = |json: &str| unsaved_fields(&create, create.fields(), &user(json)).unwrap();
        assert_eq!(made(ANN), None);
        assert!(made(&ANN.replace("enabled", "disabled")).is_some_and(|text| text.contains("status is now")));
    }
}
