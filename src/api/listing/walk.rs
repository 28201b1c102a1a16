//! Walks the pages of a list. A list is whole or an error: no path turns a short list into a plan.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use super::page::{More, Page, PageProblem, RawUser};
use super::query::ListQuery;
use crate::api::call::Transport;
use crate::api::error::CallError;
use crate::api::pace::Purpose;
use crate::model::{FieldTableFull, visible};

/// A list that is not whole, and so no list at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListError {
    list: ListName,
    problem: ListProblem,
}

/// What a call lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) enum ListName {
    Users,
    Groups,
    /// Of the group of this name.
    Members(Box<str>),
}

/// Why a list is not whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::api) enum ListProblem {
    /// A page could not be had.
    #[error("page {page}")]
    Page {
        /// Counted from 1.
        page: u64,
        /// Why.
        #[source]
        source: CallError,
    },
    /// The list would never end, or has begun again.
    #[error("is not whole: page {page} brings a cursor that was used before; nothing was planned, run again")]
    RepeatedCursor {
        /// Counted from 1.
        page: u64,
    },
    /// The server says that there is more, and sends nothing to go on with.
    #[error("is not whole: page {page} says that there is more, but has {lacks}; nothing was planned, run again")]
    BrokenPage {
        /// Counted from 1.
        page: u64,
        /// What it lacks.
        lacks: &'static str,
    },
    /// A cursor that fits into no request.
    #[error("can't be read on: page {page} brings a cursor of {bytes} bytes, which no address can hold")]
    LongCursor {
        /// Counted from 1.
        page: u64,
        /// How long it is.
        bytes: usize,
    },
    /// The list goes on with ever new entries.
    #[error("has more than {MOST_ENTRIES} entries and did not end; nothing was planned")]
    Endless,
    /// An entry that can't be one.
    #[error("can't be trusted: page {page}: {problem}; nothing was planned")]
    BrokenEntry {
        /// Counted from 1.
        page: u64,
        /// What is wrong.
        problem: String,
    },
    /// The same entry came twice: the list moved while it was read, or has begun again.
    #[error("can't be trusted: the identifier {uid} came twice, again on page {page}; nothing was planned, run again")]
    Twice {
        /// Whose identifier.
        uid: String,
        /// Of the second time, counted from 1.
        page: u64,
    },
    /// Whatever was listed, it is no users.
    #[error("can't be trusted: none of its {entries} entries has an identifier and an address; nothing was planned")]
    Nobody {
        /// How many there are.
        entries: usize,
    },
    /// Too many for the memory that we allow.
    #[error("is too long: {0}")]
    Full(#[from] FieldTableFull),
}

impl ListError {
    /// A list of so many entries, of which none is a user.
    pub(super) fn nobody(list: ListName, entries: usize) -> Self {
        Self { list, problem: ListProblem::Nobody { entries } }
    }

    /// The call's own error, where it is one.
    pub fn into_call_error(self) -> CallError {
        match self.problem {
            ListProblem::Page { source, .. } => source,
            _ => CallError::Unusable { call: self.list.call(), problem: self.to_string() },
        }
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { list, problem } = self;
        match problem {
            ListProblem::Page { .. } => write!(formatter, "{problem} of {list}"),
            _ => write!(formatter, "{list} {problem}"),
        }
    }
}

impl Error for ListError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.problem.source()
    }
}

impl ListName {
    fn call(&self) -> &'static str {
        match self {
            Self::Users | Self::Members(_) => "user/list",
            Self::Groups => "feed/list",
        }
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Users => formatter.write_str("the user list"),
            Self::Groups => formatter.write_str("the list of groups"),
            Self::Members(group) => write!(formatter, "the list of the members of the group \"{}\"", visible(group)),
        }
    }
}

/// A call that answers page by page, without its cursor.
pub(in crate::api) struct PagedCall {
    pub(super) list: ListName,
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) purpose: Purpose,
}

impl PagedCall {
    /// A list of users; `fields` selects what it has of each.
    pub(super) fn users(query: &ListQuery, fields: &str) -> Self {
        Self { list: ListName::Users, parameters: query.parameters(fields), purpose: Purpose::NewWork }
    }
}

/// What to do after a page was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Step {
    GoOn,
    /// The caller has seen enough: the list is given up.
    GiveUp,
}

/// No tenant has more, and a server that makes users up must not fill the memory.
const MOST_ENTRIES: u64 = 10_000_000;
/// Longer addresses are refused by servers and proxies alike.
const LONGEST_CURSOR: usize = 8_000;

/// Fetches page after page until the list is whole: `collect` adds one user to a page's, and `keep` takes each page with
/// its number. Returns whether the list was read to its end.
pub(in crate::api) async fn walk<C: Default>(
    transport: &Transport,
    call: &PagedCall,
    collect: impl Fn(&mut C, RawUser<'_>) -> Result<(), String>,
    keep: impl FnMut(u64, C) -> Result<Step, ListProblem>,
) -> Result<bool, ListError> {
    let walked = walk_pages(transport, call, collect, keep).await;
    walked.map_err(|problem| ListError { list: call.list.clone(), problem })
}

async fn walk_pages<C: Default>(
    transport: &Transport,
    call: &PagedCall,
    collect: impl Fn(&mut C, RawUser<'_>) -> Result<(), String>,
    mut keep: impl FnMut(u64, C) -> Result<Step, ListProblem>,
) -> Result<bool, ListProblem> {
    let mut cursors = CursorHistory::default();
    let mut cursor: Option<String> = None;
    let (mut number, mut entries) = (0, 0);
    loop {
        number += 1;
        let page = fetch(transport, call, cursor.as_deref(), &collect)
            .await
            .map_err(|source| ListProblem::Page { page: number, source })?
            .map_err(|problem| ListProblem::BrokenEntry { page: number, problem })?;
        entries += page.count;
        if entries > MOST_ENTRIES {
            return Err(ListProblem::Endless);
        }
        cursor = cursors.next(&page, number)?;
        let step = keep(number, page.users)?;
        match (&cursor, step) {
            (None, _) => return Ok(true),
            (Some(_), Step::GiveUp) => return Ok(false),
            (Some(_), Step::GoOn) => {}
        }
    }
}

/// The outer error may pass when the page is asked for again, and was given its tries; the inner one would not.
async fn fetch<C: Default>(
    transport: &Transport,
    call: &PagedCall,
    cursor: Option<&str>,
    collect: impl Fn(&mut C, RawUser<'_>) -> Result<(), String>,
) -> Result<Result<Page<C>, String>, CallError> {
    let parameters = call.parameters.iter().map(|(name, value)| (*name, value.as_str()));
    let parameters: Vec<(&str, &str)> = parameters.chain(cursor.map(|cursor| ("cursor", cursor))).collect();
    let decode = |body: &[u8]| match Page::read(body, &collect) {
        Ok(page) => Ok(Ok(page)),
        Err(PageProblem::BrokenUser(problem)) => Ok(Err(problem)),
        Err(PageProblem::NotAPage(problem)) => Err(problem),
    };
    transport.get(call.list.call(), &parameters, call.purpose, decode).await
}

/// The cursors that were followed, so that a list that begins again is noticed.
#[derive(Debug, Default)]
struct CursorHistory(HashSet<String>);

impl CursorHistory {
    /// The cursor of the next page; `None` behind the last one.
    ///
    /// A cursor that was used before is an error, whatever `more` says. A page that does not say whether more follows is
    /// the last one (`docs/lumapps-api.md`), unless it brings users and a new cursor: asking on shows whether the list ends.
    fn next<C>(&mut self, page: &Page<C>, number: u64) -> Result<Option<String>, ListProblem> {
        let is_known = page.cursor.as_ref().is_some_and(|cursor| self.0.contains(cursor));
        match (page.more, &page.cursor) {
            (More::Yes, _) if page.count == 0 => Err(ListProblem::BrokenPage { page: number, lacks: "no items" }),
            _ if is_known => Err(ListProblem::RepeatedCursor { page: number }),
            (More::No, _) | (More::Unsaid, None) => Ok(None),
            (More::Unsaid, Some(_)) if page.count == 0 => Ok(None),
            (More::Yes, None) => Err(ListProblem::BrokenPage { page: number, lacks: "no cursor" }),
            (_, Some(cursor)) if cursor.len() > LONGEST_CURSOR => {
                Err(ListProblem::LongCursor { page: number, bytes: cursor.len() })
            }
            (More::Yes | More::Unsaid, Some(cursor)) => {
                self.0.insert(cursor.clone());
                Ok(Some(cursor.clone()))
            }
        }
    }
}

/// The users that came so far, as digests: eight bytes each. Their keys are random, so that two users whose digests meet,
/// once in some hundred thousand lists of ten million, do not meet again in the next run.
#[derive(Debug, Default)]
pub(in crate::api) struct SeenUsers {
    /// Those without an identifier included.
    count: u64,
    digests: HashSet<u64>,
    state: RandomState,
}

impl SeenUsers {
    /// For the users of another list, which [`Self::holds`] can hold against these.
    pub(in crate::api) fn of_another_list(&self) -> Self {
        Self { state: self.state.clone(), ..Self::default() }
    }

    /// Whether every user of an earlier list is here; this one was made by its [`Self::of_another_list`].
    pub(in crate::api) fn holds(&self, earlier: &Self) -> bool {
        earlier.count <= self.count && earlier.digests.is_subset(&self.digests)
    }

    /// An error for a user that came before. Users without an identifier are told apart by nobody.
    pub(in crate::api) fn add(&mut self, uid: &str, page: u64) -> Result<(), ListProblem> {
        self.count += 1;
        if uid.is_empty() || self.digests.insert(self.state.hash_one(uid)) {
            Ok(())
        } else {
            Err(ListProblem::Twice { uid: uid.to_owned(), page })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(answers: &[&str]) -> Result<Option<String>, ListProblem> {
        let mut cursors = CursorHistory::default();
        let mut next = None;
        for (number, answer) in (1..).zip(answers) {
            let page: Page<()> = Page::read(answer.as_bytes(), |(), _| Ok(())).unwrap();
            next = cursors.next(&page, number)?;
        }
        Ok(next)
    }

    #[test]
    fn a_cursor_leads_on_once_whatever_more_says() {
        let first = r#"{"items":[{}],"cursor":"a","more":true}"#;
        assert_eq!(follow(&[first]), Ok(Some("a".to_owned())));
        for again in [
            first,
            r#"{"items":[{}],"cursor":"a"}"#,
            r#"{"items":[{}],"cursor":"a","more":false}"#,
            r#"{"cursor":"a"}"#,
        ] {
            assert_eq!(follow(&[first, again]), Err(ListProblem::RepeatedCursor { page: 2 }), "{again}");
        }
    }

    #[test]
    fn a_list_ends_where_the_server_says_so_and_nowhere_else() {
        let ends = |answer| follow(&[answer]) == Ok(None);
        assert!(ends(r#"{"items":[{}],"cursor":"b","more":false}"#));
        assert!(ends(r#"{"items":[{}]}"#) && ends(r#"{"cursor":"b"}"#));
        assert_eq!(follow(&[r#"{"items":[{}],"cursor":"b"}"#]), Ok(Some("b".to_owned())));
        let lacks = |answer, lacks| follow(&[answer]) == Err(ListProblem::BrokenPage { page: 1, lacks });
        assert!(lacks(r#"{"cursor":"b","more":true}"#, "no items"));
        assert!(lacks(r#"{"items":[{}],"more":true}"#, "no cursor"));
        let long = format!(r#"{{"items":[{{}}],"cursor":"{}","more":true}}"#, "c".repeat(9_000));
        assert_eq!(follow(&[&long]), Err(ListProblem::LongCursor { page: 1, bytes: 9_000 }));
    }

    #[test]
    fn a_user_is_seen_once() {
        let mut seen = SeenUsers::default();
        assert_eq!(seen.add("1", 1), Ok(()));
        assert_eq!(seen.add("", 1), Ok(()));
        assert_eq!(seen.add("", 1), Ok(()));
        assert_eq!(seen.add("1", 3), Err(ListProblem::Twice { uid: "1".to_owned(), page: 3 }));
    }

    #[test]
    fn a_later_list_holds_an_earlier_one_when_nobody_is_missing() {
        let mut earlier = SeenUsers::default();
        let holds = |uids: &[&str], earlier: &SeenUsers| {
            let mut later = earlier.of_another_list();
            for uid in uids {
                later.add(uid, 1).unwrap();
            }
            later.holds(earlier)
        };
        assert!(holds(&[], &earlier) && holds(&["3"], &earlier));
        for uid in ["1", "2", ""] {
            earlier.add(uid, 1).unwrap();
        }
        assert!(holds(&["3", "2", "1"], &earlier) && holds(&["", "2", "1"], &earlier));
        assert!(!holds(&["3", "1", "4"], &earlier) && !holds(&["1", "2"], &earlier) && !holds(&[], &earlier));
    }
}
