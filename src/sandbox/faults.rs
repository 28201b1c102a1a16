//! Faults on demand: what goes wrong, on which kind of call, and when.
//!
//! A fault is written `KIND:CALL:WHEN`, for example `reset-after:save-create:3`, `http-503:list:always`,
//! `429=2:get:1-5` or `html-502:any:every-10`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use super::traffic::CallKind;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// An error in the API's shape, `http-503`; with a pause asked for, `http-503=2`; with the work done
    /// nevertheless, `http-503-after`.
    Http {
        /// The status, 400 to 599.
        status: u16,
        /// Whether the work was done before the error was answered.
        is_done: bool,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// An error page of a gateway, `html-502`; with the work done nevertheless, `html-502-after`.
    Html {
        /// The status, 500 to 599.
        status: u16,
        /// Whether the work was done before the page was answered.
        is_done: bool,
    },
    /// 429, `429`; with a pause asked for, `429=2`.
    TooMany {
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// 429 with `Retry-After` as a date so many seconds ahead, `429-date=2`.
    TooManyDate {
        /// Seconds from now.
        seconds: u32,
    },
    /// 400 whose message has `RATE_LIMIT_EXCEEDED`, `400-rate-limit`.
    RateLimitExceeded,
    /// The connection is reset and nothing was done, `reset-before`.
    ResetBefore,
    /// The work is done and the connection is reset, `reset-after`.
    ResetAfter,
    /// The work is done and half of the answer comes, `cut-body`.
    CutBody,
    /// No answer ever comes, `hang`; with the work done, `hang-after`.
    Hang {
        /// Whether the work is done first.
        is_done: bool,
    },
    /// The token is refused although it is good, `expired-token`.
    ExpiredToken,
    /// 403, `forbidden`.
    Forbidden,
    /// 400, `bad-request`.
    BadRequest,
    /// 302 to another host, `redirect`.
    Redirect,
    /// The work is done and 200 comes with a page of HTML, `not-json`.
    NotJson,
    /// The work is done and the answer is far too long, `huge-body`.
    HugeBody,
    /// A page leads to itself, `repeated-cursor`.
    RepeatedCursor,
    /// A page says that more follows and holds nobody, `more-without-items`.
    MoreWithoutItems,
    /// A page does not say whether more follows, `more-missing`; harmless on the last page.
    MoreMissing,
    /// A page holds its first user twice, `duplicate-user`.
    DuplicateUser,
    /// The first user of the answer has no address, `item-without-email`.
    ItemWithoutEmail,
    /// The first user of the answer has no identifier, `item-without-uid`.
    ItemWithoutUid,
    /// The first user's address, names and status are objects, `wrong-type`.
    WrongType,
    /// Harmless drift: identifiers as numbers, flags as text, objects as text, `drifting-type`.
    DriftingType,
}

impl FaultKind {
    /// One of each kind, for tests that try them all.
    pub fn catalogue() -> Vec<FaultKind> {
        CATALOGUE.iter().filter_map(|text| text.parse().ok()).collect()
    }
}

/// A fault of each kind as it is written.
pub const CATALOGUE: [&str; 33] = [
    "http-500",
    "http-502",
    "http-503",
    "http-503=1",
    "http-504",
    "http-500-after",
    "http-503-after",
    "html-502",
    "html-502-after",
    "429",
    "429=1",
    "429-date=1",
    "400-rate-limit",
    "reset-before",
    "reset-after",
    "cut-body",
    "hang",
    "hang-after",
    "expired-token",
    "forbidden",
    "bad-request",
    "redirect",
    "not-json",
    "huge-body",
    "repeated-cursor",
    "more-without-items",
    "more-missing",
    "duplicate-user",
    "item-without-email",
    "item-without-uid",
    "wrong-type",
    "drifting-type",
    "http-404",
];

const PLAIN: [(&str, FaultKind); 20] = [
    ("400-rate-limit", FaultKind::RateLimitExceeded),
    ("reset-before", FaultKind::ResetBefore),
    ("reset-after", FaultKind::ResetAfter),
    ("cut-body", FaultKind::CutBody),
    ("hang", FaultKind::Hang { is_done: false }),
    ("hang-after", FaultKind::Hang { is_done: true }),
    ("expired-token", FaultKind::ExpiredToken),
    ("forbidden", FaultKind::Forbidden),
    ("bad-request", FaultKind::BadRequest),
    ("redirect", FaultKind::Redirect),
    ("not-json", FaultKind::NotJson),
    ("huge-body", FaultKind::HugeBody),
    ("repeated-cursor", FaultKind::RepeatedCursor),
    ("more-without-items", FaultKind::MoreWithoutItems),
    ("more-missing", FaultKind::MoreMissing),
    ("duplicate-user", FaultKind::DuplicateUser),
    ("item-without-email", FaultKind::ItemWithoutEmail),
    ("item-without-uid", FaultKind::ItemWithoutUid),
    ("wrong-type", FaultKind::WrongType),
    ("drifting-type", FaultKind::DriftingType),
];

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = |is_done| if is_done { "-after" } else { "" };
        match *self {
            Self::Http { status, is_done, retry_after } => {
                write!(formatter, "http-{status}{}{}", after(is_done), pause(retry_after))
            }
            Self::Html { status, is_done } => write!(formatter, "html-{status}{}", after(is_done)),
            Self::TooMany { retry_after } => write!(formatter, "429{}", pause(retry_after)),
            Self::TooManyDate { seconds } => write!(formatter, "429-date={seconds}"),
            plain => formatter.write_str(PLAIN.iter().find(|(_, kind)| *kind == plain).map_or("", |(name, _)| name)),
        }
    }
}

fn pause(seconds: Option<u32>) -> String {
    seconds.map_or_else(String::new, |seconds| format!("={seconds}"))
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((_, kind)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(*kind);
        }
        parse_answer(text).ok_or_else(|| format!("`{text}` is no kind of fault; there are: {}", CATALOGUE.join(", ")))
    }
}

fn parse_answer(text: &str) -> Option<FaultKind> {
    let (name, seconds) = match text.split_once('=') {
        Some((name, seconds)) => (name, Some(seconds.parse().ok()?)),
        None => (text, None),
    };
    let (name, is_done) = name.strip_suffix("-after").map_or((name, false), |name| (name, true));
    match (name, seconds) {
        ("429", retry_after) if !is_done => Some(FaultKind::TooMany { retry_after }),
        ("429-date", Some(seconds)) if !is_done => Some(FaultKind::TooManyDate { seconds }),
        _ => parse_status(name, seconds, is_done),
    }
}

fn parse_status(name: &str, retry_after: Option<u32>, is_done: bool) -> Option<FaultKind> {
    let (family, status) = name.split_once('-')?;
    let status: u16 = status.parse().ok()?;
    match (family, status) {
        ("http", 400..=599) => Some(FaultKind::Http { status, is_done, retry_after }),
        ("html", 500..=599) if retry_after.is_none() => Some(FaultKind::Html { status, is_done }),
        _ => None,
    }
}

/// On which calls, counted from one for each kind, a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Each.
    Always,
    /// From one to another, both included: `3`, `1-5`, `2-`.
    Between(u64, u64),
    /// Each tenth, and so on: `every-10`.
    Every(u64),
}

impl When {
    fn strikes(self, number: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Between(first, last) => (first..=last).contains(&number),
            Self::Every(step) => number.is_multiple_of(step),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Always => formatter.write_str("always"),
            Self::Between(first, last) if first == last => write!(formatter, "{first}"),
            Self::Between(first, u64::MAX) => write!(formatter, "{first}-"),
            Self::Between(first, last) => write!(formatter, "{first}-{last}"),
            Self::Every(step) => write!(formatter, "every-{step}"),
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse().ok().filter(|number: &u64| *number > 0);
        let parsed = match (text, text.split_once('-')) {
            ("always", _) => Some(Self::Always),
            (_, Some(("every", step))) => number(step).map(Self::Every),
            (_, Some((first, ""))) => number(first).map(|first| Self::Between(first, u64::MAX)),
            (_, Some((first, last))) => {
                number(first).zip(number(last)).filter(|(first, last)| first <= last).map(|(a, b)| Self::Between(a, b))
            }
            (_, None) => number(text).map(|only| Self::Between(only, only)),
        };
        parsed.ok_or_else(|| format!("`{text}` is no number of a call: 3, 1-5, 2-, every-10 or always"))
    }
}

/// One fault: what, on which calls, when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The kind of call; `None` is any, counted together.
    pub call: Option<CallKind>,
    /// On which of them.
    pub when: When,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.kind, self.call.map_or("any", CallKind::name), self.when)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (Some(kind), Some(call), Some(when), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("`{text}` is no fault; write KIND:CALL:WHEN, such as reset-after:save-create:3"));
        };
        let call = if call == "any" { None } else { Some(call.parse()?) };
        Ok(Self { kind: kind.parse()?, call, when: when.parse()? })
    }
}

/// The faults in force, and how many calls of each kind there have been.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    faults: Vec<Fault>,
    calls: HashMap<Option<CallKind>, u64>,
}

impl Schedule {
    /// Puts other faults in force; calls are counted anew.
    pub(super) fn set(&mut self, faults: Vec<Fault>) {
        *self = Self { faults, calls: HashMap::new() };
    }

    pub(super) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Counts a call and says which fault strikes it: the first of the list that does.
    pub(super) fn next(&mut self, kind: CallKind) -> Option<Fault> {
        for counted in [Some(kind), None] {
            *self.calls.entry(counted).or_default() += 1;
        }
        let number = |fault: &Fault| self.calls.get(&fault.call).copied().unwrap_or_default();
        let strikes = |fault: &&Fault| fault.call.is_none_or(|call| call == kind) && fault.when.strikes(number(fault));
        self.faults.iter().find(strikes).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_read_back_as_written() {
        for kind in CATALOGUE {
            let text = format!("{kind}:list:1-5");
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for when in ["3", "1-5", "2-", "every-10", "always"] {
            let text = format!("reset-after:any:{when}");
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        assert_eq!(FaultKind::catalogue().len(), CATALOGUE.len());
    }

    #[test]
    fn what_is_no_fault_is_refused_with_its_part_named() {
        for (text, named) in [
            ("http-503:list", "KIND:CALL:WHEN"),
            ("http-200:list:1", "http-200"),
            ("html-502=1:list:1", "html-502=1"),
            ("429-date:list:1", "429-date"),
            ("http-503:lists:1", "lists"),
            ("http-503:list:0", "`0`"),
            ("http-503:list:5-1", "5-1"),
            ("http-503:list:every-0", "every-0"),
        ] {
            let message = text.parse::<Fault>().unwrap_err();
            assert!(message.contains(named), "{text}: {message}");
        }
    }

    #[test]
    fn calls_are_counted_by_kind_and_together() {
        let mut schedule = Schedule::default();
        schedule.set(vec!["http-500:get:2".parse().unwrap(), "reset-before:any:every-3".parse().unwrap()]);
        let calls = [CallKind::Get, CallKind::List, CallKind::Get, CallKind::Get, CallKind::List, CallKind::List];
        let struck: Vec<_> = calls.map(|call| schedule.next(call).map(|fault| fault.kind.to_string())).to_vec();
        let expected = [None, None, Some("http-500"), None, None, Some("reset-before")];
        assert_eq!(struck, expected.map(|name| name.map(str::to_owned)));
    }
}
