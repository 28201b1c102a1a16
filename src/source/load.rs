//! The walk over the whole file: every row is read, every problem kept.

use super::bytes::RawSource;
use super::error::SourceError;
use super::loaded::{Layout, Loaded};
use super::partial_load::{Occurrences, PartialLoad};
use super::problems::{Excerpts, Problems};
use super::rules::Rules;
use super::settings::SourceSettings;
use super::table::Rows;
use super::text::{Assumption, Basis, TextReader, assume, assume_legacy, read_ahead};
use crate::model::{Attention, Held, SourceFacts};

/// Reads every row of `raw`. Nothing is written, and nothing but `raw` is read.
pub fn load(mut raw: RawSource, settings: &SourceSettings) -> Result<Loaded, SourceError> {
    let assumed = assume(&mut raw, settings.encoding)?;
    match load_as(&mut raw, settings, assumed) {
        Err(SourceError::NotDecodable { path, line, encoding }) if assumed.basis == Basis::Presumed => {
            let agreed = assume_legacy(&mut raw)?.ok_or(SourceError::NotDecodable { path, line, encoding })?;
            load_as(&mut raw, settings, agreed)
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
        let (rules, leaving) = Rules::detect(&path, &first, settings)?;
        let mut load = PartialLoad::default();
        load.leaving = leaving;
        let load = read_rows(load, Rows::new(&path, first, chunks, rules.dialect), &rules)?;
        Ok((load, rules, digest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?))
    })?;
    load.leaving.refuse_unread(&path, rules.dialect.header_line, &rules.columns)?;
    load.refuse_duplicates(&rules)?;
    let dialect = rules.dialect;
    let mut loaded = finish(load, rules, digest, assumed);
    loaded.excerpts = Excerpts { assumed, dialect, columns: &loaded.layout.columns }.read(raw, &loaded.problems)?;
    Ok(loaded)
}

fn read_rows(mut load: PartialLoad, mut rows: Rows<'_>, rules: &Rules) -> Result<PartialLoad, SourceError> {
    while rows.advance()? {
        load.add(rows.row(), rules)?;
    }
    Ok(load)
}

fn finish(load: PartialLoad, rules: Rules, digest: String, assumed: Assumption) -> Loaded {
    let warnings = warnings(&load, &rules, assumed);
    let attention = attention(&load, &rules);
    let PartialLoad { mut users, mut doubts, mut invalid, problems, row_count, repeated_rows, .. } = load;
    let Problems { first: mut problems, counts: problem_counts } = problems;
    let Rules { path, dialect, columns, .. } = rules;
    users.shrink_to_fit();
    invalid.sort_unstable_by_key(|row| row.line);
    // A row may have become invalid for another reason.
    doubts.retain(|doubt| users.index_of(doubt.line).is_some());
    problems.sort_by(|left, right| (left.line, &left.column, left.kind).cmp(&(right.line, &right.column, right.kind)));
    let (encoding, delimiter) = (assumed.encoding.name().to_owned(), dialect.delimiter_name());
    let valid_rows = users.len() as u64;
    let facts = SourceFacts {
        path,
        sha256: digest,
        rows: row_count,
        valid_rows,
        invalid_rows: row_count - valid_rows - repeated_rows.count,
        columns: columns.fields().map(|field| field.as_str().to_owned()).collect(),
        ignored_columns: columns.ignored_headers(),
        dialect: format!("{encoding}, delimiter {delimiter}"),
        encoding_assumed: assumed.basis == Basis::Agreed,
    };
    let managed = columns.managed();
    let layout = Layout { encoding, delimiter, columns };
    Loaded {
        users,
        managed,
        held: Held(invalid),
        doubts,
        facts,
        warnings,
        attention,
        problems,
        problem_counts,
        layout,
        excerpts: Vec::new(),
    }
}

fn attention(load: &PartialLoad, rules: &Rules) -> Vec<Attention> {
    let of_leaving = |(column, _)| Attention::ColumnOfLeaving { column };
    load.leaving.ignored(&rules.columns).into_iter().map(of_leaving).collect()
}

fn warnings(load: &PartialLoad, rules: &Rules, assumed: Assumption) -> Vec<String> {
    let mut warnings = Vec::new();
    if assumed.basis == Basis::Agreed {
        let name = assumed.encoding.name();
        warnings.push(format!(
            "the file is not UTF-8; its encoding was assumed to be {name}: --encoding {name} says that this is right"
        ));
    }
    warnings.extend(load.leaving.ignored(&rules.columns).into_iter().map(|(_, described)| described));
    warnings.extend(rules.columns.warnings());
    let rows = |what: &str, Occurrences { count, first_line }: Occurrences| {
        (count > 0).then(|| format!("{what}: {count}, first on line {first_line}"))
    };
    warnings.extend(rows("rows that stand in the file already and want the same count once", load.repeated_rows));
    if rules.dialect.has_extra_delimiter {
        warnings.push("every row ends with a delimiter that the header lacks; it was passed over".to_owned());
    }
    warnings.extend(rows("rows with nothing but empty cells were passed over", load.empty_rows));
    let blanks = "rows whose names hold a non-breaking or other unusual space, kept as it is";
    warnings.extend(rows(blanks, load.unusual_blanks));
    warnings
}
