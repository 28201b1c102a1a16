//! Users, tenants of them, and CSVs that name them.

use lumsync::sandbox::{SandboxSettings, TenantSource};
use serde_json::{Value, json};

/// Five external users, one of them hidden, and an admin of Google's directory.
pub const TENANT_FILE: &str = concat!(
    r#"{"uid":"1","email":"ann@example.com","firstName":"Ann","lastName":"Lee","accountType":"external","status":"enabled"}"#,
    "\n",
    r#"{"uid":"2","email":"bob@example.com","firstName":"Bob","lastName":"Ray","accountType":"external","status":"enabled"}"#,
    "\n",
    r#"{"uid":"3","email":"cyd@example.com","firstName":"Cyd","lastName":"Fox","accountType":"external","status":"disabled"}"#,
    "\n",
    r#"{"uid":"4","email":"dee@example.com","firstName":"Dee","lastName":"Orr","accountType":"external","status":"enabled"}"#,
    "\n",
    r#"{"uid":"5","email":"eve@example.com","firstName":"Eve","lastName":"Hid","accountType":"external","status":"enabled","isHidden":true}"#,
    "\n",
    r#"{"uid":"9","email":"admin@example.com","firstName":"Ada","lastName":"Min","accountType":"google","status":"enabled","isSuperAdmin":true}"#,
    "\n",
);

/// A CSV from which no change of [`TENANT_FILE`] follows.
pub const UNCHANGED_CSV: &str = "email,firstName,lastName,status\nann@example.com,Ann,Lee,enabled\nbob@example.com,Bob,Ray,enabled\n\
    cyd@example.com,Cyd,Fox,disabled\ndee@example.com,Dee,Orr,enabled\neve@example.com,Eve,Hid,enabled\n";

/// The same with another last name for Bob.
pub fn renamed_csv() -> String {
    UNCHANGED_CSV.replace("Bob,Ray", "Bob,Raymond")
}

/// Users as JSON lines.
pub fn lines_of(users: &[Value]) -> String {
    users.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// Settings of a tenant with these users.
pub fn tenant_of(users: &[Value]) -> SandboxSettings {
    SandboxSettings { tenant: TenantSource::Lines(lines_of(users)), ..SandboxSettings::default() }
}

/// An enabled external user with attributes that nobody manages.
pub fn person(uid: u32, name: &str) -> Value {
    json!({
        "uid": uid.to_string(), "id": uid.to_string(), "email": format!("{}@example.com", name.to_lowercase()),
        "firstName": name, "lastName": "Lee", "fullName": format!("{name} Lee"), "accountType": "external",
        "status": "enabled", "isHidden": false, "createdAt": "2020-01-01T00:00:00Z",
        "customProfile": {"cost centre": [uid, 1.5], "note": "a\u{0000}b"}, "apiProfile": "{\"x\":1}"
    })
}

/// The same user with other attributes.
pub fn with(mut user: Value, attributes: &[(&str, Value)]) -> Value {
    for (name, value) in attributes {
        user[*name] = value.clone();
    }
    user
}

/// So many people, `p1` upwards.
pub fn people(count: u32) -> Vec<Value> {
    (1..=count).map(|number| person(number, &format!("P{number}"))).collect()
}

/// A CSV that wants exactly these users enabled, with their names.
pub fn csv_of(users: &[Value]) -> String {
    let row = |user: &Value| {
        let text = |name: &str| user[name].as_str().unwrap().to_owned();
        format!("{},{},{}\n", text("email"), text("firstName"), text("lastName"))
    };
    "email,firstName,lastName\n".to_owned() + &users.iter().map(row).collect::<String>()
}

/// CSV rows for this many users whom the tenant does not have: `new1` upwards.
pub fn newcomers(count: usize) -> String {
    (1..=count).fold(String::new(), |rows, number| rows + &format!("new{number}@example.com,New,Person\n"))
}
