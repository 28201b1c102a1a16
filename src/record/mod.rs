//! What a run leaves on disk: lock, run folder, journal, documents.
//!
//! | file | answers |
//! | --- | --- |
//! | `disk/` | files of the state dir: whose they are, and how they are written |
//! | `state` | where things are kept, and what is remembered |
//! | `run_folder` | what one run keeps |
//! | `missing` | who has had no row since when |
//! | `history` | what past runs left, and which of them are removed |
//! | `unfinished` | what a run without a report did |
//! | `past_changes` | what a past run changed |
//! | `applied` | which changes of a saved plan were made before |
//! | `journal` | what was sent and how it ended |

mod applied;
mod disk;
mod history;
mod journal;
mod missing;
mod past_changes;
mod run_folder;
mod state;
mod unfinished;

pub use applied::AppliedBefore;
pub use disk::atomic::{AtomicWriteError, PRIVATE, try_writing, write_atomically};
pub use disk::lock::TenantLock;
pub use history::{Left, PastRun, ReportHead};
pub use journal::{Journal, JournalLine};
pub use past_changes::{PastRunChanges, PastRunError};
pub use run_folder::{RunFolder, new_run_id, write_json};
pub use state::{LastGoodRun, StateDir, StateError, is_same_tenant, name_of};
pub use unfinished::unfinished_run;
