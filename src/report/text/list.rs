//! Lists of people: name, address, what is said of them, and the row of the CSV.

use std::io;

use super::Tone;
use super::table::{Cell, Column, Table};
use super::write::TextWriter;
use crate::report::Document;
use crate::report::document::{Group, UserLine};

/// Entries shown of a list before it is cut.
const SHOWN: usize = 12;
/// Those who lose access are looked through one by one.
const DISABLES_SHOWN: usize = 200;

/// How a list is introduced and marked.
#[derive(Clone, Copy)]
pub(super) struct Heading<'a> {
    pub(super) title: &'a str,
    /// Said behind the count, such as `left alone`; may be empty.
    pub(super) remark: &'a str,
    /// One character before each line.
    pub(super) mark: &'a str,
    pub(super) tone: Tone,
    /// How many lines are shown of a list that is cut.
    shown: usize,
}

impl<'a> Heading<'a> {
    pub(super) fn new(title: &'a str, remark: &'a str, mark: &'a str, tone: Tone) -> Self {
        Self { title, remark, mark, tone, shown: SHOWN }
    }

    fn of_group(group: Group, is_done: bool) -> Self {
        let ((title, remark), (mark, tone)) = (group.heading(is_done), group.mark());
        let shown = if group == Group::Disable { DISABLES_SHOWN } else { SHOWN };
        Self { shown, ..Self::new(title, remark, mark, tone) }
    }
}

impl TextWriter<'_> {
    /// All lists; before those that need nobody's decision, the notes of all of them.
    pub(super) fn write_people(&mut self, document: Document<'_>) -> io::Result<()> {
        for group in Group::ALL {
            if group == Group::Create {
                self.write_noted(document)?;
            }
            let heading = Heading::of_group(group, document.is_done());
            self.write_list(heading, || document.lines_of(group), with_name)?;
        }
        Ok(())
    }

    /// Likely changes of address and the like, where they are not overlooked even when the lists are cut.
    fn write_noted(&mut self, document: Document<'_>) -> io::Result<()> {
        let heading = Heading::new("To look at", "", "?", Tone::Warning);
        let noted = || document.lines().filter(|line| line.note().is_some());
        let details = |line: &UserLine<'_>| {
            let name = line.name.map(|name| format!("{name}, ")).unwrap_or_default();
            vec![format!("{name}{}: {}", line.kind.as_str(), line.note().unwrap_or_default())]
        };
        self.write_list(heading, noted, details)
    }

    fn write_list<'a, Lines: Iterator<Item = UserLine<'a>>>(
        &mut self,
        heading: Heading<'_>,
        lines: impl Fn() -> Lines,
        details: impl Fn(&UserLine<'a>) -> Vec<String>,
    ) -> io::Result<()> {
        let count = lines().count();
        if count == 0 {
            return Ok(());
        }
        self.write_heading(heading, count)?;
        let shown = self.shown_of(count, heading.shown);
        let mut table = Table::new(2, [Column::Mark, Column::Whole, Column::Wrapped, Column::Label]);
        for line in lines().take(shown) {
            let row = line.row.map(|row| format!("row {row}")).unwrap_or_default();
            table.push([
                Cell::from(heading.mark).toned(heading.tone),
                line.email.into(),
                Cell::of(details(&line)),
                Cell::from(row).toned(Tone::Faint),
            ]);
        }
        table.write(self.style, self.out)?;
        self.write_rest(count - shown)
    }

    /// How many of `count` are shown, where `limit` are of a list that is cut.
    pub(super) fn shown_of(&self, count: usize, limit: usize) -> usize {
        // A line that says "1 more" could as well be that one.
        if self.style.full || count <= limit + 1 { count } else { limit }
    }

    /// Ends a list; says how many of it were cut.
    pub(super) fn write_rest(&mut self, rest: usize) -> io::Result<()> {
        if rest > 0 {
            let line = format!("… and {rest} more; --full shows all");
            writeln!(self.out, "    {}", self.style.paint(Tone::Faint, &line))?;
        }
        writeln!(self.out)
    }

    fn write_heading(&mut self, heading: Heading<'_>, count: usize) -> io::Result<()> {
        let title = self.style.paint(Tone::Strong, &format!("{} {count}", heading.title));
        match heading.remark {
            "" => writeln!(self.out, "{title}"),
            remark => writeln!(self.out, "{title} {}", self.style.paint(Tone::Faint, &format!("({remark})"))),
        }
    }
}

/// The name stands beside the address, with what is said in one line behind it.
fn with_name(line: &UserLine<'_>) -> Vec<String> {
    let mut details = line.details();
    match (line.name, details.as_mut_slice()) {
        (None, _) => {}
        (Some(name), [only]) if line.changes().all(|change| change.field == "status") && line.error().is_none() => {
            *only = format!("{name}, {only}");
        }
        (Some(name), _) => details.insert(0, name.to_owned()),
    }
    details
}
