//! Each command through the built binary, by `docs/interface.md`.

mod apply;
mod approval;
mod doubts;
mod exit_codes;
mod export;
mod grace;
mod guardrails;
mod lock;
mod matching;
mod plan;
mod policy;
mod run_folder;
mod secrets;
mod settings;
mod sync;
mod undo;
mod verify;
