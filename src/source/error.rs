//! Why a file is refused as a whole. What is wrong with single rows is data: see `problem`.

use thiserror::Error;

use super::columns::Field;
use crate::model::FieldTableFull;

/// A CSV that can't be used at all, with the place and the next step.
///
/// A `path` or `url` is as the operator named it, without credentials; a `line` is a physical one, from 1.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum SourceError {
    /// The file is missing, a folder, or may not be read.
    #[error("can't read {path}: check the path and its rights")]
    Unreadable { path: String, source: std::io::Error },
    /// A location that is no path and no URL that we can read.
    #[error("can't read from {url}: {reason}")]
    Location { url: String, reason: String },
    /// An object store, or the way to it, failed.
    #[error("could not fetch {url}")]
    Remote { url: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// A URL, which a build without the feature `remote` does not fetch.
    #[error(
        "can't read {url}: this build of lumsync reads no URLs; fetch the file first, or use a build with the feature `remote`"
    )]
    RemoteDisabled { url: String },
    /// More bytes than allowed.
    #[error("{path} has more than {limit} bytes when unpacked, the most that is read")]
    TooLarge { path: String, limit: u64 },
    /// A stream that begins with one endless line, such as a device's.
    #[error("the first {bytes} bytes of {path} have no line end: this is no CSV")]
    NoLineEnd { path: String, bytes: usize },
    /// A packed file that can't be unpacked.
    #[error("{path} is no whole {packing} file; pack it again, or fetch it again if it was cut short")]
    Packed { path: String, packing: &'static str, source: std::io::Error },
    /// A workbook, an archive, a web page.
    #[error("{path} is {what}, not a CSV; {help}")]
    NotCsv { path: String, what: &'static str, help: &'static str },
    /// The byte order mark and the given encoding contradict each other.
    #[error("{path} begins with the mark of {found}, yet --encoding says {given}; leave --encoding out")]
    EncodingContradicted { path: String, found: &'static str, given: &'static str },
    /// Bytes that mean nothing in the encoding.
    #[error(
        "{path}, line {line}: the bytes are not valid {encoding}, though other letters of the file may be: were two \
         files joined? Export it again as UTF-8, or name its encoding with --encoding"
    )]
    NotDecodable { path: String, line: u64, encoding: &'static str },
    /// Neither UTF-8 nor surely Windows-1252.
    #[error(
        "{path}, line {line}: the file is not UTF-8, and what it is can't be told: a cell is `{western}` as windows-1252 \
         and `{other}` as {encoding}; export it again as UTF-8, or name its encoding with --encoding"
    )]
    EncodingUnclear { path: String, line: u64, western: String, other: String, encoding: &'static str },
    /// U+FFFD: an earlier conversion has already lost a character.
    #[error(
        "{path}, line {line}: a header holds a replacement character (U+FFFD), so an earlier conversion has lost \
         letters; export the file again as UTF-8"
    )]
    ReplacementCharacter { path: String, line: u64 },
    /// NUL characters: UTF-16 without its mark, or no text.
    #[error(
        "{path}, line {line}: the text holds NUL bytes; if it is UTF-16 without a byte order mark, say so with \
         --encoding utf-16le, else export it again as UTF-8"
    )]
    NulBytes { path: String, line: u64 },
    /// Nothing but blank lines.
    #[error("{path} is empty; a CSV begins with a header row such as email,firstName,lastName")]
    Empty { path: String },
    /// The first row is a person.
    #[error(
        "{path}, line {line}: the first row looks like data (`{address}`), where a header row such as \
         email,firstName,lastName is needed"
    )]
    NoHeader { path: String, line: u64, address: String },
    /// No column can be taken for the address.
    #[error("{path}, line {line}: no column holds the e-mail address (headers: {headers}); {help}")]
    NoEmailColumn { path: String, line: u64, headers: String, help: String },
    /// Two headers mean the same field.
    #[error(
        "{path}, line {line}: the columns {first} and {second} both mean {field}; say which one with \
         --column {field}=HEADER"
    )]
    SameField { path: String, line: u64, field: Field, first: String, second: String },
    /// `--column` names a header that is not there.
    #[error("{path}, line {line}: --column {field}={header} names a column that is not there; {help}")]
    NoSuchColumn { path: String, line: u64, field: Field, header: String, help: String },
    /// `--column` gives one column to two fields.
    #[error("--column gives the column {header} to both {first} and {second}")]
    ColumnTwice { header: String, first: Field, second: Field },
    /// `--status-word` gives one word two meanings, or `--null-word` another one.
    #[error("`{word}` has two meanings: --status-word and --null-word must give each word one")]
    WordTwice { word: String },
    /// `--column` and `--ignore-column` name the same header.
    #[error("--ignore-column \"{header}\" leaves out the column that --column gives to {field}")]
    ReadAndIgnored { header: String, field: Field },
    /// Without a word on who has left, every row would be enabled.
    #[error("{path}, line {line}: without a column that is read for it, everybody would be enabled: {described}")]
    SpeaksOfLeaving { path: String, line: u64, described: String },
    /// Lines stand in front of the header.
    #[error(
        "{path}, line {line}: this is no header row, but line {header_line} looks like one; leave out the lines in \
         front of it with --skip-lines {skipped}"
    )]
    TitleLines { path: String, line: u64, header_line: u64, skipped: u64 },
    /// `--skip-lines` leaves nothing.
    #[error("{path} has no line behind the {lines} of --skip-lines")]
    AllSkipped { path: String, lines: u64 },
    /// The file ends inside a row.
    #[error("{path} is cut short: {how}; fetch or export it again")]
    Truncated { path: String, how: String },
    /// More text than one run can hold.
    #[error("{path} can't be held in memory")]
    TooMuchText { path: String, source: FieldTableFull },
}

impl SourceError {
    /// Whether the row that was taken for the header is none.
    pub(crate) fn is_about_header(&self) -> bool {
        matches!(self, Self::NoHeader { .. } | Self::NoEmailColumn { .. } | Self::NoSuchColumn { .. })
    }

    /// Whether the operator's file or options are at fault (exit 2), and not the network (exit 1).
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Remote { .. })
    }
}
