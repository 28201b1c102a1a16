//! Which encoding the bytes are in: given, marked, or detected.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::source::bytes::{RawSource, read_error};
use crate::source::error::SourceError;

/// An encoding, and what it rests on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assumption {
    pub(crate) encoding: &'static Encoding,
    pub(crate) basis: Basis,
    /// Bytes of the byte order mark, which are no text.
    pub(crate) mark: usize,
}

/// Why an encoding was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// `--encoding`
    Given,
    /// A byte order mark.
    Marked,
    /// UTF-8 until a byte disproves it.
    Presumed,
    /// The statistics of the bytes.
    Guessed,
}

/// What to read the file as, judged by its first bytes; a file that is no text is refused.
pub(crate) fn assume(raw: &mut RawSource, given: Option<&'static Encoding>) -> Result<Assumption, SourceError> {
    let head = raw.head()?;
    refuse_other_formats(raw.name(), &head)?;
    match (given, Encoding::for_bom(&head)) {
        (None, None) => Ok(Assumption { encoding: UTF_8, basis: Basis::Presumed, mark: 0 }),
        (None, Some((encoding, mark))) => Ok(Assumption { encoding, basis: Basis::Marked, mark }),
        (Some(encoding), None) => Ok(Assumption { encoding, basis: Basis::Given, mark: 0 }),
        (Some(given), Some((encoding, mark))) if given == encoding || (is_utf_16(given) && is_utf_16(encoding)) => {
            Ok(Assumption { encoding, basis: Basis::Given, mark })
        }
        (Some(given), Some((found, _))) => Err(SourceError::EncodingContradicted {
            path: raw.name().to_owned(),
            found: found.name(),
            given: given.name(),
        }),
    }
}

fn is_utf_16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The likeliest legacy encoding of a file that is not UTF-8; `None` when it is UTF-8 with some damage, which no
/// other encoding would read right.
pub(crate) fn guess(raw: &mut RawSource) -> Result<Option<Assumption>, SourceError> {
    let (name, packing) = (raw.name().to_owned(), raw.packing());
    let mut bytes = raw.read()?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut evidence = Utf8Evidence::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = bytes.read(&mut buffer).map_err(|source| read_error(&name, packing, source))?;
        detector.feed(&buffer[..read], read == 0);
        evidence.add(&buffer[..read]);
        if read == 0 {
            break;
        }
    }
    let encoding = detector.guess(None, Utf8Detection::Deny);
    Ok(evidence.is_for_legacy().then_some(Assumption { encoding, basis: Basis::Guessed, mark: 0 }))
}

/// How many characters beyond ASCII were well-formed UTF-8, and how many bytes were not.
#[derive(Default)]
struct Utf8Evidence {
    well_formed: u64,
    malformed: u64,
}

impl Utf8Evidence {
    fn add(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            self.well_formed += chunk.valid().chars().filter(|character| !character.is_ascii()).count() as u64;
            self.malformed += u64::from(!chunk.invalid().is_empty());
        }
    }

    fn is_for_legacy(&self) -> bool {
        self.malformed > self.well_formed
    }
}

/// Names the files that people send by mistake, instead of complaining about their bytes.
fn refuse_other_formats(name: &str, head: &[u8]) -> Result<(), SourceError> {
    const SAVE_AS: &str = "open it and save it as \"CSV UTF-8\"";
    let text = head.trim_ascii_start();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let (what, help) = if head.starts_with(b"PK\x03\x04") {
        ("a workbook or an archive (zip)", SAVE_AS)
    } else if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        ("an old Excel workbook", SAVE_AS)
    } else if head.starts_with(b"%PDF") {
        ("a PDF document", "export a CSV instead")
    } else if begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") {
        ("a web page or XML", "the download may have been a login or error page; fetch it again")
    } else {
        return Ok(());
    };
    Err(SourceError::NotCsv { path: name.to_owned(), what, help })
}
