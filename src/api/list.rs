//! The list of users: whole, or an error. No path turns a short list into a plan (contract, "What becomes of each user").

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hashbrown::HashTable;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};

use super::error::CallError;
use super::gate::Purpose;
use super::page::{Look, Page, PageProblem, Trail};
use super::transport::{Call, Transport};
use super::wire::ListedUser;
use crate::model::{TenantStatus, TenantUser, TenantUsers, TextTableFull};

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Account types; empty for all.
    pub types: Vec<String>,
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

/// Why a list is not whole, and so no list at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// A page could not be had.
    #[error("page {page} of the user list")]
    Page {
        /// Counted from 1.
        page: u64,
        /// Why.
        #[source]
        source: CallError,
    },
    /// The list would never end, or has begun again.
    #[error(
        "the user list is not whole: page {page} brings a cursor that was used before; nothing was planned, run again"
    )]
    RepeatedCursor {
        /// Counted from 1.
        page: u64,
    },
    /// The server says that there is more, and sends nothing to go on with.
    #[error(
        "the user list is not whole: page {page} says that there is more, but has {lacks}; nothing was planned, run again"
    )]
    BrokenPage {
        /// Counted from 1.
        page: u64,
        /// What it lacks.
        lacks: &'static str,
    },
    /// A user that can't be one.
    #[error("the user list can't be trusted: page {page}: {problem}; nothing was planned")]
    BrokenUser {
        /// Counted from 1.
        page: u64,
        /// What is wrong.
        problem: String,
    },
    /// The same user came twice: the list moved while it was read.
    #[error("the user list can't be trusted: the user {uid} came twice; nothing was planned, run again")]
    Twice {
        /// Whose.
        uid: String,
    },
    /// Too many for the memory that we allow.
    #[error(transparent)]
    Full(#[from] TextTableFull),
}

const LIST: &str = "user/list";
/// Attributes that a diff needs; `accountType` proves that the server kept to the filter.
const DIFF_FIELDS: &str =
    "cursor,more,items(uid,id,email,firstName,lastName,status,isHidden,accountType,isSuperAdmin,isGod)";

/// Pages that may wait to be read: a page that takes longer than the next one takes to come holds up nothing, and the
/// memory for answers stays small.
const PAGES_AHEAD: usize = 4;

/// Walks all pages, handing each one's users to `take` while the next pages are on their way.
///
/// `take` runs on a thread of its own and tells how many users there are by then; `progress` gets pages and users. A page
/// that turns out to be unreadable when the next one was asked for already has the whole list read again, from then on
/// with a look at all of a page before the next: then it counts as lost on the way, and is asked for again.
pub(super) async fn walk<S, T>(
    transport: &Arc<Transport>,
    query: &ListQuery,
    fields: &str,
    take: T,
    mut progress: impl FnMut(u64, u64),
) -> Result<S, ListError>
where
    S: Default + Send + 'static,
    T: Fn(&mut S, &Page) -> Result<u64, PageProblem> + Send + Sync + 'static,
{
    let take = Arc::new(take);
    let (page, cause) = match walk_once(transport, query, fields, &take, Look::AtEdges, &mut progress).await {
        Ok(state) => return Ok(state),
        Err(Stop::ForGood(error)) => return Err(error),
        Err(Stop::Unreadable { page, problem }) => (page, problem),
    };
    transport.spend_retry(LIST, 1, &cause).map_err(|source| ListError::Page { page, source })?;
    transport.back_off(1).await;
    walk_once(transport, query, fields, &take, Look::AtAll, &mut progress).await.map_err(|stop| match stop {
        Stop::ForGood(error) => error,
        Stop::Unreadable { page, problem } => ListError::BrokenUser { page, problem },
    })
}

/// Why a walk ended early.
enum Stop {
    /// Asking again would bring the same.
    ForGood(ListError),
    /// For a page that may come right when it is asked for again.
    Unreadable { page: u64, problem: String },
}

async fn walk_once<S, T>(
    transport: &Arc<Transport>,
    query: &ListQuery,
    fields: &str,
    take: &Arc<T>,
    look: Look,
    mut progress: impl FnMut(u64, u64),
) -> Result<S, Stop>
where
    S: Default + Send + 'static,
    T: Fn(&mut S, &Page) -> Result<u64, PageProblem> + Send + Sync + 'static,
{
    let users = Arc::new(AtomicU64::new(0));
    let (counter, take) = (Arc::clone(&users), Arc::clone(take));
    let (pages, waiting) = mpsc::channel(PAGES_AHEAD);
    let (fetched, mut arrivals) = watch::channel(0);
    let reading = tokio::task::spawn_blocking(move || read_pages(waiting, &*take, &counter));
    // A task of its own mostly shares its thread with the connection, and so a page comes without a change of threads.
    // The set ends it when nobody waits for the list any more.
    let mut fetching = JoinSet::new();
    fetching.spawn(fetch_pages(Arc::clone(transport), query.clone(), fields.to_owned(), look, pages, fetched));
    while arrivals.changed().await.is_ok() {
        progress(*arrivals.borrow_and_update(), users.load(Ordering::Relaxed));
    }
    let fetched = fetching.join_next().await.map(joined);
    // What is wrong with an earlier page is told before what is wrong with a later one.
    let state = joined(reading.await)?;
    fetched.transpose().map_err(Stop::ForGood)?;
    progress(*arrivals.borrow(), users.load(Ordering::Relaxed));
    Ok(state)
}

/// What a task came to. Nobody ends a task that is still waited for, so it ended by itself or by a panic.
fn joined<T>(outcome: Result<T, JoinError>) -> T {
    outcome.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Reads pages as they come, until there are no more or one can't be read.
fn read_pages<S: Default>(
    mut pages: mpsc::Receiver<Page>,
    take: &impl Fn(&mut S, &Page) -> Result<u64, PageProblem>,
    users: &AtomicU64,
) -> Result<S, Stop> {
    let (mut state, mut number) = (S::default(), 0);
    while let Some(page) = pages.blocking_recv() {
        number += 1;
        let count = take(&mut state, &page).map_err(|problem| match problem {
            PageProblem::Unreadable(problem) => Stop::Unreadable { page: number, problem },
            PageProblem::Broken(problem) => Stop::ForGood(ListError::BrokenUser { page: number, problem }),
        })?;
        users.store(count, Ordering::Relaxed);
    }
    Ok(state)
}

/// Fetches one page after the other, hands them on and tells their numbers.
async fn fetch_pages(
    transport: Arc<Transport>,
    query: ListQuery,
    fields: String,
    look: Look,
    pages: mpsc::Sender<Page>,
    fetched: watch::Sender<u64>,
) -> Result<(), ListError> {
    let mut trail = Trail::default();
    let mut cursor: Option<String> = None;
    for number in 1.. {
        // Nobody takes pages any more once one could not be read: then the reader tells why, and nothing is waited for.
        let page = tokio::select! {
            biased;
            () = pages.closed() => return Ok(()),
            page = fetch(&transport, &query, &fields, cursor.as_deref(), look) => page,
        };
        let page = page.map_err(|source| ListError::Page { page: number, source })?;
        cursor = trail.follow(&page, number)?;
        if pages.send(page).await.is_err() {
            return Ok(());
        }
        fetched.send_replace(number);
        if cursor.is_none() {
            return Ok(());
        }
    }
    unreachable!("the pages end before the numbers do")
}

async fn fetch(
    transport: &Transport,
    query: &ListQuery,
    fields: &str,
    cursor: Option<&str>,
    look: Look,
) -> Result<Page, CallError> {
    let page_size = query.page_size.to_string();
    let registered_since = query.registered_since.map(|days| days.to_string());
    let mut parameters = vec![("maxResults", page_size.as_str()), ("fields", fields)];
    parameters.extend(query.types.iter().map(|account_type| ("types", account_type.as_str())));
    parameters.extend(query.feeds.iter().map(|feed| ("feeds", feed.as_str())));
    if query.with_hidden {
        parameters.push(("showHidden", "true"));
    }
    parameters.extend(query.status.as_deref().map(|status| ("status", status)));
    parameters.extend(registered_since.as_deref().map(|days| ("registeredSince", days)));
    parameters.extend(query.ids.iter().map(|id| ("ids", id.as_str())));
    let texts = [
        ("email", &query.email),
        ("query", &query.query),
        ("firstName", &query.first_name),
        ("lastName", &query.last_name),
        ("instance", &query.instance),
        ("lang", &query.lang),
        ("sortOrder", &query.sort_order),
    ];
    parameters.extend(texts.into_iter().filter_map(|(name, text)| text.as_deref().map(|text| (name, text))));
    parameters.extend(cursor.map(|cursor| ("cursor", cursor)));
    let call = Call { path: LIST, query: &parameters, body: None, purpose: Purpose::Begin, secret: None };
    transport.send(call, |body| Page::open(body, look)).await
}

/// All users that a diff compares.
pub(super) async fn users(
    transport: &Arc<Transport>,
    query: &ListQuery,
    progress: impl FnMut(u64, u64),
) -> Result<TenantUsers, ListError> {
    let types = query.types.clone();
    let take = move |users: &mut TenantUsers, page: &Page| {
        take_users(users, page, &types)?;
        Ok(users.len() as u64)
    };
    let mut users = walk(transport, query, DIFF_FIELDS, take, progress).await?;
    refuse_twice(&users)?;
    users.shrink_to_fit();
    Ok(users)
}

/// Takes the users of a page.
pub(super) fn take_users(users: &mut TenantUsers, page: &Page, types: &[String]) -> Result<(), PageProblem> {
    page.users(|user: ListedUser<'_>| push(users, &user, types))
}

fn push(users: &mut TenantUsers, user: &ListedUser<'_>, types: &[String]) -> Result<(), String> {
    let (uid, email) = identity(user)?;
    let account_type = user.account_type.as_str();
    let has_drifted = user.first_name.has_drifted()
        || user.last_name.has_drifted()
        || user.status.has_drifted()
        || user.is_hidden.has_drifted()
        || user.is_super_admin.has_drifted()
        || user.is_god.has_drifted();
    let status = if has_drifted { TenantStatus::Unknown } else { TenantStatus::from_api(Some(user.status.as_str())) };
    let listed = TenantUser {
        uid,
        email,
        first_name: user.first_name.as_str(),
        last_name: user.last_name.as_str(),
        status,
        is_hidden: user.is_hidden.is_set(),
        is_super_admin: user.is_super_admin.is_set() || user.is_god.is_set(),
        is_in_types: account_type.is_empty()
            || types.is_empty()
            || types.iter().any(|ours| ours.eq_ignore_ascii_case(account_type)),
    };
    users.push(listed).map_err(|full| full.to_string())
}

fn identity<'a>(user: &'a ListedUser<'_>) -> Result<(&'a str, &'a str), String> {
    let uid = match user.uid.as_str() {
        "" => user.id.as_str(),
        uid => uid,
    };
    match (uid, user.email.as_str().trim()) {
        ("", "") => Err("a user has neither uid nor e-mail".to_owned()),
        ("", email) => Err(format!("the user {email} has no uid")),
        (uid, "") => Err(format!("the user {uid} has no e-mail")),
        (uid, email) => Ok((uid, email)),
    }
}

fn refuse_twice(users: &TenantUsers) -> Result<(), ListError> {
    use std::hash::BuildHasher;
    let hasher = foldhash::fast::FixedState::default();
    let hash = |index: u32| hasher.hash_one(users.uid(index as usize));
    let mut seen: HashTable<u32> = HashTable::with_capacity(users.len());
    for index in 0..u32::try_from(users.len()).map_err(|_| TextTableFull)? {
        let uid = users.uid(index as usize);
        if seen.find(hash(index), |&other| users.uid(other as usize) == uid).is_some() {
            return Err(ListError::Twice { uid: uid.to_owned() });
        }
        seen.insert_unique(hash(index), index, |&other| hash(other));
    }
    Ok(())
}

/// Addresses and account types of users outside the job's own types.
pub(super) async fn owners(
    transport: &Transport,
    query: &ListQuery,
    pages_at_most: u64,
) -> Result<Option<Vec<(String, String)>>, ListError> {
    const FIELDS: &str = "cursor,more,items(uid,id,email,accountType)";
    let mut owners = Vec::new();
    let (mut trail, mut uids) = (Trail::default(), HashSet::new());
    let mut cursor: Option<String> = None;
    for number in 1..=pages_at_most {
        let page = fetch(transport, query, FIELDS, cursor.as_deref(), Look::AtAll)
            .await
            .map_err(|source| ListError::Page { page: number, source })?;
        page.users(|user: ListedUser<'_>| {
            let (uid, email) = identity(&user)?;
            owners.push((email.to_owned(), user.account_type.as_str().to_owned()));
            // A list that moved while it was read may have left somebody out.
            if uids.insert(uid.to_owned()) { Ok(()) } else { Err(format!("the user {uid} came twice")) }
        })
        .map_err(|problem| ListError::BrokenUser { page: number, problem: problem.into_text() })?;
        cursor = trail.follow(&page, number)?;
        if cursor.is_none() {
            return Ok(Some(owners));
        }
    }
    Ok(None)
}
