//! Reading packed files as a stream, with the digest of the bytes as they are stored.

use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// How a file is packed; recognised by its first bytes, since a name can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    pub(crate) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }
}

/// The unpacked bytes of a file.
pub(crate) enum Unpacked<'a> {
    Plain(Digesting<'a>),
    Gzip(MultiGzDecoder<Digesting<'a>>),
    Zstd(zstd::Decoder<'static, BufReader<Digesting<'a>>>),
}

impl<'a> Unpacked<'a> {
    pub(crate) fn new(bytes: Box<dyn Read + Send + 'a>, packing: Packing) -> std::io::Result<Self> {
        let digesting = Digesting { bytes, digest: Sha256::new() };
        Ok(match packing {
            Packing::None => Self::Plain(digesting),
            Packing::Gzip => Self::Gzip(MultiGzDecoder::new(digesting)),
            Packing::Zstd => Self::Zstd(zstd::Decoder::new(digesting)?),
        })
    }

    /// SHA-256 of the bytes as stored, in lower-case hexadecimal; reads what was left unread.
    pub(crate) fn digest(self) -> std::io::Result<String> {
        let mut digesting = match self {
            Self::Plain(digesting) => digesting,
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish().into_inner(),
        };
        std::io::copy(&mut digesting, &mut std::io::sink())?;
        Ok(base16ct::lower::encode_string(&digesting.digest.finalize()))
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(buffer),
            Self::Gzip(bytes) => bytes.read(buffer),
            Self::Zstd(bytes) => bytes.read(buffer),
        }
    }
}

/// Bytes that are digested as they pass.
pub(crate) struct Digesting<'a> {
    bytes: Box<dyn Read + Send + 'a>,
    digest: Sha256,
}

impl Read for Digesting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}
