//! The column `groups`: who joins and leaves which group.

mod applying;
mod calls;
mod faults;
mod job;
mod planning;
mod random;
