//! Self-contained HTML pages: no resource from elsewhere, and a policy that lets none be loaded.
//!
//! | file | is about |
//! | --- | --- |
//! | `page` | a plan or a run; the shell is `templates/report.html`, which escapes each value |
//! | `facts` | the sections, figures and words of the page |
//! | `charts` | rectangles |
//! | `embedded_json` | the list of users, for the page's script |
//! | `overview` | several documents, a row each |

mod charts;
mod embedded_json;
mod facts;
mod overview;
mod page;

pub(super) use overview::write_overview;
pub(super) use page::write;
