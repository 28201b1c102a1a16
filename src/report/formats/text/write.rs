//! A document as text: what it is about, its sections, and the verdict.

use std::io::{self, Write};

use super::table::{Cell, Column, Table};
use super::{TextStyle, Tone};
use crate::execute::ActionResult;
use crate::report::document::{Body, Figures, Group, Item, Section, UserLine};
use crate::report::formats::escape::terminal;
use crate::report::words::{number, time};
use crate::report::{Document, ReportError};

/// Entries shown of a list before it is cut.
const SHOWN: usize = 12;
/// Those who lose access are looked through one by one.
const DISABLES_SHOWN: usize = 200;

/// Writes the document as text that ends with its verdict.
pub fn write_text(document: Document<'_>, style: TextStyle, out: &mut dyn Write) -> Result<(), ReportError> {
    Ok(TextWriter { document, style, out }.write()?)
}

struct TextWriter<'a> {
    document: Document<'a>,
    style: TextStyle,
    out: &'a mut dyn Write,
}

impl TextWriter<'_> {
    fn write(&mut self) -> io::Result<()> {
        let title = match self.document {
            Document::Plan { plan, .. } => format!("Plan of {}", time(plan.created_at)),
            Document::Run { report, .. } => format!("Run of {}", time(report.started_at)),
        };
        writeln!(self.out, "{}", self.style.paint(Tone::Strong, &title))?;
        self.document.sections().iter().try_for_each(|section| self.write_section(section))?;
        if let Some(error) = self.document.error() {
            self.marked(&[Item { mark: "✗", tone: Tone::Danger, about: "", sentence: error.to_owned() }])?;
        }
        writeln!(self.out, "{}", self.style.paint(self.document.tone(), &self.document.verdict()))
    }

    fn write_section(&mut self, section: &Section) -> io::Result<()> {
        if !section.title.is_empty() {
            let title = self.style.paint(Tone::Strong, &section.title);
            match section.remark {
                "" => writeln!(self.out, "{title}")?,
                remark => writeln!(self.out, "{title} {}", self.style.paint(Tone::Faint, &format!("({remark})")))?,
            }
        }
        match &section.body {
            Body::Facts(facts) => self.facts(facts)?,
            Body::Totals(totals) => self.totals(totals)?,
            Body::Figures(figures) => figures_table(figures).write(self.style, self.out)?,
            Body::Items(items) => self.items(items)?,
            Body::People(group) => self.people(*group)?,
        }
        writeln!(self.out)
    }

    fn facts(&mut self, facts: &[(&'static str, String)]) -> io::Result<()> {
        let mut table = Table::new(2, [Column::Label, Column::Wrapped]);
        for (name, value) in facts {
            table.push([Cell::from(name.to_lowercase()).toned(Tone::Faint), value.as_str().into()]);
        }
        table.write(self.style, self.out)
    }

    fn totals(&mut self, totals: &[(&'static str, u64)]) -> io::Result<()> {
        let totals: Vec<String> = totals.iter().map(|(words, count)| format!("{} {words}", number(*count))).collect();
        let mut table = Table::new(2, [Column::Wrapped]);
        table.push([Cell::from(totals.join(", "))]);
        table.write(self.style, self.out)
    }

    fn items(&mut self, items: &[Item]) -> io::Result<()> {
        let shown = self.shown_of(items.len(), SHOWN);
        self.marked(&items[..shown])?;
        self.rest(items.len() - shown)
    }

    /// Sentences behind their marks, each wrapped under itself.
    fn marked(&mut self, items: &[Item]) -> io::Result<()> {
        let mut table = Table::new(2, [Column::Mark, Column::Wrapped]);
        for item in items {
            let about = if item.about.is_empty() { String::new() } else { format!("{}: ", item.about) };
            table.push([Cell::from(item.mark).toned(item.tone), format!("{about}{}", item.sentence).into()]);
        }
        table.write(self.style, self.out)
    }

    fn people(&mut self, group: Group) -> io::Result<()> {
        let count = self.document.lines_of(group).count();
        let shown = self.shown_of(count, if group == Group::Disable { DISABLES_SHOWN } else { SHOWN });
        let (mark, tone) = group.mark();
        let mut table = Table::new(2, [Column::Mark, Column::Whole, Column::Wrapped, Column::Label]);
        for line in self.document.lines_of(group).take(shown) {
            let row = line.row.map(|row| format!("row {row}")).unwrap_or_default();
            table.push([
                Cell::from(mark).toned(tone),
                line.email.into(),
                Cell::of(with_name(&line)),
                Cell::from(row).toned(Tone::Faint),
            ]);
        }
        table.write(self.style, self.out)?;
        self.rest(count - shown)
    }

    /// How many of `count` are shown, where `limit` are of a list that is cut.
    fn shown_of(&self, count: usize, limit: usize) -> usize {
        // A line that says "1 more" could as well be that one.
        if self.style.full || count <= limit + 1 { count } else { limit }
    }

    /// Says how much of a list was cut.
    fn rest(&mut self, rest: usize) -> io::Result<()> {
        if rest == 0 {
            return Ok(());
        }
        let line = format!("… and {} more; --full shows all", number(rest as u64));
        writeln!(self.out, "    {}", self.style.paint(Tone::Faint, &line))
    }
}

fn figures_table(figures: &Figures) -> Table {
    let numbers = figures.columns.iter().map(|_| Column::Number);
    let columns: Vec<Column> = [Column::Label].into_iter().chain(numbers).collect();
    let mut table = Table::new(2, columns);
    let head = [figures.label].into_iter().chain(figures.columns.iter().copied());
    table.push(head.map(|word| Cell::from(word).toned(Tone::Faint)).collect::<Vec<_>>());
    for (label, counts) in &figures.rows {
        let cell = |(column, count): (usize, &u64)| {
            let result = column.checked_sub(1).filter(|_| figures.by_result).and_then(|at| ActionResult::ALL.get(at));
            let tone = if *count == 0 { Some(Tone::Faint) } else { result.map(|result| tone_of(*result)) };
            let cell = Cell::from(number(*count));
            tone.map_or(cell.clone(), |tone| cell.toned(tone))
        };
        let counts = counts.iter().enumerate().map(cell);
        table.push([Cell::from(terminal(label).into_owned())].into_iter().chain(counts).collect::<Vec<_>>());
    }
    table
}

fn tone_of(result: ActionResult) -> Tone {
    match result {
        ActionResult::Applied | ActionResult::Already => Tone::Good,
        ActionResult::Drifted | ActionResult::NotAttempted => Tone::Warning,
        ActionResult::Failed => Tone::Danger,
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
