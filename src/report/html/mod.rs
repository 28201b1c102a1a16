//! One self-contained HTML page: no resource from elsewhere, and a policy that lets none be loaded.
//!
//! | file | is about |
//! | --- | --- |
//! | `page` | the page as a whole; the shell is `templates/report.html`, which escapes each value |
//! | `facts` | the figures and words of the page |
//! | `charts` | rectangles |
//! | `embedded_json` | the list of users, for the page's script |

mod charts;
mod embedded_json;
mod facts;
mod page;

pub(super) use page::write;
