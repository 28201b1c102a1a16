//! The one switch that ends a run in good order, whoever turns it.

use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::watch;

/// Why nothing new starts.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StopReason {
    /// SIGHUP.
    #[error("its terminal was closed (SIGHUP)")]
    HungUp,
    /// SIGINT.
    #[error("interrupted (SIGINT)")]
    Interrupted,
    /// SIGTERM.
    #[error("told to end (SIGTERM)")]
    Terminated,
    /// `--max-duration`
    #[error("--max-duration is over")]
    TimeOver,
    /// Too many failures in a row, or nothing but refused logins.
    #[error("{0}")]
    Broken(String),
}

/// A switch that is turned once and can be waited for. Clones are the same switch.
#[derive(Debug, Clone)]
pub struct Stop {
    reason: Arc<Mutex<Option<StopReason>>>,
    turned: watch::Sender<bool>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { reason: Arc::default(), turned: watch::Sender::new(false) }
    }
}

impl Stop {
    /// Turns the switch; the first reason stays.
    pub fn request(&self, reason: StopReason) {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
        self.turned.send_replace(true);
    }

    /// Why it was turned, if it was.
    pub fn reason(&self) -> Option<StopReason> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends when the switch is turned.
    pub async fn requested(&self) {
        // The sender lives as long as `self`, so waiting can't fail.
        let _ = self.turned.subscribe().wait_for(|turned| *turned).await;
    }
}
