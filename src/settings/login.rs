//! Which tenant, and which login to it.

use std::fs;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::environment::{CLIENT_SECRET, TOKEN};
use super::layers::{Layer, Origins};
use super::{Environment, Settings, SettingsError};
use crate::api::Credentials;
use crate::model::Tenant;

/// A real tenant and the login to it.
#[derive(Debug, Clone)]
pub struct TenantLogin {
    /// The cell's URL.
    pub base_url: Url,
    /// As plans and reports name it.
    pub tenant: Tenant,
    /// The login.
    pub credentials: Credentials,
}

/// Where a secret stands.
#[derive(Clone, Copy)]
enum Secret<'a> {
    File(&'a Path),
    Variable(&'a str),
}

impl TenantLogin {
    /// The login that the settings name; an error says what is missing.
    pub fn new(settings: &Settings, origins: &Origins, environment: &Environment) -> Result<Self, SettingsError> {
        let base_url = settings.tenant.base_url.as_ref().ok_or(SettingsError::NoBaseUrl)?.clone();
        let credentials = credentials(settings, origins, environment)?;
        let tenant = Tenant {
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
            organization_id: settings.tenant.organization_id.clone().unwrap_or_default(),
        };
        Ok(Self { base_url, tenant, credentials })
    }
}

/// The highest layer that names a way to log in decides: an option `--client-id` goes over a token in the environment.
/// Within a layer, a token goes over an application.
fn credentials(
    settings: &Settings,
    origins: &Origins,
    environment: &Environment,
) -> Result<Credentials, SettingsError> {
    let auth = &settings.auth;
    let secret = |file, option, variable| highest(file, origins.of(option), environment.get(variable));
    let token = secret(auth.token_file.as_deref(), "token_file", TOKEN);
    let client_secret = secret(auth.client_secret_file.as_deref(), "client_secret_file", CLIENT_SECRET);
    let application = origins.of("client_id").max(client_secret.map(|(layer, _)| layer));
    match token {
        Some((layer, token)) if Some(layer) >= application => token.read("token file").map(Credentials::Token),
        _ => application_login(settings, client_secret.map(|(_, secret)| secret)),
    }
}

fn application_login(settings: &Settings, secret: Option<Secret<'_>>) -> Result<Credentials, SettingsError> {
    let missing = |missing| SettingsError::NoLogin { missing };
    let client_id = settings.auth.client_id.clone().ok_or(missing("neither a token nor a client id is set"))?;
    let client_secret = secret.ok_or(missing("the client id has no secret"))?.read("client secret file")?;
    let user_email = settings.auth.user_email.clone().ok_or(missing("--user-email is not set"))?;
    match settings.tenant.organization_id {
        Some(_) => Ok(Credentials::Application { client_id, client_secret, user_email }),
        None => Err(missing("--organization-id is not set")),
    }
}

/// The secret of the higher layer; a variable is of the environment.
fn highest<'a>(file: Option<&'a Path>, layer: Option<Layer>, variable: Option<&'a str>) -> Option<(Layer, Secret<'a>)> {
    match (file.zip(layer), variable) {
        (Some((file, layer)), Some(_)) if layer >= Layer::Environment => Some((layer, Secret::File(file))),
        (_, Some(variable)) => Some((Layer::Environment, Secret::Variable(variable))),
        (Some((file, layer)), None) => Some((layer, Secret::File(file))),
        (None, None) => None,
    }
}

impl Secret<'_> {
    /// The secret without blanks around it; one that no header can carry is refused.
    fn read(self, what: &'static str) -> Result<SecretString, SettingsError> {
        let secret: SecretString = match self {
            Self::Variable(text) => text.trim().into(),
            Self::File(path) => {
                let unreadable = |source| SettingsError::File { path: path.to_owned(), what, source };
                match fs::read_to_string(path).map_err(unreadable)?.trim() {
                    "" => return Err(SettingsError::EmptyFile { path: path.to_owned(), what }),
                    text => text.into(),
                }
            }
        };
        let is_sendable = secret.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
        if is_sendable { Ok(secret) } else { Err(SettingsError::BadSecret { what }) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layers::tests::settings;
    use super::*;

    const TENANT: &str = "[tenant]\nbase_url = \"https://cell.example.com\"\norganization_id = \"1\"\n\
        [auth]\nuser_email = \"admin@example.com\"\n";
    const APPLICATION: [(&str, &str); 2] = [("LUMSYNC_CLIENT_ID", "by-variable"), ("LUMSYNC_CLIENT_SECRET", "s")];

    /// The token, or the client id and its secret.
    fn login(options: &[&str], variables: &[(&str, &str)], auth: &str) -> Result<String, SettingsError> {
        let (settings, origins) = settings(options, variables, &format!("{TENANT}{auth}"))?;
        let environment = Environment::of_variables(variables.iter().copied());
        Ok(match TenantLogin::new(&settings, &origins, &environment)?.credentials {
            Credentials::Token(token) => token.expose_secret().to_owned(),
            Credentials::Application { client_id, client_secret, .. } => {
                format!("{client_id}:{}", client_secret.expose_secret())
            }
        })
    }

    #[test]
    fn the_highest_layer_that_names_a_login_decides() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = folder.path().join(name);
            fs::write(&path, format!("{name}\n")).unwrap();
            path.display().to_string()
        };
        let (token_file, secret_file) = (&*file("file-token"), &*file("file-secret"));
        let in_file = format!("token_file = \"{token_file}\"\n");
        let app_in_file = format!("client_id = \"by-file\"\nclient_secret_file = \"{secret_file}\"\n");
        let token = ("LUMSYNC_TOKEN", "variable-token");
        let by_option: &[&str] = &["--client-id", "by-option"];
        for (options, variables, config, expected) in [
            (&[][..], &[][..], in_file.as_str(), "file-token"),
            (&[], &[], &app_in_file, "by-file:file-secret"),
            (&[], &[], &format!("{in_file}{app_in_file}"), "file-token"),
            (&[], &[token], &in_file, "variable-token"),
            (&[], &[token], &app_in_file, "variable-token"),
            (&[], &APPLICATION, &in_file, "by-variable:s"),
            (&[], &APPLICATION, &app_in_file, "by-variable:s"),
            (&[], &[token, APPLICATION[0], APPLICATION[1]], "", "variable-token"),
            (&["--token-file", token_file], &[token], "", "file-token"),
            (by_option, &[token, APPLICATION[1]], "", "by-option:s"),
            (by_option, &[token], &app_in_file, "by-option:file-secret"),
            (
                &["--client-secret-file", secret_file],
                &[token, APPLICATION[0], APPLICATION[1]],
                "",
                "by-variable:file-secret",
            ),
            (&["--token-file", token_file], &APPLICATION, &app_in_file, "file-token"),
        ] {
            assert_eq!(login(options, variables, config).unwrap(), expected, "{options:?} {variables:?} {config}");
        }
        assert!(matches!(login(by_option, &[token], ""), Err(SettingsError::NoLogin { .. })));
    }

    #[test]
    fn a_secret_that_no_header_can_carry_is_refused() {
        assert!(matches!(login(&[], &[("LUMSYNC_TOKEN", "a\nb")], ""), Err(SettingsError::BadSecret { .. })));
        assert_eq!(login(&[], &[("LUMSYNC_TOKEN", " token \n")], "").unwrap(), "token");
    }
}
