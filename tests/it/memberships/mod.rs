//! The column `groups`: who joins and leaves which group.

mod applying;
mod calls;
mod killed;
mod planning;
