//! What is known of the terminal, as values; the environment is read elsewhere.

/// Facts of the two output streams and of the variables that speak of colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact of the environment")]
pub struct TerminalFacts {
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set to something other than `0`.
    pub force_color: bool,
    /// `TERM` is `dumb`: no colour, and no cursor to move.
    pub is_dumb: bool,
    /// Columns of the terminal, where one is known.
    pub width: Option<u16>,
}

/// How much is said beside the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// `-q`: only what needs a person.
    Quiet,
    /// Progress and the usual lines.
    #[default]
    Normal,
    /// `-v`: how, too.
    Verbose,
}

impl TerminalFacts {
    /// Asks the streams themselves, and takes what the caller read from the environment.
    pub fn of_this_process(no_color: bool, force_color: bool, term: Option<&str>) -> Self {
        use std::io::IsTerminal;
        Self {
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            no_color,
            force_color,
            is_dumb: term == Some("dumb"),
            width: console::Term::stdout().size_checked().map(|(_, columns)| columns),
        }
    }

    /// Whether the result may hold colour.
    pub fn colours_stdout(&self) -> bool {
        self.colours(self.stdout_is_terminal)
    }

    /// Whether progress and log lines may hold colour.
    pub fn colours_stderr(&self) -> bool {
        self.colours(self.stderr_is_terminal)
    }

    /// Whether bars may be drawn: on a terminal that can move its cursor, and unless told to be quiet.
    pub fn draws_bars(&self, verbosity: Verbosity) -> bool {
        self.stderr_is_terminal && !self.is_dumb && verbosity > Verbosity::Quiet
    }

    /// `NO_COLOR` wins (no-color.org), then `CLICOLOR_FORCE`, then what the terminal can do.
    fn colours(&self, is_terminal: bool) -> bool {
        !self.no_color && (self.force_color || (is_terminal && !self.is_dumb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_needs_a_terminal_and_nobody_who_objects() {
        let terminal = TerminalFacts { stdout_is_terminal: true, ..TerminalFacts::default() };
        assert!(terminal.colours_stdout());
        assert!(!terminal.colours_stderr());
        assert!(!TerminalFacts { no_color: true, force_color: true, ..terminal }.colours_stdout());
        assert!(!TerminalFacts { is_dumb: true, ..terminal }.colours_stdout());
        let piped = TerminalFacts::default();
        assert!(!piped.colours_stdout());
        assert!(TerminalFacts { force_color: true, ..piped }.colours_stdout());
    }

    #[test]
    fn bars_need_a_terminal_that_can_draw_and_somebody_who_looks() {
        let terminal = TerminalFacts { stderr_is_terminal: true, ..TerminalFacts::default() };
        assert!(terminal.draws_bars(Verbosity::Normal));
        assert!(!terminal.draws_bars(Verbosity::Quiet));
        assert!(!TerminalFacts { is_dumb: true, ..terminal }.draws_bars(Verbosity::Verbose));
        assert!(!TerminalFacts::default().draws_bars(Verbosity::Verbose));
    }
}
