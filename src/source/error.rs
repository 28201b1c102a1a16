//! Why a file is refused as a whole. What is wrong with single rows is data: see `problem`.

use thiserror::Error;

use super::settings::Field;
use crate::model::TextTableFull;

/// A CSV that can't be used at all, with the place and the next step.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file is missing, a folder, or may not be read.
    #[error("can't read {path}: check the path and its rights")]
    Unreadable {
        /// As the operator named it.
        path: String,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// A location that is no path and no URL that we can read.
    #[error("can't read from {url}: {reason}")]
    Location {
        /// As the operator named it, without credentials.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An object store, or the way to it, failed.
    #[error("could not fetch {url}")]
    Remote {
        /// As the operator named it, without credentials.
        url: String,
        /// The store's or the network's word.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// More bytes than allowed.
    #[error("{path} has more than {limit} bytes when unpacked, the most that is read")]
    TooLarge {
        /// As the operator named it.
        path: String,
        /// In bytes.
        limit: u64,
    },
    /// A packed file that can't be unpacked.
    #[error("{path} is no whole {packing} file; pack it again, or fetch it again if it was cut short")]
    Packed {
        /// As the operator named it.
        path: String,
        /// `gzip` or `zstd`.
        packing: &'static str,
        /// The unpacker's word.
        source: std::io::Error,
    },
    /// A workbook, an archive, a web page.
    #[error("{path} is {what}, not a CSV; {help}")]
    NotCsv {
        /// As the operator named it.
        path: String,
        /// Such as `an Excel workbook`.
        what: &'static str,
        /// The next step.
        help: &'static str,
    },
    /// The byte order mark and the given encoding contradict each other.
    #[error("{path} begins with the mark of {found}, yet --encoding says {given}; leave --encoding out")]
    EncodingContradicted {
        /// As the operator named it.
        path: String,
        /// What the first bytes say.
        found: &'static str,
        /// What the operator said.
        given: &'static str,
    },
    /// Bytes that mean nothing in the encoding.
    #[error(
        "{path}, line {line}: the bytes are not valid {encoding}; export the file again as UTF-8, or name its \
         encoding with --encoding"
    )]
    NotDecodable {
        /// As the operator named it.
        path: String,
        /// Physical line, from 1.
        line: u64,
        /// The encoding that was tried.
        encoding: &'static str,
    },
    /// U+FFFD: an earlier conversion has already lost a character.
    #[error(
        "{path}, line {line}: the text holds a replacement character (U+FFFD), so an earlier conversion has lost \
         letters; export the file again as UTF-8"
    )]
    ReplacementCharacter {
        /// As the operator named it.
        path: String,
        /// Physical line, from 1.
        line: u64,
    },
    /// NUL characters: UTF-16 without its mark, or no text.
    #[error(
        "{path}, line {line}: the text holds NUL bytes; if it is UTF-16 without a byte order mark, say so with \
         --encoding utf-16le, else export it again as UTF-8"
    )]
    NulBytes {
        /// As the operator named it.
        path: String,
        /// Physical line, from 1.
        line: u64,
    },
    /// Nothing but blank lines.
    #[error("{path} is empty; a CSV begins with a header row such as email,firstName,lastName")]
    Empty {
        /// As the operator named it.
        path: String,
    },
    /// The first row is a person.
    #[error(
        "{path}, line {line}: the first row looks like data (`{address}`), where a header row such as \
         email,firstName,lastName is needed"
    )]
    NoHeader {
        /// As the operator named it.
        path: String,
        /// Physical line, from 1.
        line: u64,
        /// The address that gave it away.
        address: String,
    },
    /// No column can be taken for the address.
    #[error("{path}, line {line}: no column holds the e-mail address (headers: {headers}); {help}")]
    NoEmailColumn {
        /// As the operator named it.
        path: String,
        /// Physical line of the header, from 1.
        line: u64,
        /// The headers that there are, quoted.
        headers: String,
        /// The next step, with the likeliest header.
        help: String,
    },
    /// Two headers mean the same field.
    #[error(
        "{path}, line {line}: the columns {first} and {second} both mean {field}; say which one with \
         --column {field}=HEADER"
    )]
    SameField {
        /// As the operator named it.
        path: String,
        /// Physical line of the header, from 1.
        line: u64,
        /// The field that both mean.
        field: Field,
        /// Header and number of the first column.
        first: String,
        /// Header and number of the second column.
        second: String,
    },
    /// `--column` names a header that is not there.
    #[error("{path}, line {line}: --column {field}={header} names a column that is not there; {help}")]
    NoSuchColumn {
        /// As the operator named it.
        path: String,
        /// Physical line of the header, from 1.
        line: u64,
        /// The field asked for.
        field: Field,
        /// The header asked for.
        header: String,
        /// The likeliest header, or all of them.
        help: String,
    },
    /// `--column` gives one column to two fields.
    #[error("--column gives the column {header} to both {first} and {second}")]
    ColumnTwice {
        /// The header.
        header: String,
        /// One field.
        first: Field,
        /// The other.
        second: Field,
    },
    /// The file ends inside a row.
    #[error("{path} is cut short: {how}; fetch or export it again")]
    Truncated {
        /// As the operator named it.
        path: String,
        /// What shows it, with the line.
        how: String,
    },
    /// More text than one run can hold.
    #[error("{path} can't be held in memory")]
    TooMuchText {
        /// As the operator named it.
        path: String,
        /// Which limit it is.
        source: TextTableFull,
    },
}

impl SourceError {
    /// Whether the operator's file or options are at fault (exit 2), and not the network (exit 1).
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Remote { .. })
    }
}
