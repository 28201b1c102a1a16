//! What an operator sees, tested from outside.

mod browser;
mod documents;
mod support;
