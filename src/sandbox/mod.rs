//! An embedded LumApps tenant: an HTTP server on loopback that keeps users and speaks the API as documented.
//!
//! It serves `lumsync sandbox`, the `--sandbox` option, the tests and the benchmarks. It shares no code with the
//! client, not even the model, so that a mistake of the client shows here.
//!
//! | room | subject |
//! | --- | --- |
//! | `lifecycle`, `settings` | start, edit, stop |
//! | `server` | sockets, routes, requests and responses, the record of the traffic |
//! | `rules` | what the API does: login, list, get, save |
//! | `faults` | what goes wrong on demand, and changes made outside the API |
//! | `storage` | the users, in memory and in a file |
//! | `sample` | believable tenants of any size |
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

mod faults;
mod lifecycle;
mod rules;
mod sample;
mod server;
mod settings;
mod storage;

pub use faults::edit::Edit;
pub use faults::kind::{CATALOGUE, FaultKind, hostile_catalogue};
pub use faults::schedule::{Fault, Moment, When};
pub use lifecycle::Sandbox;
pub use rules::rate_limit::{RateLimit, Refusal};
pub use sample::generate::Mix;
pub use server::traffic::{Call, CallKind};
pub use settings::{Credentials, SandboxError, SandboxSettings, TenantSource};
