//! lumsync keeps the external users of a LumApps tenant equal to a desired-state CSV.
//!
//! Data walks through the folders once, in one direction:
//!
//! ```text
//! CSV ──source──▶ DesiredUsers ┐
//!                              ├─plan (pure)──▶ Plan ──execute──▶ Event ──record, report, console
//! tenant ──api──▶ TenantUsers ─┘
//! ```
//!
//! | module | may use |
//! | --- | --- |
//! | [`model`] | nothing of ours |
//! | [`source`], [`plan`], [`api`] | `model` |
//! | [`approval`] | nothing of ours |
//! | [`execute`] | `plan`, `api`, `model` |
//! | [`record`], [`report`] | documents and events |
//! | [`console`] | events and documents |
//! | `sandbox` (a feature) | the clock alone, so that it can't share the mistakes of the client |
//! | [`settings`] | `model`, `source`, `plan`, `api`, `console` |
//! | [`cli`] | `settings`, `sandbox`, `console` |
//! | [`commands`] | everything |
//!
//! The test `layering` holds this table.

pub mod api;
pub mod approval;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod console;
pub mod execute;
pub mod exit;
pub mod model;
pub mod plan;
pub mod record;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod settings;
pub mod source;
