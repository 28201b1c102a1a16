//! A user, as it is wanted and as it is found.
//!
//! | file | answers |
//! | --- | --- |
//! | `account_type` | who made an account |
//! | `address_owners` | who has an address, of whatever account type |
//! | `desired` | what the CSV wants |
//! | `field` | the managed fields: how each is read, compared and written |
//! | `field_table` | the fields of many users, packed |
//! | `group` | groups, and what a cell names of them |
//! | `record` | a user object with attributes that are only carried |
//! | `scalar` | an attribute as it stands in JSON |
//! | `status` | enabled or disabled |
//! | `tenant` | what the tenant has |
//! | `uid` | the tenant's identifier of a user |

pub(super) mod account_type;
pub(super) mod address_owners;
pub(super) mod desired;
pub(super) mod field;
pub(super) mod field_table;
pub(super) mod group;
pub(super) mod record;
pub(super) mod scalar;
pub(super) mod status;
pub(super) mod tenant;
pub(super) mod uid;
