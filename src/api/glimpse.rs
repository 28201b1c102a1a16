//! What a page says of the next one, told from its edges: so the next call leaves before a megabyte of users is read.

use memchr::memrchr;

/// The cursor of the next page, if the page says at its very beginning or end that there is one.
///
/// In JSON this can't be mistaken: from the first brace on, and from the last one back, names and simple values follow
/// each other without a doubt, since a quote that no backslash stands before begins or ends a text. `None` says nothing;
/// then the page is to be read. That the page is JSON at all, and has users, is left to whoever reads it; but an answer
/// that was cut does not end like one.
pub(super) fn next_cursor(body: &[u8]) -> Option<&str> {
    let mut seen = Seen::default();
    seen.look_at_start(body);
    if !seen.look_at_end(body) {
        return None;
    }
    let cursor = seen.cursor.filter(|cursor| !cursor.is_empty())?;
    (seen.more == Some(true)).then(|| std::str::from_utf8(cursor).ok()).flatten()
}

#[derive(Default)]
struct Seen<'a> {
    cursor: Option<&'a [u8]>,
    more: Option<bool>,
}

/// A value that ends without a doubt: no escapes, nothing inside.
enum Simple<'a> {
    Text(&'a [u8]),
    Truth(bool),
}

impl<'a> Seen<'a> {
    fn note(&mut self, name: &[u8], value: &Simple<'a>) {
        match (name, value) {
            (b"cursor", Simple::Text(text)) => self.cursor = Some(text),
            (b"more", Simple::Truth(truth)) => self.more = Some(*truth),
            _ => {}
        }
    }

    /// Members in front of the first one that is not simple.
    fn look_at_start(&mut self, body: &'a [u8]) {
        let Some(mut rest) = body.trim_ascii_start().strip_prefix(b"{") else { return };
        while let Some((name, value, behind)) = member_at_start(rest) {
            self.note(name, &value);
            let Some(next) = behind.trim_ascii_start().strip_prefix(b",") else { return };
            rest = next;
        }
    }

    /// Members behind the last one that is not simple. Whether the answer ends as a page does: with a list, or with
    /// simple members behind one.
    fn look_at_end(&mut self, body: &'a [u8]) -> bool {
        let Some(mut rest) = body.trim_ascii_end().strip_suffix(b"}") else { return false };
        loop {
            rest = rest.trim_ascii_end();
            if rest.ends_with(b"]") {
                return true;
            }
            let Some((name, value, before)) = member_at_end(rest) else { return false };
            // What no comma stands before might not be the whole name, or is the only member.
            let Some(next) = before.trim_ascii_end().strip_suffix(b",") else { return false };
            self.note(name, &value);
            rest = next;
        }
    }
}

fn member_at_start(bytes: &[u8]) -> Option<(&[u8], Simple<'_>, &[u8])> {
    let (name, behind) = text_at_start(bytes.trim_ascii_start())?;
    let behind = behind.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let (value, behind) = match text_at_start(behind) {
        Some((text, behind)) => (Simple::Text(text), behind),
        None => match behind.strip_prefix(b"true") {
            Some(behind) => (Simple::Truth(true), behind),
            None => (Simple::Truth(false), behind.strip_prefix(b"false")?),
        },
    };
    Some((name, value, behind))
}

fn member_at_end(bytes: &[u8]) -> Option<(&[u8], Simple<'_>, &[u8])> {
    let bytes = bytes.trim_ascii_end();
    let (value, before) = match text_at_end(bytes) {
        Some((text, before)) => (Simple::Text(text), before),
        None => match bytes.strip_suffix(b"true") {
            Some(before) => (Simple::Truth(true), before),
            None => (Simple::Truth(false), bytes.strip_suffix(b"false")?),
        },
    };
    let (name, before) = text_at_end(before.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end())?;
    Some((name, value, before))
}

fn text_at_start(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = bytes.strip_prefix(b"\"")?;
    let end = memchr::memchr2(b'"', b'\\', inside)?;
    (inside[end] == b'"').then(|| (&inside[..end], &inside[end + 1..]))
}

fn text_at_end(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = bytes.strip_suffix(b"\"")?;
    let start = memrchr(b'"', inside)?;
    let (before, text) = (&inside[..start], &inside[start + 1..]);
    (!text.contains(&b'\\') && before.last() != Some(&b'\\')).then_some((text, before))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    fn cursor_of(text: &str) -> Option<&str> {
        next_cursor(text.as_bytes())
    }

    #[test]
    fn a_cursor_is_seen_at_either_edge_in_any_order_and_spacing() {
        for page in [
            r#"{"items":[{"uid":"1"}],"cursor":"next","more":true}"#,
            r#"{"items":[{"uid":"1"}],"more":true,"cursor":"next"}"#,
            r#"{"cursor":"next","items":[{"uid":"1"}],"more":true,"callId":"7"}"#,
            r#"{"cursor":"next","more":true,"items":[{"uid":"1"}]}"#,
            "{\n  \"items\": [\n {} ],\n  \"cursor\" : \"next\",\n  \"more\" : true\n}\n",
        ] {
            assert_eq!(cursor_of(page), Some("next"), "{page}");
        }
    }

    #[test]
    fn what_is_not_sure_is_left_to_the_reader() {
        for page in [
            r#"{"items":[],"cursor":"next","more":false}"#,
            r#"{"items":[],"cursor":"next"}"#,
            r#"{"items":[],"more":true}"#,
            r#"{"items":[],"cursor":"","more":true}"#,
            r#"{"items":[],"cursor":"a\"b","more":true}"#,
            r#"{"items":[],"cursor":"next","more":"true"}"#,
            r#"{"items":[],"cursor":"next","more":true"#,
            r#"{"cursor":"next","more":true,"items":[{"uid":"1"}"#,
            r#"{"cursor":"next","more":true,"items":[{"uid":"1"}]"#,
            r#"{"cursor":"next","more":true,"items":[{"uid":"1"#,
            r#"{"cursor":"next","more":true}"#,
            "\u{feff}{\"items\":[],\"cursor\":\"next\"}",
            r#"{"items":[{"text":"\"cursor\":\"no\",\"more\":true}"}]}"#,
            r#"{"text\",\"cursor":"no","more":true}"#,
            r#"{"x":"\",\"cursor":"no","more":true}"#,
            "<html>",
            "",
        ] {
            assert_eq!(cursor_of(page), None, "{page}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[a-c\"\\\\,:{}\\[\\] é]{0,8}", Just("cursor".to_owned()), Just("more".to_owned())];
        prop_oneof![
            text.prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(json!([{"cursor": "inner", "more": true}])),
            Just(json!({"more": true, "cursor": "inner"})),
            Just(Value::Null),
            any::<i8>().prop_map(Value::from),
        ]
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => Just("cursor".to_owned()),
            3 => Just("more".to_owned()),
            1 => Just("items".to_owned()),
            1 => "[a\"\\\\,:]{0,4}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// Whatever the answer says elsewhere: what is seen is what the answer says.
        #[test]
        fn what_is_seen_is_so(members in prop::collection::vec((name(), value()), 0..6), space in "[ \n]{0,2}") {
            let mut page = Map::new();
            let mut texts = Vec::new();
            for (name, value) in members {
                if !page.contains_key(&name) {
                    texts.push(format!("{space}{}{space}:{space}{value}{space}", Value::from(name.as_str())));
                    page.insert(name, value);
                }
            }
            let text = format!("{space}{{{}}}{space}", texts.join(","));
            prop_assert_eq!(serde_json::from_str::<Map<String, Value>>(&text).unwrap(), page.clone());
            if let Some(cursor) = cursor_of(&text) {
                prop_assert_eq!(page.get("cursor"), Some(&Value::from(cursor)), "{}", text);
                prop_assert_eq!(page.get("more"), Some(&Value::Bool(true)), "{}", text);
            }
        }

        #[test]
        fn no_bytes_do_harm(text in "[{}\\[\\]\":,\\\\ a]{0,30}|\\PC{0,30}") {
            let _ = cursor_of(&text);
        }
    }
}
