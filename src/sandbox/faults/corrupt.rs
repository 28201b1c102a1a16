//! Good responses made wrong: the faults whose harm is in what the response says.

use serde_json::value::{RawValue, to_raw_value};

use super::kind::{PageFault, UserFault, Worded};
use crate::sandbox::rules::list::ListQuery;
use crate::sandbox::storage::object::ObjectKind;
use crate::sandbox::storage::raw_object::{RawObject, attribute, text};
use crate::sandbox::storage::store::Store;

type Result<T> = std::result::Result<T, serde_json::Error>;

/// Stands for a byte that is no UTF-8 until the response is complete.
const BROKEN_BYTE: char = '\u{f8ff}';

/// Makes a page wrong; what is no page stays as it is.
pub(crate) fn corrupt_page(fault: PageFault, body: &str, query: &ListQuery, store: &Store) -> String {
    let corrupted = RawObject::parse(body).and_then(|mut page| {
        change_page(fault, &mut page, query, store)?;
        page.to_line()
    });
    corrupted.unwrap_or_else(|_| body.to_owned())
}

/// Makes the user of a response wrong, or the first one of a page.
pub(crate) fn corrupt_user(body: &str, change: impl Fn(RawObject) -> Result<RawObject>) -> Vec<u8> {
    let corrupted = RawObject::parse(body).and_then(|mut object| {
        if object.get("items").is_some() {
            change_items(&mut object, |items| {
                items[0] = serde_json::from_str(&change(RawObject::parse(items[0].get())?)?.to_line()?)?;
                Ok(())
            })?;
        } else if ["uid", "id", "email"].iter().any(|name| object.get(name).is_some()) {
            object = change(object)?;
        }
        object.to_line()
    });
    let text = corrupted.unwrap_or_else(|_| body.to_owned());
    text.split(BROKEN_BYTE).map(str::as_bytes).collect::<Vec<_>>().join(&0xff)
}

fn change_page(fault: PageFault, page: &mut RawObject, query: &ListQuery, store: &Store) -> Result<()> {
    match fault {
        PageFault::RepeatedCursor => lead_to(page, &query.own_cursor()),
        PageFault::RestartedList => lead_to(page, &query.restart_cursor()),
        PageFault::MoreWithoutItems => {
            page.remove("items");
            lead_to(page, &query.own_cursor())
        }
        PageFault::MoreMissing => {
            page.remove("more");
            Ok(())
        }
        PageFault::CutList => {
            page.remove("more");
            page.set("cursor", &query.own_cursor())
        }
        PageFault::SkippedUser => change_items(page, |items| {
            items.remove(0);
            Ok(())
        }),
        PageFault::DuplicateUser => change_items(page, |items| {
            items.push(items[0].clone());
            Ok(())
        }),
        PageFault::RepeatedUser => change_items(page, |items| {
            if let Some(user) = query.item_before(store) {
                items.insert(0, serde_json::from_str(&user)?);
            }
            Ok(())
        }),
    }
}

fn lead_to(page: &mut RawObject, cursor: &str) -> Result<()> {
    page.set("cursor", cursor)?;
    page.set("more", &true)
}

/// Changes the users of a page that has any.
fn change_items(page: &mut RawObject, change: impl FnOnce(&mut Vec<Box<RawValue>>) -> Result<()>) -> Result<()> {
    let Some(raw) = page.get("items") else { return Ok(()) };
    let mut items: Vec<Box<RawValue>> = serde_json::from_str(raw)?;
    if !items.is_empty() {
        change(&mut items)?;
    }
    page.set("items", &items)
}

pub(crate) fn with_fault(fault: UserFault, mut user: RawObject, store: &Store) -> Result<RawObject> {
    match fault {
        UserFault::ItemWithoutEmail => user.remove("email"),
        UserFault::ItemWithoutUid => ["uid", "id"].into_iter().for_each(|name| user.remove(name)),
        UserFault::WrongType => change(&mut user, &["email", "firstName", "lastName", "status", "name"], |raw| {
            serde_json::from_str(&format!(r#"{{"value":{raw}}}"#))
        })?,
        UserFault::DriftingType => drift(&mut user)?,
        UserFault::OtherUser => return RawObject::parse(&another_user(&user, store)),
        UserFault::OtherUid => replace(&mut user, &["uid", "id"], store)?,
        UserFault::OtherEmail => replace(&mut user, &["email"], store)?,
        UserFault::OtherType => {
            let other = if user.text("accountType").as_deref() == Some("google") { "external" } else { "google" };
            user.set("accountType", other)?;
        }
        UserFault::LoneSurrogate => change(&mut user, &["firstName"], |raw| {
            serde_json::from_str(&format!(r#"{}\ud83d""#, raw.strip_suffix('"').unwrap_or(raw)))
        })?,
        UserFault::InvalidUtf8 => change(&mut user, &["firstName"], |raw| {
            serde_json::from_str(&format!("{}{BROKEN_BYTE}\"", raw.strip_suffix('"').unwrap_or(raw)))
        })?,
    }
    Ok(user)
}

pub(crate) fn with_word(kind: Worded, word: &str, mut user: RawObject, store: &Store) -> Result<RawObject> {
    match kind {
        Worded::OddFlag => {
            for name in ["isSuperAdmin", "isGod"] {
                user.set_raw(name, serde_json::from_str(word)?);
            }
        }
        Worded::DoubleKey => {
            let value = another_value(&user, word, store);
            user.push_raw(word, serde_json::from_str(&value)?);
        }
        // The save has done it.
        Worded::IgnoredField => {}
    }
    Ok(user)
}

/// The user of the tenant that a response is mistaken for: the first one that is not meant.
fn another_user(user: &RawObject, store: &Store) -> String {
    const STRANGER: &str = r#"{"uid":"9007199254740881","id":"9007199254740881","email":"stranger@example.com","firstName":"Some","lastName":"Stranger","accountType":"external","status":"enabled","isHidden":false}"#;
    let is_meant = |name: &str, line: &str| user.get(name).is_some_and(|raw| attribute(line, name) == Some(raw));
    let kind = if user.get("email").is_some() { ObjectKind::User } else { ObjectKind::Feed };
    let mut others = store.iter_from(0).filter(|(_, other)| other.kind == kind).map(|(_, other)| &*other.line);
    others.find(|line| !is_meant("uid", line) && !is_meant("email", line)).unwrap_or(STRANGER).to_owned()
}

/// A value that contradicts the user's own.
fn another_value(user: &RawObject, name: &str, store: &Store) -> String {
    match (name, user.get(name)) {
        ("status", Some(r#""enabled""#)) => r#""disabled""#.to_owned(),
        ("status", _) => r#""enabled""#.to_owned(),
        ("isHidden", raw) => (raw != Some("true")).to_string(),
        _ => attribute(&another_user(user, store), name).unwrap_or(r#""Other""#).to_owned(),
    }
}

fn replace(user: &mut RawObject, names: &[&str], store: &Store) -> Result<()> {
    let other = another_user(user, store);
    for name in names {
        if let Some(raw) = attribute(&other, name) {
            user.set_raw(name, serde_json::from_str(raw)?);
        }
    }
    Ok(())
}

/// Reverts [`drift`] in a body that sends drifted values back: what comes as it went out is the stored value.
pub(crate) fn undo_drift(body: &mut RawObject, line: &str) -> Result<()> {
    let stored = RawObject::parse(line)?;
    let mut drifted = stored.clone();
    drift(&mut drifted)?;
    for name in [IDENTIFIERS.as_slice(), &FLAGS, &OBJECTS].concat() {
        if let (Some(stored), Some(drifted)) = (stored.get(name), drifted.get(name))
            && body.get(name) == Some(drifted)
        {
            body.set_raw(name, serde_json::from_str(stored)?);
        }
    }
    Ok(())
}

const IDENTIFIERS: [&str; 2] = ["uid", "id"];
const FLAGS: [&str; 2] = ["isHidden", "isSuperAdmin"];
const OBJECTS: [&str; 3] = ["customProfile", "apiProfile", "properties"];

/// What the API is known to do: the same value, written as another type.
fn drift(user: &mut RawObject) -> Result<()> {
    change(user, &IDENTIFIERS, |raw| serde_json::from_str(raw.trim_matches('"')))?;
    change(user, &FLAGS, to_raw_value)?;
    change(user, &OBJECTS, |raw| match text(raw) {
        Some(object) => serde_json::from_str(&object),
        None => to_raw_value(raw),
    })
}

fn change(user: &mut RawObject, names: &[&str], value: impl Fn(&str) -> Result<Box<RawValue>>) -> Result<()> {
    for name in names {
        if let Some(raw) = user.get(name) {
            let changed = value(raw)?;
            user.set_raw(name, changed);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::sandbox::faults::kind::{Effect, FaultKind};
    use crate::sandbox::rules::query::Query;
    use crate::sandbox::server::traffic::CallKind;
    use crate::sandbox::storage::object::StoredObject;

    const PAGE: &str = r#"{"items":[{"uid":"1","email":"a@example.com","firstName":"Ann","isHidden":true,"properties":"{\"a\":1}"},{"uid":"2","email":"b@example.com"}],"cursor":"next","more":true}"#;

    fn store() -> Store {
        let mut store = Store::default();
        for (uid, letter) in [("1", 'a'), ("2", 'b'), ("3", 'c')] {
            let line = format!(r#"{{"uid":"{uid}","id":"{uid}","email":"{letter}@example.com","firstName":"F{uid}"}}"#);
            store.push(StoredObject::from_line(line).unwrap());
        }
        store
    }

    fn text_of(body: &[u8]) -> String {
        String::from_utf8_lossy(body).into_owned()
    }

    fn corrupted(kind: &str, body: &str) -> String {
        let kind: FaultKind = kind.parse().unwrap();
        let query =
            ListQuery::parse(CallKind::List, &Query::parse(b"maxResults=1"), 1000, Timestamp::UNIX_EPOCH).unwrap();
        match kind.effect {
            Effect::Page(fault) => corrupt_page(fault, body, &query, &store()),
            Effect::User(fault) => text_of(&corrupt_user(body, |user| with_fault(fault, user, &store()))),
            Effect::Worded(kind, word) => text_of(&corrupt_user(body, |user| with_word(kind, word, user, &store()))),
            _ => panic!("{kind} corrupts no body"),
        }
    }

    #[test]
    fn each_corruption_changes_what_it_says() {
        let kinds = [
            "repeated-cursor", "restarted-list", "more-without-items", "more-missing", "cut-list", "skipped-user",
            "repeated-user", "duplicate-user", "item-without-email", "item-without-uid", "wrong-type", "drifting-type",
            "other-user", "other-uid", "other-email", "other-type", "lone-surrogate", "invalid-utf8",
            "odd-flag=[true]", "double-key=uid", "double-key=status", "double-key=isHidden",
        ];
        let fingerprint =
            ListQuery::parse(CallKind::List, &Query::default(), 1, Timestamp::UNIX_EPOCH).unwrap().own_cursor();
        let lines =
            kinds.map(|kind| format!("{kind}: {}", corrupted(kind, PAGE)).replace(&fingerprint[..16], "[query]"));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn an_answer_without_users_stays_as_it_is() {
        let empty = r#"{"more":false,"callId":""}"#;
        assert_eq!(corrupted("duplicate-user", empty), empty);
    }
}
