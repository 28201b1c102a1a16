//! The query (or form) parameters of a call.

use url::form_urlencoded;

use super::field_mask::FieldMask;
use crate::sandbox::server::response::ApiError;

/// Decoded parameters in the order of the call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

/// What every method of the API takes.
const COMMON: [&str; 9] =
    ["alt", "fields", "key", "oauth_token", "access_token", "prettyPrint", "quotaUser", "userIp", "callId"];

impl Query {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The value of a parameter, the last one where it is repeated; `None` where it is empty.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let last = self.0.iter().rfind(|(found, _)| found == name);
        last.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a repeated parameter.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(found, value)| found == name && !value.is_empty());
        values.map(|(_, value)| value.clone()).collect()
    }

    /// A boolean parameter, false when missing.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.one(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(invalid(name, other, "true or false")),
        }
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>, ApiError> {
        let parse = |text: &str| text.parse().map_err(|_| invalid(name, text, "a whole number"));
        self.one(name).map(parse).transpose()
    }

    /// The `fields` parameter.
    pub(crate) fn field_mask(&self) -> Result<FieldMask, ApiError> {
        match self.one("fields") {
            None => Ok(FieldMask::default()),
            Some(text) => FieldMask::parse(text).ok_or_else(|| invalid("fields", text, "a field selector")),
        }
    }

    /// Refuses what the method does not take, so that a misspelt parameter is noticed.
    pub(crate) fn allow_only(&self, names: &[&str]) -> Result<(), ApiError> {
        match self.0.iter().find(|(name, _)| !names.contains(&name.as_str()) && !COMMON.contains(&name.as_str())) {
            Some((name, _)) => Err(ApiError::bad_request(format!("Unknown parameter: {name}"))),
            None => Ok(()),
        }
    }
}

fn invalid(name: &str, value: &str, wanted: &str) -> ApiError {
    ApiError::bad_request(format!("Invalid value for {name}: '{value}' is not {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_typed() {
        let parameters = Query::parse(b"types=google&types=okta&query=a%20b%2B&showHidden=True&maxResults=x&cursor=");
        assert_eq!(parameters.all("types"), ["google", "okta"]);
        assert_eq!((parameters.one("query"), parameters.one("cursor")), (Some("a b+"), None));
        assert_eq!(parameters.flag("showHidden"), Ok(true));
        assert!(parameters.number("maxResults").is_err());
        assert!(parameters.allow_only(&["types", "query", "showHidden", "maxResults"]).is_err());
        assert!(parameters.allow_only(&["types", "query", "showHidden", "maxResults", "cursor"]).is_ok());
    }
}
