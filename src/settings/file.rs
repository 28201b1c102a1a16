//! The config file.

use std::io;
use std::path::Path;

use super::SettingsError;
use super::layer::Layer;

/// Read when no `--config` names another.
pub const DEFAULT_CONFIG_FILE: &str = "lumsync.toml";

/// What the config file says; nothing when none is named and the default one is not there.
pub(super) fn layer(named: Option<&Path>) -> Result<Layer, SettingsError> {
    let path = named.unwrap_or(Path::new(DEFAULT_CONFIG_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, path),
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(Layer::default()),
        Err(source) => Err(SettingsError::File { path: path.to_owned(), what: "config file", source }),
    }
}

fn parse(text: &str, path: &Path) -> Result<Layer, SettingsError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
        SettingsError::ConfigKey { path: path.to_owned(), line, message: error.message().to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse("[tenant]\nbase_url = \"x\"\nbase_ulr = \"y\"\n", Path::new("lumsync.toml")).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("lumsync.toml:3") && message.contains("base_ulr"), "{message}");
        let error = parse("\n[tenants]\nx = 1\n", Path::new("c")).unwrap_err().to_string();
        assert!(error.contains("c:2") && error.contains("tenants"), "{error}");
    }

    #[test]
    fn every_key_of_the_contract_is_read() {
        let text = r#"
            [tenant]
            base_url = "https://cell.example.com"
            organization_id = "1"
            [auth]
            token_file = "t"
            client_id = "c"
            client_secret_file = "s"
            user_email = "a@example.com"
            [rate]
            rps = "auto"
            max_rps = 80
            burst = 2
            concurrency = 8
            [fetch]
            page_size = 100
            [http]
            timeout = "30s"
            retries = 3
            max_wait = 60
            [run]
            max_duration = "2h"
            [policy]
            partial = true
            on_missing = "keep"
            on_invalid = "skip"
            [guardrails]
            max_disable = 25
            max_create = "50%"
            max_update = "10"
            min_rows = 10
            max_shrink = "5%"
            [scope]
            protect = ["vip@*"]
            email_domains = ["example.com"]
            types = ["external"]
            [csv]
            delimiter = ";"
            encoding = "utf-8"
            columns = { firstName = "Vorname" }
            [report]
            files = ["r.html"]
            metrics_file = "m.prom"
            [notify]
            url = "https://hooks.example.com/x"
            on = ["failure", "change"]
            [state]
            dir = "/var/lib/lumsync"
            [log]
            format = "json"
            filter = "debug"
        "#;
        parse(text, Path::new("lumsync.toml")).unwrap();
    }
}
