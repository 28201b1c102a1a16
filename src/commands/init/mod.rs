//! `lumsync init`: writes a config file that explains every key. On a terminal, it asks for the keys that have no
//! default, and checks the answers.
//!
//! | file | answers |
//! | --- | --- |
//! | `file` | how the file reads |
//! | `dialog` | what is asked, and how the answers are checked |

mod dialog;
mod file;

use std::io::Write;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::job::failure::{CommandError, Failure};
use crate::cli::{GlobalOptions, InitArguments};
use crate::console::Printer;
use crate::exit::Exit;
use crate::record::{AtomicWriteError, PRIVATE, write_atomically};
use crate::settings::{DEFAULT_CONFIG_FILE, Environment};
use dialog::Dialog;
use file::{Values, text};

/// The file is there already.
#[derive(Debug, Error)]
#[error("{} is there already, and was left as it is; give --force to replace it, or another name", path.display())]
struct FileExists {
    path: PathBuf,
}

/// Writes the file.
pub async fn run(
    arguments: &InitArguments,
    global: &GlobalOptions,
    environment: &Environment,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let default = || Path::new(DEFAULT_CONFIG_FILE);
    let path = arguments.file.as_deref().or(global.config.as_deref()).unwrap_or_else(default);
    if path.as_os_str() == "-" {
        let text = text(&Values::default());
        printer.result(|out: &mut dyn Write| out.write_all(text.as_bytes())).map_err(CommandError::Output)?;
        return Ok(Exit::Done);
    }
    // A broken link is there, too.
    if path.symlink_metadata().is_ok() && !arguments.force {
        return Err(Failure::new(Exit::Usage, FileExists { path: path.to_owned() }));
    }
    let (text, next) = if environment.is_input_terminal {
        let mut dialog = Dialog::new(path, environment, printer);
        dialog.hold().await?;
        (dialog.text(), format!("Next: {}", dialog.next_step(path)))
    } else {
        (text(&Values::default()), "Next: fill in [tenant] and [auth], then run `lumsync doctor`.".to_owned())
    };
    write_atomically(path, PRIVATE, |out| {
        out.write_all(text.as_bytes()).map_err(|source| AtomicWriteError { path: path.to_owned(), source })
    })?;
    printer.info(&format!("Wrote {}. {next}", path.display()));
    Ok(Exit::Done)
}
