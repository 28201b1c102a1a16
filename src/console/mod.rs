//! What an operator sees while a job runs: listens and shows, decides nothing.
//!
//! | file | is about |
//! | --- | --- |
//! | `facts` | what is known of the terminal, and what follows for colour and bars |
//! | `printer` | the owner of standard output, standard error and the bars |
//! | `progress` | how far the job is, and why it waits |
//! | `logging` | log lines, as text or JSON |
//! | `prompt` | the question before a write |

mod facts;
mod logging;
mod printer;
mod progress;
mod prompt;

pub use facts::{TerminalFacts, Verbosity};
pub use logging::{LogFormat, LogSetup, LoggingError, install_logging, log_subscriber};
pub use printer::Printer;
pub use progress::{Progress, Stage};
pub use prompt::{Answer, ask, read_answer};
