//! The list of users as compact JSON inside the page, from which its script draws a page of rows at a time.

use std::io::Write;

use serde::{Serialize, Serializer};

use super::facts::Badge;
use crate::execute::ActionResult;
use crate::model::visible;
use crate::plan::{FieldChange, Reason};
use crate::report::document::{LineKind, UserLine, reason_words};
use crate::report::formats::escape::ScriptSafeJson;
use crate::report::{Document, ReportError};

/// In the order in which the page offers and sorts them: what needs a person first.
pub(super) const RESULTS: [ActionResult; 5] = [
    ActionResult::Failed,
    ActionResult::Drifted,
    ActionResult::NotAttempted,
    ActionResult::Already,
    ActionResult::Applied,
];
const FIELDS: [&str; 5] = ["email", "firstName", "lastName", "status", "isHidden"];
const REASONS: [Reason; 3] = [Reason::Row, Reason::Absent, Reason::Undo];

/// Writes the JSON. Words that repeat are numbers into lists at its head: a hundred thousand rows stay small.
pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let embedded = Embedded {
        kinds: LineKind::ALL.map(Badge::of_kind),
        results: RESULTS.map(Badge::of_result),
        fields: FIELDS,
        reasons: REASONS.map(reason_words),
        rows: Rows(document),
    };
    Ok(serde_json::to_writer(ScriptSafeJson(out), &embedded)?)
}

#[derive(Serialize)]
struct Embedded<'a> {
    kinds: [Badge; LineKind::ALL.len()],
    results: [Badge; RESULTS.len()],
    fields: [&'static str; FIELDS.len()],
    reasons: [&'static str; REASONS.len()],
    rows: Rows<'a>,
}

struct Rows<'a>(Document<'a>);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.lines().map(row))
    }
}

fn row<'a>(line: UserLine<'a>) -> impl Serialize + use<'a> {
    let changes = line
        .changes()
        .map(|FieldChange { field, before, after }| (position(&FIELDS, &field), before.map(visible), visible(after)));
    (
        position(&LineKind::ALL, &line.kind),
        visible(line.name.unwrap_or_default()),
        visible(line.email),
        visible(line.uid.unwrap_or_default()),
        line.row.unwrap_or_default(),
        match line.action.and_then(|action| position(&REASONS, &action.reason)) {
            Some(number) => ReasonOf::Action(number),
            None => ReasonOf::LeftAlone(visible(&line.reason).into_owned()),
        },
        changes.collect::<Vec<_>>(),
        visible(line.note().unwrap_or_default()),
        line.result().and_then(|result| position(&RESULTS, &result)),
        line.outcome.map_or(0, |outcome| outcome.attempts),
        visible(line.error().unwrap_or_default()),
    )
}

#[derive(Serialize)]
#[serde(untagged)]
enum ReasonOf {
    Action(usize),
    LeftAlone(String),
}

fn position<T: PartialEq>(list: &[T], wanted: &T) -> Option<usize> {
    list.iter().position(|entry| entry == wanted)
}
