//! Organization ids.

use super::ValueError;

/// Reads the id of an organization. It becomes a segment of a path and a header, so it holds letters, digits, `-` and
/// `_` only.
pub fn organization_id(text: &str) -> Result<String, ValueError> {
    let id = text.trim();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.is_empty() || !id.bytes().all(is_plain) {
        return Err(ValueError::new(text, "an organization id: letters, digits, `-` and `_`"));
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_neither_end_a_header_nor_leave_its_place_in_a_path() {
        for fine in ["1234567890123456", "sandbox", "a_b-c"] {
            assert_eq!(organization_id(fine).unwrap(), fine);
        }
        for wrong in ["", " ", "1\r\nX: y", "1\n2", "../../evil?x=", "1/2", "\"1\"", "1 2", "1%2f", "é"] {
            assert!(organization_id(wrong).is_err(), "{wrong:?}");
        }
    }
}
