//! The file as text, chunk by chunk: unpacked, decoded, and refused where it is none.

use std::io::Read;

use encoding_rs::{Decoder, DecoderResult};
use memchr::{memchr, memchr_iter};

use super::Assumption;
use crate::source::bytes::{Packing, RawSource, Unpacked, read_error};
use crate::source::error::SourceError;

/// Bytes that are read at a time: small enough to stay in the processor's cache until the rows are read.
const CHUNK: usize = 256 * 1024;

/// Reads a source from its first character to its last.
pub(crate) struct TextReader<'a> {
    name: String,
    packing: Packing,
    bytes: Unpacked<'a>,
    decoder: Decoder,
    chunk_size: usize,
    bytes_read: Vec<u8>,
    /// Bytes of the byte order mark that are still to be dropped.
    mark: usize,
    lines: LineCount,
    read: u64,
    size_limit: u64,
    is_done: bool,
}

impl<'a> TextReader<'a> {
    pub(crate) fn new(raw: &'a mut RawSource, assumed: Assumption) -> Result<Self, SourceError> {
        let (name, packing, size_limit) = (raw.name().to_owned(), raw.packing(), raw.size_limit());
        Ok(Self {
            name,
            packing,
            bytes: raw.read()?,
            decoder: assumed.encoding.new_decoder_without_bom_handling(),
            chunk_size: CHUNK,
            bytes_read: Vec::new(),
            mark: assumed.mark,
            lines: LineCount::default(),
            read: 0,
            size_limit,
            is_done: false,
        })
    }

    /// The same with chunks of another size, which must change nothing.
    #[cfg(test)]
    pub(crate) fn with_chunk_size(self, chunk_size: usize) -> Self {
        Self { chunk_size, ..self }
    }

    /// The next chunk.
    pub(crate) fn next(&mut self) -> Result<Chunk, SourceError> {
        self.read_chunk()?;
        let is_first = self.read <= self.chunk_size as u64;
        let text = self.decode()?;
        let mut text = if is_first { without_marks(text) } else { text };
        if self.is_done {
            text.truncate(before_end_mark(&text));
        }
        self.refuse_nul_bytes(&text)?;
        self.lines.add(&text);
        Ok(Chunk { text, is_last: self.is_done })
    }

    /// SHA-256 of the source's bytes as stored.
    pub(crate) fn digest(self) -> Result<String, SourceError> {
        let Self { name, packing, bytes, .. } = self;
        bytes.digest().map_err(|source| read_error(&name, packing, source))
    }

    fn read_chunk(&mut self) -> Result<(), SourceError> {
        self.bytes_read.clear();
        let read = (&mut self.bytes).take(self.chunk_size as u64).read_to_end(&mut self.bytes_read);
        let read = read.map_err(|source| read_error(&self.name, self.packing, source))?;
        self.is_done = read < self.chunk_size;
        self.read += read as u64;
        if self.read > self.size_limit {
            return Err(SourceError::TooLarge { path: self.name.clone(), limit: self.size_limit });
        }
        let mark = self.mark.min(read);
        self.mark -= mark;
        self.bytes_read.drain(..mark);
        Ok(())
    }

    /// The decoder remembers a character that the last chunk cut.
    fn decode(&mut self) -> Result<String, SourceError> {
        let longest = self.decoder.max_utf8_buffer_length_without_replacement(self.bytes_read.len());
        let mut text = String::with_capacity(longest.unwrap_or_default());
        match self.decoder.decode_to_string_without_replacement(&self.bytes_read, &mut text, self.is_done) {
            (DecoderResult::InputEmpty, _) => Ok(text),
            (DecoderResult::Malformed(..) | DecoderResult::OutputFull, _) => Err(SourceError::NotDecodable {
                path: self.name.clone(),
                line: self.lines.line_behind(&text),
                encoding: self.decoder.encoding().name(),
            }),
        }
    }

    fn refuse_nul_bytes(&self, text: &str) -> Result<(), SourceError> {
        let Some(place) = memchr(0, text.as_bytes()) else { return Ok(()) };
        Err(SourceError::NulBytes { path: self.name.clone(), line: self.lines.line_behind(&text[..place]) })
    }
}

/// Where the text ends for DOS programs, which put U+001A behind it.
fn before_end_mark(text: &str) -> usize {
    let content = text.trim_end_matches(['\u{1a}', '\r', '\n']).len();
    text[content..].find('\u{1a}').map_or(text.len(), |mark| content + mark)
}

/// Takes off further byte order marks, which programs put in front of a file that has one, as characters of UTF-8 or as
/// what they look like in Windows-1252.
fn without_marks(text: String) -> String {
    let bare = text.trim_start_matches('\u{feff}').trim_start_matches("ï»¿");
    if bare.len() == text.len() { text } else { bare.to_owned() }
}

/// Some text, which may begin and end in the middle of a row.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) text: String,
    pub(crate) is_last: bool,
}

/// The line ends so far.
#[derive(Debug, Clone, Copy, Default)]
struct LineCount {
    newlines: u64,
    returns: u64,
}

impl LineCount {
    fn add(&mut self, text: &str) {
        let count = |byte| memchr_iter(byte, text.as_bytes()).count() as u64;
        self.newlines += count(b'\n');
        // Files of old Macs end their lines with a lone carriage return; where there is a newline, none does.
        if self.newlines == 0 {
            self.returns += count(b'\r');
        }
    }

    /// The line, from 1, on which `text` ends that follows what was counted.
    fn line_behind(mut self, text: &str) -> u64 {
        self.add(text);
        1 + if self.newlines == 0 { self.returns } else { self.newlines }
    }
}
