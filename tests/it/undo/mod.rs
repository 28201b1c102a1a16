//! `lumsync undo` beside what it plans: which run it means, groups, and what the next run is compared with.

mod groups;
mod memory;
mod which_run;
