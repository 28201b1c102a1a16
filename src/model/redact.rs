//! Takes secrets out of what others say: a tenant may repeat a token or a password in its error.

use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
pub const REDACTED: &str = "[secret]";

/// The text without the secrets, whether they stand in it as they are or as JSON would write them.
pub fn redact<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    let mut clean = text.to_owned();
    for secret in secrets {
        let plain = secret.expose_secret();
        if plain.is_empty() {
            continue;
        }
        clean = clean.replace(plain, REDACTED);
        if let Ok(quoted) = serde_json::to_string(plain) {
            clean = clean.replace(quoted.trim_matches('"'), REDACTED);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_out_as_it_is_and_as_json_writes_it() {
        let secrets = [SecretString::from("a\\b\"c"), SecretString::from("token-1"), SecretString::from("")];
        let said = r#"{"message":"bad a\\b\"c and a\b"c for token-1"}"#;
        assert_eq!(redact(said, &secrets), r#"{"message":"bad [secret] and [secret] for [secret]"}"#);
    }
}
