//! Holds a user as it is now against what an action foresaw. Pure.

use crate::model::{RecordError, Status, TenantStatus, Uid, UserRecord, is_same_address, is_same_name};
use crate::plan::{Action, Change, Scope};

/// What became of the user since the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// As the plan found it: the change can be made.
    AsPlanned,
    /// As the plan wants it: nothing is left to do.
    Already,
    /// Something else: left alone, with the reason.
    Drifted(String),
}

/// Compares the fields that the action changes, and that the user is still the same one and may be changed.
pub fn standing(action: &Action, user: &UserRecord, scope: &Scope) -> Standing {
    let now = match Now::read(user) {
        Ok(now) => now,
        Err(error) => return Standing::Drifted(error.to_string()),
    };
    if now.is_super_admin {
        return Standing::Drifted("the user has become a super admin".to_owned());
    }
    let drifts = differing(action, &now, Side::After);
    if drifts.is_empty() {
        return Standing::Already;
    }
    if let Some(protection) = scope.protects_address(&now.email) {
        return Standing::Drifted(format!("the user must not be changed: it {protection}"));
    }
    let mut drifts = differing(action, &now, Side::Before);
    if action.changes.email.is_none() && !is_same_address(&now.email, &action.email) {
        drifts.push(format!("email is now {}", now.email));
    }
    if drifts.is_empty() { Standing::AsPlanned } else { Standing::Drifted(drifts.join(", ")) }
}

/// Whether the answer is the user that was asked for, by `uid` or, where that is missing, by `id`.
pub fn is_the_one(uid: &Uid, user: &UserRecord) -> bool {
    let is_missing = |name| user.raw(name).is_none_or(|raw| raw == "null");
    let name = if is_missing("uid") { "id" } else { "uid" };
    user.text(name).is_ok_and(|found| found.as_deref() == Some(uid.as_str()))
}

/// Whether a user's present fields are what a create would have made.
pub fn is_as_created(action: &Action, user: &UserRecord) -> Result<(), String> {
    let now = Now::read(user).map_err(|error| error.to_string())?;
    let mut drifts = differing(action, &now, Side::After);
    if !is_same_address(&now.email, &action.email) {
        drifts.push(format!("its e-mail is \"{}\"", now.email));
    }
    if !now.account_type.is_empty() && !now.account_type.eq_ignore_ascii_case(CREATED_TYPE) {
        drifts.push(format!("its account type is {}", now.account_type));
    }
    if drifts.is_empty() { Ok(()) } else { Err(drifts.join(", ")) }
}

/// What of the saved user, as the tenant answered it, is not as it was sent. Attributes that the answer leaves out are
/// taken as saved.
pub fn not_taken(action: &Action, answer: &UserRecord) -> Option<String> {
    let now = Now::read(answer).ok()?;
    let drifts: Vec<_> = differing(action, &now, Side::After)
        .into_iter()
        .filter(|drift| drift.split(' ').next().is_some_and(|field| answer.raw(field).is_some()))
        .collect();
    (!drifts.is_empty()).then(|| format!("the tenant answered the save, but {}", drifts.join(", ")))
}

/// Writes the action's changes into a user, touching nothing else.
///
/// A save without `uid` would create a second account, so an answer that has only the `id` gets it.
pub fn change(user: &mut UserRecord, uid: &Uid, action: &Action) -> Result<(), serde_json::Error> {
    let changes = &action.changes;
    if user.raw("uid").is_none_or(|raw| raw == "null") {
        user.set("uid", uid)?;
    }
    if let Some(change) = &changes.email {
        user.set("email", &change.after)?;
    }
    if let Some(change) = &changes.first_name {
        user.set("firstName", &change.after)?;
    }
    if let Some(change) = &changes.last_name {
        user.set("lastName", &change.after)?;
    }
    if let Some(change) = &changes.status {
        user.set("status", &change.after)?;
    }
    if let Some(change) = &changes.is_hidden {
        user.set("isHidden", &change.after)?;
    }
    Ok(())
}

/// The account type of every user that we create (API facts, "POST user/save").
pub const CREATED_TYPE: &str = "external";

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

/// The managed fields of a user at this moment.
struct Now {
    email: String,
    first_name: String,
    last_name: String,
    status: TenantStatus,
    is_hidden: bool,
    is_super_admin: bool,
    account_type: String,
}

impl Now {
    fn read(user: &UserRecord) -> Result<Self, RecordError> {
        let text = |name| user.text(name).map(Option::unwrap_or_default);
        Ok(Self {
            email: text("email")?,
            first_name: text("firstName")?,
            last_name: text("lastName")?,
            status: TenantStatus::from_api(user.text("status")?.as_deref()),
            is_hidden: user.flag("isHidden"),
            is_super_admin: user.flag("isSuperAdmin") || user.flag("isGod"),
            account_type: text("accountType")?,
        })
    }
}

/// The changed fields that do not have the value of one side, each in words that begin with the field's name.
fn differing(action: &Action, now: &Now, side: Side) -> Vec<String> {
    let changes = &action.changes;
    let mut differing = Vec::new();
    let mut text = |field: &str, change: Option<&Change<Box<str>>>, now: &str, is_same: fn(&str, &str) -> bool| {
        if let Some(change) = change
            && !is_same(now, wanted_text(change, side))
        {
            differing.push(format!("{field} is now \"{now}\""));
        }
    };
    text("email", changes.email.as_ref(), &now.email, is_same_address);
    text("firstName", changes.first_name.as_ref(), &now.first_name, is_same_name);
    text("lastName", changes.last_name.as_ref(), &now.last_name, is_same_name);
    if let Some(change) = &changes.status
        && now.status.known() != wanted(change, side)
    {
        let word = now.status.known().map_or("an undocumented word", Status::as_str);
        differing.push(format!("status is now {word}"));
    }
    if let Some(change) = &changes.is_hidden
        && Some(now.is_hidden) != wanted(change, side)
    {
        differing.push(format!("isHidden is now {}", now.is_hidden));
    }
    differing
}

fn wanted_text(change: &Change<Box<str>>, side: Side) -> &str {
    match side {
        Side::Before => change.before.as_deref().unwrap_or_default(),
        Side::After => &change.after,
    }
}

fn wanted<T: Copy>(change: &Change<T>, side: Side) -> Option<T> {
    match side {
        Side::Before => change.before,
        Side::After => Some(change.after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ActionKind, Changes, Reason};

    fn action() -> Action {
        Action {
            kind: ActionKind::Disable,
            email: "ann@example.com".into(),
            uid: None,
            row: Some(2),
            name: None,
            reason: Reason::Row,
            changes: Changes {
                first_name: Some(Change { before: Some("Ann".into()), after: "Anne".into() }),
                status: Some(Change { before: Some(Status::Enabled), after: Status::Disabled }),
                ..Changes::default()
            },
            needs_password: false,
            note: None,
        }
    }

    fn user(first: &str, status: &str) -> UserRecord {
        let text = format!(r#"{{"email":"Ann@example.com","firstName":"{first}","status":"{status}","lastName":"X"}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_user_is_as_planned_already_done_or_drifted() {
        assert_eq!(standing(&action(), &user("Ann", "enabled"), &Scope::default()), Standing::AsPlanned);
        assert_eq!(standing(&action(), &user("Anne", "disabled"), &Scope::default()), Standing::Already);
        assert_eq!(
            standing(&action(), &user("Annie", "enabled"), &Scope::default()),
            Standing::Drifted("firstName is now \"Annie\"".to_owned())
        );
        assert!(matches!(standing(&action(), &user("Anne", "enabled"), &Scope::default()), Standing::Drifted(_)));
        assert!(matches!(standing(&action(), &user("Ann", "archived"), &Scope::default()), Standing::Drifted(_)));
    }

    #[test]
    fn a_new_super_admin_or_another_address_is_drift() {
        let mut admin = user("Ann", "enabled");
        admin.set("isSuperAdmin", &true).unwrap();
        assert!(matches!(standing(&action(), &admin, &Scope::default()), Standing::Drifted(_)));
        let mut moved = user("Ann", "enabled");
        moved.set("email", "other@example.com").unwrap();
        assert!(matches!(standing(&action(), &moved, &Scope::default()), Standing::Drifted(_)));
    }

    #[test]
    fn a_user_without_uid_is_another_one_unless_its_id_says_so() {
        let uid = Uid::new("7");
        let is_the_one = |text: &str| is_the_one(&uid, &serde_json::from_str(text).unwrap());
        for right in [r#"{"uid":"7"}"#, r#"{"uid":7}"#, r#"{"id":"7"}"#, r#"{"uid":null,"id":7}"#] {
            assert!(is_the_one(right), "{right}");
        }
        for wrong in ["{}", r#"{"uid":"8"}"#, r#"{"uid":{"value":"7"},"id":"7"}"#, r#"{"uid":"","id":"7"}"#] {
            assert!(!is_the_one(wrong), "{wrong}");
        }
        let mut user: UserRecord = serde_json::from_str(r#"{"id":"7","firstName":"Ann","status":"enabled"}"#).unwrap();
        change(&mut user, &uid, &action()).unwrap();
        assert_eq!(user.raw("uid"), Some(r#""7""#));
    }

    #[test]
    fn whoever_else_answers_for_the_address_of_a_create_is_not_the_one_created() {
        let mut create = action();
        create.changes.status = None;
        assert_eq!(is_as_created(&create, &user("Anne", "enabled")), Ok(()));
        let mut other = user("Anne", "enabled");
        other.set("email", "other@example.com").unwrap();
        assert!(is_as_created(&create, &other).is_err());
    }

    #[test]
    fn an_answer_that_kept_the_old_value_is_noticed_and_a_silent_one_is_not() {
        assert!(not_taken(&action(), &user("Ann", "disabled")).is_some_and(|text| text.contains("firstName")));
        assert_eq!(not_taken(&action(), &user("Anne", "disabled")), None);
        let silent: UserRecord = serde_json::from_str(r#"{"uid":"1"}"#).unwrap();
        assert_eq!(not_taken(&action(), &silent), None);
    }
}
