//! Many short texts in one allocation: a million users must not mean five million small ones.

use thiserror::Error;

/// Rows of `FIELDS` texts each, packed into one string with the end of every field beside it.
///
/// Costs the bytes of the texts and four bytes a field; holds up to 4 GiB of text.
#[derive(Debug, Clone)]
pub struct TextTable<const FIELDS: usize> {
    text: String,
    ends: Vec<[u32; FIELDS]>,
}

/// The texts of one table would pass 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than 4 GiB of names and addresses; split the job by --email-domain or --types")]
pub struct TextTableFull;

impl<const FIELDS: usize> Default for TextTable<FIELDS> {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new() }
    }
}

impl<const FIELDS: usize> TextTable<FIELDS> {
    /// Appends a row.
    pub fn push(&mut self, fields: [&str; FIELDS]) -> Result<(), TextTableFull> {
        let added: usize = fields.iter().map(|field| field.len()).sum();
        u32::try_from(self.text.len() + added).map_err(|_| TextTableFull)?;
        let mut ends = [0; FIELDS];
        for (end, field) in ends.iter_mut().zip(fields) {
            self.text.push_str(field);
            // The sum was checked above.
            *end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        }
        self.ends.push(ends);
        Ok(())
    }

    /// Row `index`, in the order of `push`. Panics when there is no such row, as a slice does.
    pub fn row(&self, index: usize) -> [&str; FIELDS] {
        let mut start = self.start(index);
        let mut fields = [""; FIELDS];
        for (field, &end) in fields.iter_mut().zip(&self.ends[index]) {
            *field = &self.text[start..end as usize];
            start = end as usize;
        }
        fields
    }

    /// One field of row `index`: cheaper than the whole row where only the key is wanted.
    pub fn field(&self, index: usize, field: usize) -> &str {
        let start = if field == 0 { self.start(index) } else { self.ends[index][field - 1] as usize };
        &self.text[start..self.ends[index][field] as usize]
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends all rows of `other`, in their order.
    pub fn append(&mut self, other: &Self) -> Result<(), TextTableFull> {
        let offset = u32::try_from(self.text.len()).map_err(|_| TextTableFull)?;
        u32::try_from(self.text.len() + other.text.len()).map_err(|_| TextTableFull)?;
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|ends| ends.map(|end| end + offset)));
        Ok(())
    }

    /// Gives back the memory that growing left over.
    pub fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn start(&self, index: usize) -> usize {
        match index {
            0 => 0,
            _ => self.ends[index - 1][FIELDS - 1] as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_pushed_with_empty_fields_between() {
        let mut table = TextTable::<3>::default();
        table.push(["a@example.com", "", "Zoë"]).unwrap();
        table.push(["", "", ""]).unwrap();
        table.push(["b", "c", "d"]).unwrap();
        assert_eq!(table.row(0), ["a@example.com", "", "Zoë"]);
        assert_eq!(table.row(1), ["", "", ""]);
        assert_eq!(table.row(2), ["b", "c", "d"]);
        assert_eq!(table.field(2, 0), "b");
        assert_eq!(table.field(2, 2), "d");
    }

    #[test]
    fn an_appended_table_keeps_both_orders() {
        let mut left = TextTable::<2>::default();
        left.push(["a", "b"]).unwrap();
        let mut right = TextTable::<2>::default();
        right.push(["c", ""]).unwrap();
        right.push(["", "d"]).unwrap();
        left.append(&right).unwrap();
        assert_eq!([left.row(0), left.row(1), left.row(2)], [["a", "b"], ["c", ""], ["", "d"]]);
    }
}
