//! That the documentation is true: its commands are run, its generated pages compared, its promises and links looked up.

mod contents;
mod exit_codes;
mod generated;
mod promises;
mod shown_commands;
