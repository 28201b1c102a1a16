//! What the job is about, as values: addresses, names, users wanted and users found. No I/O, no clock.

mod amount;
mod desired;
mod email;
mod name;
mod record;
mod redact;
mod spreadsheet;
mod status;
mod tenant;
mod text_table;
mod uid;
mod visible;

pub use amount::{Amount, AmountError};
pub use desired::{DesiredUser, DesiredUsers, Held, ManagedColumns, SourceFacts};
pub use email::{Email, EmailProblem, check_address, comparison_key, domain_key, is_same_address};
pub use name::{has_control_character, is_same_name, normalize_name};
pub use record::{RecordError, UserRecord};
pub use redact::redact;
pub use spreadsheet::{guard, unguard};
pub use status::{Status, TenantStatus};
pub use tenant::{Tenant, TenantUser, TenantUsers};
pub use text_table::{TextTable, TextTableFull};
pub use uid::Uid;
pub use visible::{describe_character, is_invisible, is_joiner_in_script, visible, without_invisible};
