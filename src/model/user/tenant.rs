//! What the tenant holds: the part of each user that a plan needs, packed.

use std::hint::black_box;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::{AccountType, FieldTable, FieldTableFull, FieldValue, FieldValues, ManagedField};

/// Which tenant a plan or run is about. Two that differ in either part are different tenants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The cell's URL without a trailing slash, or `sandbox:FILE` for an embedded tenant.
    pub base_url: String,
    /// The organization on that cell; empty when none was given.
    pub organization_id: String,
}

/// One user as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantUser<'a> {
    /// The tenant's identifier; empty only for a user that can't be read.
    pub uid: &'a str,
    /// The managed fields; a missing attribute has no value.
    pub values: FieldValues<'a>,
    /// What decides whether the job may change it.
    pub traits: UserTraits,
}

/// What decides whether the job may change a user, beside its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserTraits {
    /// `None` when the tenant did not say; the list's `types` filter then stands for it.
    pub account_type: Option<AccountType>,
    /// A super admin of the platform (`isSuperAdmin` or `isGod`).
    pub is_super_admin: bool,
    /// Whether every managed attribute could be read.
    pub is_readable: bool,
}

/// All users of a list that was proved whole, in the order of the list.
#[derive(Debug, Clone, Default)]
pub struct TenantUsers {
    fields: FieldTable,
    traits: Vec<UserTraits>,
}

impl Tenant {
    /// The same text for the same tenant, however its URL and organization are spelt: what locks and memory go by.
    pub fn key(&self) -> String {
        let written = self.base_url.trim().to_lowercase();
        let url = Url::parse(&written).ok().filter(Url::has_host);
        let place = url.map_or_else(|| written.trim_end_matches('/').to_owned(), |url| place(&url));
        format!("{place} {}", self.organization_id.trim())
    }
}

/// Scheme, host, port and path, each in one spelling.
fn place(url: &Url) -> String {
    let host = match url.host_str().unwrap_or_default().trim_end_matches('.') {
        "localhost" | "[::1]" => "127.0.0.1",
        host => host,
    };
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}://{host}:{port}{}", url.scheme(), url.path().trim_end_matches('/'))
}

impl TenantUser<'_> {
    /// The address as the tenant wrote it; empty only for a user that can't be read.
    pub fn email(&self) -> &str {
        self.values.text(ManagedField::Email)
    }

    /// A field's value; the schema's default where the attribute is missing.
    pub fn value(&self, field: ManagedField) -> FieldValue<'_> {
        self.values.get(field).cloned().unwrap_or(field.default_value())
    }

    /// First and last name, for a reader of the plan; `None` when there is neither.
    pub fn full_name(&self) -> Option<Box<str>> {
        full_name(&self.values)
    }
}

/// First and last name, for a reader of the plan; `None` when there is neither.
pub fn full_name(values: &FieldValues<'_>) -> Option<Box<str>> {
    let (first, last) = (values.text(ManagedField::FirstName).trim(), values.text(ManagedField::LastName).trim());
    let name = format!("{first} {last}");
    let name = name.trim();
    (!name.is_empty()).then(|| name.into())
}

impl TenantUsers {
    /// Appends a user.
    pub fn push(&mut self, user: &TenantUser<'_>) -> Result<(), FieldTableFull> {
        let TenantUser { uid, values, traits } = user;
        self.fields.push(uid, values)?;
        self.traits.push(*traits);
        Ok(())
    }

    /// Appends the users of another list.
    pub fn append(&mut self, other: &Self) -> Result<(), FieldTableFull> {
        self.fields.append(&other.fields)?;
        self.traits.extend_from_slice(&other.traits);
        Ok(())
    }

    /// The user at `index` of the list.
    pub fn get(&self, index: usize) -> TenantUser<'_> {
        let (uid, values) = self.fields.get(index);
        TenantUser { uid, values, traits: self.traits[index] }
    }

    /// The address of the user at `index`.
    pub fn email(&self, index: usize) -> &str {
        self.packed(index, ManagedField::Email)
    }

    /// A field of the user at `index` as one word, without unpacking the others; empty when it has no value.
    pub fn packed(&self, index: usize, field: ManagedField) -> &str {
        self.fields.packed(index, field)
    }

    /// Fetches these users into the processor's cache, before each of them is compared.
    pub fn warm(&self, users: &[u32]) {
        self.fields.warm(users);
        black_box(users.iter().filter(|&&user| self.traits[user as usize].is_readable).count());
    }

    /// The traits of the user at `index`.
    pub fn traits(&self, index: usize) -> UserTraits {
        self.traits[index]
    }

    /// The identifier of the user at `index`.
    pub fn uid(&self, index: usize) -> &str {
        self.fields.uid(index)
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.traits.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.traits.is_empty()
    }

    /// All users in list order.
    pub fn iter(&self) -> impl Iterator<Item = TenantUser<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Gives back the memory that growing left over.
    pub fn shrink_to_fit(&mut self) {
        self.fields.shrink_to_fit();
        self.traits.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(base_url: &str) -> String {
        Tenant { base_url: base_url.to_owned(), organization_id: " 7 ".to_owned() }.key()
    }

    #[test]
    fn a_tenant_is_the_same_however_it_is_spelt() {
        let same = key("https://cell.example.com");
        for spelt in ["HTTPS://Cell.Example.Com:443/", " https://cell.example.com// ", "https://cell.example.com./"] {
            assert_eq!(key(spelt), same, "{spelt}");
        }
        assert_eq!(key("http://localhost:8080/api/"), key("http://127.0.0.1:8080/API"));
        for other in
            ["https://cell.example.com:444", "http://cell.example.com", "https://cell.example.com/b", "sandbox:"]
        {
            assert_ne!(key(other), same, "{other}");
        }
        assert_eq!(key("sandbox:tenant.jsonl"), "sandbox:tenant.jsonl 7");
    }
}
