//! Every parameter of `user/list` that the reader can send, against the tenant's own reading of it.

use lumsync::api::{ListQuery, UserReader};
use lumsync::model::AccountType;
use lumsync::sandbox::{Sandbox, SandboxSettings, TenantSource};

use crate::support::reader::reader;

/// The addresses that a query brings from the sample tenant, in their order.
async fn listed(reader: &UserReader, edit: impl FnOnce(&mut ListQuery)) -> Vec<String> {
    let mut query = ListQuery { page_size: 7, with_hidden: true, ..ListQuery::default() };
    edit(&mut query);
    let list = reader.list(&query, |_, _| ()).await.unwrap();
    list.users.iter().map(|user| user.email().to_owned()).collect()
}

#[tokio::test]
async fn every_parameter_narrows_or_orders_the_list() {
    let sandbox =
        Sandbox::start(SandboxSettings { tenant: TenantSource::Sample, ..SandboxSettings::default() }).await.unwrap();
    let reader = reader(&sandbox.base_url(), &sandbox.token(), 0, 1);
    let all = listed(&reader, |_| ()).await;
    let somebody = || "juergen.weiss@example.org".to_owned();
    assert!(all.len() > 30 && all.contains(&somebody()));

    assert_eq!(listed(&reader, |query| query.email = Some(somebody())).await, [somebody()]);
    assert_eq!(listed(&reader, |query| query.query = Some("Weiß".to_owned())).await, [somebody()]);
    assert_eq!(listed(&reader, |query| query.last_name = Some("Weiß".to_owned())).await, [somebody()]);
    assert_eq!(listed(&reader, |query| query.first_name = Some("Jürgen".to_owned())).await, [somebody()]);
    let uid = "5066550143741762".to_owned();
    assert_eq!(listed(&reader, |query| query.ids = vec![uid]).await, [somebody()]);

    let mut backwards = listed(&reader, |query| query.sort_order = Some("-email".to_owned())).await;
    assert!(backwards.iter().map(|email| email.to_lowercase()).is_sorted_by(|left, right| left > right));
    backwards.sort();
    let mut forwards = all.clone();
    forwards.sort();
    assert_eq!(backwards, forwards);

    let some = |part: &Vec<String>| !part.is_empty() && part.len() < all.len();
    assert!(some(&listed(&reader, |query| query.with_hidden = false).await));
    assert!(some(&listed(&reader, |query| query.status = Some("disabled".to_owned())).await));
    assert!(some(&listed(&reader, |query| query.types = vec![AccountType::Google, AccountType::Okta]).await));
    assert!(some(&listed(&reader, |query| query.feeds = vec!["5000000000000002".to_owned()]).await));
    // What the sandbox has no users to tell apart by must still be understood.
    for edit in [
        (|query: &mut ListQuery| query.lang = Some("fr".to_owned())) as fn(&mut ListQuery),
        |query| query.instance = Some("5000000000000001".to_owned()),
        |query| query.registered_since = Some(36_500),
    ] {
        assert!(listed(&reader, edit).await.len() <= all.len());
    }
    sandbox.stop().await.unwrap();
}
