//! The objects of the tenant in the order of their creation, found by identifier and users by address too.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::object::{ObjectKind, StoredObject, email_key};

/// All objects. A position never changes and is never given again, so a cursor can stand on it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Store {
    objects: Vec<Option<StoredObject>>,
    by_uid: HashMap<Box<str>, usize>,
    by_email: BTreeSet<(Box<str>, usize)>,
    version: u64,
    saves: VecDeque<Before>,
}

/// What stood at each position before a save; nothing before a create.
pub(crate) type Before = Vec<(usize, Option<StoredObject>)>;

/// How many saves a stale read can reach back.
const KEPT_SAVES: usize = 1_000;

impl Store {
    /// The object at a position, `None` when it was removed or never given.
    pub(crate) fn at(&self, position: usize) -> Option<&StoredObject> {
        self.objects.get(position)?.as_ref()
    }

    /// All objects from a position on, in the order of their creation.
    pub(crate) fn iter_from(&self, position: usize) -> impl Iterator<Item = (usize, &StoredObject)> {
        let rest = self.objects.get(position..).unwrap_or_default();
        rest.iter().enumerate().filter_map(move |(offset, object)| Some((position + offset, object.as_ref()?)))
    }

    /// How many positions were ever given.
    pub(crate) fn positions(&self) -> usize {
        self.objects.len()
    }

    /// Grows with each change, so that an unchanged state need not be saved again.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Makes the present state the version zero.
    pub(crate) fn count_changes_from_here(&mut self) {
        self.version = 0;
    }

    pub(crate) fn find_uid(&self, uid: &str) -> Option<usize> {
        self.by_uid.get(uid).copied()
    }

    /// The object of this kind and identifier.
    pub(crate) fn find(&self, kind: ObjectKind, uid: &str) -> Option<(usize, &StoredObject)> {
        let position = self.find_uid(uid)?;
        self.at(position).filter(|object| object.kind == kind).map(|object| (position, object))
    }

    /// All users, in the order of their creation.
    pub(crate) fn users(&self) -> impl Iterator<Item = &StoredObject> {
        self.iter_from(0).map(|(_, object)| object).filter(|object| object.kind == ObjectKind::User)
    }

    /// Finds an address without regard to case; the oldest user where several share it.
    pub(crate) fn find_email(&self, email: &str) -> Option<usize> {
        let key = email_key(email);
        let (found, position) = self.by_email.range((key.clone(), 0)..).next()?;
        (*found == key).then_some(*position)
    }

    /// Adds an object behind all others; `None` when its identifier is taken.
    pub(crate) fn push(&mut self, object: StoredObject) -> Option<usize> {
        if self.find_uid(&object.uid).is_some() {
            return None;
        }
        self.objects.push(None);
        let position = self.objects.len() - 1;
        self.put(position, Some(object));
        Some(position)
    }

    pub(crate) fn replace(&mut self, position: usize, object: StoredObject) {
        self.put(position, Some(object));
    }

    pub(crate) fn remove(&mut self, position: usize) {
        self.put(position, None);
    }

    fn put(&mut self, position: usize, object: Option<StoredObject>) {
        let Some(slot) = self.objects.get_mut(position) else { return };
        if let Some(old) = slot.take() {
            self.by_uid.remove(&old.uid);
            self.by_email.remove(&(old.email_key, position));
        }
        if let Some(object) = &object {
            self.by_uid.insert(object.uid.clone(), position);
            if !object.email_key.is_empty() {
                self.by_email.insert((object.email_key.clone(), position));
            }
        }
        *slot = object;
        self.version += 1;
    }

    /// Notes the state before a save, once the save is done.
    pub(crate) fn note_save(&mut self, before: Before) {
        self.saves.truncate(KEPT_SAVES - 1);
        self.saves.push_front(before);
    }

    /// What stood before the last save.
    pub(crate) fn before_last_save(&self) -> Option<Before> {
        self.saves.front().cloned()
    }

    /// Takes a save back.
    pub(crate) fn restore(&mut self, before: Before) {
        for (position, object) in before {
            self.put(position, object);
        }
    }

    /// A copy of the state before the last `saves` saves.
    pub(crate) fn before(&self, saves: usize) -> Self {
        let mut old = self.clone();
        for before in self.saves.iter().take(saves).cloned() {
            old.restore(before);
        }
        old
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(uid: &str, email: &str) -> StoredObject {
        StoredObject::from_line(format!(r#"{{"uid":"{uid}","email":"{email}"}}"#)).unwrap()
    }

    #[test]
    fn users_are_found_by_uid_and_by_address_without_case() {
        let mut store = Store::default();
        for number in 0..100 {
            store.push(user(&number.to_string(), &format!("u{number}@example.com")));
        }
        assert_eq!(store.find_uid("42"), Some(42));
        assert_eq!(store.find_email("U42@EXAMPLE.com"), Some(42));
        assert_eq!((store.find_uid("100"), store.find_email("u4")), (None, None));
        assert_eq!(store.push(user("42", "other@example.com")), None);
    }

    #[test]
    fn a_changed_address_is_found_and_the_old_one_is_not() {
        let mut store = Store::default();
        store.push(user("1", "old@example.com"));
        store.replace(0, user("1", "new@example.com"));
        assert_eq!((store.find_email("old@example.com"), store.find_email("new@example.com")), (None, Some(0)));
    }

    #[test]
    fn of_two_who_share_an_address_the_older_is_found() {
        let mut store = Store::default();
        store.push(user("1", "a@example.com"));
        store.push(user("2", "b@example.com"));
        store.push(user("3", "B@example.com"));
        assert_eq!(store.find_email("b@example.com"), Some(1));
        store.replace(0, user("1", "b@example.com"));
        assert_eq!(store.find_email("b@example.com"), Some(0));
        store.remove(0);
        assert_eq!(store.find_email("b@example.com"), Some(1));
        store.remove(1);
        assert_eq!((store.find_email("b@example.com"), store.find_uid("2")), (Some(2), None));
    }

    #[test]
    fn a_position_is_never_given_again() {
        let mut store = Store::default();
        store.push(user("1", "a@example.com"));
        store.remove(0);
        assert_eq!(store.push(user("2", "b@example.com")), Some(1));
        assert_eq!(store.iter_from(0).count(), 1);
    }

    #[test]
    fn an_earlier_state_lacks_the_last_saves() {
        let mut store = Store::default();
        store.push(user("1", "a@example.com"));
        let before = store.at(0).cloned();
        store.replace(0, user("1", "b@example.com"));
        store.note_save(vec![(0, before)]);
        let created = store.push(user("2", "c@example.com")).unwrap();
        store.note_save(vec![(created, None)]);
        let emails = |store: &Store| store.iter_from(0).map(|(_, user)| user.email_key.to_string()).collect::<Vec<_>>();
        assert_eq!(emails(&store.before(0)), ["b@example.com", "c@example.com"]);
        assert_eq!(emails(&store.before(1)), ["b@example.com"]);
        assert_eq!(emails(&store.before(9)), ["a@example.com"]);
        assert_eq!(store.before(2).find_email("b@example.com"), None);
    }
}
