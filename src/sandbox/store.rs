//! The users of the tenant in the order of their creation, found by identifier and by address.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::user::{StoredUser, email_key};

/// All users. A position never changes and is never given again, so a cursor can stand on it.
#[derive(Debug, Default)]
pub(super) struct Store {
    users: Vec<Option<StoredUser>>,
    by_uid: HashTable<u32>,
    /// The first of those who share an address.
    by_email: HashTable<u32>,
    hasher: FixedState,
    version: u64,
}

impl Store {
    /// The user at a position, `None` when it was removed or never given.
    pub(super) fn at(&self, position: usize) -> Option<&StoredUser> {
        self.users.get(position)?.as_ref()
    }

    /// All users behind a position, in the order of their creation.
    pub(super) fn iter_from(&self, position: usize) -> impl Iterator<Item = (usize, &StoredUser)> {
        let rest = self.users.get(position..).unwrap_or_default();
        rest.iter().enumerate().filter_map(move |(offset, user)| Some((position + offset, user.as_ref()?)))
    }

    /// How many positions were ever given.
    pub(super) fn positions(&self) -> usize {
        self.users.len()
    }

    /// Grows with each change: tells whether the state on disk is the present one.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn find_uid(&self, uid: &str) -> Option<usize> {
        let is_it = |position: &u32| self.at(index(*position)).is_some_and(|user| &*user.uid == uid);
        self.by_uid.find(self.hasher.hash_one(uid), is_it).map(|position| index(*position))
    }

    /// Finds an address without regard to case; the oldest user where several share it.
    pub(super) fn find_email(&self, email: &str) -> Option<usize> {
        self.find_email_key(&email_key(email))
    }

    fn find_email_key(&self, key: &str) -> Option<usize> {
        let is_it = |position: &u32| self.at(index(*position)).is_some_and(|user| &*user.email_key == key);
        self.by_email.find(self.hasher.hash_one(key), is_it).map(|position| index(*position))
    }

    /// Adds a user behind all others; `None` when its identifier is taken or the tenant is full.
    pub(super) fn push(&mut self, user: StoredUser) -> Option<usize> {
        let position = u32::try_from(self.users.len()).ok()?;
        if self.find_uid(&user.uid).is_some() {
            return None;
        }
        self.users.push(Some(user));
        self.index_uid(position);
        self.index_email(position);
        self.version += 1;
        Some(index(position))
    }

    /// Puts another state of the same user in its place.
    pub(super) fn replace(&mut self, position: usize, user: StoredUser) {
        let is_same_email = self.at(position).is_some_and(|old| old.email_key == user.email_key);
        if !is_same_email {
            self.forget_email(position);
        }
        self.users[position] = Some(user);
        if !is_same_email && let Ok(position) = u32::try_from(position) {
            self.index_email(position);
        }
        self.version += 1;
    }

    /// Takes a user out for good.
    pub(super) fn remove(&mut self, position: usize) {
        self.forget_email(position);
        let Some(user) = self.users.get_mut(position).and_then(Option::take) else { return };
        let hash = self.hasher.hash_one(&*user.uid);
        if let Ok(entry) = self.by_uid.find_entry(hash, |found| index(*found) == position) {
            entry.remove();
        }
        self.version += 1;
    }

    fn index_uid(&mut self, position: u32) {
        let Self { users, by_uid, hasher, .. } = self;
        let hash = |position: &u32| users[index(*position)].as_ref().map_or(0, |user| hasher.hash_one(&*user.uid));
        by_uid.insert_unique(hash(&position), position, hash);
    }

    fn index_email(&mut self, position: u32) {
        let Some(key) = self.at(index(position)).map(|user| user.email_key.clone()) else { return };
        if let Some(other) = self.find_email_key(&key) {
            if other <= index(position) {
                return;
            }
            self.drop_email_entry(&key, other);
        }
        let Self { users, by_email, hasher, .. } = self;
        let hash =
            |position: &u32| users[index(*position)].as_ref().map_or(0, |user| hasher.hash_one(&*user.email_key));
        by_email.insert_unique(hash(&position), position, hash);
    }

    /// Before an address changes: whoever shares it is found by it from now on.
    fn forget_email(&mut self, position: usize) {
        let Some(key) = self.at(position).map(|user| user.email_key.clone()) else { return };
        if !self.drop_email_entry(&key, position) {
            return;
        }
        let heir = self.iter_from(0).find(|(other, user)| *other != position && user.email_key == key);
        if let Some(heir) = heir.and_then(|(other, _)| u32::try_from(other).ok()) {
            self.index_email(heir);
        }
    }

    fn drop_email_entry(&mut self, key: &str, position: usize) -> bool {
        let hash = self.hasher.hash_one(key);
        let entry = self.by_email.find_entry(hash, |found| index(*found) == position);
        entry.map(hashbrown::hash_table::OccupiedEntry::remove).is_ok()
    }
}

fn index(position: u32) -> usize {
    position as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(uid: &str, email: &str) -> StoredUser {
        StoredUser::from_line(format!(r#"{{"uid":"{uid}","email":"{email}"}}"#)).unwrap()
    }

    #[test]
    fn users_are_found_by_uid_and_by_address_without_case() {
        let mut store = Store::default();
        for number in 0..100 {
            store.push(user(&number.to_string(), &format!("u{number}@example.com")));
        }
        assert_eq!(store.find_uid("42"), Some(42));
        assert_eq!(store.find_email("U42@EXAMPLE.com"), Some(42));
        assert_eq!(store.find_uid("100"), None);
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
    fn whoever_shared_an_address_is_found_once_the_older_has_another() {
        let mut store = Store::default();
        store.push(user("1", "a@example.com"));
        store.push(user("2", "a@example.com"));
        store.replace(0, user("1", "b@example.com"));
        assert_eq!((store.find_email("a@example.com"), store.find_email("b@example.com")), (Some(1), Some(0)));
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
}
