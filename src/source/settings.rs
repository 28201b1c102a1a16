//! What an operator may say about the CSV instead of having it detected.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use encoding_rs::Encoding;
use jiff::civil::Date;
use thiserror::Error;

use super::columns::{Field, field_named};
use super::row::{DateFormat, fold, status_of};
use crate::model::Status;

/// How many bytes a CSV may have, unpacked, unless told otherwise: 2 GiB.
pub const DEFAULT_SIZE_LIMIT: u64 = 2 << 30;

/// A text that can't be taken as a setting of the CSV.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum SettingError {
    #[error(
        "`{0}` is no field of the CSV; the fields are email, firstName, lastName, status, disabled, startDate, endDate, \
         isHidden, uid, groups and password"
    )]
    Field(String),
    #[error("`{0}` is no delimiter; give one character such as `;`, or `comma`, `semicolon`, `tab` or `pipe`")]
    Delimiter(String),
    #[error("`{0}` is no known encoding; try utf-8, utf-16le, windows-1252 or iso-8859-15")]
    Encoding(String),
    #[error("`{0}` is not of the form FIELD=HEADER, such as email=\"Work e-mail\"")]
    Column(String),
    #[error("`{0}` is not of the form WORD=enabled or WORD=disabled, such as terminated=disabled")]
    StatusWord(String),
    #[error("`{word}` means {means} already, and can't be made to mean the opposite")]
    StatusWordTaken { word: String, means: &'static str },
    #[error("`{0}` is no form of a date; write it like %d.%m.%Y or DD.MM.YYYY, with a day, a month and a year")]
    DateFormat(String),
}

impl FromStr for Field {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        field_named(text).ok_or_else(|| SettingError::Field(text.to_owned()))
    }
}

/// Reads a delimiter as an operator writes it: `;`, `\t`, `tab`, `semicolon`, `comma`, `pipe`.
pub fn parse_delimiter(text: &str) -> Result<u8, SettingError> {
    match text {
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "tab" | "\\t" => Ok(b'\t'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            &[byte] if byte == b'\t' || (byte.is_ascii_punctuation() && byte != b'"') => Ok(byte),
            _ => Err(SettingError::Delimiter(text.to_owned())),
        },
    }
}

/// Reads an encoding's name, such as `utf-8`, `windows-1252` or `latin1`.
pub fn parse_encoding(text: &str) -> Result<&'static Encoding, SettingError> {
    Encoding::for_label_no_replacement(text.as_bytes()).ok_or_else(|| SettingError::Encoding(text.to_owned()))
}

/// Reads `FIELD=HEADER`, the value of `--column`.
pub fn parse_column(text: &str) -> Result<(Field, String), SettingError> {
    let (field, header) = text.split_once('=').ok_or_else(|| SettingError::Column(text.to_owned()))?;
    if header.trim().is_empty() {
        return Err(SettingError::Column(text.to_owned()));
    }
    Ok((field.parse()?, header.trim().to_owned()))
}

/// Reads `WORD=enabled` or `WORD=disabled`, the value of `--status-word`.
pub fn parse_status_word(text: &str) -> Result<(String, Status), SettingError> {
    let (word, meaning) = text.rsplit_once('=').ok_or_else(|| SettingError::StatusWord(text.to_owned()))?;
    let (word, meaning) = (word.trim(), Status::from_word(meaning.trim()));
    match (meaning, status_of(word)) {
        _ if word.is_empty() => Err(SettingError::StatusWord(text.to_owned())),
        (None, _) => Err(SettingError::StatusWord(text.to_owned())),
        (Some(meaning), Some(known)) if meaning != known => {
            Err(SettingError::StatusWordTaken { word: word.to_owned(), means: known.as_str() })
        }
        (Some(meaning), _) => Ok((fold(word), meaning)),
    }
}

/// What the operator said about the CSV; the rest is detected.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// Between the cells of a row.
    pub delimiter: Option<u8>,
    /// Of the bytes; wins over what the bytes look like.
    pub encoding: Option<&'static Encoding>,
    /// The header of a field's column, where the usual names don't fit.
    pub columns: BTreeMap<Field, String>,
    /// Headers of columns that nothing is read from.
    pub ignored_columns: Vec<String>,
    /// Further words of a status, folded, with what they mean; as they were given, so that two may contradict.
    pub status_words: Vec<(String, Status)>,
    /// Lines in front of the header.
    pub skip_lines: u64,
    /// How dates are written, where that is not ISO 8601.
    pub date_format: Option<DateFormat>,
    /// The day that first and last days are held against.
    pub today: Date,
    /// Words that stand for an empty cell, to the letter.
    pub null_words: Vec<String>,
    /// Most bytes that are read, counted unpacked.
    pub size_limit: u64,
    /// How long a server may be silent that a file is fetched from.
    pub timeout: Duration,
    /// Of such a request, beyond the first try.
    pub retries: u32,
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self {
            delimiter: None,
            encoding: None,
            columns: BTreeMap::new(),
            ignored_columns: Vec::new(),
            status_words: Vec::new(),
            skip_lines: 0,
            date_format: None,
            today: Date::default(),
            null_words: Vec::new(),
            size_limit: DEFAULT_SIZE_LIMIT,
            timeout: Duration::from_mins(1),
            retries: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_read_as_characters_or_words() {
        assert_eq!(parse_delimiter(";"), Ok(b';'));
        assert_eq!(parse_delimiter("\\t"), Ok(b'\t'));
        assert_eq!(parse_delimiter("tab"), Ok(b'\t'));
        for wrong in ["", "\"", ";;", "a", "é", "\n"] {
            assert!(parse_delimiter(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_column_names_a_field_and_a_header() {
        assert_eq!(parse_column("first-name=Rufname"), Ok((Field::FirstName, "Rufname".to_owned())));
        assert_eq!(parse_column("email=a=b"), Ok((Field::Email, "a=b".to_owned())));
        assert!(matches!(parse_column("shoe=Size"), Err(SettingError::Field(_))));
        assert!(matches!(parse_column("email"), Err(SettingError::Column(_))));
    }

    #[test]
    fn a_status_word_adds_to_the_usual_ones_and_turns_none_around() {
        assert_eq!(parse_status_word("Terminé=disabled"), Ok(("termine".to_owned(), Status::Disabled)));
        assert_eq!(parse_status_word("a=b=ENABLED"), Ok(("a=b".to_owned(), Status::Enabled)));
        assert!(matches!(parse_status_word("active=disabled"), Err(SettingError::StatusWordTaken { .. })));
        for wrong in ["terminated", "=disabled", "terminated=gone"] {
            assert!(matches!(parse_status_word(wrong), Err(SettingError::StatusWord(_))), "{wrong}");
        }
    }

    #[test]
    fn encodings_go_by_their_usual_names() {
        assert_eq!(parse_encoding("ISO-8859-1").unwrap().name(), "windows-1252");
        assert_eq!(parse_encoding("utf-16le").unwrap().name(), "UTF-16LE");
        assert!(parse_encoding("ebcdic").is_err());
    }
}
