//! What an operator sees of each command, by the contract's tables.

mod apply;
mod exit_codes;
mod export;
mod guardrails;
mod lock;
pub mod matching;
mod plan;
mod policy;
pub mod run_folder;
mod secrets;
mod settings;
mod sync;
