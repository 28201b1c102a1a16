//! A plan as text: who, what, before and after, why; then the limits and the verdict.

use std::io::{self, Write};

use super::Sheet;
use super::list::{Entry, Heading};
use super::paint::Tone;
use crate::plan::{Action, ActionKind, FieldChange, Plan, Reason};
use crate::report::Document;
use crate::report::view::LineKind;

/// Who gets in, who gets in again, what changes, and, nearest to the verdict, who loses access.
const ORDER: [ActionKind; 4] = [ActionKind::Create, ActionKind::Enable, ActionKind::Update, ActionKind::Disable];

pub(super) fn write(sheet: &Sheet, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let document = Document::Plan(plan);
    sheet.write_head(&format!("Plan of {:.0}", plan.created_at), document, out)?;
    write_remote(plan, out)?;
    for kind in ORDER {
        write_actions(sheet, plan, kind, out)?;
    }
    sheet.write_left_alone(document, out)?;
    write_notes(sheet, plan, out)?;
    sheet.write_warnings(document, out)?;
    sheet.write_guardrails(document, out)?;
    write_verdict(sheet, plan, out)
}

fn write_remote(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let remote = plan.remote;
    writeln!(
        out,
        "  users   {} listed, {} in scope, {} of them enabled; {} unchanged\n",
        remote.listed, remote.in_scope, remote.enabled, plan.summary.unchanged
    )
}

fn write_actions(sheet: &Sheet, plan: &Plan, kind: ActionKind, out: &mut dyn Write) -> io::Result<()> {
    let of_kind = || plan.actions.iter().filter(|action| action.kind() == kind);
    let entries = of_kind().map(|action| Entry::new(&action.email, details(action), action.row));
    sheet.write_list(heading(kind), of_kind().count(), entries, out)
}

fn heading(kind: ActionKind) -> Heading<'static> {
    let (remark, mark, tone) = match kind {
        ActionKind::Create => ("new accounts", "+", Tone::Admit),
        ActionKind::Enable => ("get access again", "↑", Tone::Admit),
        ActionKind::Update => ("", "~", Tone::Change),
        ActionKind::Disable => ("lose access", "-", Tone::Danger),
    };
    Heading { title: LineKind::Action(kind).heading(), remark, mark, tone }
}

/// What is said beside the address: the name, the reason for a disable, else before and after.
fn details(action: &Action) -> Vec<String> {
    let name = action.name.as_deref().map(str::to_owned).into_iter();
    match action.kind() {
        ActionKind::Create => created_details(action),
        ActionKind::Disable => {
            let other_fields =
                action.field_changes().filter(|change| change.field != "status").map(|change| change_words(&change));
            let reason = disable_reason(action.reason);
            let person = name.map(|name| format!("{name}, {reason}")).next().unwrap_or_else(|| reason.to_owned());
            std::iter::once(person).chain(other_fields).collect()
        }
        ActionKind::Enable | ActionKind::Update => {
            name.chain(action.field_changes().map(|change| change_words(&change))).collect()
        }
    }
}

fn created_details(action: &Action) -> Vec<String> {
    let value = |field: &str| action.field_changes().find(|change| change.field == field).map(|change| change.after);
    let names: Vec<&str> = [value("firstName"), value("lastName")].into_iter().flatten().collect();
    let hidden = value("isHidden").filter(|hidden| *hidden == "true").map(|_| "hidden in the directory".to_owned());
    let password = action.needs_password().then(|| "with the password of its row".to_owned());
    std::iter::once(names.join(" ")).chain(hidden).chain(password).collect()
}

fn disable_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Row => "its row says disabled",
        Reason::Absent => "no row in the CSV",
    }
}

fn change_words(change: &FieldChange<'_>) -> String {
    let shown = |value: &str| if value.is_empty() { "(none)".to_owned() } else { value.to_owned() };
    match change.before {
        Some(before) => format!("{}: {} → {}", change.field, shown(before), shown(change.after)),
        None => format!("{}: {}", change.field, shown(change.after)),
    }
}

/// Likely changes of address and the like, in one place where they are not overlooked even when the lists are cut.
fn write_notes(sheet: &Sheet, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let noted = || plan.actions.iter().filter_map(|action| action.note.as_deref().map(|note| (action, note)));
    let heading = Heading { title: "To look at", remark: "", mark: "?", tone: Tone::Warning };
    let entry = |(action, note): (&Action, &str)| {
        Entry::new(&action.email, [format!("{}: {note}", action.kind().as_str())], action.row)
    };
    sheet.write_list(heading, noted().count(), noted().map(entry), out)
}

fn write_verdict(sheet: &Sheet, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    if plan.summary.changes() == 0 && plan.tripped_guardrails().next().is_none() {
        writeln!(out, "No changes: the tenant is as the CSV wants it.")?;
    }
    let tone = if plan.tripped_guardrails().next().is_some() { Tone::Danger } else { Tone::Strong };
    writeln!(out, "{}", sheet.paint.paint(tone, &Document::Plan(plan).verdict()))
}
