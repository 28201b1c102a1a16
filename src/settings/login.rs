//! Which tenant, and who asks.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::layer::{AuthSection, TenantSection};
use super::{SettingsError, read_secret};
use crate::api::Credentials;
use crate::model::{Email, Tenant};

/// A real tenant and the login to it.
#[derive(Debug, Clone)]
pub struct TenantLogin {
    /// The cell's URL.
    pub base_url: Url,
    /// As plans and reports name it.
    pub tenant: Tenant,
    /// Who asks.
    pub credentials: Credentials,
}

/// The settings of the login, looked at when a real tenant is meant.
#[derive(Debug)]
pub(super) struct LoginLayer {
    pub(super) tenant: TenantSection,
    pub(super) auth: AuthSection,
    pub(super) runs_as: Option<Email>,
}

impl LoginLayer {
    pub(super) fn resolve(&self) -> Result<TenantLogin, SettingsError> {
        let base_url = parse_base_url(self.tenant.base_url.as_deref().ok_or(SettingsError::NoBaseUrl)?)?;
        let organization_id = self.tenant.organization_id.clone().unwrap_or_default();
        let credentials = self.credentials(&organization_id)?;
        let name = base_url.as_str().trim_end_matches('/').to_owned();
        Ok(TenantLogin { base_url, tenant: Tenant { base_url: name, organization_id }, credentials })
    }

    fn credentials(&self, organization_id: &str) -> Result<Credentials, SettingsError> {
        let auth = &self.auth;
        if let Some(path) = &auth.token_file {
            return read_secret(path, "token file").and_then(checked_token).map(Credentials::Token);
        }
        if let Some(token) = &auth.token {
            return checked_token(token.expose_secret().trim().into()).map(Credentials::Token);
        }
        let missing = |missing| SettingsError::NoLogin { missing };
        let client_id = auth.client_id.clone().ok_or(missing("neither a token nor a client id is set"))?;
        let client_secret = match (&auth.client_secret_file, &auth.client_secret) {
            (Some(path), _) => read_secret(path, "client secret file")?,
            (None, Some(secret)) => secret.clone(),
            (None, None) => return Err(missing("the client id has no secret")),
        };
        let user_email = self.runs_as.clone().ok_or(missing("--user-email is not set"))?;
        if organization_id.is_empty() {
            return Err(missing("--organization-id is not set"));
        }
        Ok(Credentials::Application { client_id, client_secret, user_email })
    }
}

fn checked_token(token: SecretString) -> Result<SecretString, SettingsError> {
    let is_sendable = token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
    if is_sendable { Ok(token) } else { Err(SettingsError::BadSecret { what: "token" }) }
}

/// https only; http on loopback alone (contract, "Options").
fn parse_base_url(text: &str) -> Result<Url, SettingsError> {
    let refuse = |problem: &str| SettingsError::BaseUrl { url: shown(text), problem: problem.to_owned() };
    let url = Url::parse(text.trim()).map_err(|error| refuse(&format!("not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("a login does not belong into the URL; use a token or client id"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("the base URL ends before any `?` or `#`"));
    }
    match (url.scheme(), is_loopback(&url)) {
        ("https", _) | ("http", true) => Ok(url),
        ("http", false) => Err(refuse("plain http would send the token in clear; use https")),
        _ => Err(refuse("use an https URL, such as https://XX-cell-NNN.api.lumapps.com")),
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A URL for a message: without what could be a password.
fn shown(text: &str) -> String {
    match text.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://[login]@{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for fine in ["https://cell.example.com", "http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:9"] {
            assert!(parse_base_url(fine).is_ok(), "{fine}");
        }
        for wrong in
            ["http://cell.example.com", "ftp://x", "cell.example.com", "", "https://a:b@x.example", "https://x/?a=1"]
        {
            assert!(parse_base_url(wrong).is_err(), "{wrong}");
        }
        let message = parse_base_url("https://user:hunter2@x.example").unwrap_err().to_string();
        assert!(!message.contains("hunter2"), "{message}");
    }
}
