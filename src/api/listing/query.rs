//! What to list: the parameters of `user/list`.

use crate::model::AccountType;

/// Which users a list brings, and in what portions.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Account types; empty for all.
    pub types: Vec<AccountType>,
    /// Users of a page (`maxResults`); the server may send fewer.
    pub page_size: u32,
    /// Whether hidden users are asked for.
    pub with_hidden: bool,
    /// `enabled` or `disabled`; nothing for both.
    pub status: Option<String>,
    /// Members of these groups.
    pub feeds: Vec<String>,
    /// Registered within so many days.
    pub registered_since: Option<u32>,
    /// The user of this address.
    pub email: Option<String>,
    /// The users of these identifiers.
    pub ids: Vec<String>,
    /// A search in names and addresses, as the tenant understands it.
    pub query: Option<String>,
    /// Users of this first name.
    pub first_name: Option<String>,
    /// Users of this last name.
    pub last_name: Option<String>,
    /// Users of this site.
    pub instance: Option<String>,
    /// Users of this language.
    pub lang: Option<String>,
    /// An attribute, with `-` in front for the other direction.
    pub sort_order: Option<String>,
}

impl ListQuery {
    /// The query string of a page but for its cursor, name by name; `fields` selects what the answer has.
    pub(in crate::api) fn parameters(&self, fields: &str) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("maxResults", self.page_size.to_string()), ("fields", fields.to_owned())];
        parameters.extend(self.types.iter().map(|account_type| ("types", account_type.to_string())));
        parameters.extend(self.feeds.iter().map(|feed| ("feeds", feed.clone())));
        parameters.extend(self.ids.iter().map(|id| ("ids", id.clone())));
        let optional = [
            ("showHidden", self.with_hidden.then(|| "true".to_owned())),
            ("status", self.status.clone()),
            ("registeredSince", self.registered_since.map(|days| days.to_string())),
            ("email", self.email.clone()),
            ("query", self.query.clone()),
            ("firstName", self.first_name.clone()),
            ("lastName", self.last_name.clone()),
            ("instance", self.instance.clone()),
            ("lang", self.lang.clone()),
            ("sortOrder", self.sort_order.clone()),
        ];
        parameters.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        parameters
    }
}
