//! The journal against what the tenant saw.

use lumsync::sandbox::{Call, CallKind};
use serde_json::{Value, json};

/// Panics unless every save that the tenant saw stands in a journal as an attempt.
pub fn assert_journals_account_for(journal: &[Value], saves: &[Call]) {
    let attempts_of = |call: &Call| {
        let is_this = |line: &&Value| match call.kind {
            CallKind::SaveCreate => line["kind"] == "create" && line["email"] == json!(call.email),
            _ => line["uid"] == json!(call.uid),
        };
        journal.iter().filter(|line| line["event"] == "attempt").filter(is_this).count()
    };
    for call in saves {
        let same = saves.iter().filter(|other| other.kind == call.kind);
        let sent = match call.kind {
            CallKind::SaveCreate => same.filter(|other| other.email == call.email).count(),
            _ => same.filter(|other| other.uid == call.uid).count(),
        };
        assert!(sent <= attempts_of(call), "{sent} saves, but {} attempts: {call:?}", attempts_of(call));
    }
}

/// Panics unless every user whom a call adds to a group or takes out of it stands in a journal.
pub fn assert_journal_accounts_for_members(journal: &[Value], calls: &[Call], what: &str) {
    for call in calls {
        for (kind, users) in [("join", &call.added), ("leave", &call.removed)] {
            for user in users {
                let is_this = |line: &Value| {
                    line["event"] == "attempt"
                        && line["kind"] == kind
                        && line["uid"] == json!(user)
                        && line["group"]["id"] == json!(call.uid)
                };
                assert!(journal.iter().any(is_this), "{what}: {kind} of {user} is in no journal");
            }
        }
    }
}
