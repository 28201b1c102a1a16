//! The embedded tenant, seen over real sockets.

mod api;
mod faults;
mod hostile;
mod limits;
mod login;
mod state;
