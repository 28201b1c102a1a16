//! What a group says about itself: its names, and whether its members are written by hand.

use serde_json::Value;

use super::raw_object::{attribute, text_attribute};

/// The names of a group: one, or one a language.
pub(crate) fn names(line: &str) -> Vec<String> {
    match attribute(line, "name").and_then(|raw| serde_json::from_str(raw).ok()) {
        Some(Value::String(name)) => vec![name],
        Some(Value::Object(names)) => names.values().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn is_tied_to_a_provider(line: &str) -> bool {
    ["group", "groups"].iter().any(|name| has(line, name))
}

/// Why the API does not write the members of a group; `None` when it does.
pub(crate) fn refusal(line: &str) -> Option<&'static str> {
    let is_for_all = ["LUMAPPS_ALL", "LUMAPPS_PUBLIC"].map(str::to_owned).map(Some);
    if is_tied_to_a_provider(line) || has(line, "synchronized") {
        Some("FEED_SYNCHRONIZED: an identity provider writes the members of this feed")
    } else if text_attribute(line, "provisioningMode").is_some_and(|mode| mode != "manual") {
        Some("FEED_PROVISIONED: the members of this feed are provisioned")
    } else if has(line, "userDynamicGroupRules") {
        Some("FEED_DYNAMIC: rules decide the members of this feed")
    } else if is_for_all.contains(&text_attribute(line, "functionalInnerId")) {
        Some("FEED_FOR_ALL: this feed stands for everybody")
    } else {
        None
    }
}

/// Whether an attribute is there and says anything.
fn has(line: &str, name: &str) -> bool {
    attribute(line, name).is_some_and(|raw| !["null", "false", "[]", "{}", "\"\""].contains(&raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_not_written_by_hand_says_why() {
        for (attributes, reason) in [
            (r#""synchronized":true"#, "FEED_SYNCHRONIZED"),
            (r#""group":"g@example.com""#, "FEED_SYNCHRONIZED"),
            (r#""groups":[{"group":"g","identityProvider":"i"}]"#, "FEED_SYNCHRONIZED"),
            (r#""provisioningMode":"scim""#, "FEED_PROVISIONED"),
            (r#""userDynamicGroupRules":[{"rule":1}]"#, "FEED_DYNAMIC"),
            (r#""functionalInnerId":"LUMAPPS_ALL""#, "FEED_FOR_ALL"),
            (r#""functionalInnerId":"LUMAPPS_PUBLIC""#, "FEED_FOR_ALL"),
        ] {
            assert!(refusal(&format!("{{{attributes}}}")).unwrap().starts_with(reason), "{attributes}");
        }
        let by_hand =
            r#"{"synchronized":false,"group":"","groups":[],"provisioningMode":"manual","userDynamicGroupRules":[]}"#;
        assert_eq!((refusal(by_hand), refusal("{}")), (None, None));
    }

    #[test]
    fn a_name_may_come_in_several_languages() {
        assert_eq!(names(r#"{"name":"Sales"}"#), ["Sales"]);
        assert_eq!(names(r#"{"name":{"en":"Sales","fr":"Ventes"}}"#), ["Sales", "Ventes"]);
    }
}
