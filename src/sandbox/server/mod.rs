//! The HTTP side: connections, routes, requests and responses.

mod admin;
pub(crate) mod connection;
pub(crate) mod delivery;
mod discovery;
pub(crate) mod methods;
mod origin;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod routes;
pub(crate) mod traffic;
