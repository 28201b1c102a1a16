//! What must hold of the loader whatever the file.

use std::collections::BTreeSet;

use lumsync::model::DesiredUser;
use lumsync::model::ManagedField::{FirstName, LastName};
use lumsync::source::{DiagnosticStyle, Loaded, RawSource, SourceError, SourceSettings, diagnose, load};
use proptest::prelude::*;

fn load_bytes(bytes: &[u8]) -> Result<Loaded, SourceError> {
    let settings = SourceSettings::default();
    load(RawSource::from_bytes("users.csv", bytes.to_vec(), &settings)?, &settings)
}

/// A row as it should come back, its line left out.
type Row = (String, String, String, String);

fn wanted(user: &DesiredUser<'_>) -> Row {
    let text = |field| user.values.text(field).to_owned();
    (user.email().to_owned(), text(FirstName), text(LastName), format!("{:?}", user.values.status()))
}

fn names() -> impl Strategy<Value = String> {
    // Letters that all of the encodings below have, and what quoting is for.
    "[A-Za-zéüñßçÀ][A-Za-zéüñ,;|\"' -]{0,10}[a-zéü]"
}

fn table() -> impl Strategy<Value = Vec<(String, String, String)>> {
    let status = prop::sample::select(vec!["enabled", "disabled", "yes", "0", ""]);
    prop::collection::vec((names(), names(), status.prop_map(str::to_owned)), 1..12)
}

fn write(rows: &[(String, String, String)], delimiter: u8, terminator: csv::Terminator, quote_all: bool) -> String {
    let style = if quote_all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(terminator)
        .quote_style(style)
        .from_writer(Vec::new());
    writer.write_record(["email", "firstName", "lastName", "status"]).unwrap();
    for (number, (first, last, status)) in rows.iter().enumerate() {
        writer.write_record([&format!("u{number}@example.com"), first, last, status]).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The text in each encoding that is recognised by its bytes alone.
fn encodings(text: &str) -> Vec<Vec<u8>> {
    let marked = format!("\u{feff}{text}");
    let wide = |to_bytes: fn(u16) -> [u8; 2]| marked.encode_utf16().flat_map(to_bytes).collect();
    vec![text.as_bytes().to_vec(), marked.clone().into_bytes(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_the_loader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = load_bytes(&bytes);
    }

    #[test]
    fn every_row_of_a_file_is_valid_or_has_a_problem(
        rows in prop::collection::vec("[a-c@.,;\"' \\n=éA\u{200b}-]{0,24}", 0..12),
    ) {
        let text = format!("email,firstName,status\n{}\n", rows.join("\n"));
        let Ok(loaded) = load_bytes(text.as_bytes()) else { return Ok(()) };
        let faulty: BTreeSet<u64> = loaded.problems.iter().map(|problem| problem.line).collect();
        let valid: BTreeSet<u64> = loaded.users.iter().map(|user| user.row).collect();
        prop_assert!(faulty.is_disjoint(&valid));
        prop_assert_eq!(loaded.facts.rows, (faulty.len() + valid.len()) as u64);
        prop_assert_eq!(loaded.facts.valid_rows, valid.len() as u64);
        prop_assert_eq!(loaded.facts.invalid_rows, faulty.len() as u64);
    }

    #[test]
    fn a_written_table_reads_back_for_every_delimiter_encoding_and_line_end(
        rows in table(),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
        is_crlf in any::<bool>(),
        quote_all in any::<bool>(),
    ) {
        let terminator = if is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let text = write(&rows, delimiter, terminator, quote_all);
        let baseline = load_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!(&baseline.problems, &vec![]);
        prop_assert_eq!(baseline.users.len(), rows.len());
        for ((number, (first, last, _)), user) in rows.iter().enumerate().zip(baseline.users.iter()) {
            prop_assert_eq!(user.email(), format!("u{number}@example.com"));
            prop_assert_eq!(user.values.text(FirstName), first.trim());
            prop_assert_eq!(user.values.text(LastName), last.trim());
        }
        for bytes in encodings(&text) {
            let again = load_bytes(&bytes).unwrap();
            let (read, expected): (Vec<Row>, Vec<Row>) =
                (again.users.iter().map(|user| wanted(&user)).collect(), baseline.users.iter().map(|user| wanted(&user)).collect());
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn shuffled_rows_give_the_same_set(rows in table(), seed in any::<u64>()) {
        let text = write(&rows, b',', csv::Terminator::Any(b'\n'), false);
        let (header, body) = text.split_once('\n').unwrap();
        let mut lines: Vec<&str> = body.lines().collect();
        // Enough of a shuffle for a few rows, and the same one for the same seed.
        lines.sort_by_key(|line| line.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
        let shuffled = format!("{header}\n{}\n", lines.join("\n"));
        let set = |text: &str| load_bytes(text.as_bytes()).unwrap().users.iter().map(|user| wanted(&user)).collect::<BTreeSet<Row>>();
        prop_assert_eq!(set(&text), set(&shuffled));
    }

    /// A user whose row is invalid must not be taken for absent.
    #[test]
    fn an_invalid_row_names_its_own_user_or_nobody(
        number in 0..50_u32,
        spoilt in prop::sample::select(vec![
            "{},Ann,Smith,gone", "{},A\u{7}nn,Smith,1", "{},Ann,Smith", "{},Ann,Smith,1,2", "mailto:{},Ann,Smith,1",
            "Ann <{}>,Ann,Smith,1", "{},Ann,Smith,1\n{},Ann,Smith,0", "\"{}\"x,Ann,Smith,1", "{};,Ann,Smith,1",
            " {} ,\"A\nnn\",Smith,1", "{}\u{200b},Ann,Smith,1", "@{},Ann,Smith,1", ",Ann,Smith,1",
        ]),
    ) {
        let email = format!("Ann{number}@Example.com");
        let text = format!("email,firstName,lastName,status\nbob@example.com,Bob,Jones,1\n{}\n", spoilt.replace("{}", &email));
        let loaded = load_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!(loaded.facts.valid_rows, 1);
        prop_assert!(!loaded.held.0.is_empty());
        for row in &loaded.held.0 {
            prop_assert!(!row.emails.iter().any(|found| found == "bob@example.com"), "{:?} of {}", row, text);
        }
    }
}

/// A table that is read in many chunks, with rows of two lines among the others.
fn long_table(rows: usize) -> String {
    use std::fmt::Write;
    let mut text = String::from("email,firstName,lastName,notes\n");
    for row in 0..rows {
        let notes = if row % 7 == 0 { "\"two\nlines, \"\"quoted\"\"\"" } else { "日本語の覚え書き" };
        writeln!(text, "user{row}@example.com,Zoë,Smith {row},{notes}").unwrap();
    }
    text
}

fn line_of(row: usize) -> u64 {
    2 + (row + row.div_ceil(7)) as u64
}

#[test]
fn files_longer_than_one_chunk_read_the_same_as_short_ones() {
    let rows = 40_000;
    for bytes in encodings(&long_table(rows)) {
        let loaded = load_bytes(&bytes).unwrap();
        assert_eq!(loaded.problems, []);
        assert_eq!(loaded.users.len(), rows);
        for (row, user) in loaded.users.iter().enumerate() {
            assert_eq!((user.row, user.email()), (line_of(row), format!("user{row}@example.com").as_str()));
            assert_eq!(user.values.text(LastName), format!("Smith {row}"));
        }
    }
}

#[test]
fn problems_far_down_a_file_have_their_line_and_are_shown() {
    let rows = 40_000;
    let text = long_table(rows) + "USER3@example.com,Ann,Smith,\nnobody,Ann,Smith,\n";
    let loaded = load_bytes(text.as_bytes()).unwrap();
    let lines: Vec<u64> = loaded.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [line_of(3), line_of(rows), line_of(rows) + 1]);
    assert!(loaded.held.0.iter().any(|row| row.emails == ["user3@example.com"]));
    let mut shown = String::new();
    diagnose(&loaded, DiagnosticStyle { colour: false, width: 80 }, &mut shown).unwrap();
    for part in ["user3@example.com,Zoë", "USER3@example.com,Ann", "nobody,Ann,Smith"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn what_is_refused_far_down_a_file_has_its_line() {
    let table = long_table(40_000);
    let last = line_of(40_000);
    let refusal = |end: &str| load_bytes(format!("{table}{end}").as_bytes()).unwrap_err();
    assert!(matches!(refusal("a\0@example.com,,,\n"), SourceError::NulBytes { line, .. } if line == last));
    assert!(refusal("a@example.com,Ann").to_string().contains(&format!("on line {last},")));
    assert!(refusal("a@example.com,\"Ann\n\n").to_string().contains(&format!("on line {last},")));
    let mut damaged = table.clone().into_bytes();
    damaged.extend(b"\xff");
    assert!(matches!(load_bytes(&damaged).unwrap_err(), SourceError::NotDecodable { line, .. } if line == last));
}

#[test]
fn a_header_that_lost_a_letter_is_refused_and_a_cell_is_doubtful() {
    let refused = load_bytes("email,Pr\u{fffd}nom\na@example.com,Ann\n".as_bytes()).unwrap_err();
    assert!(matches!(refused, SourceError::ReplacementCharacter { line: 1, .. }), "{refused:?}");
    let loaded = load_bytes("email,firstName\na@example.com,M\u{fffd}ller\n".as_bytes()).unwrap();
    assert_eq!((loaded.users.len(), loaded.doubts.len()), (1, 1));
}

#[test]
fn a_word_that_stands_for_nothing_is_an_empty_cell_in_every_column_and_to_the_letter() {
    let settings =
        SourceSettings { null_words: vec!["NULL".to_owned(), "\\N".to_owned()], ..SourceSettings::default() };
    let bytes = b"email,firstName,lastName,status,uid\na@example.com,NULL,null,NULL,\\N\nb@example.com, \\N ,Lee,1,\n";
    let loaded = load(RawSource::from_bytes("users.csv", bytes.to_vec(), &settings).unwrap(), &settings).unwrap();
    assert_eq!(loaded.problems, []);
    for user in loaded.users.iter() {
        assert_eq!((user.values.text(FirstName), user.uid), ("", ""));
    }
    assert_eq!(loaded.doubts.len(), 1, "another spelling is another word");
}

/// The text as it is in a single-byte encoding that can write it.
fn encoded(encoding: &'static encoding_rs::Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, is_lossy) = encoding.encode(text);
    assert!(!is_lossy, "{text}");
    bytes.into_owned()
}

#[test]
fn bytes_that_are_not_utf8_are_windows_1252_where_the_detector_agrees_and_else_refused_with_both_readings() {
    let western = "email,firstName\na@example.com,Zoé\nb@example.com,François\nc@example.com,Jürgen\n";
    let loaded = load_bytes(&encoded(encoding_rs::WINDOWS_1252, western)).unwrap();
    assert!(loaded.facts.encoding_assumed);
    assert_eq!(loaded.users.get(2).values.text(FirstName), "Jürgen");
    let settings = SourceSettings { encoding: Some(encoding_rs::WINDOWS_1252), ..SourceSettings::default() };
    let bytes = encoded(encoding_rs::WINDOWS_1252, western);
    let said = load(RawSource::from_bytes("users.csv", bytes, &settings).unwrap(), &settings).unwrap();
    assert!(!said.facts.encoding_assumed, "what the operator says is not assumed");

    let czech = "email,firstName\na@example.com,Ondřej Dvořáček\nb@example.com,Zdeněk\nc@example.com,Jiří\n";
    let refused = load_bytes(&encoded(encoding_rs::WINDOWS_1250, czech)).unwrap_err();
    let SourceError::EncodingUnclear { line, western, other, encoding, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!((*line, western.as_str(), other.as_str()), (2, "Ondøej Dvoøáèek", "Ondřej Dvořáček"));
    assert!(["windows-1250", "ISO-8859-2"].contains(encoding), "{encoding}");
    assert!(refused.to_string().contains("--encoding"), "{refused}");
}

#[test]
fn a_file_that_is_utf8_in_parts_is_refused_as_such() {
    let bytes = ["email,firstName\na@example.com,Zoé\n".as_bytes(), b"b@example.com,Fran\xe7ois\n"].concat();
    let refused = load_bytes(&bytes).unwrap_err();
    assert!(matches!(refused, SourceError::NotDecodable { line: 3, .. }), "{refused:?}");
    assert!(refused.to_string().contains("joined"), "{refused}");
}

#[test]
fn more_than_one_byte_order_mark_is_passed_over() {
    for mark in ["\u{feff}\u{feff}", "\u{feff}ï»¿", "ï»¿"] {
        let loaded = load_bytes(format!("{mark}email,firstName\na@example.com,Ann\n").as_bytes()).unwrap();
        assert_eq!(loaded.users.len(), 1);
    }
}

#[test]
fn a_repeated_header_holds_no_user_and_has_no_identity_to_lose() {
    let loaded = load_bytes(b"email,firstName\na@example.com,Ann\nemail,firstName\n").unwrap();
    assert_eq!(loaded.facts.invalid_rows, 1);
    assert_eq!(loaded.held, lumsync::model::Held::default());
}

#[test]
fn a_row_that_lost_its_address_to_a_manager_s_has_no_identity() {
    let loaded = load_bytes(
        b"email,firstName,manager\na@example.com,Ann,boss@example.com\nboss@example.com,Bo,\nb@example.com,Bob,x@example.com\nBob,boss@example.com\n",
    )
    .unwrap();
    let [row] = &loaded.held.0[..] else { panic!("{:?}", loaded.held) };
    assert_eq!((row.line, row.addresses_needed, &row.emails[..]), (5, Some(2), &["boss@example.com".to_owned()][..]));
    assert_eq!(loaded.users.len(), 3, "the manager's own row is none of a pair");
}

#[test]
fn a_uid_on_an_invalid_row_is_held_and_a_spoilt_one_leaves_no_identity() {
    let loaded = load_bytes(b"email,uid,status\na@example.com,1001,gone\nb@example.com,1E+12,1\n").unwrap();
    let [whole, spoilt] = &loaded.held.0[..] else { panic!("{:?}", loaded.held) };
    assert_eq!((&whole.uids[..], whole.addresses_needed), (&["1001".to_owned()][..], Some(1)));
    assert_eq!((spoilt.line, spoilt.addresses_needed), (3, None));
}

#[test]
fn passwords_are_kept_to_the_letter_and_never_shown() {
    use secrecy::ExposeSecret;
    let loaded = load_bytes(b"email,password\na@example.com, s3cret \nb@example.com,\n").unwrap();
    assert_eq!(loaded.users.password(2).map(ExposeSecret::expose_secret), Some(" s3cret "));
    assert!(loaded.users.password(3).is_none());
    assert!(!format!("{loaded:?}").contains("s3cret"));
}

#[test]
fn values_read_back_as_an_export_wrote_them() {
    let loaded =
        load_bytes(b"email,firstName,lastName\n'+ann@example.com,'=1+1,''-x\nb@example.com,'t Hooft,-\n").unwrap();
    let first = loaded.users.get(0);
    assert_eq!(
        (first.email(), first.values.text(FirstName), first.values.text(LastName)),
        ("+ann@example.com", "=1+1", "'-x")
    );
    assert_eq!(loaded.users.get(1).values.text(FirstName), "'t Hooft");
}

#[test]
fn a_file_over_the_limit_is_refused_packed_or_not() {
    use std::io::Write;
    let settings = SourceSettings { size_limit: 1000, ..SourceSettings::default() };
    let text = format!("email\n{}", "a@example.com\n".repeat(1000));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(text.as_bytes()).unwrap();
    for bytes in [text.into_bytes(), packed.finish().unwrap()] {
        let refused =
            RawSource::from_bytes("big.csv", bytes, &settings).and_then(|raw| load(raw, &settings)).unwrap_err();
        assert!(matches!(refused, SourceError::TooLarge { limit: 1000, .. }), "{refused:?}");
    }
}

#[test]
fn of_very_many_problems_the_first_are_kept_and_all_are_counted() {
    let rows = "nobody,A,B,enabled\n".repeat(12_000) + "ann@example.com,A,B,enabled\n";
    let loaded = load_bytes(format!("email,firstName,lastName,status\n{rows}").as_bytes()).unwrap();
    assert_eq!((loaded.problems.len(), loaded.problem_count()), (10_000, 12_000));
    assert_eq!((loaded.facts.invalid_rows, loaded.facts.valid_rows), (12_000, 1));
    assert_eq!(loaded.held.0.len(), 12_000);
    let style = DiagnosticStyle { colour: false, width: 100 };
    let mut shown = String::new();
    diagnose(&loaded, style, &mut shown).unwrap();
    assert!(shown.contains("11980 more; --report FILE.csv writes the first 10000"), "{shown}");
    assert!(shown.contains("12000  not an e-mail address"), "{shown}");
}
