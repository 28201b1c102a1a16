//! Aligned lists: an address, what is said of it, and the row of the CSV, fitted into the width.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};

use super::paint::Tone;
use super::wrap::wrap;
use super::{TextStyle, TextWriter};
use crate::report::escape::terminal;

/// Entries shown of a list before it is cut.
const SHOWN: usize = 12;
/// Where lines may be of any length, one long value does not push the column of all the others to the right.
const WIDEST_COLUMN: usize = 48;
/// Columns before an address: indent, mark, blank.
const MARGIN: usize = 4;
const GAP: usize = 2;
/// Below this a column says nothing any more.
const NARROWEST: usize = 12;
/// Lines that one value may take before it is cut.
const LINES_OF_A_VALUE: usize = 4;

/// One entry of a list, its texts made harmless.
pub(super) struct Entry {
    email: String,
    details: Vec<String>,
    row: Option<u64>,
}

/// How a list is introduced and marked.
#[derive(Clone, Copy)]
pub(super) struct Heading<'a> {
    pub(super) title: &'a str,
    /// Said behind the count, such as `left alone`; may be empty.
    pub(super) remark: &'a str,
    /// One character before each address.
    pub(super) mark: &'a str,
    pub(super) tone: Tone,
}

/// Widths in columns.
struct Columns {
    email: usize,
    details: usize,
}

impl Entry {
    /// The details stand below one another, the first beside the address; `row` is the line of the CSV.
    pub(super) fn new(email: &str, details: impl IntoIterator<Item = String>, row: Option<u64>) -> Self {
        let details = details.into_iter().map(|detail| terminal(&detail).into_owned()).collect();
        Self { email: terminal(email).into_owned(), details, row }
    }
}

impl TextWriter {
    /// Writes a list with its heading and count; nothing when it is empty.
    pub(super) fn write_list(
        &self,
        heading: Heading<'_>,
        count: usize,
        entries: impl Iterator<Item = Entry>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        self.write_heading(heading, count, out)?;
        let shown: Vec<Entry> = entries.take(self.shown_of(count)).collect();
        let columns = self.columns(&shown);
        for entry in &shown {
            self.write_entry(heading, &columns, entry, out)?;
        }
        self.write_rest(count, out)
    }

    /// How many of a list of `count` are shown.
    pub(super) fn shown_of(&self, count: usize) -> usize {
        // A line that says "1 more" could as well be that one.
        if self.style.full || count <= SHOWN + 1 { count } else { SHOWN }
    }

    /// Ends a list of `count`; says how many were cut.
    pub(super) fn write_rest(&self, count: usize, out: &mut dyn Write) -> io::Result<()> {
        match count - self.shown_of(count) {
            0 => writeln!(out),
            rest => {
                let line = format!("… and {rest} more; --full shows all");
                writeln!(out, "    {}\n", self.paint.paint(Tone::Faint, &line))
            }
        }
    }

    fn write_heading(&self, heading: Heading<'_>, count: usize, out: &mut dyn Write) -> io::Result<()> {
        let title = self.paint.paint(Tone::Strong, &format!("{} {count}", heading.title));
        match heading.remark {
            "" => writeln!(out, "{title}"),
            remark => writeln!(out, "{title} {}", self.paint.paint(Tone::Faint, &format!("({remark})"))),
        }
    }

    /// Both columns as wide as their texts where the line holds them; else the address gives way, down to half.
    fn columns(&self, shown: &[Entry]) -> Columns {
        let email = widest(shown.iter().map(|entry| entry.email.as_str()));
        let details = widest(shown.iter().flat_map(|entry| &entry.details).map(String::as_str));
        if self.style.width == TextStyle::UNLIMITED {
            return Columns { email: email.min(WIDEST_COLUMN), details: details.min(WIDEST_COLUMN) };
        }
        let row = shown.iter().filter_map(|entry| entry.row).map(|row| row_words(row).len() + GAP).max().unwrap_or(0);
        let room = self.style.width.saturating_sub(MARGIN + GAP + row);
        let email = email.min(room.saturating_sub(details).max(room / 2).max(NARROWEST));
        Columns { email, details: details.min(room.saturating_sub(email).max(NARROWEST)) }
    }

    fn write_entry(
        &self,
        heading: Heading<'_>,
        columns: &Columns,
        entry: &Entry,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut details = entry.details.iter().flat_map(|detail| self.lines_of(detail, columns.details));
        let first = pad(&details.next().unwrap_or_default(), columns.details);
        let mark = self.paint.paint(heading.tone, heading.mark);
        let row = self.paint.paint(Tone::Faint, &entry.row.map(row_words).unwrap_or_default());
        let line = format!("  {mark} {}  {first}  {row}", self.fit(&entry.email, columns.email));
        writeln!(out, "{}", line.trim_end())?;
        for detail in details {
            writeln!(out, "{}{detail}", " ".repeat(MARGIN + columns.email + GAP))?;
        }
        Ok(())
    }

    fn lines_of(&self, detail: &str, column: usize) -> Vec<String> {
        if self.style.width == TextStyle::UNLIMITED {
            return vec![detail.to_owned()];
        }
        let mut lines = wrap(detail, column);
        if lines.len() > LINES_OF_A_VALUE && !self.style.full {
            lines.truncate(LINES_OF_A_VALUE);
            lines.push("…".to_owned());
        }
        lines
    }

    /// Padded to the column, and cut to it where the width counts.
    fn fit(&self, text: &str, column: usize) -> String {
        let cut = if self.style.width == TextStyle::UNLIMITED { usize::MAX } else { column };
        pad(&truncate_str(text, cut, "…"), column)
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(measure_text_width).max().unwrap_or(0)
}

fn pad(text: &str, column: usize) -> String {
    let missing = column.saturating_sub(measure_text_width(text));
    format!("{text}{}", " ".repeat(missing))
}

fn row_words(row: u64) -> String {
    format!("row {row}")
}
