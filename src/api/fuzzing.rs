//! The decoders of answers without the network, for whoever throws arbitrary bytes at them (`fuzz/`).
//!
//! Whatever a tenant, or something that stands in for one, answers: nothing panics, and what can't be right is an error.

use super::call::{error_message, read_token};
use super::listing::{Page, PageProblem, collect_user};
use super::reader::read_user;
use crate::model::{TenantUsers, UserRecord};

/// The users of a page of the list, as a plan would see them, or why the page can't be one.
pub fn page(body: &[u8]) -> Result<TenantUsers, String> {
    Page::read(body, collect_user).map(|page| page.users).map_err(PageProblem::into_text)
}

/// The user that an answer holds, or why it can't be one.
pub fn user(body: &[u8]) -> Result<UserRecord, String> {
    read_user(body)
}

/// Whether a token can be read out of an answer of the login.
pub fn holds_token(body: &[u8]) -> bool {
    read_token(body).is_ok()
}

/// What an error answer says to a person.
pub fn refusal(body: &[u8]) -> String {
    error_message(body, &[])
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{UserRecord, has_control_character};

    /// Bytes that look like answers more often than chance would have it.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"items\":", "\"cursor\":", "\"more\":", "true", "false", "null",
            "\"uid\":", "\"id\":", "\"email\":", "\"firstName\":", "\"status\":", "\"isHidden\":", "\"error\":",
            "\"message\":", "\"access_token\":", "\"a@example.com\"", "\"\\u0000\"", "\"\\ud800\"",
            "\"\u{e9}\u{1b}[2J\"", "1", "-0.0", "1e999", "123456789012345678901234567890", " ", "\n", "<html><title>",
            "</title>", "RATE_LIMIT_EXCEEDED", "\u{fe0f}",
        ]);
        let text = vec(pieces, 0..24).prop_map(|pieces| pieces.concat().into_bytes());
        prop_oneof![3 => text, 2 => page_of_anything(), 1 => vec(any::<u8>(), 0..64)]
    }

    fn page_of_anything() -> impl Strategy<Value = Vec<u8>> {
        let end = prop::sample::select(vec![r#""more":false"#, r#""cursor":"ab","more":true"#]);
        (users_of_anything(), end).prop_map(|(users, end)| format!("{{\"items\":[{users}],{end}}}").into_bytes())
    }

    fn users_of_anything() -> impl Strategy<Value = String> {
        let value = prop::sample::select(vec![
            "1", "\"7\"", "\"\"", "null", "true", "{}", "[]", "{\"x\":[1]}", "\"a@b.test\"", "\" \"", "1.5", "\"\\n\"",
            "-1",
        ]);
        let name = prop::sample::select(vec!["uid", "id", "email", "firstName", "status", "isHidden", "isGod", "odd"]);
        let odd = vec((name, value), 0..6).prop_map(|attributes| {
            let attributes: Vec<_> = attributes.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", attributes.join(","))
        });
        let attributes = vec![r#""uid":"7""#, r#""email":"a@b.test""#, r#""firstName":"Ann""#, r#""status":"enabled""#];
        let part = prop::sample::subsequence(attributes, 0..=4).prop_map(|part| format!("{{{}}}", part.join(",")));
        vec(prop_oneof![2 => odd, 1 => part], 0..5).prop_map(|users| users.join(","))
    }

    #[test]
    fn a_list_is_no_object_whose_attributes_stand_in_order() {
        assert!(!holds_token(br#"["secret"]"#) && holds_token(br#"{"access_token":"secret"}"#));
        let users = page(br#"{"items":[["1","1","a@example.com"]],"more":false}"#).unwrap();
        assert!(users.uid(0).is_empty() && users.email(0).is_empty() && !users.traits(0).is_readable);
        assert_eq!(refusal(br#"["no such user"]"#), r#"["no such user"]"#);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_user_without_uid_or_address_is_at_most_an_unreadable_one(body in body()) {
            if let Ok(users) = page(&body) {
                for user in users.iter() {
                    let has_identity = !user.uid.is_empty() && !user.email().trim().is_empty();
                    prop_assert!(has_identity || !user.traits.is_readable);
                }
            }
        }

        #[test]
        fn a_message_is_one_short_line_whatever_the_tenant_says(body in body()) {
            let message = refusal(&body);
            prop_assert!(!has_control_character(&message), "{message:?}");
            prop_assert!(message.chars().count() <= 301);
        }

        #[test]
        fn a_token_is_never_found_where_there_is_none(body in body()) {
            prop_assert!(!holds_token(&body) || body.windows(12).any(|window| window == b"access_token"));
        }

        #[test]
        fn a_user_goes_back_as_it_came(body in body()) {
            if let Ok(record) = user(&body) {
                let sent = serde_json::to_vec(&record).unwrap();
                let again: UserRecord = serde_json::from_slice(&sent).unwrap();
                prop_assert!(record.attributes().eq(again.attributes()));
                for (name, _) in record.attributes() {
                    record.scalar(name);
                }
            }
        }
    }
}
