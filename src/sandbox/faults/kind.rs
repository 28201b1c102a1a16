//! The kinds of faults and how each is written: `NAME`, `NAME-after` or `NAME=NUMBER`.

use std::fmt;
use std::str::FromStr;

use super::echo::Escape;

/// What goes wrong, and whether the work of the call is done nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultKind {
    pub(crate) effect: Effect,
    pub(crate) is_done: bool,
    /// Seconds, a status or a count, by the effect.
    pub(crate) number: Option<u32>,
}

/// What goes wrong. docs/sandbox.md describes each by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Status(Shape, u16),
    TooMany,
    TooManyByDate,
    RateLimitExceeded,
    ExpiredToken,
    Forbidden,
    BadRequest,
    Redirect,
    Reset,
    Hang,
    ForeignJson(&'static str),
    ErrorMember,
    SuccessFalse,
    Echo(Escape),
    CutBody,
    HugeBody,
    NotJson,
    Page(PageFault),
    User(UserFault),
    StaleRead,
    IgnoredField(&'static str),
    RevertedSave,
}

/// The body of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As the API words it, with `error.code`.
    Api,
    /// As gateways word it.
    Html,
    Text,
    Json,
}

/// What is wrong with a page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What is wrong with the user of a response, or with the first one of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserFault {
    WithoutEmail,
    WithoutUid,
    WrongType,
    Drift,
    Other,
    OtherUid,
    OtherEmail,
    OtherType,
    LoneSurrogate,
    InvalidUtf8,
    OddFlag(&'static str),
    DoubleKey(&'static str),
}

const SHAPES: [(&str, Shape); 4] =
    [("http", Shape::Api), ("html", Shape::Html), ("text", Shape::Text), ("json", Shape::Json)];

/// Answered instead of what was asked for; with `-after` the work is done first.
const INSTEAD: [(&str, Effect); 20] = [
    ("429", Effect::TooMany),
    ("429-date", Effect::TooManyByDate),
    ("400-rate-limit", Effect::RateLimitExceeded),
    ("expired-token", Effect::ExpiredToken),
    ("forbidden", Effect::Forbidden),
    ("bad-request", Effect::BadRequest),
    ("redirect", Effect::Redirect),
    (RESET, Effect::Reset),
    ("hang", Effect::Hang),
    ("foreign-json", Effect::ForeignJson(r#"{"status":"maintenance"}"#)),
    ("empty-json", Effect::ForeignJson("{}")),
    ("null-items", Effect::ForeignJson(r#"{"items":null,"more":false}"#)),
    ("error-member", Effect::ErrorMember),
    ("success-false", Effect::SuccessFalse),
    ("echo-slash", Effect::Echo(Escape::Slash)),
    ("echo-unicode", Effect::Echo(Escape::Unicode)),
    ("echo-percent", Effect::Echo(Escape::Percent)),
    ("echo-html", Effect::Echo(Escape::Html)),
    ("echo-folded", Effect::Echo(Escape::Folded)),
    ("echo-cut", Effect::Echo(Escape::Cut)),
];

/// The one kind whose name says that nothing is done; its other form is `reset-after`.
const RESET: &str = "reset-before";

/// The work is done, and its result or its response is wrong.
const AFTERWARDS: [(&str, Effect); 37] = [
    ("cut-body", Effect::CutBody),
    ("not-json", Effect::NotJson),
    ("huge-body", Effect::HugeBody),
    ("repeated-cursor", Effect::Page(PageFault::RepeatedCursor)),
    ("more-without-items", Effect::Page(PageFault::MoreWithoutItems)),
    ("more-missing", Effect::Page(PageFault::MoreMissing)),
    ("cut-list", Effect::Page(PageFault::CutList)),
    ("restarted-list", Effect::Page(PageFault::RestartedList)),
    ("skipped-user", Effect::Page(PageFault::SkippedUser)),
    ("repeated-user", Effect::Page(PageFault::RepeatedUser)),
    ("duplicate-user", Effect::Page(PageFault::DuplicateUser)),
    ("item-without-email", Effect::User(UserFault::WithoutEmail)),
    ("item-without-uid", Effect::User(UserFault::WithoutUid)),
    ("wrong-type", Effect::User(UserFault::WrongType)),
    ("drifting-type", Effect::User(UserFault::Drift)),
    ("other-user", Effect::User(UserFault::Other)),
    ("other-uid", Effect::User(UserFault::OtherUid)),
    ("other-email", Effect::User(UserFault::OtherEmail)),
    ("other-type", Effect::User(UserFault::OtherType)),
    ("lone-surrogate", Effect::User(UserFault::LoneSurrogate)),
    ("invalid-utf8", Effect::User(UserFault::InvalidUtf8)),
    ("odd-flag=number", Effect::User(UserFault::OddFlag("1"))),
    ("odd-flag=text", Effect::User(UserFault::OddFlag(r#""yes""#))),
    ("odd-flag=object", Effect::User(UserFault::OddFlag("{}"))),
    ("odd-flag=array", Effect::User(UserFault::OddFlag("[true]"))),
    ("double-key=uid", Effect::User(UserFault::DoubleKey("uid"))),
    ("double-key=email", Effect::User(UserFault::DoubleKey("email"))),
    ("double-key=firstName", Effect::User(UserFault::DoubleKey("firstName"))),
    ("double-key=status", Effect::User(UserFault::DoubleKey("status"))),
    ("double-key=isHidden", Effect::User(UserFault::DoubleKey("isHidden"))),
    ("stale-read", Effect::StaleRead),
    ("reverted-save", Effect::RevertedSave),
    ("ignored-field=email", Effect::IgnoredField("email")),
    ("ignored-field=firstName", Effect::IgnoredField("firstName")),
    ("ignored-field=lastName", Effect::IgnoredField("lastName")),
    ("ignored-field=status", Effect::IgnoredField("status")),
    ("ignored-field=isHidden", Effect::IgnoredField("isHidden")),
];

/// Faults of connections, gateways and types: a correct client does everything right or stops, whatever the call.
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

/// Refusals of what was done, and responses that gateways send.
const HOSTILE_STATUSES: [&str; 8] = [
    "http-401-after",
    "http-403-after",
    "http-408-after",
    "http-409-after",
    "http-425-after",
    "html-404",
    "text-404",
    "json-404",
];

/// Faults of a tenant that lies: every kind that is not in [`CATALOGUE`], as it is written.
pub fn hostile_catalogue() -> Vec<String> {
    let instead = INSTEAD.iter().flat_map(|(name, effect)| {
        let after = FaultKind { effect: *effect, is_done: true, number: example_number(*effect) };
        [(*name).to_owned(), after.to_string()]
    });
    let afterwards = AFTERWARDS.iter().map(|(name, _)| (*name).to_owned());
    let all = HOSTILE_STATUSES.map(str::to_owned).into_iter().chain(instead).chain(afterwards);
    all.filter(|name| !CATALOGUE.contains(&name.as_str()) && name != "429-date").collect()
}

fn example_number(effect: Effect) -> Option<u32> {
    (effect == Effect::TooManyByDate).then_some(1)
}

impl FaultKind {
    /// How many saves a read does not show yet.
    pub(crate) fn stale_saves(self) -> Option<usize> {
        (self.effect == Effect::StaleRead).then_some(self.number.unwrap_or(1) as usize)
    }

    /// After how many further calls a save is taken back.
    pub(crate) fn reverted_after(self) -> Option<u32> {
        (self.effect == Effect::RevertedSave).then_some(self.number.unwrap_or(1))
    }

    /// The field that a save drops.
    pub(crate) fn ignored_field(self) -> Option<&'static str> {
        if let Effect::IgnoredField(name) = self.effect { Some(name) } else { None }
    }

    fn takes_its_number(self) -> bool {
        match self.effect {
            Effect::TooManyByDate => self.number.is_some(),
            Effect::Status(Shape::Api, _) | Effect::TooMany | Effect::StaleRead | Effect::RevertedSave => true,
            Effect::Echo(_) => self.number.is_none_or(|status| (400..600).contains(&status)),
            _ => self.number.is_none(),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instead = INSTEAD.iter().find(|(_, effect)| *effect == self.effect).map(|(name, _)| *name);
        let afterwards = AFTERWARDS.iter().find(|(_, effect)| *effect == self.effect).map(|(name, _)| *name);
        match (self.effect, afterwards, instead) {
            (Effect::Status(shape, status), ..) => {
                let name = SHAPES.iter().find(|(_, known)| *known == shape).map_or("", |(name, _)| name);
                write!(formatter, "{name}-{status}")?;
            }
            (Effect::Reset, ..) => formatter.write_str(if self.is_done { "reset" } else { RESET })?,
            (_, afterwards, instead) => formatter.write_str(afterwards.or(instead).unwrap_or_default())?,
        }
        if self.is_done && afterwards.is_none() {
            formatter.write_str("-after")?;
        }
        self.number.map_or(Ok(()), |number| write!(formatter, "={number}"))
    }
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kind = parse(text).filter(|kind| kind.takes_its_number());
        kind.ok_or_else(|| {
            let (known, hostile) = (CATALOGUE.join(", "), hostile_catalogue().join(", "));
            format!("`{text}` is no kind of fault; there are: {known}, {hostile}")
        })
    }
}

fn parse(text: &str) -> Option<FaultKind> {
    if let Some(effect) = named(&AFTERWARDS, text) {
        return Some(FaultKind { effect, is_done: true, number: None });
    }
    let (name, number) = match text.split_once('=') {
        Some((name, number)) => (name, Some(number.parse().ok()?)),
        None => (text, None),
    };
    if let Some(effect) = named(&AFTERWARDS, name) {
        return Some(FaultKind { effect, is_done: true, number });
    }
    let (base, is_done) = name.strip_suffix("-after").map_or((name, false), |base| (base, true));
    let effect = match base {
        "reset" if is_done => Effect::Reset,
        RESET if is_done => return None,
        _ => named(&INSTEAD, base).or_else(|| parse_status(base))?,
    };
    Some(FaultKind { effect, is_done, number })
}

fn named(table: &[(&str, Effect)], name: &str) -> Option<Effect> {
    table.iter().find(|(known, _)| *known == name).map(|(_, effect)| *effect)
}

fn parse_status(name: &str) -> Option<Effect> {
    let (shape, status) = name.split_once('-')?;
    let (_, shape) = SHAPES.into_iter().find(|(known, _)| *known == shape)?;
    let status = status.parse().ok().filter(|status| (400..600).contains(status))?;
    Some(Effect::Status(shape, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_as_written() {
        let others = ["http-503-after=2", "stale-read=3", "reverted-save=0", "echo-cut-after=500"];
        for text in CATALOGUE.into_iter().chain(others).map(str::to_owned).chain(hostile_catalogue()) {
            assert_eq!(text.parse::<FaultKind>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_kind_is_refused() {
        for wrong in [
            "http-200",
            "http-600",
            "html-502=1",
            "429-date",
            "reset",
            "reset-before-after",
            "cut-body-after",
            "forbidden=1",
            "odd-flag",
            "ignored-field=customProfile",
            "echo-cut=200",
            "=1",
            "",
        ] {
            assert!(wrong.parse::<FaultKind>().is_err(), "{wrong}");
        }
    }
}
