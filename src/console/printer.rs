//! The one owner of standard output, standard error and the bars, so that nothing tears and nothing is lost.

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::{MultiProgress, ProgressDrawTarget};

use super::{TerminalFacts, Verbosity};

type Stream = Arc<Mutex<dyn Write + Send>>;

/// Prints the result to standard output, and everything else to standard error above the bars. Cheap to clone.
#[derive(Clone)]
pub struct Printer {
    stdout: Stream,
    stderr: Stream,
    bars: MultiProgress,
    facts: TerminalFacts,
    verbosity: Verbosity,
}

impl Printer {
    /// Takes over the streams of this process.
    pub fn for_process(facts: TerminalFacts, verbosity: Verbosity) -> Self {
        let draws = facts.draws_bars(verbosity);
        let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        // Bars ask the library's switch, which would go by the environment.
        console::set_colors_enabled_stderr(facts.colours_stderr());
        Self::new(facts, verbosity, (io::stdout(), io::stderr()), target)
    }

    /// Takes over any two writers, standard output first; the target is where bars are drawn.
    pub fn new(
        facts: TerminalFacts,
        verbosity: Verbosity,
        (stdout, stderr): (impl Write + Send + 'static, impl Write + Send + 'static),
        target: ProgressDrawTarget,
    ) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        let stdout = Arc::new(Mutex::new(UntilClosed { stream: stdout, is_closed: false }));
        let stderr = Arc::new(Mutex::new(UntilClosed { stream: stderr, is_closed: false }));
        Self { stdout, stderr, bars, facts, verbosity }
    }

    /// What is known of the terminal.
    pub fn facts(&self) -> TerminalFacts {
        self.facts
    }

    /// How much is to be said.
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Writes the result: the only thing that ever goes to standard output. A reader that went away, such as `head`,
    /// is no error.
    pub fn result<E: From<io::Error>>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E> {
        self.above_the_bars(|| {
            let mut stream = lock(&self.stdout);
            let mut buffered = io::BufWriter::new(&mut *stream);
            write(&mut buffered)?;
            buffered.flush()?;
            Ok(())
        })
    }

    /// Says something beside the result, on standard error; not when quiet.
    pub fn info(&self, line: &str) {
        if self.verbosity > Verbosity::Quiet {
            self.always(line);
        }
    }

    /// Says something that a person has to read, quiet or not.
    pub fn always(&self, line: &str) {
        self.write_stderr(format!("{line}\n").as_bytes());
    }

    /// Writes whole lines to standard error, above the bars. Best effort: a full disk or a closed pipe ends no run.
    pub(super) fn write_stderr(&self, lines: &[u8]) {
        self.above_the_bars(|| {
            let mut stream = lock(&self.stderr);
            let _ = stream.write_all(lines).and_then(|()| stream.flush());
        });
    }

    /// The bars of this printer.
    pub(super) fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Runs while no bar is on the screen, such as a question that waits for an answer.
    pub fn above_the_bars<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bars.suspend(act)
    }
}

fn lock(stream: &Stream) -> MutexGuard<'_, dyn Write + Send + 'static> {
    // A writer has no state that a panic elsewhere could have left half done.
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Turns a broken pipe into a sink, so that a closed pipe does not fail the run.
struct UntilClosed<W> {
    stream: W,
    is_closed: bool,
}

impl<W> UntilClosed<W> {
    fn or_closed<T>(&mut self, done: io::Result<T>, swallowed: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(swallowed)
            }
            other => other,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed {
            return Ok(bytes.len());
        }
        let done = self.stream.write(bytes);
        self.or_closed(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let done = self.stream.flush();
        self.or_closed(done, ())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A stream that a test can read back.
    #[derive(Clone, Default)]
    pub(in crate::console) struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        pub(in crate::console) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A printer whose two streams can be read back.
    pub(in crate::console) fn captured(verbosity: Verbosity) -> (Printer, Captured, Captured) {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let streams = (stdout.clone(), stderr.clone());
        let printer = Printer::new(TerminalFacts::default(), verbosity, streams, ProgressDrawTarget::hidden());
        (printer, stdout, stderr)
    }

    struct Refuses(ErrorKind);

    impl Write for Refuses {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    fn print_to(stdout: impl Write + Send + 'static) -> io::Result<()> {
        let streams = (stdout, io::sink());
        let printer = Printer::new(TerminalFacts::default(), Verbosity::Normal, streams, ProgressDrawTarget::hidden());
        printer.result(|out| out.write_all(b"plan\n"))
    }

    #[test]
    fn the_result_alone_goes_to_standard_output() {
        let (printer, stdout, stderr) = captured(Verbosity::Normal);
        printer.result(|out| writeln!(out, "result")).unwrap();
        printer.info("progress");
        assert_eq!((stdout.text().as_str(), stderr.text().as_str()), ("result\n", "progress\n"));
    }

    #[test]
    fn a_reader_that_went_away_is_no_error_and_a_full_disk_is_one() {
        assert!(print_to(Refuses(ErrorKind::BrokenPipe)).is_ok());
        assert_eq!(print_to(Refuses(ErrorKind::StorageFull)).unwrap_err().kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn quiet_says_only_what_a_person_has_to_read() {
        let (printer, _, stderr) = captured(Verbosity::Quiet);
        printer.info("progress");
        printer.always("a guardrail stopped the run");
        assert_eq!(stderr.text(), "a guardrail stopped the run\n");
    }
}
