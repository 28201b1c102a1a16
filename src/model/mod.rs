//! What the job is about, as values: addresses, names, users wanted and users found. No I/O, no clock.
//!
//! | file | answers |
//! | --- | --- |
//! | `user/` | a user, as it is wanted and as it is found |
//! | `text/` | texts of users, and how they are compared and shown |
//! | `amount` | a count or a share, as a limit has it |
//! | `attention` | what needs a person although it stops nothing |
//! | `last_good` | what the last good run had |
//! | `exit` | exit codes |

mod amount;
mod attention;
mod exit;
mod last_good;
mod text;
mod user;

pub use amount::{Amount, AmountError};
pub use attention::Attention;
pub use exit::Exit;
pub use last_good::{ChangeCounts, KnownColumns, LastGood};
pub use text::cause::root_cause;
pub use text::count::{counted, number};
pub use text::doubt::{doubt_of_address, doubt_of_name, is_plain_name};
pub use text::email::{
    Email, EmailProblem, check_address, comparison_key, domain_key, is_plain_address, is_same_address,
};
pub use text::name::{has_control_character, is_same_name, normalize_name};
pub use text::redact::{forms_of, redact, undo_escapes};
pub use text::spreadsheet::{guard, unguard};
pub use text::visible::{describe_character, is_invisible, is_joiner_in_script, visible, without_invisible};
pub use user::account_type::AccountType;
pub use user::address_owners::AddressOwners;
pub use user::desired::{Desired, DesiredUser, DesiredUsers, Doubt, Held, HeldRow, ManagedColumns, SourceFacts};
pub use user::field::{FIELDS, FieldValue, FieldValues, ManagedField, Unreadable};
pub use user::field_table::{FieldTable, FieldTableFull};
pub use user::group::{GroupCell, GroupCells, GroupKeeper, GroupRef, NO_GROUP, TenantGroup, group_name_key};
pub use user::record::{UserRecord, account_type};
pub use user::scalar::Scalar;
pub use user::status::Status;
pub use user::tenant::{Tenant, TenantUser, TenantUsers, UserTraits, full_name};
pub use user::uid::{Uid, UidList};
