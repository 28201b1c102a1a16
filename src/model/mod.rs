//! What the job is about, as values: addresses, names, users wanted and users found. No I/O, no clock.

mod account_type;
mod address_owners;
mod amount;
mod desired;
mod email;
mod exit;
mod field;
mod field_table;
mod last_good;
mod name;
mod record;
mod redact;
mod scalar;
mod spreadsheet;
mod status;
mod tenant;
mod uid;
mod visible;

pub use account_type::AccountType;
pub use address_owners::AddressOwners;
pub use amount::{Amount, AmountError};
pub use desired::{Desired, DesiredUser, DesiredUsers, Held, ManagedColumns, SourceFacts};
pub use email::{Email, EmailProblem, check_address, comparison_key, domain_key, is_same_address};
pub use exit::Exit;
pub use field::{FIELDS, FieldValue, FieldValues, ManagedField, Unreadable};
pub use field_table::{FieldTable, FieldTableFull};
pub use last_good::LastGood;
pub use name::{has_control_character, is_same_name, normalize_name};
pub use record::{UserRecord, account_type};
pub use redact::{redact, undo_escapes};
pub use scalar::Scalar;
pub use spreadsheet::{guard, unguard};
pub use status::Status;
pub use tenant::{Tenant, TenantUser, TenantUsers, UserTraits, full_name};
pub use uid::Uid;
pub use visible::{describe_character, is_invisible, is_joiner_in_script, visible, without_invisible};
