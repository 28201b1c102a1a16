//! The file as text, piece by piece: unpacked, decoded, and refused where a character was lost.

use std::io::Read;

use encoding_rs::{Decoder, DecoderResult, UTF_8};
use memchr::{memchr, memchr_iter, memmem};

use super::encoding::Assumption;
use super::error::SourceError;
use super::open::{RawSource, read_error};
use super::unpack::{Packing, Unpacked};

/// Bytes that are read at a time: small enough to stay in the processor's cache until the rows are checked.
const CHUNK: usize = 256 * 1024;

/// Reads a source from its first character to its last.
pub(super) struct TextReader<'a> {
    name: String,
    packing: Packing,
    bytes: Unpacked<'a>,
    decoding: Decoding,
    encoding: &'static str,
    /// Bytes of the byte order mark that are still to be dropped.
    mark: usize,
    /// Bytes of a character that the last piece cut.
    cut: Vec<u8>,
    read: u64,
    size_limit: u64,
    lines: Lines,
    is_done: bool,
}

enum Decoding {
    Utf8,
    Other(Box<Decoder>),
}

impl<'a> TextReader<'a> {
    pub(super) fn new(raw: &'a mut RawSource, assumed: Assumption) -> Result<Self, SourceError> {
        let (name, packing, size_limit) = (raw.name().to_owned(), raw.packing(), raw.size_limit());
        let decoding = if assumed.encoding == UTF_8 {
            Decoding::Utf8
        } else {
            Decoding::Other(Box::new(assumed.encoding.new_decoder_without_bom_handling()))
        };
        Ok(Self {
            name,
            packing,
            bytes: raw.read()?,
            decoding,
            encoding: assumed.encoding.name(),
            mark: assumed.mark,
            cut: Vec::new(),
            read: 0,
            size_limit,
            lines: Lines::default(),
            is_done: false,
        })
    }

    /// The next piece of text, never empty; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<String>, SourceError> {
        while !self.is_done {
            let bytes = self.read_chunk()?;
            let text = self.decode(bytes)?;
            self.refuse_lost_characters(&text)?;
            self.lines.add(&text);
            if !text.is_empty() {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// SHA-256 of the source's bytes as stored.
    pub(super) fn digest(self) -> Result<String, SourceError> {
        let Self { name, packing, bytes, .. } = self;
        bytes.digest().map_err(|source| read_error(&name, packing, source))
    }

    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    fn read_chunk(&mut self) -> Result<Vec<u8>, SourceError> {
        let mut chunk = Vec::with_capacity(CHUNK);
        chunk.append(&mut self.cut);
        let wanted = (CHUNK - chunk.len()) as u64;
        let read = (&mut self.bytes).take(wanted).read_to_end(&mut chunk);
        let read = read.map_err(|source| read_error(&self.name, self.packing, source))? as u64;
        self.is_done = read < wanted;
        self.read += read;
        if self.read > self.size_limit {
            return Err(SourceError::TooLarge { path: self.name.clone(), limit: self.size_limit });
        }
        chunk.drain(..std::mem::take(&mut self.mark));
        Ok(chunk)
    }

    fn decode(&mut self, bytes: Vec<u8>) -> Result<String, SourceError> {
        let is_last = self.is_done;
        let decoded = match &mut self.decoding {
            Decoding::Utf8 => decode_utf8(bytes, is_last, &mut self.cut),
            Decoding::Other(decoder) => decode_other(decoder, &bytes, is_last),
        };
        decoded.map_err(|sound| {
            self.lines.add(&sound);
            SourceError::NotDecodable { path: self.name.clone(), line: self.lines.current(), encoding: self.encoding }
        })
    }

    fn refuse_lost_characters(&mut self, text: &str) -> Result<(), SourceError> {
        let nul = memchr(0, text.as_bytes());
        let lost = if text.is_ascii() { None } else { memmem::find(text.as_bytes(), "\u{fffd}".as_bytes()) };
        let Some(place) = nul.into_iter().chain(lost).min() else { return Ok(()) };
        self.lines.add(&text[..place]);
        let (path, line) = (self.name.clone(), self.lines.current());
        Err(if nul == Some(place) {
            SourceError::NulBytes { path, line }
        } else {
            SourceError::ReplacementCharacter { path, line }
        })
    }
}

/// Takes the bytes over as text without copying them; an error is the text before the first bad byte.
fn decode_utf8(bytes: Vec<u8>, is_last: bool, cut: &mut Vec<u8>) -> Result<String, String> {
    let fault = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(fault) => fault,
    };
    let sound = fault.utf8_error().valid_up_to();
    let is_cut = fault.utf8_error().error_len().is_none() && !is_last;
    let mut bytes = fault.into_bytes();
    let rest = bytes.split_off(sound);
    let text = String::from_utf8(bytes).unwrap_or_default();
    if is_cut {
        *cut = rest;
        return Ok(text);
    }
    Err(text)
}

fn decode_other(decoder: &mut Decoder, bytes: &[u8], is_last: bool) -> Result<String, String> {
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    match decoder.decode_to_string_without_replacement(bytes, &mut text, is_last) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(..) | DecoderResult::OutputFull, _) => Err(text),
    }
}

/// Counts line ends, for messages about places that no row has reached yet.
#[derive(Default)]
struct Lines {
    newlines: u64,
    returns: u64,
}

impl Lines {
    fn add(&mut self, text: &str) {
        self.newlines += memchr_iter(b'\n', text.as_bytes()).count() as u64;
        if self.newlines == 0 {
            self.returns += memchr_iter(b'\r', text.as_bytes()).count() as u64;
        }
    }

    /// Files of old Macs end their lines with a lone carriage return.
    fn current(&self) -> u64 {
        1 + if self.newlines == 0 { self.returns } else { self.newlines }
    }
}
