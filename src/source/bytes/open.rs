//! From a location to bytes that can be read more than once.

use std::fs::File;
use std::io::{Cursor, Read, Seek};

use bytes::Bytes;
use encoding_rs::Encoding;
use url::Url;

use super::location::{parse_url, without_credentials};
use super::unpack::{Packing, Unpacked};
#[cfg(feature = "remote")]
use super::{remote, web};
use crate::source::error::SourceError;
use crate::source::settings::SourceSettings;

/// How much of a file is looked at to detect what it is, in bytes.
const HEAD: u64 = 64 * 1024;
/// The first line of what comes as a stream ends within so many bytes.
const BEGINNING: usize = 1 << 20;

/// An opened CSV whose bytes were not looked at yet.
///
/// A local file stays on disk and is read through a small buffer, so that a big one costs no memory; what can't be
/// read twice (standard input, a pipe, a remote object) is held as it came, packed if it was packed.
#[derive(Debug)]
pub struct RawSource {
    name: String,
    body: Body,
    packing: Packing,
    size_limit: u64,
}

#[derive(Debug)]
enum Body {
    File(File),
    Memory(Bytes),
}

/// Opens `location`: a path, `-` for standard input, or a URL.
///
/// Local files and standard input block; call it where that is fine.
pub async fn open(location: &str, settings: &SourceSettings) -> Result<RawSource, SourceError> {
    match open_remote(location, settings).await? {
        Some(source) => Ok(source),
        None => open_local(location, settings),
    }
}

/// Fetches what a URL names; `None` where `location` is none.
pub async fn open_remote(location: &str, settings: &SourceSettings) -> Result<Option<RawSource>, SourceError> {
    let Some(url) = parse_url(location)? else { return Ok(None) };
    let body = Body::Memory(fetch(&url, settings).await?);
    RawSource::new(without_credentials(&url), body, settings.size_limit).map(Some)
}

/// Opens a path, or `-` for standard input. Blocks, and standard input may never end.
pub fn open_local(location: &str, settings: &SourceSettings) -> Result<RawSource, SourceError> {
    if location == "-" {
        return open_stream(location, std::io::stdin().lock(), settings);
    }
    open_file(location, settings)
}

#[cfg(feature = "remote")]
async fn fetch(url: &Url, settings: &SourceSettings) -> Result<Bytes, SourceError> {
    match url.scheme() {
        "http" | "https" => web::fetch(url, settings).await,
        _ => remote::fetch(url, settings).await,
    }
}

#[cfg(not(feature = "remote"))]
#[expect(clippy::unused_async, reason = "as with the feature")]
async fn fetch(url: &Url, _settings: &SourceSettings) -> Result<Bytes, SourceError> {
    Err(SourceError::RemoteDisabled { url: without_credentials(url) })
}

fn open_file(path: &str, settings: &SourceSettings) -> Result<RawSource, SourceError> {
    let unreadable = |source| SourceError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return open_stream(path, file, settings);
    }
    RawSource::new(path.to_owned(), Body::File(file), settings.size_limit)
}

fn open_stream(name: &str, mut stream: impl Read, settings: &SourceSettings) -> Result<RawSource, SourceError> {
    let size_limit = settings.size_limit;
    let unreadable = |source| SourceError::Unreadable { path: name.to_owned(), source };
    let mut bytes = Vec::new();
    let beginning = u64::try_from(BEGINNING).unwrap_or(u64::MAX).min(size_limit);
    stream.by_ref().take(beginning).read_to_end(&mut bytes).map_err(unreadable)?;
    check_beginning(&bytes, 0, || name.to_owned())?;
    if settings.encoding.is_none() {
        refuse_endless_bytes(name, &bytes)?;
    }
    let rest = size_limit.saturating_add(1) - bytes.len() as u64;
    stream.take(rest).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > size_limit {
        return Err(SourceError::TooLarge { path: name.to_owned(), limit: size_limit });
    }
    RawSource::new(name.to_owned(), Body::Memory(bytes.into()), size_limit)
}

/// Refuses a long stream with NUL bytes in its beginning, such as a device's, before the rest of it is waited for.
fn refuse_endless_bytes(name: &str, beginning: &[u8]) -> Result<(), SourceError> {
    let is_text = Packing::of(beginning) != Packing::None || Encoding::for_bom(beginning).is_some();
    match memchr::memchr(0, beginning) {
        Some(place) if beginning.len() >= BEGINNING && !is_text => {
            let line = 1 + memchr::memchr_iter(b'\n', &beginning[..place]).count() as u64;
            Err(SourceError::NulBytes { path: name.to_owned(), line })
        }
        _ => Ok(()),
    }
}

/// Refuses what has no line end in its beginning, once that is there: such a stream may never end. `before` bytes of it
/// were there when this was asked last.
pub(super) fn check_beginning(bytes: &[u8], before: usize, name: impl Fn() -> String) -> Result<(), SourceError> {
    let is_new = before < BEGINNING && BEGINNING <= bytes.len();
    if is_new && Packing::of(bytes) == Packing::None && memchr::memchr2(b'\n', b'\r', &bytes[..BEGINNING]).is_none() {
        return Err(SourceError::NoLineEnd { path: name(), bytes: BEGINNING });
    }
    Ok(())
}

impl RawSource {
    /// Bytes that are in memory already, under the name that messages shall use.
    pub fn from_bytes(name: &str, bytes: impl Into<Bytes>, settings: &SourceSettings) -> Result<Self, SourceError> {
        Self::new(name.to_owned(), Body::Memory(bytes.into()), settings.size_limit)
    }

    fn new(name: String, body: Body, size_limit: u64) -> Result<Self, SourceError> {
        let mut source = Self { name, body, packing: Packing::None, size_limit };
        source.packing = Packing::of(&source.head()?);
        Ok(source)
    }

    /// As the operator named it; `-` for standard input.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes there are, packed as they are; zero where the file system does not say.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::File(file) => file.metadata().map_or(0, |metadata| metadata.len()),
            Body::Memory(bytes) => bytes.len() as u64,
        }
    }

    pub(crate) fn size_limit(&self) -> u64 {
        self.size_limit
    }

    /// The first bytes, unpacked.
    pub(crate) fn head(&mut self) -> Result<Vec<u8>, SourceError> {
        let mut head = Vec::new();
        let read = self.read()?.take(HEAD).read_to_end(&mut head);
        read.map_err(|source| self.read_error(source))?;
        Ok(head)
    }

    /// All bytes from the first one on, unpacked.
    pub(crate) fn read(&mut self) -> Result<Unpacked<'_>, SourceError> {
        let bytes: Box<dyn Read + Send + '_> = match &mut self.body {
            Body::Memory(bytes) => Box::new(Cursor::new(&bytes[..])),
            Body::File(file) => {
                file.rewind().map_err(|source| SourceError::Unreadable { path: self.name.clone(), source })?;
                Box::new(file)
            }
        };
        Unpacked::new(bytes, self.packing).map_err(|source| SourceError::Unreadable { path: self.name.clone(), source })
    }

    fn read_error(&self, source: std::io::Error) -> SourceError {
        read_error(&self.name, self.packing, source)
    }

    pub(crate) fn packing(&self) -> Packing {
        self.packing
    }
}

/// What a failed read means, for a packed file and for a plain one.
pub(crate) fn read_error(name: &str, packing: Packing, source: std::io::Error) -> SourceError {
    let path = name.to_owned();
    match packing.name() {
        None => SourceError::Unreadable { path, source },
        Some(packing) => SourceError::Packed { path, packing, source },
    }
}

#[cfg(all(test, not(feature = "remote")))]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_refused_with_the_way_out_by_a_build_that_reads_none() {
        let refused =
            futures::executor::block_on(open("https://ann:s3cret@example.com/u.csv", &SourceSettings::default()));
        let message = refused.unwrap_err().to_string();
        assert!(message.starts_with("can't read https://example.com/u.csv: this build"), "{message}");
    }
}
