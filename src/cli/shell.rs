//! `lumsync completions` and `lumsync man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Prints a script that completes commands, options and their values.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lumsync completions bash > /etc/bash_completion.d/lumsync
  lumsync completions zsh > \"${fpath[1]}/_lumsync\"
  lumsync completions fish > ~/.config/fish/completions/lumsync.fish
  lumsync completions powershell >> $PROFILE")]
pub struct CompletionsArguments {
    /// Which shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Prints the manual page of lumsync as roff, or writes one page for each command.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lumsync man | man -l -                                reads the main page
  lumsync man --dir /usr/local/share/man/man1           installs all pages")]
pub struct ManArguments {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
