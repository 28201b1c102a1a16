//! What the tenant holds: the part of each user that a diff needs, packed.

use serde::{Deserialize, Serialize};

use super::{TenantStatus, TextTable, TextTableFull};

const EMAIL: usize = 0;
const UID: usize = 3;

/// Which tenant a plan or run is about. Two that differ in either part are different tenants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The cell's URL without a trailing slash, or `sandbox:FILE` for an embedded tenant.
    pub base_url: String,
    /// The organization on that cell; empty when the operator gave none.
    pub organization_id: String,
}

/// One user as listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantUser<'a> {
    /// The tenant's identifier.
    pub uid: &'a str,
    /// As the tenant wrote it.
    pub email: &'a str,
    /// Empty when the tenant sent none.
    pub first_name: &'a str,
    /// Empty when the tenant sent none.
    pub last_name: &'a str,
    /// Enabled, disabled, or a word that we don't know.
    pub status: TenantStatus,
    /// Left out of search and directory; false when the tenant sent nothing.
    pub is_hidden: bool,
    /// A super admin of the platform (`isSuperAdmin` or `isGod`): never changed.
    pub is_super_admin: bool,
    /// Whether its account type is one of the scope's; a server that ignores the filter must not widen the scope.
    pub is_in_types: bool,
}

/// All users of a proven-whole list, in the order of the list.
#[derive(Debug, Clone, Default)]
pub struct TenantUsers {
    texts: TextTable<4>,
    flags: Vec<Flags>,
}

#[derive(Debug, Clone, Copy)]
struct Flags {
    status: TenantStatus,
    is_hidden: bool,
    is_super_admin: bool,
    is_in_types: bool,
}

impl TenantUsers {
    /// Appends a user.
    pub fn push(&mut self, user: TenantUser<'_>) -> Result<(), TextTableFull> {
        let TenantUser { uid, email, first_name, last_name, status, is_hidden, is_super_admin, is_in_types } = user;
        self.texts.push([email, first_name, last_name, uid])?;
        self.flags.push(Flags { status, is_hidden, is_super_admin, is_in_types });
        Ok(())
    }

    /// The user at `index` of the list.
    pub fn get(&self, index: usize) -> TenantUser<'_> {
        let [email, first_name, last_name, uid] = self.texts.row(index);
        let Flags { status, is_hidden, is_super_admin, is_in_types } = self.flags[index];
        TenantUser { uid, email, first_name, last_name, status, is_hidden, is_super_admin, is_in_types }
    }

    /// The address of the user at `index`.
    pub fn email(&self, index: usize) -> &str {
        self.texts.field(index, EMAIL)
    }

    /// The identifier of the user at `index`.
    pub fn uid(&self, index: usize) -> &str {
        self.texts.field(index, UID)
    }

    /// Brings the users at these places near, before they are looked at one by one.
    pub fn warm(&self, indexes: &[usize]) {
        self.texts.warm(indexes);
        for &index in indexes {
            std::hint::black_box(self.flags[index]);
        }
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// All users in list order.
    pub fn iter(&self) -> impl Iterator<Item = TenantUser<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Gives back the memory that growing left over.
    pub fn shrink_to_fit(&mut self) {
        self.texts.shrink_to_fit();
        self.flags.shrink_to_fit();
    }
}
