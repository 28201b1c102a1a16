//! Text for a terminal or a mail: a plan to be reviewed, a run to be understood, the verdict on the last line.
//!
//! | file | is about |
//! | --- | --- |
//! | `style` | width and colours |
//! | `table` | columns fitted into the width |
//! | `write` | the sections, from the head to the verdict |
//! | `overview` | several documents, a row each |

mod overview;
mod style;
mod table;
mod write;

pub use overview::write_overview_text;
pub use style::{TextStyle, Tone};
pub use table::{Cell, Column, Table};
pub use write::write_text;
