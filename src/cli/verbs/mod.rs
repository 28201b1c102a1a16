//! The arguments of each command. One file a command.

pub(super) mod apply;
pub(super) mod check;
pub(super) mod doctor;
pub(super) mod export;
pub(super) mod init;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod runs;
#[cfg(feature = "sandbox")]
pub(super) mod sandbox;
pub(super) mod sync;
pub(super) mod undo;
