//! Escaping, in one place: each format's answer to a value that means harm.
//!
//! Every function here takes the raw value and starts by making what acts visible; no format calls two of them in turn.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::model::{guard, visible};

/// For a line of a terminal or a log.
pub(in crate::report) fn terminal(text: &str) -> Cow<'_, str> {
    visible(text)
}

/// For a cell of a CSV that a spreadsheet may open.
pub(in crate::report) fn spreadsheet_cell(text: &str) -> String {
    let shown = visible(text);
    guard(&shown).into_owned()
}

/// For a cell of a Markdown table: HTML, table bars and marks are all taken literally.
pub(in crate::report) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // An entity, since a renderer links `@name` behind a backslash all the same.
            '@' => escaped.push_str("&#64;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' | ':' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// For the label values of the Prometheus text format.
pub(in crate::report) fn prometheus_label(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// For a chat message: `<!channel>` and links are taken literally.
pub(in crate::report) fn chat(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Passes JSON through to an HTML `<script>` element that it can't close, nor open a comment in.
///
/// In JSON these characters stand inside strings alone, where `\u003c` means the same.
pub(in crate::report) struct ScriptSafeJson<W>(pub(in crate::report) W);

impl<W: Write> Write for ScriptSafeJson<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(position) = rest.iter().position(|byte| matches!(byte, b'<' | b'>' | b'&')) {
            self.0.write_all(&rest[..position])?;
            write!(self.0, "\\u{:04x}", rest[position])?;
            rest = &rest[position + 1..];
        }
        self.0.write_all(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_takes_a_hostile_value_literally() {
        assert_eq!(terminal("\u{1b}[31mred"), "␛[31mred");
        assert_eq!(spreadsheet_cell("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(spreadsheet_cell("\r=1"), "␍=1");
        assert_eq!(markdown("a|b <script> *x* @all\n"), "a\\|b &lt;script&gt; \\*x\\* &#64;all␊");
        assert_eq!(markdown("https://example.com"), "https\\://example.com");
        assert_eq!(prometheus_label("a\"b\\c\n"), "a\\\"b\\\\c␊");
        assert_eq!(chat("<!channel> & co"), "&lt;!channel&gt; &amp; co");
    }

    #[test]
    fn json_in_a_script_element_can_not_close_it_and_reads_back_the_same() {
        let value = "</script><!-- & \u{2028} é";
        let mut script = Vec::new();
        serde_json::to_writer(ScriptSafeJson(&mut script), value).unwrap();
        let text = String::from_utf8(script).unwrap();
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
    }
}
