//! What each user must become by `docs/interface.md`, in the simplest way: no index, no speed, no library code.

use std::collections::BTreeMap;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::Stored;
use super::case::{Case, Policy};

/// A row that can be carried out; `None` and empty mean "leave as it is".
#[derive(Debug, Clone, PartialEq)]
struct Wish {
    email: String,
    first: String,
    last: String,
    enabled: Option<bool>,
    hidden: Option<bool>,
    uid: String,
    /// Its first day is still to come.
    waits: bool,
}

/// The day of the model.
const TODAY: &str = "2026-01-01";

/// The tenant as it must be after a sync; created users stand at the end. `None` when nothing may be sent at all.
pub fn expected(case: &Case, before: &[Stored]) -> Option<Vec<Stored>> {
    let table = read_rows(case);
    if table.has_invalid && !case.policy.skips_invalid {
        return None;
    }
    let model = Model { case, before };
    let fates: Vec<Fate> = table.wishes.iter().map(|wish| model.fate(wish)).collect();
    let is_nameless = |(wish, fate): (&Wish, &Fate)| matches!(fate, Fate::New) && wish.lacks_a_name();
    if !case.policy.skips_invalid && table.wishes.iter().zip(&fates).any(is_nameless) {
        return None;
    }
    let mut after = before.to_vec();
    for (wish, fate) in table.wishes.iter().zip(&fates) {
        match fate {
            Fate::New if !wish.lacks_a_name() => after.push(wish.created()),
            Fate::Is(user) => {
                let rivals = fates.iter().filter(|other| matches!(other, Fate::Is(same) if same == user)).count();
                let is_for_later =
                    wish.waits && wish.enabled == Some(true) && text(&before[*user], "status") == "disabled";
                if rivals == 1 && !is_for_later && !model.is_protected(*user) && model.may_move(wish, *user) {
                    change(&mut after[*user], wish);
                }
            }
            Fate::New | Fate::Nothing | Fate::Conflict(_) => {}
        }
    }
    if !case.policy.is_partial && !case.policy.keeps_missing && !table.has_untold {
        for user in 0..before.len() {
            let is_named = fates.iter().any(|fate| fate.names(user)) || table.holds(&before[user]);
            let is_enabled = text(&before[user], "status") == "enabled";
            if model.is_in_scope(user) && is_enabled && !is_named && !model.is_protected(user) {
                after[user].insert("status".to_owned(), "\"disabled\"".to_owned());
            }
        }
    }
    Some(after)
}

/// What a row comes to.
enum Fate {
    /// A new account.
    New,
    /// It means this user.
    Is(usize),
    /// Nobody is there, and nobody is wanted.
    Nothing,
    /// It can't be carried out, and speaks of these users.
    Conflict(Vec<usize>),
}

impl Fate {
    fn names(&self, user: usize) -> bool {
        match self {
            Self::Is(named) => *named == user,
            Self::Conflict(named) => named.contains(&user),
            Self::New | Self::Nothing => false,
        }
    }
}

struct Model<'a> {
    case: &'a Case,
    before: &'a [Stored],
}

impl Model<'_> {
    fn fate(&self, wish: &Wish) -> Fate {
        let listed = |user: &usize| self.policy().types.contains(&text(&self.before[*user], "accountType").as_str());
        let all = 0..self.before.len();
        let same_address: Vec<usize> =
            all.clone().filter(|user| is_same(&text(&self.before[*user], "email"), &wish.email)).collect();
        let ours: Vec<usize> = same_address.iter().copied().filter(listed).collect();
        let by_uid = all.filter(listed).find(|user| text(&self.before[*user], "uid") == wish.uid);
        let conflict = || Fate::Conflict(ours.iter().copied().chain(by_uid).collect());
        if !wish.uid.is_empty() {
            return match by_uid.filter(|user| self.is_in_scope(*user)) {
                Some(user) if ours.iter().all(|other| *other == user) => Fate::Is(user),
                _ => conflict(),
            };
        }
        match ours.as_slice() {
            [user] if self.is_in_scope(*user) => Fate::Is(*user),
            [] if wish.enabled == Some(false) || wish.waits => Fate::Nothing,
            [] if !self.has_domain(&wish.email) || !same_address.is_empty() => conflict(),
            [] => Fate::New,
            _ => conflict(),
        }
    }

    /// A changed address must be in scope and nobody else's, whatever the account type.
    fn may_move(&self, wish: &Wish, user: usize) -> bool {
        let is_moved = !is_same(&text(&self.before[user], "email"), &wish.email);
        let is_taken = self.before.iter().any(|other| is_same(&text(other, "email"), &wish.email));
        let is_known = ["", "enabled", "disabled"].contains(&text(&self.before[user], "status").as_str());
        is_known && (!is_moved || (self.has_domain(&wish.email) && !is_taken))
    }

    fn is_in_scope(&self, user: usize) -> bool {
        let user = &self.before[user];
        self.policy().types.contains(&text(user, "accountType").as_str()) && self.has_domain(&text(user, "email"))
    }

    fn has_domain(&self, email: &str) -> bool {
        let domains = &self.policy().domains;
        let is_of = |domain: &&str| email.to_lowercase().ends_with(&format!("@{}", domain.to_lowercase()));
        domains.is_empty() || domains.iter().any(is_of)
    }

    fn is_protected(&self, user: usize) -> bool {
        let (user, policy) = (&self.before[user], self.policy());
        let email = text(user, "email").to_lowercase();
        let is_admin = ["isSuperAdmin", "isGod"].iter().any(|name| user.get(*name).is_some_and(|raw| raw == "true"));
        is_admin || policy.protected.is_some_and(|start| email.starts_with(start)) || policy.runs_as == Some(&email)
    }

    fn policy(&self) -> &Policy {
        &self.case.policy
    }
}

impl Wish {
    fn lacks_a_name(&self) -> bool {
        self.first.is_empty() || self.last.is_empty()
    }

    fn created(&self) -> Stored {
        let mut user = Stored::new();
        for (name, value) in [("email", &*self.email), ("firstName", &*self.first), ("lastName", &*self.last)] {
            user.insert(name.to_owned(), quoted(value));
        }
        user.insert("accountType".to_owned(), "\"external\"".to_owned());
        user.insert("status".to_owned(), "\"enabled\"".to_owned());
        user.extend(self.hidden.map(|hidden| ("isHidden".to_owned(), hidden.to_string())));
        user
    }
}

fn change(user: &mut Stored, wish: &Wish) {
    let mut changed = user.clone();
    if !is_same(&text(user, "email"), &wish.email) {
        changed.insert("email".to_owned(), quoted(&wish.email));
    }
    for (name, wanted) in [("firstName", &wish.first), ("lastName", &wish.last)] {
        if !wanted.is_empty() && clean(&text(user, name)) != *wanted {
            changed.insert(name.to_owned(), quoted(wanted));
        }
    }
    let is_enabled = text(user, "status") != "disabled";
    if let Some(enabled) = wish.enabled.filter(|enabled| *enabled != is_enabled) {
        changed.insert("status".to_owned(), quoted(if enabled { "enabled" } else { "disabled" }));
    }
    let is_hidden = user.get("isHidden").is_some_and(|raw| raw == "true");
    if let Some(hidden) = wish.hidden.filter(|hidden| *hidden != is_hidden) {
        changed.insert("isHidden".to_owned(), hidden.to_string());
    }
    if changed != *user {
        // The tenant writes its default into whatever is saved.
        changed.entry("status".to_owned()).or_insert_with(|| quoted("enabled"));
        *user = changed;
    }
}

/// The rows, with what the invalid ones still tell.
struct Table {
    wishes: Vec<Wish>,
    has_invalid: bool,
    has_untold: bool,
    held: Vec<(String, String)>,
}

impl Table {
    fn holds(&self, user: &Stored) -> bool {
        let (email, uid) = (text(user, "email"), text(user, "uid"));
        self.held.iter().any(|(held, held_uid)| is_same(held, &email) || *held_uid == uid)
    }
}

fn read_rows(case: &Case) -> Table {
    let rows: Vec<BTreeMap<&str, &str>> = case
        .rows
        .iter()
        .filter(|cells| cells.iter().any(|cell| !cell.is_empty()))
        .map(|cells| case.columns.iter().copied().zip(cells.iter().map(|cell| cell.trim())).collect())
        .collect();
    let mut table = Table { wishes: Vec::new(), has_invalid: false, has_untold: false, held: Vec::new() };
    let own: Vec<Option<Wish>> = rows.iter().map(wish_of).collect();
    let same = |name: &str, row: usize, other: usize| {
        let cell = |row: usize| rows[row].get(name).copied().unwrap_or_default();
        !cell(row).is_empty() && is_same(cell(row), cell(other))
    };
    let alike = |row: usize| (0..rows.len()).filter(move |other| same("email", row, *other)).collect::<Vec<_>>();
    let agree =
        |group: &[usize]| group.iter().all(|row| own[*row].is_some() && is_one_wish(&own[*row], &own[group[0]]));
    let is_repeated = |row: usize| alike(row).first().is_some_and(|first| *first != row) && agree(&alike(row));
    for (row, cells) in rows.iter().enumerate().filter(|(row, _)| !is_repeated(*row)) {
        let cell = |name: &str| cells.get(name).copied().unwrap_or_default();
        let shares_email = alike(row).len() > 1 && !agree(&alike(row));
        let shares_uid = (0..rows.len()).any(|other| other != row && same("uid", row, other) && !is_repeated(other));
        match &own[row] {
            Some(wish) if !shares_email && !shares_uid => table.wishes.push(wish.clone()),
            _ => {
                table.has_invalid = true;
                table.has_untold |= !cell("email").contains('@');
                table.held.push((cell("email").to_owned(), cell("uid").to_owned()));
            }
        }
    }
    table
}

fn is_one_wish(left: &Option<Wish>, right: &Option<Wish>) -> bool {
    let without_address = |wish: &Option<Wish>| wish.clone().map(|wish| Wish { email: String::new(), ..wish });
    without_address(left) == without_address(right)
}

/// What a row asks for, looked at alone; nothing when a cell can't be read.
fn wish_of(row: &BTreeMap<&str, &str>) -> Option<Wish> {
    let cell = |name: &str| row.get(name).copied().unwrap_or_default();
    let (status, disabled) = (yes_or_no(cell("status")).ok()?, yes_or_no(cell("disabled")).ok()?);
    let hidden = yes_or_no(cell("isHidden")).ok()?;
    let (start, end) = (day(cell("startDate")).ok()?, day(cell("endDate")).ok()?);
    let of_flag = disabled.map(|disabled| !disabled);
    let is_contradictory = status.is_some() && of_flag.is_some() && status != of_flag;
    if is_contradictory || !cell("email").contains('@') {
        return None;
    }
    let is_said = row.contains_key("status") || row.contains_key("disabled");
    let has_ended = end.is_some_and(|end| end < TODAY);
    let said = if is_said { status.or(of_flag) } else { Some(true) };
    Some(Wish {
        email: cell("email").to_owned(),
        first: clean(cell("firstName")),
        last: clean(cell("lastName")),
        enabled: if has_ended { Some(false) } else { said },
        hidden,
        uid: cell("uid").to_owned(),
        waits: start.is_some_and(|start| start > TODAY),
    })
}

/// The day of a cell; days in this form compare as texts do.
fn day(cell: &str) -> Result<Option<&str>, ()> {
    match cell.get(..10) {
        _ if cell.is_empty() => Ok(None),
        Some(day) if day.as_bytes()[4] == b'-' => Ok(Some(day)),
        _ => Err(()),
    }
}

fn yes_or_no(cell: &str) -> Result<Option<bool>, ()> {
    match cell.to_lowercase().as_str() {
        "" => Ok(None),
        "enabled" | "active" | "true" | "1" | "yes" => Ok(Some(true)),
        "disabled" | "inactive" | "false" | "0" | "no" => Ok(Some(false)),
        _ => Err(()),
    }
}

fn clean(name: &str) -> String {
    name.trim().nfc().collect()
}

fn is_same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

fn text(user: &Stored, name: &str) -> String {
    let value: Option<Value> = user.get(name).map(|raw| serde_json::from_str(raw).unwrap());
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
