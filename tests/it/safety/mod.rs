//! Proof that a run never harms a tenant, whatever goes wrong.

mod listing;
mod pace;
mod unclear;
