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
    /// What was given back, and the bytes of a character that the last piece cut.
    kept: Vec<u8>,
    /// Physical line on which the next piece begins, for messages.
    line: u64,
    read: u64,
    size_limit: u64,
    is_done: bool,
}

enum Decoding {
    Utf8,
    /// A decoder remembers by itself what was cut; text that was given back is kept decoded.
    Other(Box<Decoder>, String),
}

impl<'a> TextReader<'a> {
    pub(super) fn new(raw: &'a mut RawSource, assumed: Assumption) -> Result<Self, SourceError> {
        let (name, packing, size_limit) = (raw.name().to_owned(), raw.packing(), raw.size_limit());
        let decoding = if assumed.encoding == UTF_8 {
            Decoding::Utf8
        } else {
            Decoding::Other(Box::new(assumed.encoding.new_decoder_without_bom_handling()), String::new())
        };
        Ok(Self {
            name,
            packing,
            bytes: raw.read()?,
            decoding,
            encoding: assumed.encoding.name(),
            mark: assumed.mark,
            kept: Vec::new(),
            line: 1,
            read: 0,
            size_limit,
            is_done: false,
        })
    }

    /// The next piece of text behind what was given back; that alone when there is no more.
    pub(super) fn next(&mut self) -> Result<String, SourceError> {
        if self.is_done {
            return Ok(self.take_kept());
        }
        let bytes = self.read_chunk()?;
        let text = self.decode(bytes)?;
        self.refuse_lost_characters(&text)?;
        Ok(text)
    }

    /// Gives back text from the end of the last piece, which begins on `line`: the next piece will begin with it.
    pub(super) fn give_back(&mut self, text: &str, line: u64) {
        self.line = line;
        match &mut self.decoding {
            Decoding::Utf8 => {
                self.kept.splice(..0, text.bytes());
            }
            Decoding::Other(_, kept) => text.clone_into(kept),
        }
    }

    /// SHA-256 of the source's bytes as stored.
    pub(super) fn digest(self) -> Result<String, SourceError> {
        let Self { name, packing, bytes, .. } = self;
        bytes.digest().map_err(|source| read_error(&name, packing, source))
    }

    /// As the operator named it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the source was read to its end.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    fn take_kept(&mut self) -> String {
        match &mut self.decoding {
            Decoding::Utf8 => String::from_utf8(std::mem::take(&mut self.kept)).unwrap_or_default(),
            Decoding::Other(_, kept) => std::mem::take(kept),
        }
    }

    fn read_chunk(&mut self) -> Result<Vec<u8>, SourceError> {
        let mut chunk = Vec::with_capacity(self.kept.len() + CHUNK);
        chunk.append(&mut self.kept);
        let read = (&mut self.bytes).take(CHUNK as u64).read_to_end(&mut chunk);
        let read = read.map_err(|source| read_error(&self.name, self.packing, source))?;
        self.is_done = read < CHUNK;
        self.read += read as u64;
        if self.read > self.size_limit {
            return Err(SourceError::TooLarge { path: self.name.clone(), limit: self.size_limit });
        }
        chunk.drain(..std::mem::take(&mut self.mark));
        Ok(chunk)
    }

    fn decode(&mut self, bytes: Vec<u8>) -> Result<String, SourceError> {
        let is_last = self.is_done;
        let decoded = match &mut self.decoding {
            Decoding::Utf8 => decode_utf8(bytes, is_last, &mut self.kept),
            Decoding::Other(decoder, kept) => decode_other(decoder, &bytes, is_last, std::mem::take(kept)),
        };
        decoded.map_err(|sound| SourceError::NotDecodable {
            path: self.name.clone(),
            line: self.line_behind(&sound),
            encoding: self.encoding,
        })
    }

    fn refuse_lost_characters(&self, text: &str) -> Result<(), SourceError> {
        let nul = memchr(0, text.as_bytes());
        let lost = if text.is_ascii() { None } else { memmem::find(text.as_bytes(), "\u{fffd}".as_bytes()) };
        let Some(place) = nul.into_iter().chain(lost).min() else { return Ok(()) };
        let (path, line) = (self.name.clone(), self.line_behind(&text[..place]));
        Err(if nul == Some(place) {
            SourceError::NulBytes { path, line }
        } else {
            SourceError::ReplacementCharacter { path, line }
        })
    }

    /// The line that the end of `text` is on; files of old Macs end their lines with a lone carriage return.
    fn line_behind(&self, text: &str) -> u64 {
        let count = |byte| memchr_iter(byte, text.as_bytes()).count() as u64;
        let newlines = count(b'\n');
        self.line + if newlines == 0 { count(b'\r') } else { newlines }
    }
}

/// An error is the text before the first bad byte.
fn decode_utf8(bytes: Vec<u8>, is_last: bool, cut: &mut Vec<u8>) -> Result<String, String> {
    // A copy costs less than the standard library's look at letters beyond ASCII, byte by byte.
    if let Ok(text) = simdutf8::basic::from_utf8(&bytes) {
        return Ok(text.to_owned());
    }
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

/// Decodes behind `text`; an error is the text before the first bad byte.
fn decode_other(decoder: &mut Decoder, bytes: &[u8], is_last: bool, mut text: String) -> Result<String, String> {
    text.reserve(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    match decoder.decode_to_string_without_replacement(bytes, &mut text, is_last) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(..) | DecoderResult::OutputFull, _) => Err(text),
    }
}
