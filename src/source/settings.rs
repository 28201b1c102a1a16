//! What an operator may say about the CSV instead of having it detected.

use std::collections::BTreeMap;
use std::str::FromStr;

use encoding_rs::Encoding;
use thiserror::Error;

use super::columns::{Field, field_named};

/// How many bytes a CSV may have, unpacked, unless told otherwise: 2 GiB.
pub const DEFAULT_SIZE_LIMIT: u64 = 2 << 30;

/// A text that can't be taken as a setting of the CSV.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingError {
    /// Not one of the fields.
    #[error(
        "`{0}` is no field of the CSV; the fields are email, firstName, lastName, status, isHidden, uid, password and groups"
    )]
    Field(String),
    /// Neither one ASCII character nor one of the words.
    #[error("`{0}` is no delimiter; give one character such as `;`, or `comma`, `semicolon`, `tab` or `pipe`")]
    Delimiter(String),
    /// Not a name of the WHATWG Encoding Standard.
    #[error("`{0}` is no known encoding; try utf-8, utf-16le, windows-1252 or iso-8859-15")]
    Encoding(String),
    /// Not of the form `FIELD=HEADER`.
    #[error("`{0}` is not of the form FIELD=HEADER, such as email=\"Work e-mail\"")]
    Column(String),
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

/// What the operator said about the CSV; the rest is detected.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// Between the cells of a row.
    pub delimiter: Option<u8>,
    /// Of the bytes; wins over what the bytes look like.
    pub encoding: Option<&'static Encoding>,
    /// The header of a field's column, where the usual names don't fit.
    pub columns: BTreeMap<Field, String>,
    /// Most bytes that are read, counted unpacked.
    pub size_limit: u64,
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self { delimiter: None, encoding: None, columns: BTreeMap::new(), size_limit: DEFAULT_SIZE_LIMIT }
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
    fn encodings_go_by_their_usual_names() {
        assert_eq!(parse_encoding("ISO-8859-1").unwrap().name(), "windows-1252");
        assert_eq!(parse_encoding("utf-16le").unwrap().name(), "UTF-16LE");
        assert!(parse_encoding("ebcdic").is_err());
    }
}
