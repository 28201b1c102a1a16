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

    /// Once so many were found, the rest of an object need not be looked at.
    fn most_attributes(&self) -> usize {
        if self.names().any(|name| name == "*") { usize::MAX } else { self.children.len() }
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
        let wanted = scan::attributes(raw).filter_map(|(name, value)| Some((name, value, self.child(name)?)));
        for (name, value, child) in wanted.take(self.most_attributes()) {
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
    use proptest::prelude::*;
    use serde_json::Value;

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

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,6}|[\"\\\\{}\\[\\],:\n]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[ab\"\\\\]{1,2}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// The rule once more, on trees.
    fn select(value: &Value, selector: &Selector) -> Value {
        match value {
            Value::Object(map) => {
                let kept =
                    |(name, value): (&String, &Value)| Some((name.clone(), select(value, selector.child(name)?)));
                Value::Object(map.iter().filter_map(kept).collect())
            }
            Value::Array(elements) => elements.iter().map(|element| select(element, selector)).collect(),
            scalar => scalar.clone(),
        }
    }

    proptest! {
        #[test]
        fn a_projection_is_that_of_the_tree(value in any_json(), is_pretty: bool) {
            let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            for selector in ["a", "a,b(a,ab)", "a/b/a,ba", "*/a", "aa(*),b"] {
                let projected = project(selector, text.as_ref().unwrap());
                let expected = select(&value, &Selector::parse(selector).unwrap());
                prop_assert_eq!(serde_json::from_str::<Value>(&projected).unwrap(), expected);
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[a(),/* ]{0,12}|\\PC{0,12}") {
            let _ = Selector::parse(&text);
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        let deep = "a(".repeat(100);
        for wrong in ["", "items(", "items(uid", "items)uid(", "a,,b", "a b", "items()", "a/", deep.as_str()] {
            assert_eq!(Selector::parse(wrong), None, "{wrong}");
        }
    }
}
