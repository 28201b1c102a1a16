//! `lumsync completions` and `lumsync man`: both are generated from the definition of the command line.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;

use super::job::failure::{CommandError, Failure};
use crate::cli::{Cli, CompletionsArguments, ManArguments};
use crate::console::Printer;
use crate::exit::Exit;
use crate::record::AtomicWriteError;

/// Prints the completion script.
pub fn completions(arguments: &CompletionsArguments, printer: &Printer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "lumsync", &mut script);
    print(&script, printer)
}

/// Prints the main page, or writes all pages into a folder.
pub fn man(arguments: &ManArguments, printer: &Printer) -> Result<Exit, Failure> {
    match &arguments.dir {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(CommandError::Output)?;
            print(&page, printer)
        }
        Some(folder) => {
            write_pages(folder).map_err(|source| AtomicWriteError { path: folder.clone(), source })?;
            Ok(Exit::Done)
        }
    }
}

fn print(text: &[u8], printer: &Printer) -> Result<Exit, Failure> {
    printer.result(|out: &mut dyn Write| out.write_all(text)).map_err(CommandError::Output)?;
    Ok(Exit::Done)
}

fn write_pages(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)
}
