//! Each command through the built binary, by `docs/interface.md`.

mod apply;
mod doubts;
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
