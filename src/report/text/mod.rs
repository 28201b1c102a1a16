//! Text for a terminal or a mail: a plan to be reviewed, a run to be understood, the verdict on the last line.
//!
//! | file | is about |
//! | --- | --- |
//! | `style` | width and colours |
//! | `table` | columns fitted into the width |
//! | `list` | people, one row each, cut to a length |
//! | `write` | the text from its head to its verdict |

mod list;
mod style;
mod table;
mod write;

pub use style::{TextStyle, Tone};
pub use table::{Cell, Column, Table};
pub use write::write_text;
