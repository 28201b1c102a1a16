//! Signals to processes that a test started.

use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal; one that has ended by itself is left alone.
pub fn send(process: u32, signal: Signal) {
    let _ = kill_process(pid(process), signal);
}

/// The identifier of a process as the system calls want it.
pub fn pid(process: u32) -> Pid {
    Pid::from_raw(process.cast_signed()).unwrap()
}
