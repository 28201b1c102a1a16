//! Random tenants, CSVs and policies, out of small pools so that they meet.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value;

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The tenant's users as JSON lines.
    pub tenant: Vec<String>,
    pub groups: Vec<Group>,
    /// The header.
    pub columns: Vec<&'static str>,
    /// The rows; as many cells as columns.
    pub rows: Vec<Vec<String>>,
    pub policy: Policy,
    pub page_size: u32,
    pub concurrency: usize,
    /// As `apply` does.
    pub looks_first: bool,
    /// Users that the tenant lets a call add to a group.
    pub cap: usize,
}

/// A group of the tenant.
#[derive(Debug, Clone)]
pub struct Group {
    pub uid: &'static str,
    /// In all languages.
    pub names: Vec<&'static str>,
    /// Whether its members may be written.
    pub is_writable: bool,
    /// As the tenant tells of it.
    pub line: String,
}

/// Everything that an operator can say about whom the job may touch.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "an operator sets each of them alone")]
pub struct Policy {
    pub is_partial: bool,
    pub keeps_missing: bool,
    pub skips_invalid: bool,
    pub takes_lookalikes_for_two: bool,
    /// Patterns of the groups that a user is in only where its row says so; without any, rows only add.
    pub managed: Option<Vec<&'static str>>,
    pub skips_unknown_groups: bool,
    pub types: Vec<&'static str>,
    pub domains: Vec<&'static str>,
    /// Addresses that begin with it are protected.
    pub protected: Option<&'static str>,
    pub runs_as: Option<&'static str>,
}

// Doubtful, and alike in letter shapes, in punctuation and by an edit.
const ODD_LOCAL_PARTS: [&str; 4] = ["'ann", "\u{430}nn", "b.ob", "boob"];
const LOCAL_PARTS: [&str; 7] = ["ann", "bob", "cleo", "dan", "eve", "fay", "gus"];
const DOMAINS: [&str; 2] = ["example.com", "partner.test"];
const NAMES: [&str; 11] =
    ["Ann", "ANN", "Zoe\u{308}", "Zo\u{eb}", " Lee ", "O'Neil", "=1+1", "李", "x,\"y\"", "NULL", "“Ann”"];
const EXTRAS: [&str; 6] = [
    r#""customProfile":{"b": [1,  2],"a":"é"}"#,
    r#""big":123456789012345678901234567890"#,
    r#""float":1.50e0"#,
    r#""apiProfile":"{\"x\":1}""#,
    r#""nothing":null"#,
    r#""lang":"\u00e9""#,
];
const GROUPS: [&str; 5] = ["501", "502", "503", "504", "505"];
const GROUP_NAMES: [&str; 5] =
    [r#""Sales""#, r#"{"fr":"Ventes","en":"Trade"}"#, r#""Team A""#, r#"{"de":"Team B"}"#, r#""Zoe\u0308""#];
/// What keeps the members of a group, and whether they are ours nevertheless.
const KEEPERS: [(&str, bool); 6] = [
    (r#""provisioningMode":"manual""#, true),
    (r#""userDynamicGroupRules":[]"#, true),
    (r#""synchronized":true"#, false),
    (r#""provisioningMode":"scim""#, false),
    (r#""userDynamicGroupRules":[{"rule":1}]"#, false),
    (r#""functionalInnerId":"LUMAPPS_ALL""#, false),
];

pub fn case() -> impl Strategy<Value = Case> {
    let known = vec!["firstName", "lastName", "status", "disabled", "startDate", "endDate", "isHidden", "uid"];
    let columns = (subsequence(known, 0..=8), prop::bool::weighted(0.7));
    let calls = (1_u32..6, 1_usize..6, any::<bool>(), prop_oneof![Just(50_usize), Just(5)]);
    let cases = (tenant(), groups(), columns, policy(), calls).prop_flat_map(
        |(tenant, groups, (mut columns, has_groups), policy, (page_size, concurrency, looks_first, cap))| {
            columns.insert(0, "email");
            columns.extend(has_groups.then_some("groups"));
            let row = columns.iter().map(|column| cell(column)).collect::<Vec<_>>();
            vec(row, 0..12).prop_map(move |rows| Case {
                tenant: tenant.clone(),
                groups: groups.clone(),
                columns: columns.clone(),
                rows,
                policy: policy.clone(),
                page_size,
                concurrency,
                looks_first,
                cap,
            })
        },
    );
    let newcomers = prop_oneof![1 => Just(Vec::new()), 1 => vec(address(), 1..4)];
    (cases, prop::bool::weighted(0.7), newcomers).prop_map(|(case, is_tidy, newcomers)| {
        let case = if is_tidy { case.tidied() } else { case };
        case.with_newcomers(newcomers).with_protection_that_lasts()
    })
}

impl Case {
    /// Adds rows with all that a create needs, which hardly ever meets by chance.
    fn with_newcomers(mut self, addresses: Vec<String>) -> Self {
        for address in addresses {
            if self.rows.iter().any(|row| row[0].to_lowercase() == address.to_lowercase()) {
                continue;
            }
            for name in ["firstName", "lastName"] {
                if !self.columns.contains(&name) {
                    self.columns.push(name);
                    self.rows.iter_mut().for_each(|row| row.push(String::new()));
                }
            }
            let cell = |column: &&str| match *column {
                "email" => address.clone(),
                "firstName" => "Ida".to_owned(),
                "lastName" => "Lund".to_owned(),
                _ => String::new(),
            };
            self.rows.push(self.columns.iter().map(cell).collect());
        }
        self
    }

    /// Whoever is protected only by the new address of this run joins a group or not, as it is asked for before the change
    /// or after: there is no such pattern where a row with a uid has an address that it matches.
    fn with_protection_that_lasts(mut self) -> Self {
        let (Some(start), Some(uid)) = (self.policy.protected, self.columns.iter().position(|name| *name == "uid"))
        else {
            return self;
        };
        if self.rows.iter().any(|row| !row[uid].is_empty() && row[0].trim().to_lowercase().starts_with(start)) {
            self.policy.protected = None;
        }
        self
    }

    /// The first rows mean the first users, no address is there twice, and most rows say nothing but groups: of what meets by
    /// chance, little comes to anything.
    fn tidied(mut self) -> Self {
        let address = |line: &String| -> String {
            let user: Value = serde_json::from_str(line).unwrap();
            user["email"].as_str().unwrap().to_owned()
        };
        let mut seen = BTreeSet::new();
        self.tenant.retain(|line| seen.insert(address(line).to_lowercase()));
        for (row, line) in self.rows.iter_mut().zip(&self.tenant) {
            row[0] = address(line);
        }
        seen.clear();
        self.rows.retain(|row| seen.insert(row[0].to_lowercase()));
        let writable: Vec<_> = self.groups.iter().filter(|group| group.is_writable).map(|group| group.uid).collect();
        for (number, row) in self.rows.iter_mut().enumerate() {
            for (cell, &column) in row.iter_mut().zip(&self.columns) {
                match column {
                    "email" => {}
                    "groups" if number % 2 == 0 => {}
                    "groups" => {
                        *cell = writable.iter().skip(number % 3).step_by(2).copied().collect::<Vec<_>>().join(";");
                    }
                    "uid" => cell.clear(),
                    _ if number % 3 == 0 => {}
                    _ => cell.clear(),
                }
            }
        }
        self
    }
}

fn address() -> impl Strategy<Value = String> {
    let local = prop_oneof![6 => select(&LOCAL_PARTS), 1 => select(&ODD_LOCAL_PARTS)];
    (local, select(&DOMAINS), any::<bool>()).prop_map(|(local, domain, is_loud)| {
        let address = format!("{local}@{domain}");
        if is_loud { address.to_uppercase() } else { address }
    })
}

fn tenant() -> impl Strategy<Value = Vec<String>> {
    btree_set(1_u32..16, 0..12).prop_flat_map(|uids| uids.into_iter().map(user).collect::<Vec<_>>())
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    let of = |number: usize| option::weighted(0.9, group(GROUPS[number], GROUP_NAMES[number]));
    [of(0), of(1), of(2), of(3), of(4)].prop_map(|groups| groups.into_iter().flatten().collect())
}

/// Now and then under the name of another one.
fn group(uid: &'static str, own_name: &'static str) -> impl Strategy<Value = Group> {
    let name = prop_oneof![12 => Just(own_name), 1 => select(&GROUP_NAMES)];
    (name, option::weighted(0.2, select(&KEEPERS))).prop_map(move |(name, keeper)| {
        let attribute = keeper.map(|(attribute, _)| format!(",{attribute}")).unwrap_or_default();
        let names = ["Sales", "Ventes", "Trade", "Team A", "Team B"].into_iter().filter(|known| name.contains(known));
        let names = names.chain(name.contains("Zoe").then_some("Zo\u{eb}"));
        Group {
            uid,
            names: names.collect(),
            is_writable: keeper.is_none_or(|(_, is_ours)| is_ours),
            line: format!(r#"{{"kind":"feed","uid":"{uid}","name":{name}{attribute}}}"#),
        }
    })
}

fn user(uid: u32) -> impl Strategy<Value = String> {
    let words = (
        address(),
        option::of(select(&NAMES)),
        option::of(select(&NAMES)),
        prop_oneof![8 => Just("external"), 1 => Just("google"), 1 => Just("okta")],
        option::weighted(0.9, prop_oneof![5 => Just("enabled"), 3 => Just("disabled"), 1 => Just("archived")]),
    );
    let flags = (option::of(any::<bool>()), option::weighted(0.2, any::<bool>()), option::weighted(0.1, any::<bool>()));
    let extras = subsequence(EXTRAS.to_vec(), 0..=EXTRAS.len()).prop_shuffle();
    let member_of = option::weighted(0.7, subsequence(GROUPS.to_vec(), 0..=GROUPS.len()));
    (words, flags, extras, member_of, any::<bool>()).prop_map(move |(words, flags, extras, member_of, has_id)| {
        let (email, first, last, account_type, status) = words;
        let (hidden, super_admin, god) = flags;
        let text = |name: &str, value: &str| format!("\"{name}\":{}", serde_json::to_string(value).unwrap());
        let flag = |name: &str, value: bool| format!("\"{name}\":{value}");
        let mut attributes: Vec<String> = extras.into_iter().map(str::to_owned).collect();
        attributes.extend(member_of.map(|groups| {
            let groups: Vec<String> = groups.iter().map(|group| format!(r#"{{"feed": "{group}"}}"#)).collect();
            format!("\"subscriptions\":[{}]", groups.join(","))
        }));
        attributes.push(text("uid", &uid.to_string()));
        attributes.extend(has_id.then(|| text("id", &uid.to_string())));
        attributes.push(text("email", &email));
        attributes.extend(first.map(|name| text("firstName", name)));
        attributes.extend(last.map(|name| text("lastName", name)));
        attributes.push(text("accountType", account_type));
        attributes.extend(status.map(|status| text("status", status)));
        attributes.extend(hidden.map(|value| flag("isHidden", value)));
        attributes.extend(super_admin.map(|value| flag("isSuperAdmin", value)));
        attributes.extend(god.map(|value| flag("isGod", value)));
        format!("{{{}}}", attributes.join(","))
    })
}

fn cell(column: &'static str) -> BoxedStrategy<String> {
    let words = |words: &'static [&'static str]| select(words).prop_map(str::to_owned).boxed();
    let rarely = |rare: &'static [&'static str], usual: BoxedStrategy<String>| {
        prop_oneof![1 => words(rare), 30 => usual].boxed()
    };
    match column {
        "email" => rarely(&["", "not an address"], address().boxed()),
        "status" => rarely(&["perhaps"], words(&["enabled", "disabled", "Inactive", "TRUE", "0", "no", "Yes", ""])),
        "disabled" => rarely(&["perhaps"], words(&["yes", "No", "1", "FALSE", "", ""])),
        // Around the day of the model, 2026-01-01.
        "startDate" | "endDate" => rarely(
            &["31/12/2025"],
            words(&["", "", "2025-12-31", "2026-01-01", "2026-01-02", "2030-05-05T23:00:00Z", "1999-01-01 08:00"]),
        ),
        "isHidden" => rarely(&["maybe"], words(&["true", "false", "1", "No", ""])),
        "groups" => rarely(&["<none>;Sales", "id:", "Sails"], group_names().boxed()),
        "uid" => prop_oneof![3 => Just(String::new()), 2 => (1_u32..18).prop_map(|uid| uid.to_string())].boxed(),
        _ => prop_oneof![1 => Just(String::new()), 4 => words(&NAMES)].boxed(),
    }
}

fn group_names() -> impl Strategy<Value = String> {
    const NAMES: [&str; 11] =
        ["Sales", "SALES", "ventes", "team a", "Team B", "ZOE\u{308}", "501", "id:502", "ID: 503", "504", " 505 "];
    let named = |count: usize| subsequence(NAMES.to_vec(), count).prop_map(|names| names.join("; "));
    prop_oneof![1 => Just(String::new()), 1 => Just("<None>".to_owned()), 6 => named(1), 2 => named(2)]
}

fn policy() -> impl Strategy<Value = Policy> {
    let domains: Vec<Vec<&str>> = vec![vec![], vec!["example.com"], vec!["Example.COM", "partner.test"]];
    let types = vec![vec!["external"], vec!["external", "google"], vec!["okta"]];
    let managed = prop_oneof![3 => Just(vec!["*"]), 1 => subsequence(vec!["sales", "TEAM *", "id:504", "505"], 1..4)];
    (
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.2),
        (option::weighted(0.6, managed), prop::bool::weighted(0.8)),
        prop_oneof![4 => Just(types[0].clone()), 1 => select(types)],
        prop_oneof![2 => Just(vec![]), 1 => select(domains)],
        option::of(select(&["ann", "bob"])),
        option::of(select(&["cleo@example.com", "dan@partner.test"])),
    )
        .prop_map(|(is_partial, keeps_missing, skips_invalid, two, groups, types, domains, protected, runs_as)| {
            Policy {
                is_partial,
                keeps_missing,
                skips_invalid,
                takes_lookalikes_for_two: two,
                managed: groups.0,
                skips_unknown_groups: groups.1,
                types,
                domains,
                protected,
                runs_as,
            }
        })
}
