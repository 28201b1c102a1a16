//! `GET user/list`: filters, order, pages.

use std::cmp::Ordering;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::answer::ApiError;
use super::cursor::Cursor;
use super::fields::Selector;
use super::filter::Filter;
use super::parameters::Parameters;
use super::store::Store;
use super::user::StoredUser;

const PARAMETERS: [&str; 19] = [
    "action",
    "currentInstance",
    "cursor",
    "email",
    "feeds",
    "firstName",
    "ids",
    "instance",
    "lang",
    "lastName",
    "maxResults",
    "query",
    "queryFields",
    "reactedEntityKey",
    "reactedEntityKind",
    "registeredSince",
    "showHidden",
    "sortOrder",
    "status",
];

/// Parameters that a client may change from page to page.
const FREE_BETWEEN_PAGES: [&str; 6] = ["cursor", "maxResults", "fields", "callId", "prettyPrint", "quotaUser"];

/// The page size where none is asked for, by the API's documentation.
const DEFAULT_PAGE: u32 = 30;

/// A question for one page of users.
#[derive(Debug)]
pub(super) struct ListQuery {
    filter: Filter,
    order: Option<Order>,
    start: Cursor,
    page_size: usize,
    selector: Selector,
    call_id: String,
    fingerprint: u64,
}

#[derive(Debug)]
struct Order {
    attribute: String,
    is_descending: bool,
}

impl ListQuery {
    /// Reads the question; a page never holds more than `page_cap` users, whatever is asked for.
    pub(super) fn parse(parameters: &Parameters, page_cap: usize, now: Timestamp) -> Result<Self, ApiError> {
        parameters.allow_only(&[PARAMETERS.as_slice(), &["types"]].concat())?;
        let fingerprint = fingerprint(parameters);
        let selector = parameters.selector()?;
        check_selector(&selector)?;
        Ok(Self {
            filter: Filter::parse(parameters, now)?,
            order: parameters.one("sortOrder").map(Order::parse),
            start: parse_cursor(parameters, fingerprint)?,
            page_size: parse_page_size(parameters)?.min(page_cap.max(1)),
            selector,
            call_id: parameters.one("callId").unwrap_or_default().to_owned(),
            fingerprint,
        })
    }

    /// The cursor that leads to this very page once more.
    pub(super) fn own_cursor(&self) -> String {
        self.start.encode(self.fingerprint)
    }

    /// The answer as JSON text.
    pub(super) fn answer(&self, store: &Store) -> Vec<u8> {
        let page = match &self.order {
            None => self.page_by_creation(store),
            Some(order) => self.page_by(order, store),
        };
        self.write(&page)
    }

    fn page_by_creation<'a>(&self, store: &'a Store) -> Page<'a> {
        let mut matches = store.iter_from(self.start.after as usize).filter(|(_, user)| self.filter.matches(user));
        let mut page = Page::default();
        for (position, user) in matches.by_ref().take(self.page_size) {
            page.users.push(user);
            page.last = Cursor { after: after(position), key: String::new() };
        }
        page.has_more = matches.next().is_some();
        page
    }

    fn page_by<'a>(&self, order: &Order, store: &'a Store) -> Page<'a> {
        let found = store.iter_from(0).filter(|(_, user)| self.filter.matches(user));
        let keyed = found.map(|(position, user)| (Cursor { after: after(position), key: order.key(user) }, user));
        let mut behind: Vec<_> = keyed.filter(|(cursor, _)| order.is_behind(cursor, &self.start)).collect();
        let has_more = behind.len() > self.page_size;
        if has_more {
            behind.select_nth_unstable_by(self.page_size, |(left, _), (right, _)| order.compare(left, right));
            behind.truncate(self.page_size);
        }
        behind.sort_unstable_by(|(left, _), (right, _)| order.compare(left, right));
        let last = behind.last().map(|(cursor, _)| cursor.clone()).unwrap_or_default();
        Page { users: behind.into_iter().map(|(_, user)| user).collect(), last, has_more }
    }

    fn write(&self, page: &Page<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + page.users.len() * 256);
        out.push(b'{');
        if let Some(selector) = self.selector.child("items").filter(|_| !page.users.is_empty()) {
            write_items(&page.users, selector, &mut out);
        }
        if page.has_more && self.selector.child("cursor").is_some() {
            write_member("cursor", &format!("\"{}\"", page.last.encode(self.fingerprint)), &mut out);
        }
        if self.selector.child("more").is_some() {
            write_member("more", if page.has_more { "true" } else { "false" }, &mut out);
        }
        if self.selector.child("callId").is_some() {
            write_member("callId", &serde_json::Value::from(self.call_id.as_str()).to_string(), &mut out);
        }
        out.push(b'}');
        out
    }
}

#[derive(Default)]
struct Page<'a> {
    users: Vec<&'a StoredUser>,
    last: Cursor,
    has_more: bool,
}

impl Order {
    fn parse(text: &str) -> Self {
        let attribute = text.trim_start_matches('-');
        Self { attribute: attribute.to_owned(), is_descending: text.starts_with('-') }
    }

    fn key(&self, user: &StoredUser) -> String {
        user.text(&self.attribute).map_or_else(String::new, |text| text.to_lowercase())
    }

    fn compare(&self, left: &Cursor, right: &Cursor) -> Ordering {
        let keys = left.key.cmp(&right.key);
        let keys = if self.is_descending { keys.reverse() } else { keys };
        keys.then(left.after.cmp(&right.after))
    }

    fn is_behind(&self, cursor: &Cursor, start: &Cursor) -> bool {
        start.after == 0 || self.compare(cursor, start) == Ordering::Greater
    }
}

/// Positions in cursors count from one, so that zero is the beginning.
fn after(position: usize) -> u32 {
    u32::try_from(position).map_or(u32::MAX, |position| position.saturating_add(1))
}

fn write_items(users: &[&StoredUser], selector: &Selector, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"items\":");
    let mut separator = b'[';
    for user in users {
        out.push(separator);
        selector.project(&user.line, out);
        separator = b',';
    }
    out.push(b']');
}

fn write_member(name: &str, value: &str, out: &mut Vec<u8>) {
    let comma = if out.len() > 1 { "," } else { "" };
    out.extend_from_slice(format!("{comma}\"{name}\":{value}").as_bytes());
}

fn parse_page_size(parameters: &Parameters) -> Result<usize, ApiError> {
    match parameters.number("maxResults")?.unwrap_or(DEFAULT_PAGE) {
        0 => Err(ApiError::bad_request("Invalid value for maxResults: it must be positive")),
        size => Ok(size as usize),
    }
}

fn parse_cursor(parameters: &Parameters, fingerprint: u64) -> Result<Cursor, ApiError> {
    let Some(text) = parameters.one("cursor") else { return Ok(Cursor::default()) };
    Cursor::decode(text, fingerprint).ok_or_else(|| ApiError::bad_request("Invalid cursor for this query"))
}

fn check_selector(selector: &Selector) -> Result<(), ApiError> {
    match selector.names().find(|name| !["*", "items", "cursor", "more", "callId"].contains(name)) {
        Some(name) => Err(ApiError::bad_request(format!("Invalid field selection {name}"))),
        None => Ok(()),
    }
}

/// Stands for the query that a cursor belongs to.
fn fingerprint(parameters: &Parameters) -> u64 {
    let mut pairs: Vec<_> = parameters.pairs().filter(|(name, _)| !FREE_BETWEEN_PAGES.contains(name)).collect();
    pairs.sort_unstable();
    let mut hasher = Sha256::new();
    for (name, value) in pairs {
        hasher.update((name.len() as u64).to_be_bytes());
        hasher.update(name);
        hasher.update((value.len() as u64).to_be_bytes());
        hasher.update(value);
    }
    hasher.finalize().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn store(count: usize) -> Store {
        let mut store = Store::default();
        for number in 0..count {
            let line = format!(
                r#"{{"uid":"{number}","email":"u{number}@example.com","firstName":"F{}","status":"enabled"}}"#,
                number % 3
            );
            store.push(StoredUser::from_line(line).unwrap());
        }
        store
    }

    fn ask(store: &Store, parameters: &str) -> serde_json::Value {
        let query = ListQuery::parse(&Parameters::parse(parameters.as_bytes()), 1000, Timestamp::UNIX_EPOCH).unwrap();
        serde_json::from_slice(&query.answer(store)).unwrap()
    }

    fn walk(store: &mut Store, parameters: &str, mut between: impl FnMut(&mut Store)) -> Vec<String> {
        let (mut uids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ask(store, &format!("{parameters}&cursor={cursor}"));
            // Whoever was to come may have been removed meanwhile.
            let items = page["items"].as_array().into_iter().flatten();
            uids.extend(items.map(|item| item["uid"].as_str().unwrap().to_owned()));
            if page["more"] == false {
                assert!(page.get("cursor").is_none());
                return uids;
            }
            page["cursor"].as_str().unwrap().clone_into(&mut cursor);
            between(store);
        }
    }

    #[test]
    fn pages_hold_each_user_once() {
        let uids = walk(&mut store(10), "maxResults=3", |_| ());
        assert_eq!(uids, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        assert_eq!(walk(&mut store(9), "maxResults=3", |_| ()).len(), 9);
    }

    proptest! {
        #[test]
        fn whoever_was_there_all_along_is_listed_once(
            size in 1..8_usize,
            changes in prop::collection::vec((0..3_u8, 0..20_usize), 0..40),
        ) {
            let (mut changes, mut next, mut touched) = (changes.into_iter(), 100, Vec::new());
            let uids = walk(&mut store(20), &format!("maxResults={size}"), |store| {
                for (kind, position) in changes.by_ref().take(2) {
                    let line = |uid: usize| format!(r#"{{"uid":"{uid}","email":"n{uid}@example.com"}}"#);
                    match kind {
                        0 => store.remove(position),
                        1 if store.at(position).is_some() => {
                            store.replace(position, StoredUser::from_line(line(position)).unwrap());
                        }
                        _ => drop(store.push(StoredUser::from_line(line(next)).unwrap())),
                    }
                    next += 1;
                    touched.extend((kind == 0).then(|| position.to_string()));
                }
            });
            let listed = |uid: &String| uids.iter().filter(|found| *found == uid).count();
            for uid in (0..20).map(|number| number.to_string()) {
                prop_assert!(listed(&uid) == 1 || (listed(&uid) == 0 && touched.contains(&uid)), "{} in {:?}", uid, uids);
            }
        }
    }

    #[test]
    fn a_cursor_stays_right_while_users_come_change_and_go() {
        let mut next = 100;
        let uids = walk(&mut store(10), "maxResults=3", |store| {
            let line = format!(r#"{{"uid":"{next}","email":"n{next}@example.com","status":"enabled"}}"#);
            store.push(StoredUser::from_line(line).unwrap());
            store.remove(next - 100);
            next += 1;
        });
        assert_eq!(uids[..10], ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }

    #[test]
    fn a_sorted_list_is_whole_and_in_order() {
        let ascending = walk(&mut store(7), "maxResults=2&sortOrder=firstName", |_| ());
        assert_eq!(ascending, ["0", "3", "6", "1", "4", "2", "5"]);
        let descending = walk(&mut store(7), "maxResults=2&sortOrder=-firstName", |_| ());
        assert_eq!(descending, ["2", "5", "1", "4", "0", "3", "6"]);
    }

    #[test]
    fn a_cursor_of_another_query_is_refused() {
        let first = ask(&store(10), "maxResults=3&status=enabled");
        let cursor = first["cursor"].as_str().unwrap();
        let other = Parameters::parse(format!("status=disabled&cursor={cursor}").as_bytes());
        assert!(ListQuery::parse(&other, 1000, Timestamp::UNIX_EPOCH).is_err());
        let same = Parameters::parse(format!("status=enabled&maxResults=5&cursor={cursor}").as_bytes());
        assert!(ListQuery::parse(&same, 1000, Timestamp::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn the_page_is_thirty_unless_asked_for_and_never_over_the_cap() {
        let pages = |parameters: &str, cap| {
            let query = ListQuery::parse(&Parameters::parse(parameters.as_bytes()), cap, Timestamp::UNIX_EPOCH);
            let answer: serde_json::Value = serde_json::from_slice(&query.unwrap().answer(&store(100))).unwrap();
            answer["items"].as_array().unwrap().len()
        };
        assert_eq!((pages("", 1000), pages("maxResults=50", 1000), pages("maxResults=50", 20)), (30, 50, 20));
    }

    #[test]
    fn an_empty_result_lacks_items() {
        assert_eq!(ask(&store(3), "status=disabled").to_string(), r#"{"callId":"","more":false}"#);
    }

    #[test]
    fn only_the_fields_asked_for_are_answered() {
        let page = ask(&store(2), "maxResults=1&fields=more,items(uid)");
        assert_eq!(page.to_string(), r#"{"items":[{"uid":"0"}],"more":true}"#);
    }
}
