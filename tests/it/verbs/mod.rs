//! What an operator sees of each command, by the contract's tables.

mod apply;
mod exit_codes;
mod export;
mod guardrails;
mod lock;
mod matching;
mod plan;
mod policy;
mod run_folder;
mod secrets;
mod settings;
mod sync;
