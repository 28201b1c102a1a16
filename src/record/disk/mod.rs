//! Files of the state dir: whose they are, and how they are written.
//!
//! | file | answers |
//! | --- | --- |
//! | `atomic` | how a file is replaced atomically |
//! | `own` | whether a file is ours, and nobody else can write to it |
//! | `lock` | who may run |
//! | `room` | whether the disk has room for it |

pub(super) mod atomic;
pub(super) mod lock;
pub(super) mod own;
pub(super) mod room;
