//! The one door through which a document is written, and how a file's name says its format.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{csv, html, json, markdown};
use crate::report::{Document, Overview};

/// The formats of report files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportFormat {
    /// The document itself, for scripts.
    Json,
    /// A table for spreadsheets.
    Csv,
    /// One self-contained page.
    Html,
    /// A summary for a CI job or a ticket.
    Markdown,
}

/// A report file whose name does not say what to write.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("can't tell the format of `{}` from its name: end it in .json, .csv, .html or .md", .0.display())]
pub struct UnknownEnding(PathBuf);

/// A document could not be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The writer refused.
    #[error("could not write the report; check the disk and the folder's rights")]
    Write(#[from] io::Error),
    /// A value could not be put into JSON.
    #[error("could not write the report as JSON")]
    Json(#[from] serde_json::Error),
    /// A line could not be put into CSV.
    #[error("could not write the report as CSV")]
    Csv(#[from] ::csv::Error),
    /// The page could not be laid out.
    #[error("could not lay out the HTML report")]
    Html(#[from] askama::Error),
}

impl ReportFormat {
    /// All of them, for tests and help texts.
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Html, Self::Markdown];

    /// Goes by the ending, in any case.
    pub fn from_path(path: &Path) -> Result<Self, UnknownEnding> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some("html") => Ok(Self::Html),
            Some("md") => Ok(Self::Markdown),
            _ => Err(UnknownEnding(path.to_owned())),
        }
    }
}

/// Writes a finished document. The same document gives the same bytes.
pub fn write(document: Document<'_>, format: ReportFormat, out: &mut dyn Write) -> Result<(), ReportError> {
    match format {
        ReportFormat::Json => json::write(document, out),
        ReportFormat::Csv => csv::write(document, out),
        ReportFormat::Html => html::write(document, out),
        ReportFormat::Markdown => markdown::write(document, out),
    }
}

/// Writes a table of several documents.
pub fn write_overview(overview: &Overview<'_>, format: ReportFormat, out: &mut dyn Write) -> Result<(), ReportError> {
    match format {
        ReportFormat::Json => json::write_overview(overview, out),
        ReportFormat::Csv => csv::write_overview(overview, out),
        ReportFormat::Html => html::write_overview(overview, out),
        ReportFormat::Markdown => markdown::write_overview(overview, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        assert_eq!(ReportFormat::from_path(Path::new("a/b.JSON")), Ok(ReportFormat::Json));
        assert_eq!(ReportFormat::from_path(Path::new("b.md")), Ok(ReportFormat::Markdown));
        let error = ReportFormat::from_path(Path::new("report.pdf")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "can't tell the format of `report.pdf` from its name: end it in .json, .csv, .html or .md"
        );
    }
}
