//! An embedded LumApps tenant: a real HTTP server on loopback that keeps users and speaks the API as documented.
//!
//! It serves `lumsync sandbox`, the `--sandbox` option, the tests and the benchmarks. It shares no rule with the
//! client: neither `api` nor `plan` nor `execute`, not even the model, so that a mistake there shows here.
//!
//! | file | subject |
//! | --- | --- |
//! | `handle`, `connection`, `serve` | start and stop, sockets, the way of a call |
//! | `tenant`, `login`, `list`, `filter`, `save` | what the API does |
//! | `fields`, `cursor`, `parameters`, `scan`, `object` | its notations |
//! | `faults`, `effect`, `twist`, `limits` | what goes wrong on demand |
//! | `user`, `store`, `disk`, `saver` | the users, in memory and on disk |
//! | `generate`, `names` | believable tenants of any size |
//! | `traffic`, `admin`, `discovery` | what tests and other clients look at |
//!
//! ```no_run
//! # use lumsync::sandbox::{Sandbox, SandboxSettings, TenantSource};
//! # async fn example() -> Result<(), lumsync::sandbox::SandboxError> {
//! let settings = SandboxSettings { tenant: TenantSource::Sample, ..SandboxSettings::default() };
//! let sandbox = Sandbox::start(settings).await?;
//! let (url, token) = (sandbox.base_url(), sandbox.token());
//! # let _ = (url, token);
//! sandbox.stop().await
//! # }
//! ```

mod admin;
mod answer;
mod connection;
mod cursor;
mod discovery;
mod disk;
mod effect;
mod faults;
mod fields;
mod filter;
mod generate;
mod handle;
mod incoming;
mod limits;
mod list;
mod login;
mod names;
mod object;
mod parameters;
mod save;
mod saver;
mod scan;
mod serve;
mod settings;
mod store;
mod tenant;
mod traffic;
mod twist;
mod user;

pub use faults::{CATALOGUE, Fault, FaultKind, When};
pub use generate::Mix;
pub use handle::Sandbox;
pub use limits::{RateLimit, Refusal};
pub use settings::{Credentials, SandboxError, SandboxSettings, TenantSource};
pub use traffic::{Call, CallKind};
