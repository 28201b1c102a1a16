//! One page of the user list: what it says of the next one, and when it can't be trusted.

use std::collections::HashSet;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;

use super::glimpse;
use super::list::ListError;
use super::wire::{Flag, PageEnd, error_message, read_users};

/// How much of an answer is looked at before the next page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Its edges, where they tell enough: whether the rest is sound is found out while the next page is on its way.
    AtEdges,
    /// All of it, so that what can't be read counts as lost on the way and is asked for again.
    AtAll,
}

/// Why the users of a page can't be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageProblem {
    /// The answer is not what its edges promised. [`Look::AtAll`] would have had it sent again.
    Unreadable(String),
    /// A user that can't be one; asking again would bring the same.
    Broken(String),
}

/// A page as it came.
#[derive(Debug)]
pub(super) struct Page {
    body: Bytes,
    says: Says,
}

/// What a page says of the next one.
#[derive(Debug)]
enum Says {
    /// More follows behind this cursor. It was seen at the edge of the answer; [`Page::users`] looks whether the rest of
    /// the answer is sound.
    Glimpsed(String),
    /// The whole answer was read.
    Read(PageEnd),
}

impl Page {
    /// Takes an answer for a page, or says why it is none.
    pub(super) fn open(body: Bytes, look: Look) -> Result<Self, String> {
        if look == Look::AtEdges
            && let Some(cursor) = glimpse::next_cursor(&body)
        {
            let says = Says::Glimpsed(cursor.to_owned());
            return Ok(Self { body, says });
        }
        let end = read_end(&body)?;
        Ok(Self { body, says: Says::Read(end) })
    }

    /// Hands every user to `take`, whose error ends the reading.
    pub(super) fn users<'a, U: Deserialize<'a>>(
        &'a self,
        take: impl FnMut(U) -> Result<(), String>,
    ) -> Result<(), PageProblem> {
        let text =
            simdutf8::basic::from_utf8(&self.body).map_err(|error| PageProblem::Unreadable(error.to_string()))?;
        let end = read_users(text, take).map_err(|error| match error.classify() {
            Category::Data => PageProblem::Broken(error.to_string()),
            Category::Io | Category::Syntax | Category::Eof => PageProblem::Unreadable(error.to_string()),
        })?;
        match &self.says {
            Says::Glimpsed(_) if end.has_error => Err(PageProblem::Unreadable(error_message(&self.body))),
            Says::Glimpsed(cursor) => {
                let is_so = end.has_users && end.more.is_set() && end.cursor.as_ref() == Some(cursor);
                is_so
                    .then_some(())
                    .ok_or_else(|| PageProblem::Unreadable("its end contradicts the rest of it".to_owned()))
            }
            Says::Read(_) => Ok(()),
        }
    }
}

impl PageProblem {
    /// In words.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Unreadable(problem) | Self::Broken(problem) => problem,
        }
    }
}

/// The whole answer but for the users' attributes.
fn read_end(body: &[u8]) -> Result<PageEnd, String> {
    let text = simdutf8::basic::from_utf8(body).map_err(|error| not_a_page(&error.to_string()))?;
    let end = read_users(text, |_: IgnoredAny| Ok(())).map_err(|error| not_a_page(&error.to_string()))?;
    if end.has_error { Err(not_a_page(&error_message(body))) } else { Ok(end) }
}

fn not_a_page(problem: &str) -> String {
    format!("the answer is not a page of users: {problem}")
}

/// The cursors that were followed, so that a list that begins again is noticed.
#[derive(Debug, Default)]
pub(super) struct Trail(HashSet<String>);

impl Trail {
    /// The cursor of the next page; `None` behind the last one.
    ///
    /// A page that does not say whether more follows is the last one (API facts, "GET user/list"), unless it brings
    /// users and a cursor that was not used yet: then asking on shows whether the list ends here.
    pub(super) fn follow(&mut self, page: &Page, number: u64) -> Result<Option<String>, ListError> {
        let read_now;
        let end = match &page.says {
            Says::Read(end) => end,
            Says::Glimpsed(cursor) if !self.0.contains(cursor) => return self.go_on(cursor, number),
            // A page that leads back may have another fault, too, which tells more.
            Says::Glimpsed(_) => {
                read_now = read_end(&page.body).map_err(|problem| ListError::BrokenUser { page: number, problem })?;
                &read_now
            }
        };
        let cursor = end.cursor.as_ref().filter(|cursor| !cursor.is_empty());
        match (end.more, cursor) {
            (Flag::Value(false), _) | (Flag::Missing, None) => Ok(None),
            (Flag::Missing, Some(cursor)) => {
                Ok((end.has_users && self.0.insert(cursor.clone())).then(|| cursor.clone()))
            }
            (Flag::Value(true) | Flag::Drifted, _) if !end.has_users => {
                Err(ListError::BrokenPage { page: number, lacks: "no items" })
            }
            (Flag::Value(true) | Flag::Drifted, None) => {
                Err(ListError::BrokenPage { page: number, lacks: "no cursor" })
            }
            (Flag::Value(true) | Flag::Drifted, Some(cursor)) => self.go_on(cursor, number),
        }
    }

    fn go_on(&mut self, cursor: &str, number: u64) -> Result<Option<String>, ListError> {
        if self.0.insert(cursor.to_owned()) {
            Ok(Some(cursor.to_owned()))
        } else {
            Err(ListError::RepeatedCursor { page: number })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn open(text: &'static str) -> Result<Page, String> {
        Page::open(Bytes::from_static(text.as_bytes()), Look::AtEdges)
    }

    fn users(text: &'static str) -> Result<usize, PageProblem> {
        let mut count = 0;
        open(text).unwrap().users(|_: Value| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    #[test]
    fn a_page_whose_end_was_glimpsed_is_read_to_the_letter_all_the_same() {
        assert_eq!(users(r#"{"items":[{},{}],"cursor":"a","more":true}"#), Ok(2));
        for (broken, told) in [
            (r#"{"items":[{},,{}],"cursor":"a","more":true}"#, "expected value"),
            (r#"{"items":[],"cursor":"a","more":true}"#, "contradicts"),
            (r#"{"facets":[{}],"cursor":"a","more":true}"#, "contradicts"),
            (r#"{"error":{"message":"no such feed"},"items":[{}],"cursor":"a","more":true}"#, "no such feed"),
        ] {
            let problem = users(broken);
            assert!(matches!(&problem, Err(PageProblem::Unreadable(text)) if text.contains(told)), "{problem:?}");
        }
        let twice = users(r#"{"cursor":"b","items":[{}],"cursor":"a","more":true}"#);
        assert!(matches!(&twice, Err(PageProblem::Broken(text)) if text.contains("duplicate field")), "{twice:?}");
    }

    #[test]
    fn only_pages_are_opened() {
        for (answer, problem) in [
            (r#"[[],"a",true]"#, "not a page of users"),
            (r#"{"error":"gone"}"#, "gone"),
            (r#"{"items":{},"cursor":"a","more":true}"#, "a list of users"),
            ("<html>", "not a page of users"),
        ] {
            let told = open(answer).unwrap_err();
            assert!(told.contains(problem), "{answer}: {told}");
        }
        assert!(open(r#"{"items":null}"#).is_ok() && open("{}").is_ok());
    }

    #[test]
    fn a_cursor_leads_on_once() {
        let page = open(r#"{"items":[{}],"cursor":"a","more":true}"#).unwrap();
        let mut trail = Trail::default();
        assert_eq!(trail.follow(&page, 1), Ok(Some("a".to_owned())));
        assert_eq!(trail.follow(&page, 2), Err(ListError::RepeatedCursor { page: 2 }));
        let empty = open(r#"{"cursor":"a","more":true}"#).unwrap();
        assert_eq!(trail.follow(&empty, 2), Err(ListError::BrokenPage { page: 2, lacks: "no items" }));
    }
}
