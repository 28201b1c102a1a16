//! Proof that a run never harms a tenant, whatever goes wrong.

mod listing;
mod model;
mod pace;
mod unclear;
