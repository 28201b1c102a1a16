//! What those who answer for a job rely on: whoever is woken by it, whoever watches it, whoever has to agree to it.

mod first_config;
mod glance;
mod joins_and_leaves;
mod killed;
mod machines;
mod overview;
mod question;
mod runs;
