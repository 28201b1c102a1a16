//! Believable tenants of any size. The same numbers give the same users, and a larger tenant begins with the
//! users of a smaller one.

use std::fmt::{self, Write};
use std::str::FromStr;

use fastrand::Rng;
use jiff::Timestamp;

use super::names::{LANGUAGES, Language, in_address, shown};
use super::store::Store;
use super::user::StoredUser;

/// The shares of account types among generated users, in percent: `external=70,google=20,microsoft=8,okta=2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    /// Users that the tenant itself keeps, the only ones that a sync touches by default.
    pub external: u32,
    /// Users of Google's directory.
    pub google: u32,
    /// Users of Microsoft's.
    pub microsoft: u32,
    /// Users of Okta's.
    pub okta: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self { external: 70, google: 20, microsoft: 8, okta: 2 }
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { external, google, microsoft, okta } = self;
        write!(formatter, "external={external},google={google},microsoft={microsoft},okta={okta}")
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut mix = Self { external: 0, google: 0, microsoft: 0, okta: 0 };
        for part in text.split(',') {
            let (name, share) = part.split_once('=').ok_or_else(|| format!("`{part}` is no TYPE=PERCENT"))?;
            let share: u32 = share.parse().map_err(|_| format!("`{share}` is no percentage"))?;
            match name {
                "external" => mix.external = share,
                "google" => mix.google = share,
                "microsoft" => mix.microsoft = share,
                "okta" => mix.okta = share,
                other => return Err(format!("`{other}` is no account type: external, google, microsoft or okta")),
            }
        }
        let total = [mix.external, mix.google, mix.microsoft, mix.okta]
            .iter()
            .try_fold(0_u32, |sum, one| sum.checked_add(*one));
        if total == Some(100) { Ok(mix) } else { Err(format!("the shares of `{text}` do not add up to 100")) }
    }
}

impl Mix {
    fn pick(&self, random: &mut Rng) -> &'static str {
        let point = random.u32(0..100);
        match point {
            _ if point < self.external => "external",
            _ if point < self.external + self.google => "google",
            _ if point < self.external + self.google + self.microsoft => "microsoft",
            _ => "okta",
        }
    }
}

const DOMAINS: [&str; 8] = [
    "example.com",
    "example.org",
    "partner.example",
    "agency.example",
    "freelance.test",
    "supplier.example",
    "retail.test",
    "example.net",
];

const DEPARTMENTS: [&str; 8] = [
    "Sales",
    "Logistik",
    "Comptabilité",
    "Field service",
    "Recherche & Développement",
    "営業部",
    "Marketing",
    "Support \"EMEA\"",
];

/// A tenant of so many users.
pub(super) fn tenant(users: u64, seed: u64, mix: &Mix, organization_id: &str) -> Store {
    let people = People::new(seed);
    let mut store = Store::default();
    for number in 0..users {
        let line = user_line(number, seed, &people, mix, organization_id);
        if let Ok(user) = StoredUser::from_line(line) {
            store.push(user);
        }
    }
    store
}

/// Who stands at which number: a walk through all combinations of names and domains that meets each of them once
/// before any comes again.
struct People {
    spelling: Vec<(String, String)>,
    start: u64,
}

/// Prime and larger than every factor of the number of combinations, so that the walk misses none.
const STRIDE: u64 = 15_485_863;

struct Person {
    language: &'static Language,
    first: &'static str,
    last: &'static str,
    email: String,
}

impl People {
    fn new(seed: u64) -> Self {
        let spelling = pairs().map(|(_, first, last)| (in_address(first), in_address(last))).collect();
        Self { spelling, start: Rng::with_seed(seed).u64(..1 << 40) }
    }

    fn at(&self, number: u64) -> Option<Person> {
        let combinations = (self.spelling.len() * DOMAINS.len()) as u64;
        let place = usize::try_from((self.start + number % combinations * STRIDE) % combinations).ok()?;
        let (pair, domain) = (place / DOMAINS.len(), DOMAINS[place % DOMAINS.len()]);
        let (first, last) = self.spelling.get(pair)?;
        let email = match number / combinations {
            0 => format!("{first}.{last}@{domain}"),
            round => format!("{first}.{last}{}@{domain}", round + 1),
        };
        let (language, first, last) = pair_at(pair)?;
        Some(Person { language, first: shown(first), last: shown(last), email })
    }
}

type Pair = (&'static Language, &'static str, &'static str);

fn pairs() -> impl Iterator<Item = Pair> {
    (0..).map_while(pair_at)
}

fn pair_at(pair: usize) -> Option<Pair> {
    let language = LANGUAGES.get(pair / (12 * 16))?;
    Some((language, language.first[pair / 16 % 12], language.last[pair % 16]))
}

fn user_line(number: u64, seed: u64, people: &People, mix: &Mix, organization_id: &str) -> String {
    let mut random = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
    let Some(person) = people.at(number) else { return String::new() };
    let account_type = mix.pick(&mut random);
    let mut line = String::with_capacity(640);
    // Writing to a string can't fail.
    let _ = write_identity(&mut line, number, &person, &mut random);
    let _ = write_state(&mut line, account_type, organization_id, &mut random);
    let _ = write_times(&mut line, &mut random);
    let _ = write_profile(&mut line, &person, &mut random);
    let _ = write_groups(&mut line, &mut random);
    line.push('}');
    line
}

fn write_identity(line: &mut String, number: u64, person: &Person, random: &mut Rng) -> fmt::Result {
    let uid = 5_629_499_534_213_120 + number * 1_299_709;
    let email = if random.u32(0..20) == 0 { capitalised(&person.email) } else { person.email.clone() };
    let (first, last, code) = (person.first, person.last, person.language.code);
    write!(line, r#"{{"uid":"{uid}","id":"{uid}","email":"{email}","firstName":"{first}","lastName":"{last}","#)?;
    write!(line, r#""fullName":"{first} {last}","lang":"{code}","langs":["{code}"]"#)
}

fn capitalised(email: &str) -> String {
    let mut at_start = true;
    let capital = |character: char| {
        let shown = if at_start { character.to_ascii_uppercase() } else { character };
        at_start = !character.is_ascii_alphanumeric();
        shown
    };
    email.chars().map(capital).collect()
}

fn write_state(line: &mut String, account_type: &str, organization_id: &str, random: &mut Rng) -> fmt::Result {
    let status = if random.u32(0..100) < 4 { "disabled" } else { "enabled" };
    let is_hidden = random.u32(0..100) < 3;
    let is_super_admin = account_type == "google" && random.u32(0..200) == 0;
    let customer = serde_json::Value::from(organization_id);
    write!(
        line,
        r#","accountType":"{account_type}","status":"{status}","isHidden":{is_hidden},"isSuperAdmin":{is_super_admin}"#
    )?;
    if account_type != "external" {
        line.push_str(r#","synchronized":true"#);
    }
    write!(line, r#","customer":{customer}"#)
}

/// Created over ten years, changed since.
fn write_times(line: &mut String, random: &mut Rng) -> fmt::Result {
    const FROM: i64 = 1_420_070_400;
    const UNTIL: i64 = 1_751_328_000;
    let created = random.i64(FROM..UNTIL);
    let updated = random.i64(created..=UNTIL);
    let moment = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    write!(line, r#","createdAt":"{}","updatedAt":"{}""#, moment(created), moment(updated))
}

/// Profiles come as text that holds JSON, as an object, or not at all.
fn write_profile(line: &mut String, person: &Person, random: &mut Rng) -> fmt::Result {
    let department = DEPARTMENTS[random.usize(..DEPARTMENTS.len())];
    let object = serde_json::json!({"6f1c8a52-department": department, "phone": format!("+00 {}", random.u32(100_000..1_000_000))});
    match random.u32(0..10) {
        0..4 => write!(line, r#","customProfile":{object}"#)?,
        4..7 => write!(line, r#","customProfile":{}"#, serde_json::Value::from(object.to_string()))?,
        _ => {}
    }
    if random.bool() {
        let (first, last) = (person.first, person.last);
        write!(line, r#","apiProfile":{{"name":{{"givenName":"{first}","familyName":"{last}"}}}}"#)?;
    }
    if random.u32(0..4) == 0 { write!(line, r#","properties":"{{\"onboarded\": true}}""#) } else { Ok(()) }
}

/// Of twelve groups, everybody is in the first and in up to two others.
fn write_groups(line: &mut String, random: &mut Rng) -> fmt::Result {
    line.push_str(r#","subscriptions":[{"feed":"5000000000000001"}"#);
    let mut group = 1;
    for _ in 0..random.u32(0..3) {
        group += random.u32(1..6);
        write!(line, r#",{{"feed":"{}"}}"#, 5_000_000_000_000_000_u64 + u64::from(group))?;
    }
    line.push(']');
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::user::AccountType;
    use super::*;

    fn lines(users: u64, seed: u64) -> Vec<String> {
        let store = tenant(users, seed, &Mix::default(), "sandbox");
        store.iter_from(0).map(|(_, user)| user.line.to_string()).collect()
    }

    #[test]
    fn the_same_numbers_give_the_same_users_and_more_begin_with_fewer() {
        assert_eq!(lines(200, 7), lines(300, 7)[..200]);
        assert_ne!(lines(200, 7), lines(200, 8));
    }

    #[test]
    fn every_address_is_one_user_s_also_when_names_come_again() {
        let store = tenant(60_000, 1, &Mix::default(), "sandbox");
        let addresses: HashSet<_> = store.iter_from(0).map(|(_, user)| user.email_key.clone()).collect();
        assert_eq!((store.positions(), addresses.len()), (60_000, 60_000));
    }

    #[test]
    fn every_line_is_json_and_reads_like_a_user() {
        for line in lines(500, 3) {
            let user: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert!(user["email"].as_str().unwrap().contains('@') && !user["firstName"].as_str().unwrap().is_empty());
        }
        insta::assert_snapshot!(lines(3, 1).join("\n"));
    }

    #[test]
    fn shares_come_out_as_asked_for() {
        let store = tenant(10_000, 5, &"external=50,google=50".parse().unwrap(), "sandbox");
        let count = |wanted: fn(&StoredUser) -> bool| store.iter_from(0).filter(|(_, user)| wanted(user)).count();
        assert!((4_700..5_300).contains(&count(|user| user.account_type == AccountType::External)));
        assert!((300..500).contains(&count(|user| !user.is_enabled)));
        assert!((200..400).contains(&count(|user| user.is_hidden)));
    }

    #[test]
    fn a_mix_reads_back_as_written_and_adds_up() {
        let text = "external=70,google=20,microsoft=8,okta=2";
        assert_eq!(text.parse::<Mix>().unwrap().to_string(), text);
        for wrong in ["external=99", "extern=100", "external", "external=x", "external=4294967295,okta=101"] {
            assert!(wrong.parse::<Mix>().is_err(), "{wrong}");
        }
    }
}
