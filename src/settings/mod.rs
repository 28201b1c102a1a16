//! Settings: an option goes over the environment, that over the config file, that over the default.
//!
//! | file | answers |
//! | --- | --- |
//! | `sections` | which settings there are: name, option, default and help of each, declared once |
//! | `values` | how a value is written |
//! | `layers` | how the layers are merged |
//! | `environment`, `config` | what those two set |
//! | `accepted` | whether an option takes a text |
//! | `merged` | what the other layers of the program are given |
//! | `login` | which tenant, and which login |
//! | `reference` | every key for people |
//! | `nearest` | which name a misspelt one means |

mod accepted;
mod config;
mod environment;
mod error;
mod layers;
mod login;
mod merged;
mod nearest;
mod reference;
mod sections;
mod values;

pub use config::{Config, DEFAULT_CONFIG_FILE, config_file};
pub use environment::Environment;
pub use error::SettingsError;
pub use layers::{Origins, complete, reads_config};
pub use login::TenantLogin;
pub use reference::{Key, Section, reference, toml_value};
pub use sections::{
    ApprovalSection, AuthSection, CsvSection, FetchSection, GroupSection, GuardrailSection, HttpSection, LogSection,
    NotifySection, PolicySection, RateSection, ReportSection, RunSection, ScopeSection, Settings, StateSection,
    TenantSection,
};
pub use values::{NotifyFormat, NotifyOn, NotifyUrl, RateSetting, ValueError, duration};
