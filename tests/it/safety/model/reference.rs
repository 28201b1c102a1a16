//! What each user must become, and which groups it must be in, by `docs/interface.md`, in the simplest way: no index, no speed, no library code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::case::{Case, Group, Policy};
use super::{Stored, groups_of};

/// A row that can be carried out; `None` and empty mean "leave as it is".
#[derive(Debug, Clone, PartialEq)]
struct Wish {
    email: String,
    first: String,
    last: String,
    enabled: Option<bool>,
    hidden: Option<bool>,
    uid: String,
    /// Names in lower case, `id:` and an identifier, or `<none>`.
    groups: Option<BTreeSet<String>>,
    /// Its first day is still to come.
    waits: bool,
}

/// The day of the model.
const TODAY: &str = "2026-01-01";

/// The tenant as it must be after a sync; created users stand at the end. `None` when nothing may be sent at all.
pub fn expected(case: &Case, before: &[Stored]) -> Option<Vec<Stored>> {
    let model = Model { case, before };
    let table = read_rows(&model);
    let mut fates: Vec<Fate> = table.wishes.iter().map(|wish| model.fate(wish)).collect();
    let alike = model.hold_lookalikes(&table.wishes, &mut fates);
    for (wish, fate) in table.wishes.iter().zip(&mut fates) {
        if matches!(fate, Fate::New) && wish.lacks_a_name() {
            *fate = Fate::Invalid(None);
        }
    }
    let is_invalid = |fate: &Fate| matches!(fate, Fate::Invalid(_));
    if (table.has_invalid || fates.iter().any(is_invalid)) && !case.policy.skips_invalid {
        return None;
    }
    let is_unknown = |wish: &Wish| wish.groups.as_ref().is_some_and(|names| model.meant(names).is_none());
    if table.wishes.iter().any(is_unknown) && !case.policy.skips_unknown_groups {
        return None;
    }
    let has_untold = table.has_untold || fates.iter().any(|fate| matches!(fate, Fate::Invalid(None)));
    let mut after = before.to_vec();
    for (wish, fate) in table.wishes.iter().zip(&fates) {
        match fate {
            Fate::New => {
                let mut user = wish.created();
                model.regroup(&mut user, wish);
                after.push(user);
            }
            Fate::Is(user) => {
                let rivals = fates.iter().filter(|other| other.is(*user)).count();
                let is_for_later =
                    wish.waits && wish.enabled == Some(true) && text(&before[*user], "status") == "disabled";
                if rivals == 1 && !is_for_later && !model.is_protected(*user) && model.may_move(wish, *user) {
                    change(&mut after[*user], wish);
                    if text(&after[*user], "status") != "disabled" {
                        model.regroup(&mut after[*user], wish);
                    }
                }
            }
            Fate::Nothing | Fate::Conflict(_) | Fate::Taken | Fate::Invalid(_) => {}
        }
    }
    if !case.policy.is_partial && !case.policy.keeps_missing && !has_untold {
        for user in 0..before.len() {
            let is_named = fates.iter().any(|fate| fate.names(user)) || table.holds(&before[user]);
            let is_free = !is_named && !alike.contains(&user) && !model.shares_address(user);
            let is_enabled = text(&before[user], "status") == "enabled";
            if model.is_in_scope(user) && is_enabled && is_free && !model.is_protected(user) {
                after[user].insert("status".to_owned(), "\"disabled\"".to_owned());
            }
        }
    }
    Some(after)
}

/// Groups that this user may come to be in, and that it may leave, whatever the tenant answers: only what a row of it says.
pub fn bounds(case: &Case, user: &Stored) -> (BTreeSet<String>, BTreeSet<String>) {
    let model = Model { case, before: std::slice::from_ref(user) };
    let (mut joins, mut leaves) = (BTreeSet::new(), BTreeSet::new());
    if model.is_protected(0) || !model.is_in_scope(0) {
        return (joins, leaves);
    }
    let column = |name: &str| case.columns.iter().position(|column| *column == name);
    for row in &case.rows {
        let cell = |name: &str| column(name).map_or("", |place| row[place].trim());
        let is_of_user = is_same(cell("email"), &text(user, "email")) || cell("uid") == text(user, "uid");
        let Some(names) = named_groups(cell("groups")).filter(|_| is_of_user) else { continue };
        for group in case.groups.iter().filter(|group| model.is_ours(group)) {
            let is_named = names.iter().any(|name| has_name(group, name));
            let bound = if is_named { &mut joins } else { &mut leaves };
            bound.insert(group.uid.to_owned());
        }
    }
    if case.policy.managed.is_none() {
        leaves.clear();
    }
    (joins, leaves)
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
    /// A user of another account type has the address.
    Taken,
    /// A value of it is doubtful, or a name is missing; where it is known, its user.
    Invalid(Option<usize>),
}

impl Fate {
    fn names(&self, user: usize) -> bool {
        match self {
            Self::Is(named) => *named == user,
            Self::Conflict(named) => named.contains(&user),
            Self::Invalid(named) => *named == Some(user),
            Self::New | Self::Nothing | Self::Taken => false,
        }
    }

    /// Whether the row refers to this user and no other.
    fn is(&self, user: usize) -> bool {
        matches!(self, Self::Is(same) | Self::Invalid(Some(same)) if *same == user)
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
        let beyond = if same_address.is_empty() { Fate::Invalid(None) } else { Fate::Taken };
        if !wish.uid.is_empty() {
            return match by_uid.filter(|user| self.is_in_scope(*user)) {
                Some(user) if ours.iter().all(|other| *other == user) => self.unless_doubtful(wish, user),
                None if ours.is_empty() && is_doubtful_address(&wish.email) => beyond,
                _ => conflict(),
            };
        }
        match ours.as_slice() {
            [user] if self.is_in_scope(*user) => self.unless_doubtful(wish, *user),
            [] if wish.is_doubtful() => beyond,
            [] if wish.enabled == Some(false) || wish.waits => Fate::Nothing,
            [] if !self.has_domain(&wish.email) => conflict(),
            [] if !same_address.is_empty() => Fate::Taken,
            [] => Fate::New,
            _ => conflict(),
        }
    }

    /// A doubtful value stands where the user has it.
    fn unless_doubtful(&self, wish: &Wish, user: usize) -> Fate {
        let stored = &self.before[user];
        let has_address = is_same(&text(stored, "email"), &wish.email) || !is_doubtful_address(&wish.email);
        let has_names = [("firstName", &wish.first), ("lastName", &wish.last)]
            .into_iter()
            .all(|(name, wanted)| !is_doubtful_name(wanted) || clean(&text(stored, name)) == *wanted);
        if (has_address && has_names) || !self.is_known(user) { Fate::Is(user) } else { Fate::Invalid(Some(user)) }
    }

    /// Takes back new accounts that look like a user without a row, and returns these users.
    fn hold_lookalikes(&self, wishes: &[Wish], fates: &mut [Fate]) -> Vec<usize> {
        if self.policy().takes_lookalikes_for_two {
            return Vec::new();
        }
        let without_row: Vec<usize> = (0..self.before.len())
            .filter(|&user| self.is_in_scope(user) && !fates.iter().any(|fate| fate.names(user)))
            .collect();
        let mut alike = Vec::new();
        for (wish, fate) in wishes.iter().zip(fates) {
            let same = without_row.iter().copied().filter(|&user| looks_same(wish, &self.before[user]));
            let same: Vec<usize> = same.collect();
            let wants_access = wish.enabled != Some(false);
            let is_new = match fate {
                Fate::New => true,
                Fate::Taken => !wish.is_doubtful() && wish.uid.is_empty(),
                // Of a day to come, of another domain, or of a uid that nobody has.
                Fate::Nothing => wants_access && wish.waits,
                Fate::Conflict(named) => wants_access && named.is_empty(),
                Fate::Is(_) | Fate::Invalid(_) => false,
            };
            if is_new && !same.is_empty() {
                alike.extend(same);
                *fate = Fate::Nothing;
            }
        }
        alike
    }

    /// Of two users with one address, no row can name either.
    fn shares_address(&self, user: usize) -> bool {
        let email = text(&self.before[user], "email");
        let listed = |other: &&Stored| self.policy().types.contains(&text(other, "accountType").as_str());
        self.before.iter().filter(listed).filter(|other| is_same(&text(other, "email"), &email)).count() > 1
    }

    fn is_known(&self, user: usize) -> bool {
        ["", "enabled", "disabled"].contains(&text(&self.before[user], "status").as_str())
    }

    /// A changed address must be in scope and nobody else's, whatever the account type.
    fn may_move(&self, wish: &Wish, user: usize) -> bool {
        let is_moved = !is_same(&text(&self.before[user], "email"), &wish.email);
        let is_taken = self.before.iter().any(|other| is_same(&text(other, "email"), &wish.email));
        self.is_known(user) && (!is_moved || (self.has_domain(&wish.email) && !is_taken))
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

    /// Puts a user into the groups of its row; where rows are exact, takes it out of all others that are managed.
    fn regroup(&self, user: &mut Stored, wish: &Wish) {
        let Some(meant) = wish.groups.as_ref().and_then(|names| self.meant(names)) else { return };
        let mut groups = groups_of(user);
        if self.policy().managed.is_some() {
            groups.retain(|uid| !self.case.groups.iter().any(|group| group.uid == uid && self.is_ours(group)));
        }
        groups.extend(meant);
        if groups != groups_of(user) {
            let subscriptions: Vec<Value> = groups.iter().map(|uid| json!({"feed": uid})).collect();
            user.insert("subscriptions".to_owned(), json!(subscriptions).to_string());
        }
    }

    /// The groups that a cell means; nothing where one of its names can't be used.
    fn meant(&self, names: &BTreeSet<String>) -> Option<BTreeSet<String>> {
        if names.contains("<none>") {
            return self.policy().managed.is_some().then(BTreeSet::new);
        }
        let only = |name: &String| match self.named(name).as_slice() {
            [group] if self.is_ours(group) => Some(group.uid.to_owned()),
            _ => None,
        };
        names.iter().map(only).collect()
    }

    fn named(&self, name: &str) -> Vec<&Group> {
        let is_it = |group: &&Group| has_name(group, name);
        self.case.groups.iter().filter(is_it).collect()
    }

    /// Whether the job may change who is in the group.
    fn is_ours(&self, group: &Group) -> bool {
        let is_match = |pattern: &str| match pattern.to_lowercase().strip_suffix('*') {
            Some(start) => group.names.iter().any(|name| name.to_lowercase().starts_with(start)),
            None => has_name(group, &named_groups(pattern).unwrap_or_default().pop_first().unwrap_or_default()),
        };
        let managed = self.policy().managed.as_ref();
        group.is_writable && managed.is_none_or(|patterns| patterns.iter().any(|pattern| is_match(pattern)))
    }

    fn policy(&self) -> &Policy {
        &self.case.policy
    }
}

impl Wish {
    fn lacks_a_name(&self) -> bool {
        self.first.is_empty() || self.last.is_empty()
    }

    fn is_doubtful(&self) -> bool {
        is_doubtful_address(&self.email) || [&self.first, &self.last].into_iter().any(|name| is_doubtful_name(name))
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

fn has_name(group: &Group, name: &str) -> bool {
    name == format!("id:{}", group.uid) || group.names.iter().any(|known| known.to_lowercase() == name)
}

/// The names of a cell in one spelling.
fn named_groups(cell: &str) -> Option<BTreeSet<String>> {
    let names = cell.split(';').map(str::trim).filter(|name| !name.is_empty()).map(|name| {
        let name = clean(name).to_lowercase();
        match name.strip_prefix("id:") {
            Some(id) => format!("id:{}", id.trim()),
            None if name.bytes().all(|byte| byte.is_ascii_digit()) => format!("id:{name}"),
            None => name,
        }
    });
    let names: BTreeSet<String> = names.collect();
    (!names.is_empty()).then_some(names)
}

fn is_doubtful_address(email: &str) -> bool {
    email.starts_with('\'')
}

fn is_doubtful_name(name: &str) -> bool {
    ["=1+1", "NULL", "“Ann”"].contains(&name)
}

fn looks_same(wish: &Wish, user: &Stored) -> bool {
    let email = text(user, "email");
    let shape = |email: &str| email.to_lowercase().replace(['\'', '.'], "").replace('\u{430}', "a");
    let same_name = |name: &str, wanted: &str| clean(&text(user, name)).to_lowercase() == wanted.to_lowercase();
    let same_names = same_name("firstName", &wish.first) && same_name("lastName", &wish.last);
    shape(&email) == shape(&wish.email)
        || (same_names && is_one_edit(&email.to_lowercase(), &wish.email.to_lowercase()))
}

/// Whether one character was added, dropped or changed, or two neighbours swapped.
fn is_one_edit(left: &str, right: &str) -> bool {
    let (mut left, mut right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    for _ in 0..2 {
        while !left.is_empty() && !right.is_empty() && left.last() == right.last() {
            left.pop();
            right.pop();
        }
        left.reverse();
        right.reverse();
    }
    let is_swap = left.len() == 2 && right.len() == 2 && left[0] == right[1] && left[1] == right[0];
    (left.len() <= 1 && right.len() <= 1) || is_swap
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

fn read_rows(model: &Model<'_>) -> Table {
    let case = model.case;
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
    let agree = |group: &[usize]| {
        group.iter().all(|row| own[*row].is_some() && is_one_wish(own[*row].as_ref(), own[group[0]].as_ref()))
    };
    let is_repeated = |row: usize| alike(row).first().is_some_and(|first| *first != row) && agree(&alike(row));
    for (row, cells) in rows.iter().enumerate().filter(|(row, _)| !is_repeated(*row)) {
        let cell = |name: &str| cells.get(name).copied().unwrap_or_default();
        let shares_email = alike(row).len() > 1 && !agree(&alike(row));
        let shares_uid = (0..rows.len()).any(|other| other != row && same("uid", row, other) && !is_repeated(other));
        match &own[row] {
            Some(wish) if !shares_email && !shares_uid => table.wishes.push(wish.clone()),
            _ => {
                table.has_invalid = true;
                let listed = |user: &&Stored| case.policy.types.contains(&text(user, "accountType").as_str());
                let is_users =
                    |user: &Stored| is_same(&text(user, "email"), cell("email")) || text(user, "uid") == cell("uid");
                table.has_untold |= !model.before.iter().filter(listed).any(is_users);
                table.held.push((cell("email").to_owned(), cell("uid").to_owned()));
            }
        }
    }
    table
}

fn is_one_wish(left: Option<&Wish>, right: Option<&Wish>) -> bool {
    let without_address = |wish: Option<&Wish>| wish.cloned().map(|wish| Wish { email: String::new(), ..wish });
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
    let groups = named_groups(cell("groups"));
    let has_broken_groups =
        groups.as_ref().is_some_and(|names| names.contains("id:") || (names.contains("<none>") && names.len() > 1));
    if is_contradictory || has_broken_groups || !cell("email").contains('@') {
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
        groups,
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
