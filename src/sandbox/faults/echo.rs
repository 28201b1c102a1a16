//! Errors that repeat the secrets of a request, as servers repeat what they could not handle.

use std::fmt::Write;

use clap::ValueEnum;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

/// How a repeated secret is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Escape {
    /// `/` as `\/`.
    #[value(name = "echo-slash")]
    Slash,
    /// All but letters and digits as `\u003d`.
    #[value(name = "echo-unicode")]
    Unicode,
    #[value(name = "echo-percent")]
    Percent,
    #[value(name = "echo-html")]
    Html,
    /// Each run of white space as one blank.
    #[value(name = "echo-folded")]
    Folded,
    /// The first half alone.
    #[value(name = "echo-cut")]
    Cut,
}

/// The body of an error in the API's shape whose message repeats the secrets.
pub(crate) fn error_body(escape: Escape, status: u16, secrets: &[String]) -> String {
    let secrets: Vec<_> = secrets.iter().map(|secret| rewrite(escape, secret)).collect();
    let message = format!("can't handle the request of {}", secrets.join(" and of "));
    let message = escape_json(escape, &message);
    format!(
        r#"{{"error":{{"code":{status},"message":{message},"errors":[{{"reason":"invalid","message":{message}}}]}}}}"#
    )
}

fn rewrite(escape: Escape, secret: &str) -> String {
    match escape {
        Escape::Slash | Escape::Unicode => secret.to_owned(),
        Escape::Percent => byte_serialize(secret.as_bytes()).collect(),
        Escape::Html => secret.chars().map(html).collect(),
        Escape::Folded => secret.split_whitespace().collect::<Vec<_>>().join(" "),
        Escape::Cut => secret.chars().take(secret.chars().count() / 2).chain(['…']).collect(),
    }
}

fn html(character: char) -> String {
    match character {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' | '/' | '=' => format!("&#x{:X};", u32::from(character)),
        plain => plain.to_string(),
    }
}

fn escape_json(escape: Escape, text: &str) -> String {
    let json = Value::from(text).to_string();
    match escape {
        Escape::Slash => json.replace('/', r"\/"),
        Escape::Unicode => {
            let mut escaped = String::from("\"");
            for unit in text.encode_utf16() {
                match u8::try_from(unit) {
                    Ok(byte) if byte.is_ascii_alphanumeric() || byte == b' ' => escaped.push(char::from(byte)),
                    // Writing to a string can't fail.
                    _ => drop(write!(escaped, "\\u{unit:04x}")),
                }
            }
            escaped + "\""
        }
        _ => json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_repeated_in_each_form() {
        let secrets = ["a/b=  \"c'é".to_owned()];
        let forms = [Escape::Slash, Escape::Unicode, Escape::Percent, Escape::Html, Escape::Folded, Escape::Cut];
        let messages = forms.map(|escape| {
            let body = error_body(escape, 400, &secrets);
            let value: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(value["error"]["code"], 400);
            body.split_once("request of ")
                .or(body.split_once("request\\u0020of "))
                .unwrap()
                .1
                .split(r#"",""#)
                .next()
                .unwrap()
                .to_owned()
        });
        assert_eq!(
            messages,
            [
                r#"a\/b=  \"c'é"#,
                r"a\u002fb\u003d  \u0022c\u0027\u00e9",
                "a%2Fb%3D++%22c%27%C3%A9",
                "a&#x2F;b&#x3D;  &quot;c&#x27;é",
                r#"a/b= \"c'é"#,
                "a/b= …",
            ]
        );
    }
}
