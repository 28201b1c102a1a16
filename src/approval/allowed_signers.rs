//! A file of allowed signers, as `ssh-keygen` reads it: principals, options, key (`man ssh-keygen`, "ALLOWED SIGNERS").

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;
use ssh_key::public::KeyData;
use thiserror::Error;

use super::pattern::PatternList;

/// Who may sign.
#[derive(Debug)]
pub struct AllowedSigners(Vec<AllowedSigner>);

/// A line: whose key it is, and what for.
#[derive(Debug)]
pub(super) struct AllowedSigner {
    pub(super) line: usize,
    pub(super) principals: PatternList,
    /// The key signs certificates, and no plan.
    pub(super) is_authority: bool,
    /// All where none is named.
    pub(super) namespaces: Option<PatternList>,
    pub(super) valid_after: Option<Timestamp>,
    pub(super) valid_before: Option<Timestamp>,
    pub(super) key: KeyData,
}

/// A line that can't be read. `ssh-keygen` stops at such a line, too.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line} {problem}")]
pub struct AllowedSignersError {
    /// Which line.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl AllowedSigners {
    /// Reads the file. Times without a `Z` are of the time zone.
    pub fn parse(text: &str, time_zone: &TimeZone) -> Result<Self, AllowedSignersError> {
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let signers = lines.map(|(line, text)| {
            AllowedSigner::parse(line, text, time_zone).map_err(|problem| AllowedSignersError { line, problem })
        });
        signers.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &AllowedSigner> {
        self.0.iter()
    }
}

impl AllowedSigner {
    fn parse(line: usize, text: &str, time_zone: &TimeZone) -> Result<Self, String> {
        let (principals, rest) = word(text)?;
        let principals = PatternList::new(principals.trim_matches('"'));
        if principals.is_empty() {
            return Err("names nobody".to_owned());
        }
        // Options stand between the principals and the key, where there are some.
        let (options, key) = if let Ok(key) = read_key(rest) {
            (Options::default(), key)
        } else {
            let (options, rest) = word(rest)?;
            (Options::parse(options, time_zone)?, read_key(rest)?)
        };
        let Options { is_authority, namespaces, valid_after, valid_before } = options;
        Ok(Self { line, principals, is_authority, namespaces, valid_after, valid_before, key })
    }

    /// Why a signature of this namespace does not count now.
    pub(super) fn refusal(&self, namespace: &str, now: Timestamp) -> Option<String> {
        let line = self.line;
        if self.namespaces.as_ref().is_some_and(|namespaces| !namespaces.matches(namespace)) {
            return Some(format!("line {line} of the allowed signers is not for the namespace {namespace}"));
        }
        if let Some(after) = self.valid_after.filter(|after| now < *after) {
            return Some(format!("line {line} of the allowed signers is valid only after {after}"));
        }
        let before = self.valid_before.filter(|before| now > *before)?;
        Some(format!("line {line} of the allowed signers has expired ({before})"))
    }
}

#[derive(Default)]
struct Options {
    is_authority: bool,
    namespaces: Option<PatternList>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

impl Options {
    fn parse(text: &str, time_zone: &TimeZone) -> Result<Self, String> {
        let mut options = Self::default();
        for option in split_unquoted(text, ',') {
            let (name, value) = match option.split_once('=') {
                None => (option, None),
                Some((name, value)) => {
                    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                    (name, Some(unquoted.ok_or_else(|| format!("has a value without quotes: `{option}`"))?))
                }
            };
            let is_new = match (name.to_ascii_lowercase().as_str(), value) {
                ("cert-authority", None) => !std::mem::replace(&mut options.is_authority, true),
                ("namespaces", Some(value)) => options.namespaces.replace(PatternList::new(value)).is_none(),
                ("valid-after", Some(value)) => options.valid_after.replace(time(value, time_zone)?).is_none(),
                ("valid-before", Some(value)) => options.valid_before.replace(time(value, time_zone)?).is_none(),
                _ => return Err(format!("has an option or a key that can't be read: `{option}`")),
            };
            if !is_new {
                return Err(format!("has the option `{name}` twice"));
            }
        }
        match (options.valid_after, options.valid_before) {
            (Some(after), Some(before)) if before <= after => {
                Err("is never valid: it ends before it begins".to_owned())
            }
            _ => Ok(options),
        }
    }
}

/// The first word and what follows it; blanks in quotes belong to the word.
fn word(text: &str) -> Result<(&str, &str), String> {
    let text = text.trim_start();
    let mut is_quoted = false;
    let end = text.find(|character: char| {
        is_quoted ^= character == '"';
        !is_quoted && character.is_ascii_whitespace()
    });
    match end {
        Some(end) => Ok(text.split_at(end)),
        None => Err("has no key that can be read".to_owned()),
    }
}

fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|character: char| {
        is_quoted ^= character == '"';
        !is_quoted && character == separator
    })
    .collect()
}

/// `ssh-ed25519 AAAA… comment`
fn read_key(text: &str) -> Result<KeyData, String> {
    let mut words = text.split_ascii_whitespace();
    let (Some(kind), Some(key)) = (words.next(), words.next()) else {
        return Err("has no key".to_owned());
    };
    match PublicKey::from_openssh(&format!("{kind} {key}")) {
        Ok(key) => Ok(key.key_data().clone()),
        Err(error) => Err(format!("has a key that can't be read ({error})")),
    }
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, of UTC with a `Z` behind it.
fn time(text: &str, time_zone: &TimeZone) -> Result<Timestamp, String> {
    let error = || format!("has a time that can't be read: `{text}`; write it like 20260301 or 202603011200Z");
    let (digits, is_utc) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error());
    }
    let full = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return Err(error()),
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%S", full).map_err(|_| error())?;
    let time_zone = if is_utc { TimeZone::UTC } else { time_zone.clone() };
    time_zone.to_timestamp(civil).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    fn parse(text: &str) -> Result<AllowedSigners, AllowedSignersError> {
        AllowedSigners::parse(text, &TimeZone::fixed(jiff::tz::offset(2)))
    }

    #[test]
    fn a_file_is_read_as_ssh_keygen_reads_it() {
        let text = format!(
            "# people\n\n  ann@example.com {KEY} ann's laptop\r\n\
             \"bob@example.com,*@ops.example.com\" namespaces=\"git,lumsync-*\",valid-after=\"20260101\",valid-before=\"202701011200Z\" {KEY}\n\
             *@example.com\tCert-Authority\t{KEY}\n"
        );
        let signers = parse(&text).unwrap();
        let [ann, bob, authority] = &signers.0[..] else { panic!("{signers:?}") };
        assert_eq!((ann.line, ann.is_authority, &ann.namespaces), (3, false, &None));
        assert_eq!(bob.principals.names().collect::<Vec<_>>(), ["bob@example.com", "*@ops.example.com"]);
        assert_eq!(bob.valid_after, Some("2025-12-31T22:00:00Z".parse().unwrap()), "of the time zone");
        assert_eq!(bob.valid_before, Some("2027-01-01T12:00:00Z".parse().unwrap()));
        assert!(authority.is_authority && authority.line == 5);
        let refusal = |time: &str| bob.refusal("lumsync-plan", time.parse().unwrap());
        assert_eq!(refusal("2026-06-01T00:00:00Z"), None);
        assert!(refusal("2025-06-01T00:00:00Z").unwrap().contains("only after"));
        assert!(refusal("2027-06-01T00:00:00Z").unwrap().contains("expired"));
        assert!(bob.refusal("file", "2026-06-01T00:00:00Z".parse().unwrap()).is_some());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for line in [
            "ann@example.com".to_owned(),
            "ann@example.com ssh-ed25519".to_owned(),
            "ann@example.com ssh-ed25519 AAAA".to_owned(),
            format!("ann@example.com no-touch {KEY}"),
            format!("ann@example.com namespaces=git {KEY}"),
            format!("ann@example.com valid-after=\"tomorrow\" {KEY}"),
            format!("ann@example.com valid-after=\"20261301\" {KEY}"),
            format!("ann@example.com cert-authority,cert-authority {KEY}"),
            format!("ann@example.com valid-after=\"20260102\",valid-before=\"20260101\" {KEY}"),
            format!("\"\" {KEY}"),
            KEY.to_owned(),
        ] {
            let error = parse(&format!("# first\n{line}\n")).unwrap_err();
            assert_eq!(error.line, 2, "{line}");
        }
    }
}
