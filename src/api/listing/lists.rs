//! The lists that are asked for: users to plan on, whole objects, and who has which address.

use super::page::RawUser;
use super::query::ListQuery;
use super::user::{planned_fields, read_user};
use super::walk::{ListError, ListName, PagedCall, SeenUsers, Step, walk};
use crate::api::call::Transport;
use crate::api::pace::Purpose;
use crate::model::{AccountType, TenantUser, TenantUsers, UidList, UserRecord};

/// All users that a plan compares, how many pages they took, and who they are; `progress` gets pages and users so far.
pub(in crate::api) async fn planned_users(
    transport: &Transport,
    query: &ListQuery,
    mut progress: impl FnMut(u64, u64),
) -> Result<(TenantUsers, u64, SeenUsers), ListError> {
    let (mut users, mut seen, mut pages) = (TenantUsers::default(), SeenUsers::default(), 0);
    walk(transport, &PagedCall::users(query, &planned_fields()), collect_user, |page, more: TenantUsers| {
        for index in 0..more.len() {
            seen.add(more.uid(index), page)?;
        }
        users.append(&more)?;
        pages = page;
        progress(page, users.len() as u64);
        Ok(Step::GoOn)
    })
    .await?;
    let is_somebody = |index| !users.uid(index).is_empty() && !users.email(index).is_empty();
    require_somebody(ListName::Users, users.len(), (0..users.len()).any(is_somebody))?;
    users.shrink_to_fit();
    Ok((users, pages, seen))
}

/// Adds one user of a page.
pub(in crate::api) fn collect_user(users: &mut TenantUsers, user: RawUser<'_>) -> Result<(), String> {
    read_user(user, |user| users.push(user)).map_err(|full| full.to_string())
}

/// Entries of which none is a user are no list of users, whatever they are; single ones are left alone as unreadable.
fn require_somebody(list: ListName, entries: usize, has_somebody: bool) -> Result<(), ListError> {
    if entries > 0 && !has_somebody { Err(ListError::nobody(list, entries)) } else { Ok(()) }
}

/// Whole user objects with the attributes of a `fields` selector.
pub(in crate::api) async fn records(
    transport: &Transport,
    query: &ListQuery,
    fields: &str,
    mut progress: impl FnMut(u64, u64),
) -> Result<Vec<UserRecord>, ListError> {
    let collect = |records: &mut Vec<UserRecord>, user: RawUser<'_>| {
        records.push(serde_json::from_str(user.json).unwrap_or_default());
        Ok(())
    };
    let mut records: Vec<UserRecord> = Vec::new();
    let mut seen = SeenUsers::default();
    let call = PagedCall::users(query, &format!("cursor,more,items({fields})"));
    walk(transport, &call, collect, |page, mut more: Vec<UserRecord>| {
        for uid in more.iter().filter_map(UserRecord::uid) {
            seen.add(uid.as_str(), page)?;
        }
        records.append(&mut more);
        progress(page, records.len() as u64);
        Ok(Step::GoOn)
    })
    .await?;
    let is_somebody =
        |record: &UserRecord| record.uid().is_some() && !record.scalar("email").as_text().trim().is_empty();
    require_somebody(ListName::Users, records.len(), records.iter().any(is_somebody))?;
    Ok(records)
}

/// Addresses and account types of all users of a query. `None` when they take more pages than `pages_at_most`; when some
/// address can't be read, since anybody's may be that one; or when the list is not whole: it is empty, or a user of the
/// `earlier` list is missing.
pub(in crate::api) async fn owners(
    transport: &Transport,
    query: &ListQuery,
    pages_at_most: u64,
    earlier: &SeenUsers,
) -> Result<Option<Vec<(String, Option<AccountType>)>>, ListError> {
    type Owners = Vec<(String, String, Option<AccountType>)>;
    const FIELDS: &str = "cursor,more,items(uid,id,email,accountType)";
    let collect = |owners: &mut Owners, user: RawUser<'_>| {
        read_user(user, |user| {
            owners.push((user.uid.to_owned(), user.email().to_owned(), user.traits.account_type));
        });
        Ok(())
    };
    let (mut owners, mut seen) = (Vec::new(), earlier.of_another_list());
    let has_ended = walk(transport, &PagedCall::users(query, FIELDS), collect, |page, more: Owners| {
        for (uid, email, account_type) in more {
            seen.add(&uid, page)?;
            owners.push((email, account_type));
        }
        Ok(if page < pages_at_most { Step::GoOn } else { Step::GiveUp })
    })
    .await?;
    let is_whole = has_ended && !owners.is_empty() && seen.holds(earlier);
    let has_addresses = owners.iter().all(|(email, _)| !email.is_empty());
    Ok((is_whole && has_addresses).then_some(owners))
}

/// The identifiers of the users of a query that are in a group, given by identifier and name.
pub(in crate::api) async fn members(
    transport: &Transport,
    query: &ListQuery,
    (id, name): (&str, &str),
    purpose: Purpose,
) -> Result<UidList, ListError> {
    let query = ListQuery { feeds: vec![id.to_owned()], ..query.clone() };
    let parameters = query.parameters("cursor,more,items(uid,id,email)");
    let call = PagedCall { list: ListName::Members(name.into()), parameters, purpose };
    // Whoever has no identifier can't leave the group, and the run would not say so.
    let collect = |uids: &mut UidList, user: RawUser<'_>| {
        let add = |user: &TenantUser<'_>| (!user.uid.is_empty()).then(|| uids.push(user.uid));
        read_user(user, add).ok_or_else(|| "a member has no identifier".to_owned())
    };
    let (mut uids, mut seen) = (UidList::default(), SeenUsers::default());
    walk(transport, &call, collect, |page, more: UidList| {
        more.iter().try_for_each(|uid| seen.add(uid, page))?;
        uids.append(&more);
        Ok(Step::GoOn)
    })
    .await?;
    Ok(uids)
}
