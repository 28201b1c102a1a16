//! Posts the summary of a run to a chat's hook. What goes wrong here is a warning: a run is not worse for a chat that
//! is down.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;

use super::failure::Failure;
use super::session::Session;
use crate::exit::Exit;
use crate::report::{Notification, Report};
use crate::settings::{HttpSection, NotifyOn, NotifyUrl};

/// From looking the host up to the whole answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts about a finished run, if its end is one that somebody wants to hear of.
pub async fn of_report(report: &Report, session: &Session) {
    let summary = &report.summary;
    let kinds = [summary.create, summary.update, summary.enable, summary.disable];
    let has_changed = kinds.into_iter().any(|kind| kind.applied > 0);
    if is_wanted(&session.settings.notify.on, report.exit_code, has_changed) {
        post(&Notification::of_report(report), session).await;
    }
}

/// Posts about a command that failed before there was a run to report on: no login, no lock, no state dir.
pub async fn of_failure(command: &str, failure: &Failure, session: &Session) {
    if is_wanted(&session.settings.notify.on, failure.exit.code(), false) {
        post(&Notification::of_failure(command, failure.exit), session).await;
    }
}

/// The rules of `--notify-on`.
fn is_wanted(on: &[NotifyOn], exit_code: u8, has_changed: bool) -> bool {
    let is_good = [Exit::Done, Exit::Pending].map(Exit::code).contains(&exit_code);
    let is_guardrail = exit_code == Exit::Guardrail.code();
    on.iter().any(|on| match on {
        NotifyOn::Failure => !is_good && !is_guardrail,
        NotifyOn::Guardrail => is_guardrail,
        NotifyOn::Change => has_changed,
        NotifyOn::Always => true,
    })
}

async fn post(notification: &Notification, session: &Session) {
    let Some(url) = &session.settings.notify.url else { return };
    if let Err(problem) = try_post(notification, url, &session.settings.http).await {
        session.warn(&format!("the notification could not be posted: {problem}"));
    }
}

/// The problem never holds the URL, which is a secret.
async fn try_post(notification: &Notification, url: &NotifyUrl, http: &HttpSection) -> Result<(), String> {
    let body = serde_json::to_vec(notification).map_err(|error| error.to_string())?;
    let mut client = reqwest::Client::builder()
        .user_agent(concat!("lumsync/", env!("CARGO_PKG_VERSION")))
        // A hook that moved must be set anew: the summary follows nobody to elsewhere.
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(http.ca_certificates().map_err(|error| error.to_string())?)
        .timeout(PATIENCE);
    if url.expose().scheme() == "http" {
        client = client.no_proxy();
    }
    let client = client.build().map_err(without_url)?;
    let request = client.post(url.expose().clone()).header(CONTENT_TYPE, "application/json").body(body);
    let status = request.send().await.map_err(without_url)?.status();
    if status.is_success() { Ok(()) } else { Err(format!("the hook answered {}", status.as_u16())) }
}

fn without_url(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_notify_on_wants_its_own_ends() {
        use NotifyOn::{Always, Change, Failure, Guardrail};
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
            (Always, 0, false, true),
        ] {
            assert_eq!(is_wanted(&[on], exit_code, has_changed), wanted, "{on:?} {exit_code} {has_changed}");
        }
        assert!(!is_wanted(&[], 1, true));
        assert!(is_wanted(&[Failure, Guardrail], 3, false));
    }
}
