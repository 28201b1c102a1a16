//! Runs the commands that the documentation shows.
//!
//! In a block marked `console`, each line that begins with `$ ` is run by a shell, page by page in a folder of its own,
//! with a tenant at hand and `users.csv` as `lumsync export` wrote it. The lines below a command must be found in its
//! output in their order; `…` stands for anything. A command must end well, unless the next one is `echo $?` and shows
//! another code. A block behind `<!-- file: NAME -->` is written to a file first; behind `<!-- anew -->`, folder and
//! tenant are as at the top of a page.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clap::CommandFactory;
use lumsync::cli::Cli;

use super::contents::pages;
use crate::support::run::Run;
use crate::support::sandbox_process::SandboxProcess;
use crate::support::workspace::binary;

/// A fenced block.
struct Block {
    language: String,
    /// Named in a comment before it.
    file: Option<String>,
    /// Whether a comment before it wants a new folder and tenant.
    anew: bool,
    line: usize,
    lines: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut file): (Vec<Block>, Option<Block>, Option<String>) = (Vec::new(), None, None);
    let mut anew = false;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.lines.push(line.to_owned()),
            (None, Some(language)) => {
                let language = language.trim().to_owned();
                let (file, anew) = (file.take(), std::mem::take(&mut anew));
                open = Some(Block { language, file, anew, line: number + 2, lines: Vec::new() });
            }
            (None, None) => {
                anew |= line == "<!-- anew -->";
                if let Some(name) = line.strip_prefix("<!-- file: ").and_then(|rest| rest.strip_suffix(" -->")) {
                    file = Some(name.to_owned());
                }
            }
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// A command and the output that is shown of it.
struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
}

fn commands(block: &Block) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for (offset, line) in block.lines.iter().enumerate() {
        let continued = shown.last_mut().filter(|shown| shown.output.is_empty() && shown.command.ends_with('\\'));
        match (continued, line.strip_prefix("$ ")) {
            (Some(shown), _) => shown.command = format!("{}\n{line}", shown.command),
            (None, Some(command)) => {
                shown.push(Shown { line: block.line + offset, command: command.to_owned(), output: Vec::new() });
            }
            (None, None) => shown.last_mut().unwrap().output.push(line.clone()),
        }
    }
    shown
}

/// Whether a line is as shown, `…` standing for anything.
fn is_like(shown: &str, line: &str) -> bool {
    let mut rest = line;
    for (position, part) in shown.split('…').enumerate() {
        match rest.find(part) {
            Some(start) if position > 0 || start == 0 => rest = &rest[start + part.len()..],
            _ => return false,
        }
    }
    shown.ends_with('…') || rest.is_empty()
}

/// The first of the shown lines that is not found in its turn.
fn missing<'a>(shown: &'a [String], output: &str) -> Option<&'a str> {
    let mut lines = output.lines().map(str::trim_end);
    shown.iter().map(|line| line.trim_end()).filter(|line| !matches!(*line, "" | "…" | "...")).find(|shown| {
        // What is passed over does not come again.
        !lines.by_ref().any(|line| is_like(shown, line))
    })
}

/// A page's folder with a tenant that answers there.
struct Reader {
    folder: tempfile::TempDir,
    tenant: SandboxProcess,
    last_code: i32,
}

impl Reader {
    fn new() -> Self {
        let reader = Self { folder: tempfile::tempdir().unwrap(), tenant: SandboxProcess::start(&[]), last_code: 0 };
        fs::create_dir(reader.folder.path().join("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lumsync"), reader.folder.path().join("bin/lumsync")).unwrap();
        let exported = reader.shell("lumsync export -q -o users.csv").output().unwrap();
        assert!(exported.status.success());
        reader
    }

    fn shell(&self, command: &str) -> Command {
        let from_binary = binary(self.folder.path());
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        shell.envs(from_binary.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display()));
        shell.envs(self.tenant.variables.iter().filter(|(name, _)| *name != "LUMSYNC_TOKEN"));
        shell.env("LUMSYNC_RPS", "unlimited");
        shell
    }

    fn run(&mut self, page: &str, shown: &Shown, next: Option<&Shown>) {
        let place = format!("{page}:{}: {}", shown.line, shown.command);
        if shown.command == "echo $?" {
            assert_eq!(shown.output[0], self.last_code.to_string(), "{place}");
            return;
        }
        if shown.command.starts_with("lumsync sandbox") {
            return self.serve(&place, shown);
        }
        let ended = Run::of(&self.shell(&shown.command).output().unwrap());
        self.last_code = ended.code;
        let output = ended.stdout + &ended.stderr;
        if next.is_none_or(|next| next.command != "echo $?") {
            assert_eq!(ended.code, 0, "{place}\n{output}");
        }
        if let Some(line) = missing(&shown.output, &output) {
            panic!("{place}\nnot in its output: {line}\n{output}");
        }
    }

    /// Serves until what is shown was told.
    fn serve(&self, place: &str, shown: &Shown) {
        let mut served =
            KilledOnDrop(self.shell(&format!("exec {}", shown.command)).stdout(Stdio::piped()).spawn().unwrap());
        let mut told = String::new();
        for line in BufReader::new(served.0.stdout.take().unwrap()).lines() {
            told += &(line.unwrap().replace(char::is_numeric, "0") + "\n");
            let without_port: Vec<String> =
                shown.output.iter().map(|line| line.replace(char::is_numeric, "0").replace("00000", "0…")).collect();
            if missing(&without_port, &told).is_none() {
                return;
            }
        }
        panic!("{place}\n{told}");
    }
}

struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read_along(page: &Path) {
    let name = page.file_name().unwrap().to_str().unwrap();
    let mut reader = Reader::new();
    for block in blocks(&fs::read_to_string(page).unwrap()) {
        if block.anew {
            reader = Reader::new();
        }
        if let Some(file) = &block.file {
            fs::write(reader.folder.path().join(file), block.lines.join("\n") + "\n").unwrap();
        }
        if block.language == "console" {
            let shown = commands(&block);
            for (position, command) in shown.iter().enumerate() {
                reader.run(name, command, shown.get(position + 1));
            }
        }
    }
}

#[test]
fn every_command_of_the_documentation_does_what_it_shows() {
    std::thread::scope(|scope| {
        for page in pages() {
            scope.spawn(move || read_along(&page));
        }
    });
}

/// Lines of crontabs, units and workflows are not run; at least they must be commands that lumsync understands.
#[test]
fn every_command_line_in_other_blocks_is_understood() {
    let verbs: Vec<String> = Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    let mut understood = 0;
    for page in pages() {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            if matches!(block.language.as_str(), "sh" | "crontab" | "ini" | "yaml") {
                for line in &block.lines {
                    understood += usize::from(is_understood(line, &verbs, &page));
                }
            }
        }
    }
    assert!(understood > 0, "no such line was found, so that nothing was tried");
}

fn is_understood(line: &str, verbs: &[String], page: &Path) -> bool {
    let Some((_, rest)) = line.split_once("lumsync ") else { return false };
    let words =
        rest.split_whitespace().take_while(|word| !matches!(*word, "#" | "|" | "&&" | "||" | ">" | ">>" | "\\"));
    let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '\''])).collect();
    if !words.first().is_some_and(|verb| verbs.iter().any(|known| known == verb)) {
        return false;
    }
    let parsed = Cli::command().try_get_matches_from(["lumsync"].into_iter().chain(words));
    assert!(parsed.is_ok(), "{}: {line}\n{}", page.display(), parsed.unwrap_err());
    true
}

#[test]
fn a_shown_line_is_compared_from_end_to_end() {
    assert!(is_like("Run … (sync)", "Run 20260302T053000Z-7f3a (sync)"));
    assert!(!is_like("Run (sync)", "Run 20260302T053000Z-7f3a (sync)"));
    assert!(!is_like("Applied 1", "Applied 12"));
    assert!(is_like("…: 1 to create…", "Plan: 1 to create, 2 to update"));
    let shown = ["b".to_owned(), "a".to_owned()];
    assert_eq!(missing(&shown, "a\nb\n"), Some("a"));
    assert_eq!(missing(&shown, "b\nx\na\n"), None);
}
