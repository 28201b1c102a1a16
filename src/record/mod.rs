//! What a run leaves behind: files that are there whole or not at all, for their owner alone.

mod atomic;

pub use atomic::{AtomicWriteError, PRIVATE, write_atomically};
