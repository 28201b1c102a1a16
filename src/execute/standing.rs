//! Whether a user may join or leave a group: what became of its own change in this run, and how it is now. Pure.

use std::collections::HashMap;

use super::event::ActionResult;
use super::step::Ending;
use crate::model::{FieldValue, ManagedField, Status, TenantUser, Uid, UserRecord};
use crate::plan::{Action, ActionKind, Judgement, Member, Scope};

/// Why a user does not join or leave.
type NotNow = (ActionResult, String);

/// What became of the users' own changes.
#[derive(Debug, Default)]
pub(super) struct UserEndings<'a> {
    /// By line of the CSV.
    created: HashMap<u64, Option<Uid>>,
    /// Edits that were not made.
    open: HashMap<&'a Uid, (ActionKind, ActionResult)>,
}

impl<'a> UserEndings<'a> {
    pub(super) fn note(&mut self, action: &'a Action, ending: &Ending) {
        match (action.uid(), action.row) {
            (None, Some(row)) => {
                let uid = ending.uid.clone().filter(|_| !ending.result.is_open());
                self.created.insert(row, uid);
            }
            (Some(uid), _) if ending.result.is_open() => _ = self.open.insert(uid, (action.kind(), ending.result)),
            _ => {}
        }
    }

    /// The user's identifier, when its own change stands in no way.
    pub(super) fn turn(&self, member: &Member) -> Result<Uid, NotNow> {
        let not_now = |result, why: &str| Err((result, why.to_owned()));
        let Some(uid) = &member.uid else {
            let created = member.row.and_then(|row| self.created.get(&row)).cloned().flatten();
            return created.ok_or_else(|| (ActionResult::NotAttempted, "the user was not created".to_owned()));
        };
        match self.open.get(uid) {
            Some((_, ActionResult::Drifted)) => {
                not_now(ActionResult::Drifted, "the user is not as the plan found it: its groups are left alone")
            }
            Some((ActionKind::Enable, _)) => not_now(ActionResult::NotAttempted, "the user was not enabled"),
            Some(_) | None => Ok(uid.clone()),
        }
    }
}

/// The users of a saved plan as they are now; without any, nobody is judged again.
#[derive(Debug, Default)]
pub(super) struct UsersNow(Option<HashMap<Uid, Option<String>>>);

impl UsersNow {
    pub(super) fn keep<'u>(&mut self, users: impl Iterator<Item = TenantUser<'u>>, scope: &Scope) {
        let kept = self.0.get_or_insert_default();
        kept.extend(users.map(|user| {
            let judgement = scope.judge(user.email(), user.traits);
            (Uid::new(user.uid), obstacle(&user, judgement))
        }));
    }

    pub(super) fn keep_record(&mut self, uid: &Uid, user: Option<&UserRecord>, scope: &Scope) {
        let kept = self.0.get_or_insert_default();
        let Some(record) = user.filter(|record| record.uid().as_ref() == Some(uid)) else { return };
        let mut values = crate::model::FieldValues::default();
        for field in [ManagedField::Email, ManagedField::Status] {
            values.set(field, field.read_from(record).ok());
        }
        let user = TenantUser { uid: uid.as_str(), values, traits: record.traits() };
        kept.insert(uid.clone(), obstacle(&user, scope.judge(user.email(), user.traits)));
    }

    pub(super) fn judge(&self, uid: Uid, member: &Member) -> Result<Uid, NotNow> {
        let Some(known) = self.0.as_ref().filter(|_| member.uid.is_some()) else { return Ok(uid) };
        match known.get(&uid) {
            Some(None) => Ok(uid),
            Some(Some(obstacle)) => Err((ActionResult::Drifted, obstacle.clone())),
            None => Err((ActionResult::Drifted, "there is no such user in scope any more".to_owned())),
        }
    }
}

/// What the plan judged, judged again.
fn obstacle(user: &TenantUser<'_>, judgement: Judgement<'_>) -> Option<String> {
    if !user.traits.is_readable {
        return Some("the tenant's answer about the user can't be read".to_owned());
    }
    match judgement {
        Judgement::Protected(protection) => Some(format!("the user must not be changed: it {protection}")),
        Judgement::OutOfScope(border) => Some(format!("the user is no longer in scope: {border}")),
        Judgement::Changeable if user.value(ManagedField::Status) == FieldValue::Status(Status::Disabled) => {
            Some("the user is disabled now".to_owned())
        }
        Judgement::Changeable => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountType;

    fn judge(json: &str) -> Option<ActionResult> {
        let scope = Scope::new(&[AccountType::External], &[], &["vip*".to_owned()], None).unwrap();
        let uid = Uid::new("7");
        let record: UserRecord = serde_json::from_str(json).unwrap();
        let mut users = UsersNow::default();
        users.keep_record(&uid, Some(&record), &scope);
        let member = Member { email: "ann@example.com".into(), uid: Some(uid.clone()), row: Some(2) };
        users.judge(uid, &member).err().map(|(result, _)| result)
    }

    #[test]
    fn only_users_who_are_still_enabled_and_in_scope_join_and_leave() {
        const ANN: &str = r#"{"uid":"7","email":"ann@example.com","status":"enabled","accountType":"external"}"#;
        assert_eq!(judge(ANN), None);
        for (from, to) in [
            ("enabled", "disabled"),
            ("enabled", "archived"),
            ("external", "google"),
            ("ann@", "vip@"),
            ("\"7\"", "\"8\""),
            ("{", "{\"isGod\":true,"),
        ] {
            assert_eq!(judge(&ANN.replacen(from, to, 1)), Some(ActionResult::Drifted), "{to}");
        }
    }
}
