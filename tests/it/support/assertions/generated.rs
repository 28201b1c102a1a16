//! Pages of `docs/` that tests write.

use std::fs;
use std::path::Path;

/// Panics unless the file of this name in `docs/` holds this text; with `UPDATE_DOCS=1` in the environment, writes it.
pub fn assert_up_to_date(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    #[expect(clippy::disallowed_methods, reason = "a test may ask whoever runs it")]
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/{name} is out of date; run UPDATE_DOCS=1 cargo test --test it");
}
