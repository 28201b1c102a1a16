//! Good answers made wrong: the faults whose harm is in what the answer says.

use serde_json::value::{RawValue, to_raw_value};

use super::faults::FaultKind;
use super::object::RawObject;

/// Changes a good answer as the fault says; an answer that has nothing to twist stays as it is.
///
/// `own_cursor` is the cursor that leads to the same page once more, for a list.
pub(super) fn twist(kind: FaultKind, body: &[u8], own_cursor: Option<&str>) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let twisted = RawObject::parse(&text).and_then(|mut answer| {
        match own_cursor {
            Some(cursor) => twist_page(kind, &mut answer, cursor)?,
            None => twist_user(kind, &mut answer)?,
        }
        answer.to_line()
    });
    twisted.map_or_else(|_| body.to_vec(), String::into_bytes)
}

fn twist_page(kind: FaultKind, page: &mut RawObject, own_cursor: &str) -> Result<(), serde_json::Error> {
    match kind {
        FaultKind::RepeatedCursor => {
            page.set("cursor", own_cursor)?;
            page.set("more", &true)
        }
        FaultKind::MoreWithoutItems => {
            page.remove("items");
            page.set("cursor", own_cursor)?;
            page.set("more", &true)
        }
        FaultKind::MoreMissing => {
            page.remove("more");
            Ok(())
        }
        _ => twist_items(kind, page),
    }
}

fn twist_items(kind: FaultKind, page: &mut RawObject) -> Result<(), serde_json::Error> {
    let Some(raw) = page.get("items") else { return Ok(()) };
    let mut items: Vec<Box<RawValue>> = serde_json::from_str(raw)?;
    let Some(first) = items.first().cloned() else { return Ok(()) };
    if kind == FaultKind::DuplicateUser {
        items.push(first);
    } else {
        let mut user = RawObject::parse(first.get())?;
        twist_user(kind, &mut user)?;
        items[0] = serde_json::from_str(&user.to_line()?)?;
    }
    page.set("items", &items)
}

fn twist_user(kind: FaultKind, user: &mut RawObject) -> Result<(), serde_json::Error> {
    match kind {
        FaultKind::ItemWithoutEmail => user.remove("email"),
        FaultKind::ItemWithoutUid => ["uid", "id"].into_iter().for_each(|name| user.remove(name)),
        FaultKind::WrongType => change(user, &["email", "firstName", "lastName", "status"], |raw| {
            serde_json::from_str(&format!(r#"{{"value":{raw}}}"#))
        })?,
        FaultKind::DriftingType => drift(user)?,
        _ => {}
    }
    Ok(())
}

/// Reads back what [`drift`] wrote: a value that went out as another type and came back as it went is the same value.
pub(super) fn take_back_drift(body: &mut RawObject, line: &str) -> Result<(), serde_json::Error> {
    let stored = RawObject::parse(line)?;
    let mut drifted = stored.clone();
    drift(&mut drifted)?;
    for name in DRIFTING {
        if let (Some(stored), true) =
            (stored.get(name), body.get(name).is_some_and(|sent| drifted.get(name) == Some(sent)))
        {
            let value = serde_json::from_str(stored)?;
            body.set_raw(name, value);
        }
    }
    Ok(())
}

/// The attributes that drift.
const DRIFTING: [&str; 7] = ["uid", "id", "isHidden", "isSuperAdmin", "customProfile", "apiProfile", "properties"];

/// What the API is known to do: the same value, written as another type.
fn drift(user: &mut RawObject) -> Result<(), serde_json::Error> {
    change(user, &["uid", "id"], |raw| serde_json::from_str(raw.trim_matches('"')))?;
    change(user, &["isHidden", "isSuperAdmin"], to_raw_value)?;
    change(user, &["customProfile", "apiProfile", "properties"], |raw| match raw.as_bytes().first() {
        Some(b'{') => to_raw_value(raw),
        _ => serde_json::from_str(&serde_json::from_str::<String>(raw)?),
    })
}

fn change(
    user: &mut RawObject,
    names: &[&str],
    value: impl Fn(&str) -> Result<Box<RawValue>, serde_json::Error>,
) -> Result<(), serde_json::Error> {
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
    use super::*;

    const PAGE: &str = r#"{"items":[{"uid":"1","email":"a@example.com","isHidden":true,"properties":"{\"a\":1}"},{"uid":"2","email":"b@example.com"}],"cursor":"next","more":true}"#;

    fn page(kind: &str) -> String {
        String::from_utf8(twist(kind.parse().unwrap(), PAGE.as_bytes(), Some("own"))).unwrap()
    }

    #[test]
    fn each_twist_changes_what_it_says() {
        let twisted: Vec<_> = [
            "repeated-cursor",
            "more-without-items",
            "more-missing",
            "duplicate-user",
            "item-without-email",
            "item-without-uid",
            "wrong-type",
            "drifting-type",
        ]
        .map(page)
        .to_vec();
        insta::assert_snapshot!(twisted.join("\n"));
    }

    #[test]
    fn an_answer_without_users_stays_as_it_is() {
        let empty = r#"{"more":false,"callId":""}"#;
        assert_eq!(twist(FaultKind::DuplicateUser, empty.as_bytes(), Some("own")), empty.as_bytes());
    }
}
