//! Single calls for a check-up: sent once, through the gate like every other, and timed without the wait before it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::RequestBuilder;
use reqwest::header::DATE;
use serde::Deserialize;
use serde_json::Value;

use super::{Call, Purpose, Received, Transport, receive};
use crate::api::error::CallError;
use crate::api::list::ListQuery;

/// What a tenant's cell answered before anybody logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knock {
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
    pub(in crate::api) async fn knock(&self) -> Result<Knock, CallError> {
        const CALL: &str = "the tenant's cell";
        let pass = self.gate.enter(Purpose::Begin).await?;
        let response = self.client.get(self.settings.base_url.clone()).send().await;
        let response = response.map_err(|error| gave_up(CALL, error.into()))?;
        self.gate.answered(&pass);
        let date = response.headers().get(DATE).and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
        let date = date.and_then(|date| Timestamp::try_from(date).ok());
        Ok(Knock { status: response.status().as_u16(), date })
    }

    pub(in crate::api) async fn sample(&self, query: &ListQuery) -> Result<Sample, CallError> {
        const CALL: &str = "user/list";
        let page_size = query.page_size.to_string();
        let mut parameters = vec![("maxResults", page_size.as_str()), ("fields", "more,items(uid,isHidden)")];
        parameters.extend(query.types.iter().map(|account_type| ("types", account_type.as_str())));
        if query.with_hidden {
            parameters.push(("showHidden", "true"));
        }
        let call = Call { path: CALL, query: &parameters, body: None, purpose: Purpose::Begin, secret: None };
        let token = self.token(None, Purpose::Begin).await?;
        let (received, took) = self.once(CALL, self.api_request(&call, &token)).await?;
        if received.status != 200 {
            return Err(self.refusal(CALL, &received, std::slice::from_ref(&token.secret)));
        }
        let page: Page = serde_json::from_slice(&received.body)
            .map_err(|error| CallError::Nonsense { call: CALL, problem: format!("no page of users: {error}") })?;
        let hidden = page.items.iter().filter(|item| item.is_hidden == Value::Bool(true)).count();
        Ok(Sample { users: page.items.len() as u64, hidden: hidden as u64, has_more: page.more, took })
    }

    async fn once(&self, call: &'static str, request: RequestBuilder) -> Result<(Received, Duration), CallError> {
        let pass = self.gate.enter(Purpose::Begin).await?;
        let began = Instant::now();
        let received = receive(request).await.map_err(|failure| gave_up(call, failure))?;
        self.gate.answered(&pass);
        Ok((received, began.elapsed()))
    }
}

fn gave_up(call: &'static str, failure: super::Failure) -> CallError {
    CallError::GaveUp { call, tries: 1, cause: failure.cause }
}
