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

const SAVE_AS: &str = "open it and save it as \"CSV UTF-8\"";
const UNPACK: &str = "unpack it first (gzip and zstd are unpacked here)";
const EXPORT: &str = "export a CSV instead";
const DECRYPT: &str = "decrypt it first";

/// What files of other formats begin with, what they are, and what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a workbook or an archive (zip)", SAVE_AS),
    (b"PK\x05\x06", "an empty archive (zip)", EXPORT),
    (&[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook", SAVE_AS),
    (b"%PDF", "a PDF document", EXPORT),
    (b"BZh", "packed with bzip2", UNPACK),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "packed with xz", UNPACK),
    (&[0x5d, 0, 0], "packed with lzma", UNPACK),
    (&[0x1f, 0x9d], "packed with compress", UNPACK),
    (&[0x04, 0x22, 0x4d, 0x18], "packed with lz4", UNPACK),
    (b"LZIP", "packed with lzip", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"SQLite format 3\0", "a SQLite database", EXPORT),
    // OpenPGP packets: a session key for a public or a secret key, or a signed message.
    (&[0x85, 0x01], "encrypted with PGP", DECRYPT),
    (&[0x85, 0x02], "encrypted with PGP", DECRYPT),
    (&[0x8c, 0x0d], "encrypted with PGP", DECRYPT),
    (&[0xc1, 0xc0, 0x4c], "encrypted with PGP", DECRYPT),
    (b"age-encryption.org", "encrypted with age", DECRYPT),
    (b"Salted__", "encrypted with OpenSSL", DECRYPT),
];

/// An object or a list of objects; a CSV may begin with a brace or a bracket all the same.
fn is_json(text: &[u8]) -> bool {
    let rest = match text {
        [b'[', rest @ ..] => rest.trim_ascii_start(),
        _ => text,
    };
    rest.strip_prefix(b"{").is_some_and(|inside| inside.trim_ascii_start().starts_with(b"\""))
}

/// Names the files that people send by mistake, instead of complaining about their bytes.
fn refuse_other_formats(name: &str, head: &[u8]) -> Result<(), SourceError> {
    let text = head.trim_ascii_start();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let known = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)).map(|&(_, what, help)| (what, help));
    let is_tar = head.get(257..262) == Some(b"ustar");
    let (what, help) = if let Some(known) = known {
        known
    } else if is_tar {
        ("a tar archive", UNPACK)
    } else if begins(b"-----BEGIN PGP") {
        ("encrypted or signed with PGP", DECRYPT)
    } else if begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") {
        ("a web page or XML", "the download may have been a login or error page; fetch it again")
    } else if begins(b"version: 1\n") || begins(b"version: 1\r") || begins(b"dn: ") || begins(b"dn:: ") {
        ("LDIF, an export of a directory", EXPORT)
    } else if begins(b"{\\rtf") {
        ("a document in rich text", EXPORT)
    } else if is_json(text) {
        ("JSON", EXPORT)
    } else {
        return Ok(());
    };
    Err(SourceError::NotCsv { path: name.to_owned(), what, help })
}
