//! The embedded tenant, seen over real sockets.

mod api;
mod faults;
mod groups;
mod hostile;
mod limits;
mod login;
mod state;
