//! What a tenant holds, attribute by attribute, and what it must hold.

use std::collections::BTreeMap;

use lumsync::sandbox::{Sandbox, SandboxSettings, TenantSource};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::users::{lines_of, people, person, with};
use crate::support::workspace::Workspace;

/// A user's attributes and, byte for byte, their values.
pub type Attributes = BTreeMap<String, String>;

/// Users by address.
pub type State = BTreeMap<String, Attributes>;

/// Reads a tenant; panics when two users share an address.
pub fn state(sandbox: &Sandbox) -> State {
    let mut state = State::new();
    for line in sandbox.lines().lines() {
        let attributes: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line).unwrap();
        let attributes: Attributes =
            attributes.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect();
        let email = attributes["email"].trim_matches('"').to_lowercase();
        assert!(state.insert(email.clone(), attributes).is_none(), "{email} is there twice");
    }
    state
}

/// The job of the fault and kill tests: creates, updates, an enable and disables, on three pages of a list.
pub struct Job {
    /// Before.
    pub before: State,
    /// After.
    pub wanted: State,
}

/// A tenant whose time stands still, so that whole users can be compared.
pub fn job_settings() -> SandboxSettings {
    let mut users = people(5);
    users[3] = with(users[3].clone(), &[("status", json!("disabled"))]);
    users.push(with(person(8, "Gil"), &[("accountType", json!("google"))]));
    users.push(person(9, "Leaver"));
    SandboxSettings {
        tenant: TenantSource::Lines(lines_of(&users)),
        fixed_time: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        ..SandboxSettings::default()
    }
}

/// Three creates, two updates, an enable, a disable by row and one for absence.
pub const JOB_CSV: &str = "email,firstName,lastName,status,isHidden\n\
    p1@example.com,Pat,Lee,enabled,\n\
    p2@example.com,P2,Lee,enabled,true\n\
    p3@example.com,P3,Lee,disabled,\n\
    p4@example.com,P4,Lee,enabled,\n\
    p5@example.com,,,,\n\
    new1@example.com,New,One,enabled,\n\
    new2@example.com,New,Two,enabled,true\n\
    new3@example.com,New,Three,enabled,\n";

impl Job {
    /// Learns what the tenant must become from a run without faults, and checks the result by hand.
    pub fn new() -> Self {
        let workspace = Workspace::with_tenant(job_settings());
        workspace.write_csv(JOB_CSV);
        let before = state(workspace.sandbox());
        workspace.sync(&[]).exits_with(0);
        let wanted = state(workspace.sandbox());
        let value = |email: &str, name: &str| wanted[email].get(name).map(String::as_str);
        assert_eq!((before.len(), wanted.len()), (7, 10));
        assert_eq!(value("p1@example.com", "firstName"), Some("\"Pat\""));
        assert_eq!(value("p2@example.com", "isHidden"), Some("true"));
        for (email, status) in [("p3", "disabled"), ("p4", "enabled"), ("p5", "enabled"), ("leaver", "disabled")] {
            assert_eq!(value(&format!("{email}@example.com"), "status"), Some(&*format!("\"{status}\"")), "{email}");
        }
        assert_eq!(value("gil@example.com", "status"), Some("\"enabled\""));
        Self { before, wanted }
    }

    /// Whether a user is as it was before the run.
    pub fn is_untouched(&self, email: &str, now: &State) -> bool {
        self.before.get(email) == now.get(email)
    }

    /// Whether a user is as the CSV wants it; the identifier of a new one is the tenant's to choose.
    pub fn is_done(&self, email: &str, now: &State) -> bool {
        let is_new = !self.before.contains_key(email);
        let shown = |state: &State| {
            let mut attributes = state.get(email).cloned().unwrap_or_default();
            attributes.retain(|name, _| !is_new || !["uid", "id"].contains(&name.as_str()));
            attributes
        };
        shown(&self.wanted) == shown(now)
    }

    /// Panics unless the whole tenant is as the CSV wants it.
    pub fn assert_done(&self, sandbox: &Sandbox, what: &str) {
        let now = state(sandbox);
        assert_eq!(now.len(), self.wanted.len(), "{what}: as many users as wanted");
        for email in self.wanted.keys() {
            assert!(self.is_done(email, &now), "{what}: {email} is {:?}", now.get(email));
        }
    }

    /// Panics unless every user is as before or as wanted, and nobody else is there.
    pub fn assert_no_harm(&self, now: &State, what: &str) {
        for email in now.keys().chain(self.before.keys()) {
            let is_fine = self.is_untouched(email, now) || self.is_done(email, now);
            assert!(is_fine, "{what}: {email} is {:?}", now.get(email));
        }
    }

    /// Panics unless each outcome of a report is true.
    pub fn assert_report_is_true(&self, report: &Value, now: &State, what: &str) {
        for outcome in report["outcomes"].as_array().unwrap() {
            let email = outcome["email"].as_str().unwrap();
            let error = outcome["error"].as_str().unwrap_or_default();
            let (untouched, done) = (self.is_untouched(email, now), self.is_done(email, now));
            let is_true = match outcome["result"].as_str().unwrap() {
                "applied" | "already" => done,
                "failed" if error.contains("may or may not") || error.contains("nobody knows") => untouched || done,
                _ => untouched,
            };
            assert!(is_true, "{what}: {outcome}, but {:?}", now.get(email));
        }
    }
}
