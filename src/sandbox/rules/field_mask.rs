//! The `fields` parameter: Google's selector of a partial response, such as `cursor,more,items(uid,email)`.

use crate::sandbox::storage::raw_object::{attributes, elements};

/// Which attributes of a response are wanted; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FieldMask {
    /// Nothing here selects everything.
    children: Vec<(String, FieldMask)>,
}

impl FieldMask {
    /// Reads a selector; `None` when it can't be understood.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let mask = parse_list(&mut rest, 0)?;
        rest.is_empty().then_some(mask)
    }

    /// What is wanted of the attribute `name`; `None` when it is not wanted at all.
    pub(crate) fn child(&self, name: &str) -> Option<&FieldMask> {
        const EVERYTHING: &FieldMask = &FieldMask { children: Vec::new() };
        if self.children.is_empty() {
            return Some(EVERYTHING);
        }
        self.children.iter().find(|(wanted, _)| wanted == name || wanted == "*").map(|(_, child)| child)
    }

    /// The names asked for, `*` included.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.children.iter().map(|(name, _)| name.as_str())
    }

    /// What is wanted of a JSON value.
    pub(crate) fn project(&self, raw: &str) -> String {
        let mut out = String::new();
        self.append(raw, &mut out);
        out
    }

    /// Appends what is wanted of a JSON value.
    pub(crate) fn append(&self, raw: &str, out: &mut String) {
        match raw.as_bytes().first() {
            Some(b'{') if !self.children.is_empty() => {
                let wanted =
                    attributes(raw).into_iter().filter_map(|(name, value)| Some((self.child(&name)?, name, value)));
                append_all(out, ['{', '}'], wanted, |(child, name, value), out| {
                    *out += &serde_json::Value::from(name).to_string();
                    out.push(':');
                    child.append(value, out);
                });
            }
            Some(b'[') if !self.children.is_empty() => {
                append_all(out, ['[', ']'], elements(raw), |element, out| self.append(element, out));
            }
            _ => out.push_str(raw),
        }
    }

    fn add(&mut self, name: &str, child: FieldMask) {
        match self.children.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) if known.children.is_empty() || child.children.is_empty() => *known = FieldMask::default(),
            Some((_, known)) => child.children.into_iter().for_each(|(name, child)| known.add(&name, child)),
            None => self.children.push((name.to_owned(), child)),
        }
    }
}

/// Appends parts between brackets, with commas.
fn append_all<T>(
    out: &mut String,
    [open, close]: [char; 2],
    parts: impl IntoIterator<Item = T>,
    append: impl Fn(T, &mut String),
) {
    out.push(open);
    for (number, part) in parts.into_iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        append(part, out);
    }
    out.push(close);
}

/// Deeper nesting than any response has is refused before it can exhaust the stack.
const DEEPEST: usize = 16;

fn parse_list(rest: &mut &str, depth: usize) -> Option<FieldMask> {
    let mut mask = FieldMask::default();
    loop {
        let (name, child) = parse_path(rest, depth)?;
        mask.add(&name, child);
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Some(mask),
        }
    }
}

fn parse_path(rest: &mut &str, depth: usize) -> Option<(String, FieldMask)> {
    if depth > DEEPEST {
        return None;
    }
    let name = parse_name(rest)?;
    let Some(delimiter) = rest.chars().next().filter(|next| "/(".contains(*next)) else {
        return Some((name, FieldMask::default()));
    };
    *rest = &rest[1..];
    if delimiter == '/' {
        let child = parse_path(rest, depth + 1)?;
        return Some((name, FieldMask { children: vec![child] }));
    }
    let child = parse_list(rest, depth + 1)?;
    *rest = rest.strip_prefix(')')?;
    Some((name, child))
}

fn parse_name(rest: &mut &str) -> Option<String> {
    let end = rest.find([',', '(', ')', '/']).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    *rest = after;
    let name = name.trim();
    let is_legal = name == "*" || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    (is_legal && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn project(selector: &str, value: &str) -> String {
        FieldMask::parse(selector).unwrap().project(value)
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
    fn select(value: &Value, selector: &FieldMask) -> Value {
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
                let expected = select(&value, &FieldMask::parse(selector).unwrap());
                prop_assert_eq!(serde_json::from_str::<Value>(&projected).unwrap(), expected);
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[a(),/* ]{0,12}|\\PC{0,12}") {
            let _ = FieldMask::parse(&text);
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        let deep = "a(".repeat(100);
        for wrong in ["", "items(", "items(uid", "items)uid(", "a,,b", "a b", "items()", "a/", deep.as_str()] {
            assert_eq!(FieldMask::parse(wrong), None, "{wrong}");
        }
    }
}
