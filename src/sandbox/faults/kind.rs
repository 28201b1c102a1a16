//! The kinds of faults and how each is written: `NAME`, `NAME-after`, `NAME=NUMBER` or `NAME=WORD`.
//!
//! docs/sandbox.md describes each kind by its name.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;

use super::echo::Escape;

/// What goes wrong, and whether the work of the call is done nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultKind {
    pub(crate) effect: Effect,
    pub(crate) is_done: bool,
    /// Seconds, a status or a count, by the effect.
    pub(crate) number: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// An error of this status, answered instead of what was asked for.
    Status(Shape, u16),
    Instead(Instead),
    /// An error that repeats the secrets of the request.
    Echo(Escape),
    /// The work or its response goes out incomplete.
    Spoil(Spoil),
    /// The page of a list is wrong.
    Page(PageFault),
    /// The user of the response is wrong, or the first one of a page.
    User(UserFault),
    /// One of a few words says what is wrong.
    Worded(Worded, &'static str),
}

/// The body of an error: as the API words it, or as gateways do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    #[value(name = "http")]
    Api,
    Html,
    Text,
    Json,
}

/// Answered instead of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Instead {
    #[value(name = "429")]
    TooMany,
    #[value(name = "429-date")]
    TooManyByDate,
    #[value(name = "400-rate-limit")]
    RateLimitExceeded,
    ExpiredToken,
    Forbidden,
    BadRequest,
    Redirect,
    #[value(name = "reset-before", alias = "reset")]
    Reset,
    Hang,
    ForeignJson,
    EmptyJson,
    NullItems,
    ErrorMember,
    SuccessFalse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Spoil {
    CutBody,
    NotJson,
    HugeBody,
    StaleRead,
    RevertedSave,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFault {
    RepeatedCursor,
    MoreWithoutItems,
    MoreMissing,
    CutList,
    RestartedList,
    SkippedUser,
    RepeatedUser,
    DuplicateUser,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UserFault {
    ItemWithoutEmail,
    ItemWithoutUid,
    WrongType,
    DriftingType,
    OtherUser,
    OtherUid,
    OtherEmail,
    OtherType,
    LoneSurrogate,
    #[value(name = "invalid-utf8")]
    InvalidUtf8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Worded {
    OddFlag,
    DoubleKey,
    IgnoredField,
}

impl Worded {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::OddFlag => &["1", r#""yes""#, "{}", "[true]"],
            Self::DoubleKey => &["uid", "email", "firstName", "lastName", "status", "isHidden"],
            Self::IgnoredField => &["email", "firstName", "lastName", "status", "isHidden"],
        }
    }
}

/// Faults of connections, gateways and types.
pub const CATALOGUE: [&str; 33] = [
    "http-500", "http-502", "http-503", "http-503=1", "http-504", "http-500-after", "http-503-after", "html-502",
    "html-502-after", "429", "429=1", "429-date=1", "400-rate-limit", "reset-before", "reset-after", "cut-body",
    "hang", "hang-after", "expired-token", "forbidden", "bad-request", "redirect", "not-json", "huge-body",
    "repeated-cursor", "more-without-items", "more-missing", "duplicate-user", "item-without-email",
    "item-without-uid", "wrong-type", "drifting-type", "http-404",
];

/// Refusals of what was done, and 404 as gateways send it.
const HOSTILE_STATUSES: [&str; 9] = [
    "http-401-after", "http-403-after", "http-408-after", "http-409-after", "http-425-after", "html-404", "text-404",
    "json-404", "429-date-after=1",
];

/// Faults of a tenant that lies: every kind that is not in [`CATALOGUE`], as it is written.
pub fn hostile_catalogue() -> Vec<String> {
    let instead = [spellings::<Instead>(), spellings::<Escape>()].concat();
    let after = instead.iter().map(|name| format!("{}-after", name.trim_end_matches("-before")));
    let worded = Worded::value_variants().iter().flat_map(|kind| kind.words().iter().map(move |word| (*kind, *word)));
    let worded = worded.map(|(kind, word)| format!("{}={word}", spelling(&kind)));
    let plain = [spellings::<Spoil>(), spellings::<PageFault>(), spellings::<UserFault>()].concat();
    let names = HOSTILE_STATUSES.iter().map(|name| (*name).to_owned()).chain(instead.clone()).chain(after).chain(plain);
    names.chain(worded).filter(|name| !CATALOGUE.contains(&name.as_str()) && parse(name).is_some()).collect()
}

fn spelling(value: &impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn spellings<T: ValueEnum>() -> Vec<String> {
    T::value_variants().iter().map(spelling).collect()
}

impl FaultKind {
    /// How many saves a read does not show yet.
    pub(crate) fn stale_saves(self) -> Option<usize> {
        (self.effect == Effect::Spoil(Spoil::StaleRead)).then_some(self.number.unwrap_or(1) as usize)
    }

    /// After how many further calls a save is taken back.
    pub(crate) fn reverted_after(self) -> Option<u32> {
        (self.effect == Effect::Spoil(Spoil::RevertedSave)).then_some(self.number.unwrap_or(1))
    }

    /// The field that a save drops.
    pub(crate) fn ignored_field(self) -> Option<&'static str> {
        if let Effect::Worded(Worded::IgnoredField, name) = self.effect { Some(name) } else { None }
    }

    fn has_a_fit_number(self) -> bool {
        match self.effect {
            Effect::Instead(Instead::TooManyByDate) => self.number.is_some(),
            Effect::Status(Shape::Api, _)
            | Effect::Instead(Instead::TooMany)
            | Effect::Spoil(Spoil::StaleRead | Spoil::RevertedSave) => true,
            Effect::Echo(_) => self.number.is_none_or(|status| (400..600).contains(&status)),
            _ => self.number.is_none(),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, has_two_forms) = match self.effect {
            Effect::Status(shape, status) => (format!("{}-{status}", spelling(&shape)), true),
            Effect::Instead(Instead::Reset) if self.is_done => ("reset".to_owned(), true),
            Effect::Instead(instead) => (spelling(&instead), true),
            Effect::Echo(escape) => (spelling(&escape), true),
            Effect::Spoil(spoil) => (spelling(&spoil), false),
            Effect::Page(fault) => (spelling(&fault), false),
            Effect::User(fault) => (spelling(&fault), false),
            Effect::Worded(kind, word) => (format!("{}={word}", spelling(&kind)), false),
        };
        let after = if self.is_done && has_two_forms { "-after" } else { "" };
        write!(formatter, "{name}{after}")?;
        self.number.map_or(Ok(()), |number| write!(formatter, "={number}"))
    }
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| {
            let (known, hostile) = (CATALOGUE.join(", "), hostile_catalogue().join(", "));
            format!("`{text}` is no kind of fault; there are: {known}, {hostile}")
        })
    }
}

fn parse(text: &str) -> Option<FaultKind> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let kind = if let Ok(kind) = Worded::from_str(name, false) {
        let word = kind.words().iter().find(|word| Some(**word) == value)?;
        FaultKind { effect: Effect::Worded(kind, word), is_done: true, number: None }
    } else {
        let number = value.map(str::parse).transpose().ok()?;
        let base = name.strip_suffix("-after");
        let always_done = always_done(name);
        let is_done = always_done.is_some() || base.is_some();
        let effect = always_done.or_else(|| of_two_forms(base.unwrap_or(name)))?;
        FaultKind { effect, is_done, number }
    };
    // Whatever reads the same and is written otherwise is refused, such as `reset` and `hang=+1`.
    (kind.has_a_fit_number() && kind.to_string() == text).then_some(kind)
}

fn always_done(name: &str) -> Option<Effect> {
    let spoil = Spoil::from_str(name, false).map(Effect::Spoil);
    let page = spoil.or_else(|_| PageFault::from_str(name, false).map(Effect::Page));
    page.or_else(|_| UserFault::from_str(name, false).map(Effect::User)).ok()
}

fn of_two_forms(name: &str) -> Option<Effect> {
    let instead = Instead::from_str(name, false).map(Effect::Instead);
    let named = instead.or_else(|_| Escape::from_str(name, false).map(Effect::Echo));
    named.ok().or_else(|| {
        let (shape, status) = name.split_once('-')?;
        let status = status.parse().ok().filter(|status| (400..600).contains(status))?;
        Some(Effect::Status(Shape::from_str(shape, false).ok()?, status))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_as_written() {
        let others = ["http-503-after=2", "429-date-after=5", "stale-read=3", "reverted-save=0", "echo-cut-after=500"];
        for text in CATALOGUE.into_iter().chain(others).map(str::to_owned).chain(hostile_catalogue()) {
            assert_eq!(text.parse::<FaultKind>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_hostile_catalogue_holds_what_the_other_does_not() {
        insta::assert_snapshot!(hostile_catalogue().join(" "));
    }

    #[test]
    fn what_is_no_kind_is_refused() {
        for wrong in [
            "http-200", "http-600", "html-502=1", "429-date", "reset", "reset-before-after", "cut-body-after",
            "forbidden=1", "odd-flag", "ignored-field=customProfile", "echo-cut=200", "stale-read=+1", "=1", "",
        ] {
            assert!(wrong.parse::<FaultKind>().is_err(), "{wrong}");
        }
    }
}
