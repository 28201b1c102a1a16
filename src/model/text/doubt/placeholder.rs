//! What programs write where there is no value.

/// Whether a cell is an error of a spreadsheet, in any language: `#N/A`, `#BEZUG!`, `#####`, `Err:502`.
pub(crate) fn is_spreadsheet_error(cell: &str) -> bool {
    cell.starts_with('#')
        || cell.strip_prefix("Err:").is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a cell is a word for nothing: `NULL`, `\N`, `(none)`, `N/A`, `[object Object]`.
///
/// Brackets and punctuation don't count. Of the words that are names too, only the forms are meant that no name has.
pub(crate) fn is_null_word(cell: &str) -> bool {
    let words = match cell.bytes().find(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()) {
        Some(b'n') if cell.len() < 3 => return matches!(cell, "\\N" | "\\n" | "NA" | "na"),
        Some(b'n') => N,
        Some(b'b') => B,
        Some(b'd') => D,
        Some(b'e') => E,
        Some(b'f') => F,
        Some(b'i') => I,
        Some(b'm') => M,
        Some(b'o') => O,
        Some(b's') => S,
        Some(b't') => T,
        Some(b'u') => U,
        Some(b'v') => V,
        _ => return false,
    };
    words.iter().any(|word| is_spelt(cell, word)) && !NAMES.contains(&cell)
}

// By first letter, so that a usual name is compared with a few of them at most.
const B: &[&str] = &["blank"];
const D: &[&str] = &["dbnull", "desconocido", "desconhecido"];
const E: &[&str] = &["empty"];
const F: &[&str] = &["false"];
const I: &[&str] = &["inconnu", "invaliddate"];
const M: &[&str] = &["missing"];
const N: &[&str] = &[
    "null", "none", "nan", "nil", "na", "novalue", "nodata", "noname", "notavailable", "notapplicable", "notset",
    "nullvalue",
];
const O: &[&str] = &["objectobject", "onbekend"];
const S: &[&str] = &["sconosciuto"];
const T: &[&str] = &["true", "tbd", "tba"];
const U: &[&str] = &["undefined", "unknown", "unbekannt", "unset"];
const V: &[&str] = &["void"];

/// Written like this, a word is somebody's name.
const NAMES: &[&str] = &["Nan", "Nil", "N.A.", "N. A.", "Blank", "BLANK", "blank"];

/// Whether the letters of a cell are those of a word, whatever stands around and between them.
fn is_spelt(cell: &str, word: &str) -> bool {
    // Enough for brackets and blanks; a longer cell is something else.
    cell.len() <= word.len() + 8
        && cell
            .bytes()
            .filter(|byte| !byte.is_ascii_punctuation() && *byte != b' ')
            .map(|byte| byte.to_ascii_lowercase())
            .eq(word.bytes())
}
