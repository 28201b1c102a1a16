//! One page of the user list: its users, what it says of the next one, and when an answer is no page at all.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::model::Scalar;

/// What a page says of the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) struct Page<C> {
    /// The users, as the caller collects them.
    pub(in crate::api) users: C,
    /// How many users the page has.
    pub(super) count: u64,
    pub(super) more: More,
    /// Never empty.
    pub(super) cursor: Option<String>,
}

/// Whether the server says that more pages follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Yes,
    No,
    /// Nothing is said.
    Unsaid,
}

/// Why an answer brings no users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) enum PageProblem {
    /// The answer is no page; asked again, it may be.
    NotAPage(String),
    /// A user that can't be one; asking again would bring the same.
    BrokenUser(String),
}

/// One user of a page, still as JSON.
#[derive(Debug, Clone, Copy)]
pub(in crate::api) struct RawUser<'a> {
    pub(in crate::api) json: &'a str,
    /// The page had bytes that are no text; each stands as U+FFFD now.
    pub(in crate::api) is_lossy: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
    cursor: Option<String>,
    #[serde(default, borrow)]
    more: Scalar<'a>,
    call_id: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

impl<C: Default> Page<C> {
    /// Takes an answer apart; `collect` adds one user to the page's.
    pub(in crate::api) fn read(
        body: &[u8],
        mut collect: impl FnMut(&mut C, RawUser<'_>) -> Result<(), String>,
    ) -> Result<Self, PageProblem> {
        let text = String::from_utf8_lossy(body);
        let is_lossy = matches!(text, Cow::Owned(_));
        let answer = read_answer(&text)?;
        let items = answer.items.unwrap_or_default();
        let mut users = C::default();
        for item in &items {
            collect(&mut users, RawUser { json: item.get(), is_lossy }).map_err(PageProblem::BrokenUser)?;
        }
        Ok(Self {
            users,
            count: items.len() as u64,
            more: More::of(&answer.more),
            cursor: answer.cursor.filter(|cursor| !cursor.is_empty()),
        })
    }
}

fn read_answer(text: &str) -> Result<Answer<'_>, PageProblem> {
    let not_a_page = |problem: &str| PageProblem::NotAPage(format!("the answer is no page of a list: {problem}"));
    // A derived reader would take a list's values by place.
    if !text.trim_start().starts_with('{') {
        return Err(not_a_page("it is no JSON object"));
    }
    let answer: Answer<'_> = serde_json::from_str(text).map_err(|error| not_a_page(&error.to_string()))?;
    if answer.error.is_some() {
        return Err(not_a_page("it has an error"));
    }
    let Answer { items, cursor, more, call_id, error: _ } = &answer;
    if items.is_none() && cursor.is_none() && *more == Scalar::Missing && call_id.is_none() {
        return Err(not_a_page("it has none of items, more, cursor and callId"));
    }
    Ok(answer)
}

impl More {
    /// A word that is not understood is taken for a yes: the list ends only where the server plainly says so.
    fn of(more: &Scalar<'_>) -> Self {
        match more {
            Scalar::Missing => Self::Unsaid,
            Scalar::Flag(false) => Self::No,
            Scalar::Text(word) if word.eq_ignore_ascii_case("false") => Self::No,
            Scalar::Flag(true) | Scalar::Text(_) | Scalar::Unusable => Self::Yes,
        }
    }
}

impl PageProblem {
    /// In words.
    pub(in crate::api) fn into_text(self) -> String {
        match self {
            Self::NotAPage(problem) | Self::BrokenUser(problem) => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &str) -> Result<Page<u64>, PageProblem> {
        Page::read(answer.as_bytes(), |count, _| {
            *count += 1;
            Ok(())
        })
    }

    #[test]
    fn only_pages_are_read() {
        for (answer, problem) in [
            (r#"[[],"a",true]"#, "no JSON object"),
            (r#"{"error":"gone","items":[],"more":false}"#, "an error"),
            (r#"{"items":{},"cursor":"a","more":true}"#, "a sequence"),
            (r#"{"items":[],"items":[],"more":true}"#, "duplicate field"),
            (r#"{"items":[{},,{}],"cursor":"a","more":true}"#, "expected value"),
            (r#"{"status":"maintenance"}"#, "none of items"),
            (r#"{"items":null}"#, "none of items"),
            ("{}", "none of items"),
            ("<html>", "no JSON object"),
        ] {
            let told = read(answer).unwrap_err().into_text();
            assert!(told.contains(problem), "{answer}: {told}");
        }
        for empty in [r#"{"more":false}"#, r#"{"items":[]}"#, r#"{"callId":"7"}"#, r#"{"items":null,"more":false}"#] {
            assert_eq!(read(empty).unwrap().count, 0, "{empty}");
        }
    }

    #[test]
    fn a_page_says_what_follows_and_anything_odd_means_that_more_does() {
        for (more, expected) in [
            ("true", More::Yes),
            ("false", More::No),
            ("null", More::Unsaid),
            (r#""false""#, More::No),
            (r#""true""#, More::Yes),
            ("1", More::Yes),
            ("{}", More::Yes),
        ] {
            let page = read(&format!(r#"{{"items":[{{}},{{}}],"cursor":"","more":{more}}}"#)).unwrap();
            assert_eq!((page.more, page.count, page.cursor), (expected, 2, None), "{more}");
        }
    }

    #[test]
    fn broken_bytes_break_one_user_and_not_the_page() {
        let body = b"{\"items\":[{\"a\":\"\xff\"},{\"b\":\"\"}],\"more\":false}";
        let page: Page<Vec<(String, bool)>> = Page::read(body, |users: &mut Vec<(String, bool)>, user| {
            users.push((user.json.to_owned(), user.is_lossy));
            Ok(())
        })
        .unwrap();
        assert_eq!(page.users, [("{\"a\":\"\u{fffd}\"}".to_owned(), true), ("{\"b\":\"\"}".to_owned(), true)]);
    }
}
