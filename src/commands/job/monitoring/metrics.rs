//! The metrics of a run: a file for a collector, or a request to a Pushgateway.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::Method;
use url::Url;

use super::post::{Message, send};
use crate::commands::job::failure::Failure;
use crate::commands::job::session::Session;
use crate::exit::Exit;
use crate::model::Tenant;
use crate::plan::Plan;
use crate::record::{name_of, write_atomically};
use crate::report::{Report, is_about_another_tenant, write_metrics};

const ADVICE: &str = "name a folder for --metrics-file, and each tenant has a file of its own there";
/// Metrics hold no personal data, and the collector that reads them runs under another account.
const READABLE_BY_ALL: u32 = 0o644;
/// The content type of Prometheus' text format.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4";

/// The file itself, or, for a folder, the file of one tenant in it.
pub(in crate::commands::job) fn place(path: &Path, name: &str) -> PathBuf {
    if path.is_dir() { path.join(format!("lumsync-{name}.prom")) } else { path.to_owned() }
}

/// Replaces the file whole.
pub(in crate::commands::job) fn write_file(
    path: &Path,
    report: &Report,
    plan: Option<&Plan>,
    session: &Session,
) -> Result<(), Failure> {
    let last_success = last_success(report, session)?;
    let path = place(path, &name_of(&report.tenant));
    if fs::read_to_string(&path).is_ok_and(|text| is_about_another_tenant(&text, report)) {
        session.warn(&format!("the metrics of another tenant in `{}` are replaced: {ADVICE}", path.display()));
    }
    write_atomically(&path, READABLE_BY_ALL, |out| Ok(write_metrics(report, plan, last_success, out)?))
}

/// Replaces the metrics of this tenant on the gateway. A failure is a warning and does not change the exit code.
pub(in crate::commands::job) async fn push(report: &Report, plan: Option<&Plan>, session: &Session) {
    let Some(url) = &session.settings.report.push_metrics else { return };
    if let Err(problem) = try_push(url, report, plan, session).await {
        session.warn(&format!("the metrics could not be pushed: {problem}"));
    }
}

async fn try_push(url: &Url, report: &Report, plan: Option<&Plan>, session: &Session) -> Result<(), String> {
    let mut body = Vec::new();
    let last_success = last_success(report, session).map_err(|failure| failure.message())?;
    write_metrics(report, plan, last_success, &mut body).map_err(|error| error.to_string())?;
    let url = group_url(url, &report.tenant);
    send(Message { method: Method::PUT, url: &url, content_type: TEXT_FORMAT, body }, &session.settings.http).await
}

fn last_success(report: &Report, session: &Session) -> Result<Option<Timestamp>, Failure> {
    if report.exit_code == Exit::Done.code() {
        return Ok(Some(report.finished_at));
    }
    Ok(session.state_dir()?.last_success(&report.tenant)?)
}

/// The gateway keeps what it is sent by the labels in its address: a group for each tenant. An address that names its
/// group already is left as it is.
fn group_url(base: &Url, tenant: &Tenant) -> Url {
    let mut url = base.clone();
    if !base.path().contains("/metrics/job/")
        && let Ok(mut path) = url.path_segments_mut()
    {
        path.pop_if_empty().extend(["metrics", "job", "lumsync"]);
        for (label, value) in [("tenant", &tenant.base_url), ("organization", &tenant.organization_id)] {
            // The gateway's encoding of an empty value, since a path has no empty segment.
            let value = if value.is_empty() { "=".to_owned() } else { URL_SAFE_NO_PAD.encode(value) };
            path.extend([&format!("{label}@base64"), &value]);
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tenant_has_a_group_of_its_own() {
        let url = |base: &str, organization_id: &str| {
            let base_url = "https://a.example.com/x".to_owned();
            let tenant = Tenant { base_url, organization_id: organization_id.to_owned() };
            group_url(&base.parse().unwrap(), &tenant).to_string()
        };
        assert_eq!(
            url("http://gateway:9091", "1"),
            "http://gateway:9091/metrics/job/lumsync/tenant@base64/aHR0cHM6Ly9hLmV4YW1wbGUuY29tL3g/organization@base64/MQ"
        );
        assert!(url("https://gateway.example.com/push/", "").ends_with(
            "/push/metrics/job/lumsync/tenant@base64/aHR0cHM6Ly9hLmV4YW1wbGUuY29tL3g/organization@base64/="
        ));
        assert_eq!(url("http://gateway/metrics/job/nightly", "1"), "http://gateway/metrics/job/nightly");
    }
}
