//! Several documents as text, a row each.

use std::io::Write;

use super::table::{Cell, Column, Table};
use super::{TextStyle, Tone};
use crate::report::words::{counted, number, time};
use crate::report::{Overview, ReportError};

const HEADER: [&str; 12] =
    ["", "TENANT", "WHAT", "TIME", "DISABLE", "CREATE", "ENABLE", "UPDATE", "JOIN", "LEAVE", "CONFLICTS", "RESULT"];

/// Writes the overview as text that ends with how many rows need a person.
pub fn write_overview_text(overview: &Overview<'_>, style: TextStyle, out: &mut dyn Write) -> Result<(), ReportError> {
    use Column::{Label, Mark, Number, Wrapped};
    let mut table =
        Table::new(0, [Mark, Label, Label, Label, Number, Number, Number, Number, Number, Number, Number, Wrapped]);
    table.push(HEADER.map(|word| Cell::from(word).toned(Tone::Strong)));
    for row in &overview.rows {
        let mark =
            if row.needs_person { Cell::from("!").toned(Tone::Warning) } else { Cell::from("✓").toned(Tone::Good) };
        let [disable, create, enable, update, join, leave, _, conflicts] =
            row.figures().map(|count| Cell::from(number(count)));
        let result = [row.verdict.clone()].into_iter().chain(row.error.map(str::to_owned));
        table.push([
            mark,
            row.tenant_name.as_str().into(),
            row.kind.into(),
            time(row.time).into(),
            disable,
            create,
            enable,
            update,
            join,
            leave,
            conflicts,
            Cell::of(result).toned(row.tone),
        ]);
    }
    table.write(style, out)?;
    let [all, needing] = [overview.rows.len() as u64, overview.needing()];
    writeln!(out, "\n{}", need(all, needing))?;
    Ok(())
}

fn need(all: u64, needing: u64) -> String {
    match needing {
        0 => format!("None of {} needs a person.", counted(all, "document", "documents")),
        1 => format!("1 of {} needs a person.", counted(all, "document", "documents")),
        _ => format!("{} of {} need a person.", number(needing), counted(all, "document", "documents")),
    }
}
