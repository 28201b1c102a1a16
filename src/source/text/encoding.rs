//! Which encoding the bytes are in: given, marked, or detected.

use std::io::{BufRead, BufReader, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::model::visible;
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
    /// Windows-1252, since the statistics of the bytes give the same text.
    Agreed,
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

/// Windows-1252 for a file that is not UTF-8, where the statistics of its bytes give the same text; else the file is
/// refused, since nothing else is assumed. `None` when some of it is UTF-8, which no other encoding would read right.
pub(crate) fn assume_legacy(raw: &mut RawSource) -> Result<Option<Assumption>, SourceError> {
    let Statistics { detected, has_utf8, is_used } = Statistics::of(raw)?;
    if has_utf8 {
        Ok(None)
    } else if (0x80..=0xff).any(|byte| is_used[usize::from(byte)] && reads_differently(byte, detected)) {
        Err(unclear(raw, detected))
    } else {
        Ok(Some(Assumption { encoding: WINDOWS_1252, basis: Basis::Agreed, mark: 0 }))
    }
}

/// What the bytes of a file say about its encoding.
struct Statistics {
    /// The likeliest encoding but UTF-8.
    detected: &'static Encoding,
    /// Whether there is a letter of UTF-8.
    has_utf8: bool,
    /// Which bytes there are.
    is_used: [bool; 256],
}

impl Statistics {
    /// Reads the whole file, but ends at a NUL byte, which no single-byte encoding has in a text.
    fn of(raw: &mut RawSource) -> Result<Self, SourceError> {
        let (name, packing) = (raw.name().to_owned(), raw.packing());
        let mut bytes = raw.read()?;
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut has_utf8, mut is_used, mut line_ends) = (false, [false; 256], 0);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = bytes.read(&mut buffer).map_err(|source| read_error(&name, packing, source))?;
            let chunk = &buffer[..read];
            let ends_before = |place: usize| memchr::memchr_iter(b'\n', &chunk[..place]).count() as u64;
            if let Some(place) = chunk.iter().position(|&byte| byte == 0) {
                return Err(SourceError::NulBytes { path: name, line: 1 + line_ends + ends_before(place) });
            }
            line_ends += ends_before(read);
            detector.feed(chunk, read == 0);
            has_utf8 |= chunk.utf8_chunks().any(|part| !part.valid().is_ascii());
            for &byte in chunk {
                is_used[usize::from(byte)] = true;
            }
            if read == 0 {
                return Ok(Self { detected: detector.guess(None, Utf8Detection::Deny), has_utf8, is_used });
            }
        }
    }
}

/// Whether a byte beyond ASCII may be another character in `other` than in Windows-1252, or is none there.
fn reads_differently(byte: u8, other: &'static Encoding) -> bool {
    let read = |encoding: &'static Encoding| encoding.decode_without_bom_handling(&[byte]).0.into_owned();
    !other.is_single_byte() || read(WINDOWS_1252) != read(other) || read(WINDOWS_1252).contains(char::is_control)
}

/// Bytes of a line that are read at once to find a cell to show.
const LONGEST_LINE: u64 = 1 << 20;
/// Characters that are shown of a cell.
const SHOWN_OF_A_CELL: usize = 80;

/// The refusal, with the first cell that the two encodings read differently.
fn unclear(raw: &mut RawSource, detected: &'static Encoding) -> SourceError {
    let (path, packing) = (raw.name().to_owned(), raw.packing());
    let other = if detected == WINDOWS_1252 { MACINTOSH } else { detected };
    let is_unclear = |byte: &u8| !byte.is_ascii() && reads_differently(*byte, detected);
    let bytes = match raw.read() {
        Ok(bytes) => bytes,
        Err(error) => return error,
    };
    let mut bytes = BufReader::new(bytes);
    for number in 1.. {
        let mut line = Vec::new();
        match bytes.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(source) => return read_error(&path, packing, source),
        }
        let mut cells = line.split(|byte| b",;|\t".contains(byte));
        if let Some(cell) = cells.find(|cell| cell.iter().any(is_unclear)) {
            let read = |encoding: &'static Encoding| {
                let text = encoding.decode_without_bom_handling(cell).0.into_owned();
                visible(text.trim().trim_matches('"')).chars().take(SHOWN_OF_A_CELL).collect::<String>()
            };
            return SourceError::EncodingUnclear {
                path,
                line: number,
                western: read(WINDOWS_1252),
                other: read(other),
                encoding: other.name(),
            };
        }
    }
    SourceError::NotDecodable { path, line: 1, encoding: UTF_8.name() }
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
