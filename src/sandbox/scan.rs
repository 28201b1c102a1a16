//! Walks through valid JSON text without building a tree, so that a page of a thousand users costs a millisecond.
//!
//! Everything that is stored was checked when it came in; on text that is no JSON the walks simply end early.

use std::borrow::Cow;

use memchr::memchr2;

/// The attributes of a JSON object: each name as it is spelled between its quotes, and its value as raw JSON.
pub(super) fn attributes(object: &str) -> Attributes<'_> {
    Attributes { text: object, position: 1 }
}

/// The elements of a JSON array as raw JSON; nothing when the text is no array.
pub(super) fn elements(array: &str) -> Elements<'_> {
    let position = if array.starts_with('[') { 1 } else { array.len() };
    Elements { text: array, position }
}

/// The raw value of one attribute.
pub(super) fn attribute<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    attributes(object).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// What a raw JSON string says, `None` when the value is no string.
pub(super) fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(raw).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
}

/// A text attribute of an object; `None` when it is missing or of another type.
pub(super) fn text_attribute<'a>(object: &'a str, name: &str) -> Option<Cow<'a, str>> {
    attribute(object, name).and_then(text)
}

pub(super) struct Attributes<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let open = skip_between(bytes, self.position);
        if bytes.get(open) != Some(&b'"') {
            return None;
        }
        let close = string_end(bytes, open)?;
        let start = skip_between(bytes, close);
        let end = value_end(bytes, start)?;
        self.position = end;
        Some((self.text.get(open + 1..close - 1)?, self.text.get(start..end)?))
    }
}

pub(super) struct Elements<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let start = skip_between(bytes, self.position);
        if matches!(bytes.get(start), None | Some(b']')) {
            return None;
        }
        self.position = value_end(bytes, start)?;
        self.text.get(start..self.position)
    }
}

/// Past blanks, commas and colons.
fn skip_between(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')).count();
    from + blanks
}

fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    match bytes.get(start)? {
        b'"' => string_end(bytes, start),
        b'{' | b'[' => container_end(bytes, start),
        _ => Some(scalar_end(bytes, start)),
    }
}

/// The position behind the closing quote of the string that opens at `open`.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut position = open + 1;
    loop {
        let found = position + memchr2(b'"', b'\\', bytes.get(position..)?)?;
        if bytes[found] == b'"' {
            return Some(found + 1);
        }
        position = found + 2;
    }
}

fn container_end(bytes: &[u8], open: usize) -> Option<usize> {
    let (mut position, mut depth) = (open, 0_usize);
    loop {
        match bytes.get(position)? {
            b'"' => position = string_end(bytes, position)? - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        position += 1;
        if depth == 0 {
            return Some(position);
        }
    }
}

fn scalar_end(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
    bytes[start..].iter().position(ends).map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_with_their_raw_values() {
        let object = r#"{"a":"x\"},{","b": {"c":[1,"]"]} ,"d":-1.50e3,"e":[],"f":null}"#;
        let found: Vec<_> = attributes(object).collect();
        let expected = [("a", r#""x\"},{""#), ("b", r#"{"c":[1,"]"]}"#), ("d", "-1.50e3"), ("e", "[]"), ("f", "null")];
        assert_eq!(found, expected);
        assert_eq!(attributes("{}").count(), 0);
    }

    #[test]
    fn elements_come_as_raw_values() {
        assert_eq!(elements(r#"[ {"a":[1]}, "x" ,3]"#).collect::<Vec<_>>(), [r#"{"a":[1]}"#, r#""x""#, "3"]);
        assert_eq!(elements("[]").count(), 0);
        assert_eq!(elements(r#""[1,2]""#).count(), 0);
    }

    #[test]
    fn text_is_unescaped() {
        assert_eq!(text(r#""a\u00e9\n""#).unwrap(), "aé\n");
        assert_eq!(text(r#""plain""#).unwrap(), "plain");
        assert!(text("12").is_none());
    }
}
