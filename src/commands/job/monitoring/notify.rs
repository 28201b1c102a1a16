//! Posts the summary of a run to a web hook. A failure here is a warning and does not change the exit code.

use reqwest::Method;

use super::post::{Message, send};
use crate::commands::job::failure::Failure;
use crate::commands::job::session::Session;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::report::{Document, Notification, Report};
use crate::settings::{NotifyFormat, NotifyOn};

/// What `--notify-on` goes by.
#[derive(Debug, Clone, Copy)]
struct Ended {
    exit_code: u8,
    has_changed: bool,
    needs_person: bool,
}

/// Posts about a finished run, where `--notify-on` asks for it.
pub async fn of_run(report: &Report, plan: Option<&Plan>, session: &Session) {
    let ended = Ended {
        exit_code: report.exit_code,
        has_changed: report.summary.total().applied > 0,
        needs_person: Document::Run { report, plan }.needs_a_person(),
    };
    if is_wanted(&session.settings.notify.on, ended) {
        post(&Notification::of_run(report, plan), session).await;
    }
}

/// Posts about a command that failed before there was a run to report on: no login, no lock, no state dir.
pub async fn of_failure(command: &str, failure: &Failure, session: &Session) {
    let ended = Ended { exit_code: failure.exit.code(), has_changed: false, needs_person: true };
    if is_wanted(&session.settings.notify.on, ended) {
        post(&Notification::of_failure(command, failure.exit), session).await;
    }
}

/// The rules of `--notify-on`.
fn is_wanted(on: &[NotifyOn], Ended { exit_code, has_changed, needs_person }: Ended) -> bool {
    let is_good = [Exit::Done, Exit::Pending].map(Exit::code).contains(&exit_code);
    let is_guardrail = exit_code == Exit::Guardrail.code();
    on.iter().any(|on| match on {
        NotifyOn::Failure => !is_good && !is_guardrail,
        NotifyOn::Guardrail => is_guardrail,
        NotifyOn::Attention => needs_person,
        NotifyOn::Change => has_changed,
        NotifyOn::Always => true,
    })
}

async fn post(notification: &Notification, session: &Session) {
    let Some(url) = &session.settings.notify.url else { return };
    let body = match session.settings.notify.format {
        NotifyFormat::Slack => notification.slack(),
        NotifyFormat::Teams => notification.teams(),
        NotifyFormat::Json => notification.json(),
    };
    let body = body.to_string().into_bytes();
    let message = Message { method: Method::POST, url: url.expose(), content_type: "application/json", body };
    if let Err(problem) = send(message, &session.settings.http).await {
        session.warn(&format!("the notification could not be posted: {problem}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_notify_on_wants_its_own_ends() {
        use NotifyOn::{Always, Attention, Change, Failure, Guardrail};
        for (on, exit_code, has_changed, wanted) in [
            (Failure, 0, true, false),
            (Failure, 5, false, false),
            (Failure, 3, false, false),
            (Failure, 1, false, true),
            (Failure, 2, false, true),
            (Failure, 4, true, true),
            (Failure, 6, false, true),
            (Failure, 143, true, true),
            (Guardrail, 3, false, true),
            (Guardrail, 4, true, false),
            (Change, 0, true, true),
            (Change, 4, true, true),
            (Change, 0, false, false),
            (Attention, 0, true, false),
            (Always, 0, false, true),
        ] {
            let ended = Ended { exit_code, has_changed, needs_person: false };
            assert_eq!(is_wanted(&[on], ended), wanted, "{on:?} {exit_code} {has_changed}");
        }
        let stopped = Ended { exit_code: 3, has_changed: false, needs_person: true };
        assert!(!is_wanted(&[], stopped));
        assert!(is_wanted(&[Failure, Guardrail], stopped) && is_wanted(&[Attention], stopped));
    }
}
