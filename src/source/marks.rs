//! Where delimiters, line ends and quotes stand in a text, sixty-four bytes at a look.
//!
//! Cells are short: a search that starts anew behind each one costs more than the bytes that it passes over.

use wide::u8x16;

/// Bytes of one look: as many as a word has bits.
const BLOCK: usize = 64;

/// Finds the bytes that mean something between cells, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    meaningful: [u8; 3],
    /// Where the block begins that was looked at.
    block: usize,
    /// A bit for each mark of the block that was not given yet.
    left: u64,
    /// Behind the last mark that was given; nothing before the first look.
    behind: Option<usize>,
}

impl Marks {
    pub(super) fn new(meaningful: [u8; 3]) -> Self {
        Self { meaningful, block: 0, left: 0, behind: None }
    }

    /// Goes to `from`, at no cost when the last mark stood right in front of it.
    pub(super) fn go_to(&mut self, bytes: &[u8], from: usize) {
        if self.behind != Some(from) {
            self.block = from;
            self.behind = Some(from);
            self.look(bytes);
        }
    }

    /// The place of the next mark; `None` behind the last.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8]) -> Option<usize> {
        while self.left == 0 {
            if bytes.len() - self.block <= BLOCK {
                self.behind = None;
                return None;
            }
            self.block += BLOCK;
            self.look(bytes);
        }
        let place = self.block + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        self.behind = Some(place + 1);
        Some(place)
    }

    fn look(&mut self, bytes: &[u8]) {
        let rest = &bytes[self.block..];
        self.left = if let Some(block) = rest.first_chunk() {
            self.marks_of(block)
        } else {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            // What the block was filled up with is no mark, whatever is meaningful.
            self.marks_of(&block) & !(u64::MAX << rest.len())
        };
    }

    fn marks_of(&self, block: &[u8; BLOCK]) -> u64 {
        let [first, second, third] = self.meaningful.map(u8x16::splat);
        let (lanes, _) = block.as_chunks();
        lanes.iter().rev().fold(0, |marks, &lane| {
            let lane = u8x16::new(lane);
            let hits = lane.simd_eq(first) | lane.simd_eq(second) | lane.simd_eq(third);
            marks << 16 | u64::from(hits.to_bitmask())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(text: &[u8], from: usize) -> Vec<usize> {
        let mut marks = Marks::new(*b",\n\"");
        marks.go_to(text, from);
        std::iter::from_fn(|| marks.next(text)).collect()
    }

    proptest! {
        #[test]
        fn every_mark_is_found_once_and_in_order(text in "[a,\n\"é]{0,300}", from in any::<prop::sample::Index>()) {
            let from = from.index(text.len() + 1);
            let expected: Vec<usize> =
                (from..text.len()).filter(|&place| matches!(text.as_bytes()[place], b',' | b'\n' | b'"')).collect();
            prop_assert_eq!(places(text.as_bytes(), from), expected);
        }

        #[test]
        fn going_on_behind_a_mark_finds_what_a_new_look_finds(text in "[a,\n\"]{1,200}", steps in 0..40_usize) {
            let bytes = text.as_bytes();
            let mut marks = Marks::new(*b",\n\"");
            marks.go_to(bytes, 0);
            let Some(place) = (0..=steps).map_while(|_| marks.next(bytes)).last() else { return Ok(()) };
            marks.go_to(bytes, place + 1);
            let rest: Vec<usize> = std::iter::from_fn(|| marks.next(bytes)).collect();
            prop_assert_eq!(rest, places(bytes, place + 1));
        }
    }

    #[test]
    fn nothing_behind_the_end_is_a_mark_even_where_nul_is_meaningful() {
        let mut marks = Marks::new(*b"\0\n\"");
        marks.go_to(b"ab", 0);
        assert_eq!(marks.next(b"ab"), None);
    }
}
