//! Values that can be read and are hardly what was meant (`docs/csv.md`, "Doubtful values").
//!
//! | file | answers |
//! | --- | --- |
//! | `address` | why an address is doubtful |
//! | `name` | why a name is doubtful |
//! | `placeholder` | what programs write where there is no value |

mod address;
mod name;
mod placeholder;

pub use address::doubt_of_address;
pub use name::{doubt_of_name, is_plain_name};
