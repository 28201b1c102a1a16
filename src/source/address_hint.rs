//! Addresses in forms that other programs use, found for a suggestion: with a name, as a link, among others.

use crate::model::{check_address, without_invisible};

/// The address that a person meant, when the cell holds it in another form: `mailto:`, `Name <address>`, with
/// invisible characters, blanks beside the `@`, or a mark behind it.
pub(crate) fn meant_address(cell: &str) -> Option<String> {
    let visible = without_invisible(cell);
    let inner = match (visible.rfind('<'), visible.rfind('>')) {
        (Some(open), Some(close)) if open < close => &visible[open + 1..close],
        _ => visible.as_str(),
    };
    let inner = inner.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(inner, |_| &inner[7..]);
    let inner = inner.split('?').next().unwrap_or(inner);
    let bare = inner.trim_matches(|c: char| c.is_whitespace() || "\"'<>;,.:()[]".contains(c));
    // Only blanks that can't have stood for anything go: `ann smith@example.com` may have been meant in several ways.
    let (local, domain) = bare.rsplit_once('@')?;
    let domain: String = domain.chars().filter(|c| !c.is_whitespace()).collect();
    let address = format!("{}@{domain}", local.trim());
    (check_address(&address).is_ok() && address != cell.trim()).then_some(address)
}

/// Every address in a text that holds several, or one among other words.
pub(crate) fn addresses_in(text: &str) -> Vec<String> {
    let visible = without_invisible(text);
    visible
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '<' | '>' | '|' | '"' | '(' | ')' | '/'))
        .map(|word| word.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(word, |_| &word[7..]))
        .filter(|word| check_address(word).is_ok())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_was_meant_is_found() {
        for cell in [
            "mailto:ann@example.com",
            "MAILTO:ann@example.com?subject=hi",
            "Ann Smith <ann@example.com>",
            "\"Smith, Ann\" <mailto:ann@example.com>",
            "ann\u{200b}@example.com",
            "ann @example.com",
            "<ann@example.com>",
            "ann@example.com;",
            "ann@exam\u{a0}ple.com",
        ] {
            assert_eq!(meant_address(cell).as_deref(), Some("ann@example.com"), "{cell:?}");
        }
        for cell in ["", "ann", "ann@example.com", "a@example.com; b@example.com", "ann@", "ann smith@example.com"] {
            assert_eq!(meant_address(cell), None, "{cell:?}");
        }
    }

    #[test]
    fn all_addresses_of_a_cell_are_found() {
        assert_eq!(addresses_in("a@example.com; B <b@example.com>"), ["a@example.com", "b@example.com"]);
        assert!(addresses_in("nobody").is_empty());
    }
}
