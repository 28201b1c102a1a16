//! Signals to processes that a test started.

use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal; one that has ended by itself is left alone.
pub fn send(process: u32, signal: Signal) {
    let _ = kill_process(pid(process), signal);
}

/// Whether this process ignores a signal, and so every process that it starts: `nohup` and some runners of jobs do so
/// with SIGHUP, and lumsync then ignores it too.
pub fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal.as_raw() - 1) & 1 == 1
}

/// The identifier of a process as the system calls want it.
pub fn pid(process: u32) -> Pid {
    Pid::from_raw(process.cast_signed()).unwrap()
}
