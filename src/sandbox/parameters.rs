//! The query (or form) parameters of a call.

use url::form_urlencoded;

use super::answer::ApiError;
use super::fields::Selector;

/// Decoded parameters in the order of the call.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

/// What every method of the API takes.
const COMMON: [&str; 9] =
    ["alt", "fields", "key", "oauth_token", "access_token", "prettyPrint", "quotaUser", "userIp", "callId"];

impl Parameters {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a parameter that stands once; the last where a client repeats it, nothing where it is empty.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.pairs()
            .filter(|(found, _)| *found == name)
            .last()
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// All values of a repeated parameter.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.pairs().filter(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value).collect()
    }

    /// A boolean parameter, false when missing.
    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.one(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(invalid(name, other, "true or false")),
        }
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u32>, ApiError> {
        let parse = |text: &str| text.parse().map_err(|_| invalid(name, text, "a whole number"));
        self.one(name).map(parse).transpose()
    }

    /// The `fields` parameter.
    pub(super) fn selector(&self) -> Result<Selector, ApiError> {
        match self.one("fields") {
            None => Ok(Selector::default()),
            Some(text) => Selector::parse(text).ok_or_else(|| invalid("fields", text, "a field selector")),
        }
    }

    /// Refuses what the method does not take, so that a misspelt parameter is found out here.
    pub(super) fn allow_only(&self, names: &[&str]) -> Result<(), ApiError> {
        match self.pairs().find(|(name, _)| !names.contains(name) && !COMMON.contains(name)) {
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
        let parameters =
            Parameters::parse(b"types=google&types=okta&query=a%20b%2B&showHidden=True&maxResults=x&cursor=");
        assert_eq!(parameters.all("types"), ["google", "okta"]);
        assert_eq!((parameters.one("query"), parameters.one("cursor")), (Some("a b+"), None));
        assert_eq!(parameters.flag("showHidden"), Ok(true));
        assert!(parameters.number("maxResults").is_err());
        assert!(parameters.allow_only(&["types", "query", "showHidden", "maxResults"]).is_err());
        assert!(parameters.allow_only(&["types", "query", "showHidden", "maxResults", "cursor"]).is_ok());
    }
}
