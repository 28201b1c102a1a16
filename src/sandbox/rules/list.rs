//! Lists of users and of groups: filters, order, pages.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use serde_json::Value;

use super::cursor::Cursor;
use super::field_mask::FieldMask;
use super::filter::Filter;
use super::query::Query;
use crate::sandbox::server::response::ApiError;
use crate::sandbox::server::traffic::CallKind;
use crate::sandbox::storage::object::StoredObject;
use crate::sandbox::storage::store::Store;

/// Parameters that a client may change from page to page.
const FREE_BETWEEN_PAGES: [&str; 6] = ["cursor", "maxResults", "fields", "callId", "prettyPrint", "quotaUser"];

/// The page size where none is asked for, by the API's documentation.
const DEFAULT_PAGE: u32 = 30;

/// A request for one page of users, groups or their types.
#[derive(Debug)]
pub(crate) struct ListQuery {
    filter: Filter,
    order: Option<Order>,
    start: Cursor,
    page_size: usize,
    fields: FieldMask,
    call_id: String,
    fingerprint: u64,
}

#[derive(Debug)]
struct Order {
    attribute: String,
    is_descending: bool,
}

impl ListQuery {
    /// Reads the request; a page never holds more than `page_cap` items, whatever is asked for.
    pub(crate) fn parse(kind: CallKind, query: &Query, page_cap: usize, now: Timestamp) -> Result<Self, ApiError> {
        let fingerprint = fingerprint(query);
        let fields = query.field_mask()?;
        check_fields(&fields)?;
        Ok(Self {
            filter: Filter::parse(kind, query, now)?,
            order: query.one("sortOrder").map(Order::parse),
            start: parse_cursor(query, fingerprint)?,
            page_size: parse_page_size(query)?.min(page_cap.max(1)),
            fields,
            call_id: query.one("callId").unwrap_or_default().to_owned(),
            fingerprint,
        })
    }

    /// The cursor that leads to this very page once more.
    pub(crate) fn own_cursor(&self) -> String {
        self.start.encode(self.fingerprint)
    }

    /// A cursor that leads to the first page and was never given before.
    pub(crate) fn restart_cursor(&self) -> String {
        Cursor { lap: self.start.lap.saturating_add(1), ..Cursor::default() }.encode(self.fingerprint)
    }

    /// The last item of the page before this one, as this page would show it.
    pub(crate) fn item_before(&self, store: &Store) -> Option<String> {
        let position = usize::try_from(self.start.after.checked_sub(1)?).ok()?;
        Some(self.fields.child("items")?.project(&store.at(position)?.line))
    }

    /// The answer as JSON text.
    pub(crate) fn answer(&self, store: &Store) -> String {
        let page = match &self.order {
            None => self.page_by_creation(store),
            Some(order) => self.page_by(order, store),
        };
        self.write(&page)
    }

    fn page_by_creation<'a>(&self, store: &'a Store) -> Page<'a> {
        let start = usize::try_from(self.start.after).unwrap_or(usize::MAX);
        let mut matches = store.iter_from(start).filter(|(_, user)| self.filter.matches(user));
        let mut page = Page::default();
        for (position, user) in matches.by_ref().take(self.page_size) {
            page.items.push(user);
            page.last = self.cursor(position, String::new());
        }
        page.has_more = matches.next().is_some();
        page
    }

    fn page_by<'a>(&self, order: &Order, store: &'a Store) -> Page<'a> {
        let found = store.iter_from(0).filter(|(_, user)| self.filter.matches(user));
        let keyed = found.map(|(position, user)| (self.cursor(position, order.key(user)), user));
        let mut behind: Vec<_> = keyed.filter(|(cursor, _)| order.is_behind(cursor, &self.start)).collect();
        behind.sort_by(|(left, _), (right, _)| order.compare(left, right));
        let has_more = behind.len() > self.page_size;
        behind.truncate(self.page_size);
        let last = behind.last().map(|(cursor, _)| cursor.clone()).unwrap_or_default();
        Page { items: behind.into_iter().map(|(_, user)| user).collect(), last, has_more }
    }

    fn cursor(&self, position: usize, key: String) -> Cursor {
        Cursor { after: position as u64 + 1, key, lap: self.start.lap }
    }

    fn write(&self, page: &Page<'_>) -> String {
        let mut members = Vec::new();
        let mut add = |name: &str, value: &dyn Fn(&FieldMask) -> String| {
            members.extend(self.fields.child(name).map(|mask| format!("\"{name}\":{}", value(mask))));
        };
        if !page.items.is_empty() {
            add("items", &|mask| {
                let users: Vec<_> = page.items.iter().map(|user| mask.project(&user.line)).collect();
                format!("[{}]", users.join(","))
            });
        }
        if page.has_more {
            add("cursor", &|_| format!("\"{}\"", page.last.encode(self.fingerprint)));
        }
        add("more", &|_| page.has_more.to_string());
        add("callId", &|_| Value::from(self.call_id.as_str()).to_string());
        format!("{{{}}}", members.join(","))
    }
}

#[derive(Default)]
struct Page<'a> {
    items: Vec<&'a StoredObject>,
    last: Cursor,
    has_more: bool,
}

impl Order {
    fn parse(text: &str) -> Self {
        let attribute = text.trim_start_matches('-');
        Self { attribute: attribute.to_owned(), is_descending: text.starts_with('-') }
    }

    fn key(&self, user: &StoredObject) -> String {
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

fn parse_page_size(query: &Query) -> Result<usize, ApiError> {
    match query.number("maxResults")?.unwrap_or(DEFAULT_PAGE) {
        0 => Err(ApiError::bad_request("Invalid value for maxResults: it must be positive")),
        size => Ok(size as usize),
    }
}

fn parse_cursor(query: &Query, fingerprint: u64) -> Result<Cursor, ApiError> {
    let Some(text) = query.one("cursor") else { return Ok(Cursor::default()) };
    Cursor::decode(text, fingerprint).ok_or_else(|| ApiError::bad_request("Invalid cursor for this query"))
}

fn check_fields(fields: &FieldMask) -> Result<(), ApiError> {
    match fields.names().find(|name| !["*", "items", "cursor", "more", "callId"].contains(name)) {
        Some(name) => Err(ApiError::bad_request(format!("Invalid field selection {name}"))),
        None => Ok(()),
    }
}

/// Identifies the query that a cursor belongs to.
fn fingerprint(query: &Query) -> u64 {
    let mut pairs: Vec<_> = query.pairs().iter().collect();
    pairs.retain(|(name, _)| !FREE_BETWEEN_PAGES.contains(&name.as_str()));
    pairs.sort();
    let mut hasher = DefaultHasher::new();
    pairs.hash(&mut hasher);
    hasher.finish()
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
            store.push(StoredObject::from_line(line).unwrap());
        }
        store
    }

    fn ask(store: &Store, parameters: &str) -> Value {
        let query = ListQuery::parse(CallKind::List, &Query::parse(parameters.as_bytes()), 1000, Timestamp::UNIX_EPOCH)
            .unwrap();
        serde_json::from_str(&query.answer(store)).unwrap()
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
                            store.replace(position, StoredObject::from_line(line(position)).unwrap());
                        }
                        _ => drop(store.push(StoredObject::from_line(line(next)).unwrap())),
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
            store.push(StoredObject::from_line(line).unwrap());
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
        let other = Query::parse(format!("status=disabled&cursor={cursor}").as_bytes());
        assert!(ListQuery::parse(CallKind::List, &other, 1000, Timestamp::UNIX_EPOCH).is_err());
        let same = Query::parse(format!("status=enabled&maxResults=5&cursor={cursor}").as_bytes());
        assert!(ListQuery::parse(CallKind::List, &same, 1000, Timestamp::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn the_page_is_thirty_unless_asked_for_and_never_over_the_cap() {
        let pages = |parameters: &str, cap| {
            let query =
                ListQuery::parse(CallKind::List, &Query::parse(parameters.as_bytes()), cap, Timestamp::UNIX_EPOCH);
            let answer: Value = serde_json::from_str(&query.unwrap().answer(&store(100))).unwrap();
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
