//! Lists of users and groups: whole, or an error.
//!
//! | file | answers |
//! | --- | --- |
//! | `query` | what is asked for |
//! | `walk` | when a list is whole |
//! | `page` | what one answer says, and when it is no page |
//! | `user` | what is read of one user |
//! | `group` | what is read of one group |
//! | `lists` | the lists that are asked for |

mod group;
mod lists;
mod page;
mod query;
mod user;
mod walk;

pub use query::ListQuery;
pub use walk::ListError;

pub(super) use group::groups;
pub(super) use lists::{collect_user, members, owners, planned_users, records};
pub(super) use page::{Page, PageProblem};
pub(super) use walk::SeenUsers;
