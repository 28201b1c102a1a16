//! All that can be asked of a tenant without changing it. A dry run holds nothing else.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use secrecy::SecretString;
use thiserror::Error;

use super::call::{CallCounts, ConnectError, ConnectSettings, Ping, Sample, Transport};
use super::error::CallError;
use super::listing::{self, ListError, ListQuery, SeenUsers};
use super::pace::{GateError, Pauses, Purpose};
use super::writer::UserWriter;
use crate::model::{AddressOwners, TenantGroup, TenantUsers, Uid, UidList, UserRecord, account_type};

/// Reads users. Clones share one connection pool, one login and one gate.
#[derive(Clone)]
pub struct UserReader {
    transport: Arc<Transport>,
    concurrency: usize,
}

/// A list of users, and what it cost.
#[derive(Debug, Default)]
pub struct UserList {
    /// All of them.
    pub users: TenantUsers,
    /// What tells whether a later list has all of them.
    pub listed: Listed,
}

/// What is kept of a list when its users are not: how long it was, and who was in it.
#[derive(Debug, Default)]
pub struct Listed {
    /// The pages that it took.
    pub pages: u64,
    seen: SeenUsers,
}

/// Why it can't be told who has an address.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum OwnersError {
    #[error("can't tell whether somebody has the address {email}")]
    LookUp { email: String, source: CallError },
    #[error("can't list the users of all account types")]
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

    /// All users that a plan compares, or an error; `progress` gets pages and users so far.
    pub async fn list(&self, query: &ListQuery, progress: impl FnMut(u64, u64)) -> Result<UserList, ListError> {
        let (users, pages, seen) = listing::planned_users(&self.transport, query, progress).await?;
        Ok(UserList { users, listed: Listed { pages, seen } })
    }

    /// Whole user objects with the attributes of a `fields` selector.
    pub async fn list_records(
        &self,
        query: &ListQuery,
        fields: &str,
        progress: impl FnMut(u64, u64),
    ) -> Result<Vec<UserRecord>, ListError> {
        listing::records(&self.transport, query, fields, progress).await
    }

    /// All groups of the tenant.
    pub async fn groups(&self) -> Result<Vec<TenantGroup>, ListError> {
        listing::groups(&self.transport).await
    }

    /// For each of these groups, by identifier and name, the users that `query` lists and that are in it.
    pub async fn members(&self, query: &ListQuery, groups: &[(&str, &str)]) -> Result<Vec<UidList>, ListError> {
        let lists = groups.iter().map(|&group| self.members_of(query, group, Purpose::NewWork));
        stream::iter(lists).buffered(self.concurrency).try_collect().await
    }

    /// The users that `query` lists and that are in the group of this identifier and name.
    pub async fn members_of(
        &self,
        query: &ListQuery,
        group: (&str, &str),
        purpose: Purpose,
    ) -> Result<UidList, ListError> {
        listing::members(&self.transport, query, group, purpose).await
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
        match self.transport.get("user/get", query, purpose, read_user).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Who has these addresses now, whatever the account type: no create rests on one list alone.
    ///
    /// By one look-up for each address, or by one more list of all account types, whichever is fewer calls as far as is
    /// known: that list takes at least as many pages as the job's own did, and is given up when it has taken as many calls
    /// as the look-ups would. A list that lacks a user of the job's own one (`listed`, asked for with `query`) proves
    /// nothing, and all addresses are looked up.
    pub async fn address_owners(
        &self,
        addresses: &[&str],
        query: &ListQuery,
        listed: &Listed,
    ) -> Result<AddressOwners, OwnersError> {
        let look_ups = addresses.len() as u64;
        if look_ups <= listed.pages {
            return self.look_up_owners(addresses).await;
        }
        let all_types = ListQuery { types: Vec::new(), ..query.clone() };
        let Some(all) = listing::owners(&self.transport, &all_types, look_ups, &listed.seen).await? else {
            return self.look_up_owners(addresses).await;
        };
        let mut owners = AddressOwners::default();
        for (email, account_type) in &all {
            owners.add(email, *account_type);
        }
        owners.retain(addresses);
        Ok(owners)
    }

    async fn look_up_owners(&self, addresses: &[&str]) -> Result<AddressOwners, OwnersError> {
        let look_ups = addresses.iter().map(async |&email| {
            let found = self.by_email(email, Purpose::NewWork).await;
            let found = found.map_err(|source| OwnersError::LookUp { email: email.to_owned(), source })?;
            Ok(found.map(|user| (email, account_type(&user.scalar("accountType")))))
        });
        let found: Vec<_> = stream::iter(look_ups)
            .buffer_unordered(self.concurrency)
            .try_filter_map(async |owner| Ok::<_, OwnersError>(owner))
            .try_collect()
            .await?;
        let mut owners = AddressOwners::default();
        for (email, account_type) in found {
            owners.add(email, account_type);
        }
        Ok(owners)
    }

    /// One call: whether groups can be listed.
    pub async fn group(&self) -> Result<(), CallError> {
        self.transport.group().await
    }

    /// One call without a login: whether the tenant's cell is there, and what time it has.
    pub async fn ping(&self) -> Result<Ping, CallError> {
        self.transport.ping().await
    }

    /// The first users of the list, and how long the call for them took.
    pub async fn sample(&self, query: &ListQuery) -> Result<Sample, CallError> {
        let parameters = query.parameters("more,items(uid,isHidden)");
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.transport.sample(&parameters).await
    }

    /// A text without any secret of the run, nor this password.
    pub fn redact(&self, text: &str, password: Option<&SecretString>) -> String {
        self.transport.redact(text, password)
    }

    /// Calls so far, those of the writer included.
    pub fn counts(&self) -> CallCounts {
        self.transport.counts()
    }

    /// Pauses of all workers, as they begin.
    pub fn pauses(&self) -> Pauses {
        self.transport.gate.pauses()
    }

    /// From now on nothing new is sent; what was begun may be ended.
    pub fn stop_new_calls(&self) {
        self.transport.gate.close(GateError::Stopping);
    }

    /// Waits before something is tried again or looked at; longer with each try.
    pub async fn back_off(&self, tries: u32) {
        self.transport.back_off(tries).await;
    }

    /// Counts one more try after `tries` of them; an error when there have been enough.
    pub fn spend_retry(&self, call: &'static str, tries: u32, cause: &str) -> Result<(), CallError> {
        self.transport.spend_retry(call, tries, cause)
    }
}

/// An answer that names nobody, or that has an error, is no user, whatever its status says.
pub(super) fn read_user(body: &[u8]) -> Result<UserRecord, String> {
    let user: UserRecord =
        serde_json::from_slice(body).map_err(|error| format!("the answer is not a user: {error}"))?;
    let is_present = |name| user.raw(name).is_some_and(|raw| raw != "null");
    if is_present("error") {
        return Err("the answer has an error".to_owned());
    }
    if user.raw("success").is_some_and(|raw| raw != "true") {
        return Err("the answer says that it was no success".to_owned());
    }
    if ["uid", "id", "email"].into_iter().any(is_present) {
        Ok(user)
    } else {
        Err("the answer names no user".to_owned())
    }
}
