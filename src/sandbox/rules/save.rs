//! `POST user/save`: creates without a `uid`; with one, replaces the whole user by what was sent.

use axum::http::StatusCode;
use jiff::Timestamp;

use crate::sandbox::faults::corrupt::undo_drift;
use crate::sandbox::server::response::ApiError;
use crate::sandbox::storage::object::{ObjectKind, StoredObject, UserProblem, email_key, identifier};
use crate::sandbox::storage::raw_object::{RawObject, attribute, text};
use crate::sandbox::storage::store::Store;

/// Attributes that the tenant itself decides: a body can't change them and need not carry them.
const TENANT_DECIDES: [&str; 7] = ["uid", "id", "kind", "accountType", "createdAt", "customer", "subscriptions"];

/// What a save needs beside the body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SaveRules<'a> {
    pub(crate) now: Timestamp,
    pub(crate) organization_id: &'a str,
    /// Whether several users may have the same address.
    pub(crate) allows_twins: bool,
    /// A field that is dropped without a word.
    pub(crate) ignored_field: Option<&'a str>,
}

/// The identifier of the user that a body means; `None` when it asks for a new one.
pub(crate) fn target(body: &RawObject) -> Option<Box<str>> {
    body.get("uid").and_then(identifier)
}

/// Creates or replaces a user; returns its position.
pub(crate) fn save(store: &mut Store, mut body: RawObject, rules: SaveRules<'_>) -> Result<usize, ApiError> {
    let target = target(&body);
    let found = target.as_deref().and_then(|uid| store.find(ObjectKind::User, uid));
    let (position, current) = found.map(|(position, user)| (position, user.clone())).unzip();
    if let Some(current) = &current {
        undo_drift(&mut body, &current.line)?;
    }
    check_types(&body)?;
    drop_passwords(&mut body)?;
    let position = match (target, position, &current) {
        (None, ..) => create(store, body, rules)?,
        (Some(_), Some(position), Some(current)) => update(store, body, position, current, rules)?,
        (Some(uid), ..) => return Err(ApiError::new(StatusCode::NOT_FOUND, format!("User {uid} not found"))),
    };
    store.note_save(vec![(position, current)]);
    Ok(position)
}

fn create(store: &mut Store, mut body: RawObject, rules: SaveRules<'_>) -> Result<usize, ApiError> {
    for required in ["email", "firstName", "lastName", "accountType"] {
        require(&body, required)?;
    }
    if body.text("accountType").as_deref() != Some("external") {
        return Err(ApiError::bad_request("Only users with accountType 'external' can be created"));
    }
    if !rules.allows_twins && store.find_email(&require(&body, "email")?).is_some() {
        return Err(ApiError::new(StatusCode::CONFLICT, "USER_ALREADY_EXISTS: a user with this email exists"));
    }
    if let Some(ignored) = rules.ignored_field.filter(|name| *name != "email") {
        body.remove(ignored);
    }
    // Groups are joined by a call of their own.
    body.remove("subscriptions");
    body.remove("kind");
    let uid = free_uid(store);
    body.set("uid", &uid)?;
    body.set("id", &uid)?;
    body.set("customer", rules.organization_id)?;
    body.set("createdAt", &rules.now)?;
    finish(&mut body, rules.now)?;
    store.push(StoredObject::from_object(&body)?).ok_or_else(|| ApiError::internal(&"the new uid is taken"))
}

fn update(
    store: &mut Store,
    mut body: RawObject,
    position: usize,
    current: &StoredObject,
    rules: SaveRules<'_>,
) -> Result<usize, ApiError> {
    let email = require(&body, "email")?;
    if !rules.allows_twins && email_key(&email) != current.email_key && store.find_email(&email).is_some() {
        return Err(ApiError::bad_request("EMAIL_ALREADY_USED: another user has this email"));
    }
    if body.text("accountType").is_some_and(|sent| Some(sent) != current.text("accountType")) {
        return Err(ApiError::bad_request("accountType can't be changed"));
    }
    for name in TENANT_DECIDES.into_iter().chain(rules.ignored_field) {
        keep(&mut body, &current.line, name)?;
    }
    finish(&mut body, rules.now)?;
    store.replace(position, StoredObject::from_object(&body)?);
    Ok(position)
}

fn keep(body: &mut RawObject, line: &str, name: &str) -> Result<(), ApiError> {
    match attribute(line, name) {
        Some(raw) => body.set_raw(name, serde_json::from_str(raw)?),
        None => body.remove(name),
    }
    Ok(())
}

/// What follows from the rest: the full name, the default status, the time of the change.
fn finish(body: &mut RawObject, now: Timestamp) -> Result<(), ApiError> {
    let names = [body.text("firstName").unwrap_or_default(), body.text("lastName").unwrap_or_default()];
    body.set("fullName", names.join(" ").trim())?;
    if body.get("status").is_none() {
        body.set("status", "enabled")?;
    }
    Ok(body.set("updatedAt", &now)?)
}

/// Passwords are checked and dropped: they are neither kept nor answered.
fn drop_passwords(body: &mut RawObject) -> Result<(), ApiError> {
    let (password, repeated) = (body.text("password"), body.text("rePassword"));
    body.remove("password");
    body.remove("rePassword");
    if password == repeated { Ok(()) } else { Err(ApiError::bad_request("password and rePassword differ")) }
}

fn check_types(body: &RawObject) -> Result<(), ApiError> {
    for name in ["email", "firstName", "lastName", "status", "accountType", "password", "rePassword"] {
        if body.get(name).is_some_and(|raw| text(raw).is_none()) {
            return Err(ApiError::bad_request(format!("Expected type string for field {name}")));
        }
    }
    if body.get("isHidden").is_some_and(|raw| !matches!(raw, "true" | "false")) {
        return Err(ApiError::bad_request("Expected type boolean for field isHidden"));
    }
    if body.text("status").is_some_and(|status| status != "enabled" && status != "disabled") {
        return Err(ApiError::bad_request("Invalid status: it is enabled or disabled"));
    }
    match body.text("email") {
        Some(email) if !is_address(&email) => Err(ApiError::bad_request("Invalid email")),
        _ => Ok(()),
    }
}

fn is_address(email: &str) -> bool {
    let parts = email.trim().rsplit_once('@');
    let is_clean = !email.trim().contains(|character: char| character.is_whitespace() || character.is_control());
    is_clean && parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

fn require(body: &RawObject, name: &str) -> Result<String, ApiError> {
    let text = body.text(name).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| ApiError::bad_request(format!("Missing required field {name}")))
}

/// Identifiers look like the real ones: sixteen digits, no run of neighbours.
pub(crate) fn free_uid(store: &Store) -> String {
    const FIRST: u64 = 4_503_599_627_370_496;
    const STRIDE: u64 = 1_048_583;
    let mut number = store.positions() as u64;
    loop {
        let uid = (FIRST + number * STRIDE).to_string();
        if store.find_uid(&uid).is_none() {
            return uid;
        }
        number += 1;
    }
}

impl From<UserProblem> for ApiError {
    fn from(problem: UserProblem) -> Self {
        Self::bad_request(problem.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::storage::raw_object::text_attribute;

    fn run(store: &mut Store, body: &str) -> Result<String, ApiError> {
        let rules = SaveRules {
            now: "2026-02-03T04:05:06Z".parse().unwrap(),
            organization_id: "sandbox",
            allows_twins: false,
            ignored_field: None,
        };
        let position = save(store, RawObject::parse(body).unwrap(), rules)?;
        Ok(store.at(position).unwrap().line.to_string())
    }

    const ANN: &str = r#"{"email":"Ann@Example.com","firstName":"Ann","lastName":"Lee","accountType":"external","customProfile":{"n":12345678901234567890123}}"#;

    #[test]
    fn a_create_adds_what_the_tenant_decides() {
        let line = run(&mut Store::default(), ANN).unwrap();
        insta::assert_snapshot!(line, @r#"{"email":"Ann@Example.com","firstName":"Ann","lastName":"Lee","accountType":"external","customProfile":{"n":12345678901234567890123},"uid":"4503599627370496","id":"4503599627370496","customer":"sandbox","createdAt":"2026-02-03T04:05:06Z","fullName":"Ann Lee","status":"enabled","updatedAt":"2026-02-03T04:05:06Z"}"#);
    }

    #[test]
    fn a_password_is_neither_kept_nor_answered_and_must_be_repeated() {
        let with = |passwords: &str| ANN.replace(r#"{"email""#, &format!(r#"{{{passwords},"email""#));
        let line = run(&mut Store::default(), &with(r#""password":"s3cret","rePassword":"s3cret""#)).unwrap();
        assert!(!line.contains("s3cret") && !line.contains("assword"));
        assert!(run(&mut Store::default(), &with(r#""password":"s3cret","rePassword":"other""#)).is_err());
        assert!(run(&mut Store::default(), &with(r#""password":"s3cret""#)).is_err());
    }

    #[test]
    fn an_update_replaces_the_whole_user_but_for_what_the_tenant_decides() {
        let mut store = Store::default();
        let uid = text_attribute(&run(&mut store, ANN).unwrap(), "uid").unwrap();
        let body = format!(
            r#"{{"uid":"{uid}","email":"new@example.com","firstName":"Anne","createdAt":"1999-01-01T00:00:00Z"}}"#
        );
        let line = run(&mut store, &body).unwrap();
        assert!(!line.contains("customProfile") && !line.contains("lastName"), "{line}");
        assert!(line.contains(r#""fullName":"Anne""#) && line.contains(r#""accountType":"external""#), "{line}");
        assert!(line.contains(r#""createdAt":"2026-02-03T04:05:06Z""#), "{line}");
        assert_eq!((store.find_email("new@example.com"), store.find_email("ann@example.com")), (Some(0), None));
    }

    #[test]
    fn what_the_tenant_has_not_said_a_body_can_not_say_for_it() {
        let mut store = Store::default();
        store.push(StoredObject::from_line(r#"{"uid":"7","email":"a@example.com"}"#.to_owned()).unwrap());
        let line = run(
            &mut store,
            r#"{"uid":"7","email":"a@example.com","customer":"other","createdAt":"1999-01-01T00:00:00Z"}"#,
        );
        assert!(!line.as_ref().unwrap().contains("other") && !line.unwrap().contains("1999"));
    }

    #[test]
    fn what_drifted_on_its_way_out_is_known_again_on_its_way_back() {
        let mut store = Store::default();
        let hidden = ANN.replace("{\"email\"", "{\"isHidden\":true,\"email\"");
        let line = run(&mut store, &hidden).unwrap();
        let uid = text_attribute(&line, "uid").unwrap();
        let drifted = hidden
            .replace("true", "\"true\"")
            .replace(r#"{"n":12345678901234567890123}"#, r#""{\"n\":12345678901234567890123}""#)
            .replace("{\"isHidden\"", &format!("{{\"uid\":{uid},\"isHidden\""));
        let line = run(&mut store, &drifted).unwrap();
        assert!(line.contains(r#""isHidden":true,"#) && line.contains(r#"{"n":12345678901234567890123}"#), "{line}");
    }

    #[test]
    fn what_can_not_be_saved_is_refused_and_nothing_changes() {
        let mut store = Store::default();
        let uid = text_attribute(&run(&mut store, ANN).unwrap(), "uid").unwrap();
        run(&mut store, &ANN.replace("Ann@", "bob@")).unwrap();
        let version = store.version();
        let update = |attributes: &str| format!(r#"{{"uid":"{uid}",{attributes}}}"#);
        for (body, status) in [
            (ANN.replace("Ann@Example.com", "ANN@example.com"), StatusCode::CONFLICT),
            (ANN.replace(r#""firstName":"Ann","#, ""), StatusCode::BAD_REQUEST),
            (ANN.replace(r#""Lee""#, r#""  ""#), StatusCode::BAD_REQUEST),
            (ANN.replace("external", "google"), StatusCode::BAD_REQUEST),
            (ANN.replace("Ann@Example.com", "not an address"), StatusCode::BAD_REQUEST),
            (r#"{"uid":"1","email":"c@example.com"}"#.to_owned(), StatusCode::NOT_FOUND),
            (update(r#""email":"bob@example.com""#), StatusCode::BAD_REQUEST),
            (update(r#""email":"ann@example.com","accountType":"okta""#), StatusCode::BAD_REQUEST),
            (update(r#""email":"ann@example.com","firstName":7"#), StatusCode::BAD_REQUEST),
            (update(r#""email":"ann@example.com","isHidden":"yes""#), StatusCode::BAD_REQUEST),
            (update(r#""email":"ann@example.com","status":"gone""#), StatusCode::BAD_REQUEST),
            (update(r#""firstName":"Ann""#), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(run(&mut store, &body).unwrap_err().status, status, "{body}");
        }
        assert_eq!(store.version(), version);
    }
}
