//! The options of every command that reads a CSV.

use clap::Args;

use crate::source::{Field, parse_column, parse_delimiter, parse_encoding};

/// What the operator says about the file; what is left out is found out.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "CSV")]
pub struct CsvOptions {
    /// What stands between the cells: one character, or comma, semicolon, tab, pipe [default: found out]
    #[arg(long, value_name = "C", value_parser = parse_delimiter)]
    pub delimiter: Option<u8>,

    /// Encoding of the file, such as utf-8, utf-16le, windows-1252 [default: found out]
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    pub encoding: Option<&'static encoding_rs::Encoding>,

    /// Header of a field's column, such as email="Work e-mail"; may be repeated
    ///
    /// Fields: email, firstName, lastName, status, isHidden, uid, password. The usual headers of seven languages are
    /// known without it.
    #[arg(long = "column", value_name = "FIELD=HEADER", value_parser = parse_column)]
    pub columns: Vec<(Field, String)>,
}
