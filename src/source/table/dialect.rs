//! Which delimiter and line end a file uses: given, named by its `sep=` line, or detected.

use super::record::{Found, Record, RecordReader};
use crate::source::columns::{Field, field_named, normalize};
use crate::source::settings::SourceSettings;

/// Delimiters that are tried, the likeliest first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows that are looked at to detect the delimiter.
const SAMPLE_ROWS: usize = 200;

/// How rows and cells are separated, and where the header row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) terminator: u8,
    /// Where the header row begins in the text.
    pub(crate) header_at: usize,
    /// Its physical line, from 1.
    pub(crate) header_line: u64,
    /// Where the first row behind the header begins.
    pub(crate) body_at: usize,
    /// Its physical line.
    pub(crate) body_line: u64,
    /// Every row ends with a delimiter that the header lacks.
    pub(crate) has_extra_delimiter: bool,
}

impl Dialect {
    /// Detects the dialect from the first chunk of text; `None` when there is no row in it.
    pub(crate) fn detect(chunk: &str, is_whole: bool, settings: &SourceSettings) -> Option<Self> {
        let has_newline = chunk.contains('\n') || !chunk.contains('\r');
        let terminator = if has_newline { b'\n' } else { b'\r' };
        let (at_top, behind) = separator_line(chunk, terminator);
        let skipped = behind_lines(chunk, terminator, settings.skip_lines)?;
        let (behind_titles, length) = separator_line(&chunk[skipped..], terminator);
        let start = behind.max(skipped + length);
        let line = 1 + memchr::memchr_iter(terminator, &chunk.as_bytes()[..start]).count() as u64;
        let sample = Sample { text: chunk, is_whole, terminator, start, line };
        let named = settings.delimiter.or(behind_titles).or(at_top);
        let delimiter = named.unwrap_or_else(|| sample.likeliest(settings));
        sample.dialect(delimiter)
    }

    /// The delimiter as people write it.
    pub(crate) fn delimiter_name(self) -> String {
        if self.delimiter == b'\t' { "tab".to_owned() } else { format!("\"{}\"", char::from(self.delimiter)) }
    }
}

/// Excel's first line `sep=;`: the delimiter that it names, and where the line behind it begins.
fn separator_line(text: &str, terminator: u8) -> (Option<u8>, usize) {
    let end = memchr::memchr(terminator, text.as_bytes()).unwrap_or(text.len());
    let line = text[..end].trim_end_matches('\r').trim_matches('"');
    match line.as_bytes() {
        [s, e, p, b'=', delimiter] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" && delimiter.is_ascii() => {
            (Some(*delimiter), (end + 1).min(text.len()))
        }
        _ => (None, 0),
    }
}

/// Where the line behind so many lines begins; `None` where the text has no more.
fn behind_lines(text: &str, terminator: u8, lines: u64) -> Option<usize> {
    let Some(before_last) = lines.checked_sub(1) else { return Some(0) };
    let mut ends = memchr::memchr_iter(terminator, text.as_bytes());
    ends.nth(usize::try_from(before_last).ok()?).map(|end| end + 1)
}

struct Sample<'t> {
    text: &'t str,
    is_whole: bool,
    terminator: u8,
    /// Behind the `sep=` line, and behind the lines that are skipped.
    start: usize,
    /// The physical line that begins there, from 1.
    line: u64,
}

/// How well a delimiter fits; more is better, the first part first.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    fields: usize,
    even_rows: usize,
    cells: usize,
}

impl Sample<'_> {
    fn likeliest(&self, settings: &SourceSettings) -> u8 {
        let fits = CANDIDATES.map(|delimiter| (self.fit(delimiter, settings), delimiter));
        // The first of equals wins, where `max_by` would take the last.
        fits.into_iter().rev().max_by(|left, right| left.0.cmp(&right.0)).map_or(b',', |(_, delimiter)| delimiter)
    }

    fn fit(&self, delimiter: u8, settings: &SourceSettings) -> Fit {
        let mut rows = self.rows(delimiter);
        let Some(header) = rows.next() else { return Fit::default() };
        let named: Vec<String> = settings.columns.values().map(|header| normalize(header)).collect();
        let is_field = |cell: &&String| field_named(cell).is_some() || named.contains(&normalize(cell));
        let fields = header.cells.iter().filter(is_field).count();
        let cells = header.cells.len();
        let even_rows = if cells > 1 { rows.filter(|row| row.cells.len() == cells).count() } else { 0 };
        Fit { fields, even_rows, cells }
    }

    fn dialect(&self, delimiter: u8) -> Option<Dialect> {
        let mut rows = self.rows(delimiter);
        let header = rows.next()?;
        let width = header.cells.len();
        let (mut count, mut extra) = (0, 0);
        for row in rows {
            count += 1;
            extra += usize::from(row.cells.len() == width + 1 && row.cells.last().is_some_and(String::is_empty));
        }
        Some(Dialect {
            delimiter,
            terminator: self.terminator,
            header_at: header.start,
            header_line: header.line,
            body_at: header.next,
            body_line: header.next_line,
            // One such row alone is more likely a slip than a habit.
            has_extra_delimiter: count > 1 && extra == count,
        })
    }

    /// The first rows that are not blank, cells trimmed. The last row of a chunk may be cut, and is left out.
    fn rows(&self, delimiter: u8) -> impl Iterator<Item = SampleRow> {
        let mut reader = RecordReader::new(delimiter, self.terminator);
        let mut record = Record::default();
        let (mut at, mut line) = (self.start, self.line);
        std::iter::from_fn(move || {
            let rest = &self.text[at..];
            if reader.read(rest, self.is_whole, &mut record) != Found::Record {
                return None;
            }
            let cells = record.cells.iter().map(|cell| cell.value(rest).trim().to_owned()).collect();
            let row = SampleRow { start: at, next: at + record.next, line, next_line: line + record.lines, cells };
            (at, line) = (row.next, row.next_line);
            Some(row)
        })
        .filter(|row| row.cells.iter().any(|cell| !cell.is_empty()))
        .take(SAMPLE_ROWS)
    }
}

struct SampleRow {
    start: usize,
    next: usize,
    line: u64,
    next_line: u64,
    cells: Vec<String>,
}

/// The cells of the header row and of the first rows behind it, trimmed.
pub(crate) fn sample_rows(text: &str, is_whole: bool, dialect: Dialect) -> Vec<Vec<String>> {
    let Dialect { delimiter, terminator, header_at, header_line, .. } = dialect;
    let sample = Sample { text, is_whole, terminator, start: header_at, line: header_line };
    sample.rows(delimiter).map(|row| row.cells).collect()
}

/// The line behind the header row that looks more like one: it names the address and another field.
pub(crate) fn later_header(text: &str, is_whole: bool, dialect: Dialect, settings: &SourceSettings) -> Option<u64> {
    let Dialect { terminator, header_at, header_line, .. } = dialect;
    let sample = Sample { text, is_whole, terminator, start: header_at, line: header_line };
    let email = settings.columns.get(&Field::Email).map(|header| normalize(header));
    let is_email = |cell: &String| {
        field_named(cell) == Some(Field::Email) || email.as_ref().is_some_and(|email| normalize(cell) == *email)
    };
    let looks_right = |row: &SampleRow| {
        row.line > header_line
            && row.cells.iter().any(is_email)
            && row.cells.iter().any(|cell| !is_email(cell) && field_named(cell).is_some())
    };
    let candidates = settings.delimiter.map_or_else(|| CANDIDATES.to_vec(), |given| vec![given]);
    candidates.into_iter().filter_map(|delimiter| sample.rows(delimiter).find(looks_right)).map(|row| row.line).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(text: &str) -> Dialect {
        Dialect::detect(text, true, &SourceSettings::default()).unwrap()
    }

    #[test]
    fn the_delimiter_is_detected_from_header_and_rows() {
        assert_eq!(detect("email,firstName\na@example.com,Ann\n").delimiter, b',');
        assert_eq!(detect("Nom;Prénom;E-mail\n\"a,b\";c;d\n").delimiter, b';');
        assert_eq!(detect("email\tfirst,name\na\tb,c\n").delimiter, b'\t');
        assert_eq!(detect("x|y|z\n1|2|3\n1|2,5|3\n").delimiter, b'|');
        assert_eq!(detect("email\na@example.com\n").delimiter, b',');
    }

    #[test]
    fn a_sep_line_names_the_delimiter_and_counts_as_a_line() {
        let dialect = detect("sep=|\r\n\r\nemail|firstName\r\n");
        assert_eq!((dialect.delimiter, dialect.header_line), (b'|', 3));
        let given = SourceSettings { delimiter: Some(b';'), ..SourceSettings::default() };
        let dialect = Dialect::detect("sep=,\nemail;status\n", true, &given).unwrap();
        assert_eq!((dialect.delimiter, dialect.header_line), (b';', 2));
    }

    #[test]
    fn lines_in_front_of_the_header_are_passed_over_and_counted() {
        let skip = |lines, text| {
            let settings = SourceSettings { skip_lines: lines, ..SourceSettings::default() };
            Dialect::detect(text, true, &settings).map(|dialect| (dialect.delimiter, dialect.header_line))
        };
        assert_eq!(skip(2, "Report; of today\n\nemail,status\na@example.com,1\n"), Some((b',', 3)));
        assert_eq!(skip(1, "sep=;\nemail;status\n"), Some((b';', 2)));
        assert_eq!(skip(1, "Report\nsep=|\nemail|status\n"), Some((b'|', 3)));
        assert_eq!(skip(3, "email,status\n"), None);
    }

    #[test]
    fn old_macs_end_lines_with_a_return() {
        assert_eq!(detect("email,status\ra@example.com,1\r").terminator, b'\r');
        assert_eq!(detect("email,status\r\na@example.com,1\r\n").terminator, b'\n');
    }

    #[test]
    fn a_delimiter_at_the_end_of_every_row_is_a_habit_and_at_one_a_slip() {
        assert!(detect("email,status\na@example.com,1,\nb@example.com,0,\n").has_extra_delimiter);
        assert!(!detect("email,status\na@example.com,1,\nb@example.com,0\n").has_extra_delimiter);
        assert!(!detect("email,status\na@example.com,1,\n").has_extra_delimiter);
    }

    #[test]
    fn nothing_but_blanks_has_no_header() {
        assert_eq!(
            Dialect::detect("\n \r\n;;\n", true, &SourceSettings::default()).map(|dialect| dialect.header_line),
            Some(3)
        );
        assert_eq!(Dialect::detect("\n \r\n", true, &SourceSettings::default()), None);
    }
}
