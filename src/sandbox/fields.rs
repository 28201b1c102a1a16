//! The `fields` parameter: Google's selector of a partial response, such as `cursor,more,items(uid,email)`.

use super::scan;

/// Which attributes of an answer are wanted; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Selector {
    /// Nothing here selects everything.
    children: Vec<(String, Selector)>,
}

impl Selector {
    /// Reads a selector; `None` when it can't be understood.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let selector = parse_list(&mut rest, 0)?;
        rest.is_empty().then_some(selector)
    }

    /// What is wanted of the attribute `name`; `None` when it is not wanted at all.
    pub(super) fn child(&self, name: &str) -> Option<&Selector> {
        const EVERYTHING: &Selector = &Selector { children: Vec::new() };
        if self.children.is_empty() {
            return Some(EVERYTHING);
        }
        self.children.iter().find(|(wanted, _)| wanted == name || wanted == "*").map(|(_, child)| child)
    }

    /// The names asked for, `*` included.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.children.iter().map(|(name, _)| name.as_str())
    }

    /// Appends what is wanted of a raw JSON value.
    pub(super) fn project(&self, raw: &str, out: &mut Vec<u8>) {
        match raw.as_bytes().first() {
            Some(b'{') if !self.children.is_empty() => self.project_object(raw, out),
            Some(b'[') if !self.children.is_empty() => self.project_array(raw, out),
            _ => out.extend_from_slice(raw.as_bytes()),
        }
    }

    fn project_object(&self, raw: &str, out: &mut Vec<u8>) {
        let mut separator = b'{';
        for (name, value) in scan::attributes(raw) {
            let Some(child) = self.child(name) else { continue };
            out.extend_from_slice(&[separator, b'"']);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            child.project(value, out);
            separator = b',';
        }
        out.extend_from_slice(if separator == b'{' { b"{}" } else { b"}" });
    }

    fn project_array(&self, raw: &str, out: &mut Vec<u8>) {
        let mut separator = b'[';
        for element in scan::elements(raw) {
            out.push(separator);
            self.project(element, out);
            separator = b',';
        }
        out.extend_from_slice(if separator == b'[' { b"[]" } else { b"]" });
    }

    fn add(&mut self, name: &str, child: Selector) {
        match self.children.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) if known.children.is_empty() || child.children.is_empty() => *known = Selector::default(),
            Some((_, known)) => child.children.into_iter().for_each(|(name, child)| known.add(&name, child)),
            None => self.children.push((name.to_owned(), child)),
        }
    }
}

/// Deeper nesting than any answer has is refused before it can exhaust the stack.
const DEEPEST: usize = 16;

fn parse_list(rest: &mut &str, depth: usize) -> Option<Selector> {
    let mut selector = Selector::default();
    loop {
        let (name, child) = parse_path(rest, depth)?;
        selector.add(&name, child);
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Some(selector),
        }
    }
}

fn parse_path(rest: &mut &str, depth: usize) -> Option<(String, Selector)> {
    if depth > DEEPEST {
        return None;
    }
    let name = parse_name(rest)?;
    if let Some(after) = rest.strip_prefix('/') {
        *rest = after;
        let (inner, child) = parse_path(rest, depth + 1)?;
        return Some((name, Selector { children: vec![(inner, child)] }));
    }
    let Some(after) = rest.strip_prefix('(') else { return Some((name, Selector::default())) };
    *rest = after;
    let child = parse_list(rest, depth + 1)?;
    *rest = rest.strip_prefix(')')?;
    Some((name, child))
}

fn parse_name(rest: &mut &str) -> Option<String> {
    let trimmed = rest.trim_start();
    let end = trimmed.find(|character| ",()/".contains(character)).unwrap_or(trimmed.len());
    let (name, after) = trimmed.split_at(end);
    *rest = after;
    let name = name.trim_end();
    let legal =
        name == "*" || name.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character));
    (legal && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(selector: &str, value: &str) -> String {
        let mut out = Vec::new();
        Selector::parse(selector).unwrap().project(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_is_asked_for_is_answered() {
        let answer = r#"{"callId":"1","items":[{"uid":"1","email":"a@example.com","x":{"y":1,"z":2}}],"more":true}"#;
        assert_eq!(project("more,items(uid,x(z))", answer), r#"{"items":[{"uid":"1","x":{"z":2}}],"more":true}"#);
        assert_eq!(project("items/x/y", answer), r#"{"items":[{"x":{"y":1}}]}"#);
        assert_eq!(project("items/*", answer), r#"{"items":[{"uid":"1","email":"a@example.com","x":{"y":1,"z":2}}]}"#);
        assert_eq!(project("*", answer), answer);
        assert_eq!(project("nothing", answer), "{}");
    }

    #[test]
    fn the_same_name_twice_is_a_union() {
        assert_eq!(project("x(y),x(z)", r#"{"x":{"y":1,"z":2,"w":3}}"#), r#"{"x":{"y":1,"z":2}}"#);
        assert_eq!(project("x(y),x", r#"{"x":{"y":1,"z":2}}"#), r#"{"x":{"y":1,"z":2}}"#);
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        let deep = "a(".repeat(100);
        for wrong in ["", "items(", "items(uid", "items)uid(", "a,,b", "a b", "items()", "a/", deep.as_str()] {
            assert_eq!(Selector::parse(wrong), None, "{wrong}");
        }
    }
}
