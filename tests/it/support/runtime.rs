//! One runtime for all servers of the tests, so that a test need not be asynchronous to have one.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// Runs every sandbox and server that a plain test starts.
pub static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap());
