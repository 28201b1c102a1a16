//! Which user each row refers to, and what differs.
//!
//! | file | answers |
//! | --- | --- |
//! | `index` | which users have an address or `uid` |
//! | `matching` | which user a row refers to |
//! | `diff` | what differs between a row and its user |
//! | `doubts` | which doubtful values stand, since their user has them |
//! | `held` | which users invalid rows refer to |
//! | `lookalikes` | which new address looks like that of a user without a row |

pub(super) mod diff;
pub(super) mod doubts;
pub(super) mod held;
pub(super) mod index;
pub(super) mod lookalikes;
pub(super) mod matching;
