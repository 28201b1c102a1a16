//! Who has the addresses that a plan would use, as the tenant answered after the list.

use std::collections::BTreeMap;

use crate::model::{AccountType, comparison_key};

/// Addresses that somebody has, with the account type where the tenant says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressOwners(BTreeMap<String, Option<AccountType>>);

impl AddressOwners {
    /// Somebody has this address.
    pub fn add(&mut self, address: &str, account_type: Option<AccountType>) {
        self.0.insert(comparison_key(address).into_owned(), account_type);
    }

    /// Whether somebody has this address, and of which account type; `None` when it is free.
    pub fn of(&self, address: &str) -> Option<Option<AccountType>> {
        self.0.get(&*comparison_key(address)).copied()
    }

    /// Keeps only the owners of these addresses.
    pub fn retain(&mut self, addresses: &[&str]) {
        let keys: std::collections::BTreeSet<_> = addresses.iter().map(|address| comparison_key(address)).collect();
        self.0.retain(|key, _| keys.contains(key.as_str()));
    }
}
