//! `POST user/save`: creates without a `uid`; with one, replaces the whole user by what was sent.

use jiff::Timestamp;

use super::answer::ApiError;
use super::object::RawObject;
use super::scan;
use super::store::Store;
use super::twist::take_back_drift;
use super::user::{StoredUser, identifier};

/// What the tenant itself says about a user: a body can't change it and need not carry it.
const TENANTS_OWN: [&str; 5] = ["uid", "id", "accountType", "createdAt", "customer"];

/// What a save did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Saved {
    /// Where the user stands.
    pub(super) position: usize,
}

/// What a save needs beside the body.
#[derive(Debug, Clone, Copy)]
pub(super) struct SaveContext<'a> {
    pub(super) now: Timestamp,
    pub(super) organization_id: &'a str,
}

/// The identifier of the user that a body means; `None` when it asks for a new one.
pub(super) fn target(body: &RawObject) -> Option<Box<str>> {
    body.get("uid").and_then(identifier)
}

/// Creates or replaces a user.
pub(super) fn save(store: &mut Store, mut body: RawObject, context: SaveContext<'_>) -> Result<Saved, ApiError> {
    let stored = target(&body).and_then(|uid| store.find_uid(&uid)).and_then(|position| store.at(position));
    if let Some(stored) = stored {
        take_back_drift(&mut body, &stored.line).map_err(|error| ApiError::internal(&error))?;
    }
    check_types(&body)?;
    take_password(&mut body)?;
    match target(&body) {
        Some(uid) => update(store, body, &uid, context),
        None => create(store, body, context),
    }
}

fn create(store: &mut Store, mut body: RawObject, context: SaveContext<'_>) -> Result<Saved, ApiError> {
    for required in ["email", "firstName", "lastName", "accountType"] {
        require(&body, required)?;
    }
    if body.text("accountType").as_deref() != Some("external") {
        return Err(ApiError::bad_request("Only users with accountType 'external' can be created"));
    }
    if store.find_email(&require(&body, "email")?).is_some() {
        return Err(ApiError::conflict("USER_ALREADY_EXISTS: a user with this email exists"));
    }
    let uid = free_uid(store);
    for name in ["uid", "id"] {
        set(&mut body, name, &uid)?;
    }
    set(&mut body, "customer", context.organization_id)?;
    set(&mut body, "createdAt", &context.now.to_string())?;
    finish(&mut body, context.now)?;
    let position = store.push(stored(&body)?).ok_or_else(|| ApiError::internal(&"no room for another user"))?;
    Ok(Saved { position })
}

fn update(store: &mut Store, mut body: RawObject, uid: &str, context: SaveContext<'_>) -> Result<Saved, ApiError> {
    let position = store.find_uid(uid).ok_or_else(|| ApiError::not_found(format!("User {uid} not found")))?;
    let current = store.at(position).ok_or_else(|| ApiError::not_found(format!("User {uid} not found")))?;
    let email = require(&body, "email")?;
    if super::user::email_key(&email) != current.email_key && store.find_email(&email).is_some() {
        return Err(ApiError::bad_request("EMAIL_ALREADY_USED: another user has this email"));
    }
    if body.text("accountType").is_some_and(|sent| Some(sent.as_str()) != current.text("accountType").as_deref()) {
        return Err(ApiError::bad_request("accountType can't be changed"));
    }
    keep_tenants_own(&mut body, &current.line)?;
    finish(&mut body, context.now)?;
    store.replace(position, stored(&body)?);
    Ok(Saved { position })
}

fn keep_tenants_own(body: &mut RawObject, line: &str) -> Result<(), ApiError> {
    for name in TENANTS_OWN {
        match scan::attribute(line, name) {
            Some(raw) => body.set_raw(name, raw_value(raw)?),
            None => body.remove(name),
        }
    }
    Ok(())
}

/// What follows from the rest: the full name, the default status, the moment of the change.
fn finish(body: &mut RawObject, now: Timestamp) -> Result<(), ApiError> {
    let names = [body.text("firstName").unwrap_or_default(), body.text("lastName").unwrap_or_default()];
    set(body, "fullName", names.join(" ").trim())?;
    if body.get("status").is_none() {
        set(body, "status", "enabled")?;
    }
    set(body, "updatedAt", &now.to_string())
}

/// Passwords are checked and forgotten: they are neither kept nor answered.
fn take_password(body: &mut RawObject) -> Result<(), ApiError> {
    let (password, repeated) = (body.text("password"), body.text("rePassword"));
    body.remove("password");
    body.remove("rePassword");
    if password == repeated { Ok(()) } else { Err(ApiError::bad_request("password and rePassword differ")) }
}

fn check_types(body: &RawObject) -> Result<(), ApiError> {
    for name in ["email", "firstName", "lastName", "status", "accountType", "password", "rePassword"] {
        if body.get(name).is_some_and(|raw| scan::text(raw).is_none()) {
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
pub(super) fn free_uid(store: &Store) -> String {
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

fn set(body: &mut RawObject, name: &str, value: &str) -> Result<(), ApiError> {
    body.set(name, value).map_err(|error| ApiError::internal(&error))
}

fn raw_value(raw: &str) -> Result<Box<serde_json::value::RawValue>, ApiError> {
    serde_json::from_str(raw).map_err(|error| ApiError::internal(&error))
}

fn stored(body: &RawObject) -> Result<StoredUser, ApiError> {
    StoredUser::from_object(body).map_err(|problem| ApiError::bad_request(problem.to_string()))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn run(store: &mut Store, body: &str) -> Result<String, ApiError> {
        let context = SaveContext { now: "2026-02-03T04:05:06Z".parse().unwrap(), organization_id: "sandbox" };
        let saved = save(store, RawObject::parse(body).unwrap(), context)?;
        Ok(store.at(saved.position).unwrap().line.to_string())
    }

    const ANN: &str = r#"{"email":"Ann@Example.com","firstName":"Ann","lastName":"Lee","accountType":"external","customProfile":{"n":12345678901234567890123}}"#;

    #[test]
    fn a_create_fills_what_the_tenant_says() {
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
    fn an_update_replaces_the_whole_user_but_for_what_the_tenant_says() {
        let mut store = Store::default();
        let uid = scan::text_attribute(&run(&mut store, ANN).unwrap(), "uid").unwrap().into_owned();
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
        store.push(StoredUser::from_line(r#"{"uid":"7","email":"a@example.com"}"#.to_owned()).unwrap());
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
        let uid = scan::text_attribute(&line, "uid").unwrap().into_owned();
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
        let uid = scan::text_attribute(&run(&mut store, ANN).unwrap(), "uid").unwrap().into_owned();
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
