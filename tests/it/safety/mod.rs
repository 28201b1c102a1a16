//! That a run never harms a tenant, whatever goes wrong.

mod addresses;
mod changed_meanwhile;
mod disk;
mod hostile;
mod journal;
mod kill;
mod listing;
mod matrix;
mod model;
mod own_files;
mod pace;
mod unclear;
