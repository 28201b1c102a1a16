//! `lumsync init`: a config file in which every key stands with its default and what it is for.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::job::failure::{CommandError, Failure};
use crate::cli::InitArguments;
use crate::console::Printer;
use crate::exit::Exit;
use crate::record::{AtomicWriteError, PRIVATE, write_atomically};
use crate::settings::{DEFAULT_CONFIG_FILE, Key, Section, reference};

/// Columns of a line of the file.
const WIDTH: usize = 100;

const HEAD: &str = "\
# lumsync's settings. An option goes over a variable of the environment, that over this file, and
# this file over the defaults. A line that begins with # changes nothing: the keys behind a # show
# their default, or, where there is none, what a value looks like.
#
# Next: set the keys of [tenant] and [auth], then run `lumsync doctor`.
";

/// The file is there already.
#[derive(Debug, Error)]
#[error("{} is there already, and was left as it is; give --force to replace it, or another name", path.display())]
struct FileExists {
    path: PathBuf,
}

/// Writes the file.
pub fn run(arguments: &InitArguments, config: Option<&Path>, printer: &Printer) -> Result<Exit, Failure> {
    let default = || Path::new(DEFAULT_CONFIG_FILE);
    let path = arguments.file.as_deref().or(config).unwrap_or_else(default);
    let text = text();
    if path.as_os_str() == "-" {
        printer.result(|out: &mut dyn Write| out.write_all(text.as_bytes())).map_err(CommandError::Output)?;
        return Ok(Exit::Done);
    }
    // A broken link is there, too.
    if path.symlink_metadata().is_ok() && !arguments.force {
        return Err(Failure::new(Exit::Usage, FileExists { path: path.to_owned() }));
    }
    write_atomically(path, PRIVATE, |out| {
        out.write_all(text.as_bytes()).map_err(|source| AtomicWriteError { path: path.to_owned(), source })
    })?;
    printer.info(&format!("Wrote {}. Next: fill in [tenant] and [auth], then run `lumsync doctor`.", path.display()));
    Ok(Exit::Done)
}

fn text() -> String {
    let mut text = HEAD.to_owned();
    for section in &reference() {
        // Writing to a string can't fail.
        let _ = push_section(&mut text, section);
    }
    text
}

fn push_section(text: &mut String, section: &Section) -> std::fmt::Result {
    let rule = "-".repeat(WIDTH - 2);
    writeln!(text, "\n# {rule}")?;
    push_comment(text, &section.about)?;
    writeln!(text, "[{}]", section.name)?;
    section.keys.iter().try_for_each(|key| push_key(text, key))
}

fn push_key(text: &mut String, key: &Key) -> std::fmt::Result {
    let Key { name, about, default, toml, option, variable, .. } = key;
    writeln!(text)?;
    push_comment(text, &format!("{about}."))?;
    if key.is_example {
        push_comment(text, &format!("Default: {default}."))?;
    }
    push_comment(text, &format!("Also: {option}, {variable}."))?;
    writeln!(text, "#{name} = {toml}")
}

fn push_comment(text: &mut String, sentence: &str) -> std::fmt::Result {
    let mut column = 0;
    for word in sentence.split_whitespace() {
        let is_first = column == 0;
        if is_first || column + 1 + word.chars().count() > WIDTH {
            write!(text, "{}# {word}", if is_first { "" } else { "\n" })?;
            column = 2 + word.chars().count();
        } else {
            write!(text, " {word}")?;
            column += 1 + word.chars().count();
        }
    }
    writeln!(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_explains_every_key_and_its_lines_are_not_long() {
        let text = text();
        for section in reference() {
            assert!(text.contains(&format!("\n[{}]\n", section.name)), "{}", section.name);
            for key in section.keys {
                assert!(text.contains(&format!("\n#{} = {}\n", key.name, key.toml)), "{}", key.name);
            }
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        insta::assert_snapshot!(text);
    }
}
