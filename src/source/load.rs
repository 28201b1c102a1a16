//! The walk over the whole file: every row is read, every problem kept.

use super::bytes::RawSource;
use super::error::SourceError;
use super::loaded::{Layout, Loaded};
use super::partial_load::{Occurrences, PartialLoad};
use super::problems::{Excerpts, Problems};
use super::rules::Rules;
use super::settings::SourceSettings;
use super::table::Rows;
use super::text::{Assumption, Basis, TextReader, assume, guess, read_ahead};
use crate::model::SourceFacts;

/// Reads every row of `raw`. Nothing is written, and nothing but `raw` is read.
pub fn load(mut raw: RawSource, settings: &SourceSettings) -> Result<Loaded, SourceError> {
    let assumed = assume(&mut raw, settings.encoding)?;
    match load_as(&mut raw, settings, assumed) {
        Err(SourceError::NotDecodable { path, line, encoding }) if assumed.basis == Basis::Presumed => {
            match guess(&mut raw)? {
                Some(guessed) => load_as(&mut raw, settings, guessed),
                None => Err(SourceError::NotDecodable { path, line, encoding }),
            }
        }
        outcome => outcome,
    }
}

fn load_as(raw: &mut RawSource, settings: &SourceSettings, assumed: Assumption) -> Result<Loaded, SourceError> {
    let path = raw.name().to_owned();
    let reader = TextReader::new(raw, assumed)?;
    let (mut load, rules, digest) = std::thread::scope(|scope| {
        let (chunks, digest) = read_ahead(scope, reader);
        let first = chunks.next()?;
        let rules = Rules::detect(&path, &first, settings)?;
        let load = read_rows(Rows::new(&path, first, chunks, rules.dialect), &rules)?;
        Ok((load, rules, digest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?))
    })?;
    load.refuse_duplicates(&rules)?;
    let dialect = rules.dialect;
    let mut loaded = finish(load, rules, digest, assumed);
    loaded.excerpts = Excerpts { assumed, dialect, columns: &loaded.layout.columns }.read(raw, &loaded.problems)?;
    Ok(loaded)
}

fn read_rows(mut rows: Rows<'_>, rules: &Rules) -> Result<PartialLoad, SourceError> {
    let mut load = PartialLoad::default();
    while rows.advance()? {
        load.add(rows.row(), rules)?;
    }
    Ok(load)
}

fn finish(load: PartialLoad, rules: Rules, digest: String, assumed: Assumption) -> Loaded {
    let warnings = warnings(&load, &rules, assumed);
    let PartialLoad { mut users, mut held, problems, row_count, .. } = load;
    let Problems { first: mut problems, counts: problem_counts } = problems;
    let Rules { path, dialect, columns, .. } = rules;
    users.shrink_to_fit();
    held.rows_without_identity.sort_unstable();
    held.rows_without_identity.dedup();
    problems.sort_by(|left, right| (left.line, &left.column, left.kind).cmp(&(right.line, &right.column, right.kind)));
    let (encoding, delimiter) = (assumed.encoding.name().to_owned(), dialect.delimiter_name());
    let valid_rows = users.len() as u64;
    let facts = SourceFacts {
        path,
        sha256: digest,
        rows: row_count,
        valid_rows,
        invalid_rows: row_count - valid_rows,
        dialect: format!("{encoding}, delimiter {delimiter}"),
    };
    let managed = columns.managed();
    let layout = Layout { encoding, delimiter, columns };
    Loaded { users, managed, held, facts, warnings, problems, problem_counts, layout, excerpts: Vec::new() }
}

fn warnings(load: &PartialLoad, rules: &Rules, assumed: Assumption) -> Vec<String> {
    let mut warnings = Vec::new();
    if assumed.basis == Basis::Guessed {
        let name = assumed.encoding.name();
        warnings.push(format!(
            "the file is not UTF-8; it was read as {name}, going by its bytes: if names look wrong, say --encoding"
        ));
    }
    warnings.extend(rules.columns.warnings());
    if rules.dialect.has_extra_delimiter {
        warnings.push("every row ends with a delimiter that the header lacks; it was passed over".to_owned());
    }
    let Occurrences { count, first_line } = load.empty_rows;
    if count > 0 {
        let what = "rows with nothing but empty cells were passed over";
        warnings.push(format!("{what}: {count}, first on line {first_line}"));
    }
    let Occurrences { count, first_line } = load.unusual_blanks;
    if count > 0 {
        let what = "rows whose names hold a non-breaking or other unusual space, kept as it is";
        warnings.push(format!("{what}: {count}, first on line {first_line}"));
    }
    warnings
}
