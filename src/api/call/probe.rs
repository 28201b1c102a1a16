//! Single calls for a check-up: sent once, through the gate like every other, and timed without the wait before it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::RequestBuilder;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Failure, Received, date, receive};
use super::transport::Transport;
use crate::api::error::CallError;
use crate::api::pace::Purpose;

/// What a tenant's cell answered before anybody logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ping {
    /// The HTTP status; any is a sign of life.
    pub status: u16,
    /// The time that the server has (`Date`), to the second.
    pub date: Option<Timestamp>,
}

/// The first page of the user list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Users on it.
    pub users: u64,
    /// How many of them are hidden.
    pub hidden: u64,
    /// Whether more users follow.
    pub has_more: bool,
    /// From sending to the whole answer.
    pub took: Duration,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    more: bool,
}

/// Types drift between answers, so that anything may stand here.
#[derive(Deserialize)]
struct Item {
    #[serde(default, rename = "isHidden")]
    is_hidden: Value,
}

impl Transport {
    pub(in crate::api) async fn ping(&self) -> Result<Ping, CallError> {
        const CALL: &str = "the tenant's cell";
        let pass = self.gate.enter(Purpose::NewWork).await?;
        let response = self.client.get(self.settings.base_url.clone()).send().await;
        let response = response.map_err(|error| gave_up(CALL, error.into()))?;
        self.gate.answered(&pass);
        Ok(Ping { status: response.status().as_u16(), date: date(response.headers()) })
    }

    /// Sends the list's first call once; `query` asks for `more` and for `uid` and `isHidden` of the users.
    pub(in crate::api) async fn sample(&self, query: &[(&str, &str)]) -> Result<Sample, CallError> {
        const CALL: &str = "user/list";
        let token = self.token(Purpose::NewWork).await?;
        let mut url = self.api_url(CALL);
        url.query_pairs_mut().extend_pairs(query);
        let request = self.authorize(self.client.get(url), &token);
        let (received, took) = self.once(CALL, request).await?;
        if received.status != 200 {
            return Err(self.refusal(CALL, &received, None));
        }
        let page: Page = serde_json::from_slice(&received.body).map_err(|error| {
            let problem = self.problem(&received, &format!("no page of users: {error}"), None);
            CallError::Unusable { call: CALL, problem }
        })?;
        let hidden = page.items.iter().filter(|item| item.is_hidden == Value::Bool(true)).count();
        Ok(Sample { users: page.items.len() as u64, hidden: hidden as u64, has_more: page.more, took })
    }

    /// Asks for one group, to see whether the account may.
    pub(in crate::api) async fn group(&self) -> Result<(), CallError> {
        const CALL: &str = "feed/list";
        let token = self.token(Purpose::NewWork).await?;
        let mut url = self.api_url(CALL);
        url.query_pairs_mut().extend_pairs([("maxResults", "1"), ("fields", "items(id)")]);
        let (received, _) = self.once(CALL, self.authorize(self.client.get(url), &token)).await?;
        match received.status {
            200 => Ok(()),
            _ => Err(self.refusal(CALL, &received, None)),
        }
    }

    async fn once(&self, call: &'static str, request: RequestBuilder) -> Result<(Received, Duration), CallError> {
        let pass = self.gate.enter(Purpose::NewWork).await?;
        let began = Instant::now();
        let received = receive(request).await.map_err(|failure| gave_up(call, failure))?;
        self.gate.answered(&pass);
        Ok((received, began.elapsed()))
    }
}

fn gave_up(call: &'static str, failure: Failure) -> CallError {
    CallError::GaveUp { call, tries: 1, cause: failure.cause }
}
