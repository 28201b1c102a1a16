//! The methods of the API: the one table behind the routes, the parameters and the discovery document.

use super::traffic::CallKind;
use crate::sandbox::rules::query::Query;

/// What stands before the name of a method in its path.
pub(crate) const BASE_PATH: &str = "/_ah/api/lumsites/v1/";

#[derive(Debug)]
pub(crate) struct Method {
    /// The path behind [`BASE_PATH`].
    pub(crate) name: &'static str,
    pub(crate) kind: CallKind,
    pub(crate) is_post: bool,
    /// What the method takes beside what all methods take.
    pub(crate) parameters: &'static [&'static str],
}

#[rustfmt::skip]
const USER_LIST: [&str; 20] = [
    "action", "currentInstance", "cursor", "email", "feeds", "firstName", "ids", "instance", "lang", "lastName",
    "maxResults", "query", "queryFields", "reactedEntityKey", "reactedEntityKind", "registeredSince", "showHidden",
    "sortOrder", "status", "types",
];

#[rustfmt::skip]
const FEED_LIST: [&str; 10] = [
    "action", "cursor", "exceptFeeds", "hasGroup", "herited", "instance", "maxResults", "query", "restrictToFeeds", "type",
];

const FEED_TYPES: [&str; 4] = ["cursor", "customer", "instance", "maxResults"];

#[rustfmt::skip]
pub(crate) const METHODS: [Method; 7] = [
    Method { name: "user/list", kind: CallKind::List, is_post: false, parameters: &USER_LIST },
    Method { name: "user/get", kind: CallKind::Get, is_post: false, parameters: &["email", "uid"] },
    Method { name: "user/save", kind: CallKind::SaveUpdate, is_post: true, parameters: &[] },
    Method { name: "feed/list", kind: CallKind::FeedList, is_post: false, parameters: &FEED_LIST },
    Method { name: "feed/get", kind: CallKind::FeedGet, is_post: false, parameters: &["uid"] },
    Method { name: "feedtype/list", kind: CallKind::FeedTypes, is_post: false, parameters: &FEED_TYPES },
    Method { name: "feed/subscribers/save", kind: CallKind::FeedSave, is_post: true, parameters: &[] },
];

impl Method {
    /// The method of a path; `None` for the login.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        let name = path.strip_prefix(BASE_PATH)?;
        METHODS.iter().find(|method| method.name == name)
    }

    /// What a call of the method asks for.
    pub(crate) fn kind(&self, query: &Query, has_uid: bool) -> CallKind {
        match self.kind {
            CallKind::List if query.one("feeds").is_some() => CallKind::FeedMembers,
            CallKind::SaveUpdate if !has_uid => CallKind::SaveCreate,
            kind => kind,
        }
    }
}
