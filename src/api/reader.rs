//! All that can be asked of a tenant without changing it. A dry run holds nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use thiserror::Error;

use super::error::CallError;
use super::gate::{GateError, Pauses, Purpose};
use super::list::{self, ListError, ListQuery};
use super::page::Page;
use super::transport::{Call, CallCounts, ConnectError, ConnectSettings, Knock, Sample, Transport};
use super::writer::UserWriter;
use crate::model::{TenantUsers, Uid, UserRecord, comparison_key};

/// Account types that the API knows (API facts, "GET user/list").
pub const ACCOUNT_TYPES: [&str; 4] = ["external", "google", "microsoft", "okta"];

/// Up to so many addresses are asked one by one without a look at the list of the other account types.
const FEW_ADDRESSES: usize = 10;

/// Reads users. Clones share one connection pool, one login and one gate.
#[derive(Clone)]
pub struct UserReader {
    transport: Arc<Transport>,
    concurrency: usize,
}

/// Why it can't be told whom addresses belong to.
#[derive(Debug, Error)]
pub enum OwnersError {
    /// A look-up failed.
    #[error("can't tell whether {email} belongs to a user outside this job's list")]
    LookUp {
        /// Whose address.
        email: String,
        /// Why.
        #[source]
        source: CallError,
    },
    /// The list of the other account types failed.
    #[error("can't list the users of other account types")]
    List(#[from] ListError),
}

impl UserReader {
    /// Sets the connection up; nothing is sent yet.
    pub fn connect(settings: ConnectSettings) -> Result<Self, ConnectError> {
        let concurrency = settings.gate.concurrency.get();
        Ok(Self { transport: Arc::new(Transport::new(settings)?), concurrency })
    }

    /// The writer of the same tenant, behind the same gate.
    pub fn writer(&self) -> UserWriter {
        UserWriter::new(Arc::clone(&self.transport))
    }

    /// All users that a diff compares, or an error; `progress` gets pages and users so far.
    pub async fn list(&self, query: &ListQuery, progress: impl FnMut(u64, u64)) -> Result<TenantUsers, ListError> {
        list::users(&self.transport, query, progress).await
    }

    /// Whole user objects with the attributes of a `fields` selector, page by page.
    pub async fn list_records(
        &self,
        query: &ListQuery,
        fields: &str,
        progress: impl FnMut(u64, u64),
    ) -> Result<Vec<UserRecord>, ListError> {
        let selector = format!("cursor,more,items({fields})");
        let take = |records: &mut Vec<UserRecord>, page: &Page| {
            page.users(|record: UserRecord| {
                records.push(record);
                Ok(())
            })?;
            Ok(records.len() as u64)
        };
        list::walk(&self.transport, query, &selector, take, progress).await
    }

    /// The whole user of this identifier; `None` when there is none.
    pub async fn by_uid(&self, uid: &Uid, purpose: Purpose) -> Result<Option<UserRecord>, CallError> {
        self.get(&[("uid", uid.as_str())], purpose).await
    }

    /// The whole user of this address, whatever its account type; `None` when there is none.
    pub async fn by_email(&self, email: &str, purpose: Purpose) -> Result<Option<UserRecord>, CallError> {
        self.get(&[("email", email)], purpose).await
    }

    async fn get(&self, query: &[(&str, &str)], purpose: Purpose) -> Result<Option<UserRecord>, CallError> {
        let call = Call { path: "user/get", query, body: None, purpose, secret: None };
        match self.transport.send(call, |body| read_user(&body)).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Which of these addresses belong to users that the job's list does not have, with their account types.
    ///
    /// One look-up for each address while they are few; else the list of the other account types, as long as it
    /// takes fewer calls than look-ups would (contract, "What becomes of each user").
    pub async fn owners_elsewhere(
        &self,
        addresses: &[&str],
        own_types: &[String],
        page_size: u32,
    ) -> Result<BTreeMap<String, String>, OwnersError> {
        let other_types =
            ACCOUNT_TYPES.iter().filter(|&&known| !own_types.iter().any(|own| own.eq_ignore_ascii_case(known)));
        let types: Vec<String> = other_types.map(|&known| known.to_owned()).collect();
        if addresses.len() > FEW_ADDRESSES && !types.is_empty() {
            let query = ListQuery { types, page_size, with_hidden: true, ..ListQuery::default() };
            if let Some(owners) = list::owners(&self.transport, &query, addresses.len() as u64 / 2).await? {
                let keys: std::collections::HashSet<_> = addresses.iter().map(|email| comparison_key(email)).collect();
                let owned = owners.into_iter().map(|(email, kind)| (comparison_key(&email).into_owned(), kind));
                return Ok(owned.filter(|(key, _)| keys.contains(key.as_str())).collect());
            }
        }
        self.look_up_owners(addresses).await
    }

    async fn look_up_owners(&self, addresses: &[&str]) -> Result<BTreeMap<String, String>, OwnersError> {
        let look_ups = addresses.iter().map(|&email| async move {
            let found = self.by_email(email, Purpose::Begin).await;
            match found {
                Ok(None) => Ok(None),
                Ok(Some(record)) => {
                    let account_type =
                        record.text("accountType").ok().flatten().unwrap_or_else(|| "unknown".to_owned());
                    Ok(Some((comparison_key(email).into_owned(), account_type)))
                }
                Err(source) => Err(OwnersError::LookUp { email: email.to_owned(), source }),
            }
        });
        stream::iter(look_ups)
            .buffer_unordered(self.concurrency)
            .try_filter_map(async |owner| Ok(owner))
            .try_collect()
            .await
    }

    /// One call without a login: whether the tenant's cell is there, and what time it has.
    pub async fn knock(&self) -> Result<Knock, CallError> {
        self.transport.knock().await
    }

    /// The first users of the list, and how long the call for them took.
    pub async fn sample(&self, query: &ListQuery) -> Result<Sample, CallError> {
        self.transport.sample(query).await
    }

    /// Calls so far, those of the writer included.
    pub fn counts(&self) -> CallCounts {
        self.transport.counts()
    }

    /// Pauses of all workers, as they begin.
    pub fn pauses(&self) -> Pauses {
        self.transport.pauses()
    }

    /// Waits before something unclear is looked at; longer with each of its `tries`.
    pub async fn back_off(&self, tries: u32) {
        self.transport.back_off(tries).await;
    }

    /// Counts one more try of `call` after `tries` of them; an error when the call (`--retries`) or the run has had all
    /// of its own.
    pub fn spend_retry(&self, call: &'static str, tries: u32, cause: &str) -> Result<(), CallError> {
        self.transport.spend_retry(call, tries, cause)
    }

    /// From now on nothing new leaves; what was begun may be ended.
    pub fn stop_new_calls(&self) {
        self.transport.gate().close(GateError::Stopping);
    }
}

pub(super) fn read_user(body: &[u8]) -> Result<UserRecord, String> {
    serde_json::from_slice(body).map_err(|error| format!("the answer is not a user: {error}"))
}
