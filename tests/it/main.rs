//! Drives the library and the built binary over loopback, as a client, an operator or a script would.

mod python_client;
mod sandbox;
mod support;
