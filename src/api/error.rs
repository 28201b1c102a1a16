//! Why a call to the tenant came to nothing.

use thiserror::Error;

use super::pace::GateError;

/// A call that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum CallError {
    /// The tenant said no, and asking again would not help.
    #[error("{call}: the tenant answered {status}{}", said(message))]
    Refused { call: &'static str, status: u16, message: String },
    /// The login is refused, even after a new token where one could be had.
    #[error("{call}: the tenant refused the {} ({status}){}; {hint}", if *status == 403 { "permission" } else { "login" }, said(message))]
    LoginRefused { call: &'static str, status: u16, message: String, hint: &'static str },
    /// The server's certificate is not trusted: nothing was sent.
    #[error("{call}: {problem}")]
    Untrusted { call: &'static str, problem: String },
    /// A write that may or may not have been done, and looking it up could not tell either.
    #[error(
        "{call}: nobody knows whether it was done ({cause}), and looking it up could not tell: {problem}; run again"
    )]
    InDoubt { call: &'static str, cause: String, problem: String, is_login_refusal: bool },
    /// Tried until nothing was left to try.
    #[error("{call}: gave up after {tries} tries ({cause})")]
    GaveUp { call: &'static str, tries: u32, cause: String },
    /// An answer, or a request, that can't be what it should be.
    #[error("{call}: {problem}")]
    Unusable { call: &'static str, problem: String },
    /// The request never left.
    #[error(transparent)]
    Gate(#[from] GateError),
}

impl CallError {
    /// Whether the tenant refused who we are rather than what we asked.
    pub fn is_login_refusal(&self) -> bool {
        matches!(self, Self::LoginRefused { .. } | Self::InDoubt { is_login_refusal: true, .. })
    }

    /// Which call the tenant refused, and with which status.
    pub fn refused(&self) -> Option<(&'static str, u16)> {
        match self {
            Self::Refused { call, status, .. } | Self::LoginRefused { call, status, .. } => Some((call, *status)),
            _ => None,
        }
    }

    /// Whether the tenant said that the request conflicts with what it has.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { status: 409, .. })
    }

    /// Whether the tenant said that it does not know what was asked for.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
