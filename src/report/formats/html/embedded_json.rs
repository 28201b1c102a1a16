//! The list of users as compact JSON inside the page, from which its script draws a page of rows at a time.

use std::io::Write;

use serde::ser::{SerializeSeq, SerializeTuple};
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
        let mut rows = serializer.serialize_seq(None)?;
        for line in self.0.lines() {
            rows.serialize_element(&Row(&line))?;
        }
        rows.end()
    }
}

struct Row<'a>(&'a UserLine<'a>);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = self.0;
        let mut row = serializer.serialize_tuple(11)?;
        row.serialize_element(&position(&LineKind::ALL, &line.kind))?;
        row.serialize_element(&visible(line.name.unwrap_or_default()))?;
        row.serialize_element(&visible(line.email))?;
        row.serialize_element(&visible(line.uid.unwrap_or_default()))?;
        row.serialize_element(&line.row.unwrap_or_default())?;
        row.serialize_element(&ReasonOf(line))?;
        row.serialize_element(&ChangesOf(line))?;
        row.serialize_element(&visible(line.note().unwrap_or_default()))?;
        row.serialize_element(&line.result().and_then(|result| position(&RESULTS, &result)))?;
        row.serialize_element(&line.outcome.map_or(0, |outcome| outcome.attempts))?;
        row.serialize_element(&visible(line.error().unwrap_or_default()))?;
        row.end()
    }
}

/// A number for an action's reason, text for why a row or user was left alone.
struct ReasonOf<'a>(&'a UserLine<'a>);

impl Serialize for ReasonOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.action.and_then(|action| position(&REASONS, &action.reason)) {
            Some(number) => number.serialize(serializer),
            None => visible(&self.0.reason).serialize(serializer),
        }
    }
}

struct ChangesOf<'a>(&'a UserLine<'a>);

impl Serialize for ChangesOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.changes().map(|FieldChange { field, before, after }| {
            (position(&FIELDS, &field), before.map(visible), visible(after))
        }))
    }
}

fn position<T: PartialEq>(list: &[T], wanted: &T) -> Option<usize> {
    list.iter().position(|entry| entry == wanted)
}
