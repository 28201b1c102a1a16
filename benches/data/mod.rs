//! Users for measurements, the same ones each time.

use std::io::Write;

/// One of them.
pub struct User {
    pub email: String,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub status: &'static str,
    pub uid: u64,
}

/// The user with this number.
pub fn user(number: u64) -> User {
    const FIRST: [&str; 8] = ["Anna", "Jean-Luc", "Zoë", "Mary Ann", "Łukasz", "Ines", "Bob", "Friedrich"];
    const LAST: [&str; 8] = ["Smith", "O'Brien", "Müller", "van der Berg", "Garcia", "Rossi", "Nowak", "Dupont"];
    const DOMAINS: [&str; 4] = ["example.com", "example.org", "partners.example", "agency.test"];
    // A fixed multiplier scatters the names over the rows.
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let pick = |shift: u32, of: u64| usize::try_from((mixed >> shift) % of).unwrap_or(0);
    User {
        email: format!("user.{mixed:08x}.{number}@{}", DOMAINS[pick(6, 4)]),
        first_name: FIRST[pick(0, 8)],
        last_name: LAST[pick(3, 8)],
        status: if mixed.is_multiple_of(20) { "disabled" } else { "enabled" },
        uid: 4_000_000_000_000_000 + number,
    }
}

/// How cells are written.
#[derive(Debug, Clone, Copy)]
pub enum Cells {
    /// As they are.
    Plain,
    /// Each in quotes, as some systems write.
    Quoted,
}

/// A clean CSV of five columns.
pub fn write_users(mut csv: impl Write, rows: u64, cells: Cells) -> std::io::Result<()> {
    let quote = match cells {
        Cells::Plain => "",
        Cells::Quoted => "\"",
    };
    let mut write = |cells: [&str; 5]| writeln!(csv, "{quote}{}{quote}", cells.join(&format!("{quote},{quote}")));
    write(["email", "firstName", "lastName", "status", "uid"])?;
    for User { email, first_name, last_name, status, uid } in (0..rows).map(user) {
        write([&email, first_name, last_name, status, &uid.to_string()])?;
    }
    csv.flush()
}
