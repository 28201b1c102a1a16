//! Cells that a spreadsheet would run as formulas: how ours are made harmless, and how they read back.

/// A cell that no spreadsheet takes for a formula: one `'` goes in front where, behind any `'`s, a formula would begin.
///
/// Together with [`unguard`] it loses nothing, whatever the cell.
pub fn guard(cell: &str) -> std::borrow::Cow<'_, str> {
    if begins_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// The cell that [`guard`] was given.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(inner) if begins_formula(inner) => inner,
        _ => cell,
    }
}

fn begins_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_made_text_and_read_back() {
        assert_eq!(guard("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guard("'=1"), "''=1");
        assert_eq!(guard("O'Brien"), "O'Brien");
        assert_eq!(guard("'t Hooft"), "'t Hooft");
        assert_eq!(unguard("'+33 1"), "+33 1");
        assert_eq!(unguard("'t Hooft"), "'t Hooft");
    }

    proptest! {
        #[test]
        fn every_cell_reads_back_and_no_guarded_cell_starts_a_formula(cell in "['=+@\t\r-]{0,4}\\PC{0,6}") {
            let guarded = guard(&cell);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(unguard(&guarded), cell.as_str());
        }
    }
}
