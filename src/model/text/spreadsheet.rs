//! CSV cells that a spreadsheet must take for text.
//!
//! Excel and its kin run a cell that begins with one of a few characters as a formula. A leading apostrophe marks it as
//! text; [`unguard`] takes it off again, so that what was exported can be read back.

use std::borrow::Cow;

const MARK: char = '\'';

/// The cell with one more `'` in front when it would begin a formula, with or without marks in front already.
pub fn guard(cell: &str) -> Cow<'_, str> {
    if begins_formula(cell) { Cow::Owned(format!("{MARK}{cell}")) } else { Cow::Borrowed(cell) }
}

/// Takes off the `'` that [`guard`] put in front.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix(MARK) {
        Some(rest) if begins_formula(rest) => rest,
        _ => cell,
    }
}

fn begins_formula(cell: &str) -> bool {
    cell.trim_start_matches(MARK).starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_gets_a_mark_and_other_cells_stay() {
        for formula in ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"] {
            assert_eq!(guard(formula), format!("'{formula}"));
        }
        for text in ["", "'", "O'Neil", "'quoted'", "a=b", " =1"] {
            assert_eq!(guard(text), text);
            assert_eq!(unguard(text), text);
        }
    }

    proptest! {
        #[test]
        fn unguard_undoes_guard(cell in "['=+@\\-\t\r a]{0,6}") {
            let guarded = guard(&cell).into_owned();
            prop_assert_eq!(unguard(&guarded), cell);
        }
    }
}
