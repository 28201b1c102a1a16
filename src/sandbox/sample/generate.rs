//! Believable tenants of any size. The same numbers give the same users, and a larger tenant begins with the
//! users of a smaller one.

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::names::{LANGUAGES, Language, in_address, shown};
use crate::sandbox::storage::object::{ACCOUNT_TYPES, StoredObject};
use crate::sandbox::storage::store::Store;

/// The shares of account types among generated users, in percent: `external=70,google=20,microsoft=8,okta=2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    /// In the order of [`ACCOUNT_TYPES`].
    shares: [u32; 4],
}

impl Default for Mix {
    fn default() -> Self {
        Self { shares: [70, 20, 8, 2] }
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = ACCOUNT_TYPES.iter().zip(self.shares).map(|(name, share)| format!("{name}={share}"));
        formatter.write_str(&parts.collect::<Vec<_>>().join(","))
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut shares = [0_u32; 4];
        for part in text.split(',') {
            let (name, share) = part.split_once('=').ok_or_else(|| format!("`{part}` is no TYPE=PERCENT"))?;
            let place = ACCOUNT_TYPES.iter().position(|known| *known == name);
            let place = place.ok_or_else(|| format!("`{name}` is no account type: {}", ACCOUNT_TYPES.join(", ")))?;
            shares[place] = share.parse().map_err(|_| format!("`{share}` is no percentage"))?;
        }
        let total = shares.iter().try_fold(0_u32, |sum, one| sum.checked_add(*one));
        if total == Some(100) {
            Ok(Self { shares })
        } else {
            Err(format!("the shares of `{text}` do not add up to 100"))
        }
    }
}

impl Mix {
    fn pick(self, random: &mut Rng) -> &'static str {
        let mut point = random.u32(0..100);
        for (name, share) in ACCOUNT_TYPES.into_iter().zip(self.shares) {
            match point.checked_sub(share) {
                Some(rest) => point = rest,
                None => return name,
            }
        }
        ACCOUNT_TYPES[0]
    }
}

#[rustfmt::skip]
const DOMAINS: [&str; 8] = [
    "example.com", "example.org", "partner.example", "agency.example", "freelance.test", "supplier.example",
    "retail.test", "example.net",
];

#[rustfmt::skip]
const DEPARTMENTS: [&str; 8] = [
    "Sales", "Logistik", "Comptabilité", "Field service", "Recherche & Développement", "営業部", "Marketing",
    "Support \"EMEA\"",
];

/// How many groups a tenant has; the first stands for everybody, and users begin as members of the first twelve alone.
const GROUPS: u64 = 50;

const FIRST_GROUP: u64 = 5_000_000_000_000_001;

/// A tenant of so many users.
pub(crate) fn tenant(users: u64, seed: u64, mix: Mix, organization_id: &str) -> Store {
    let people = People::new(seed);
    let mut store = Store::default();
    let users = (0..users).filter_map(|number| user_line(number, seed, &people, mix, organization_id));
    let groups = (0..GROUPS).map(|number| group_line(number, organization_id));
    for object in users.chain(groups).filter_map(|line| StoredObject::from_line(line).ok()) {
        store.push(object);
    }
    store
}

/// The people of a tenant, by number.
struct People {
    names: Vec<Name>,
    start: u64,
}

struct Name {
    language: &'static str,
    first: &'static str,
    last: &'static str,
    local_part: String,
}

/// Prime and larger than every factor of the number of combinations, so that a walk in such strides meets each
/// combination of name and domain once before any comes again.
const STRIDE: u64 = 15_485_863;

impl People {
    fn new(seed: u64) -> Self {
        Self { names: LANGUAGES.iter().flat_map(names_of).collect(), start: Rng::with_seed(seed).u64(..1 << 40) }
    }

    /// The name and the address of the user of this number.
    fn at(&self, number: u64) -> Option<(&Name, String)> {
        let combinations = (self.names.len() * DOMAINS.len()) as u64;
        let place = usize::try_from((self.start + number % combinations * STRIDE) % combinations).ok()?;
        let (name, domain) = (self.names.get(place / DOMAINS.len())?, DOMAINS[place % DOMAINS.len()]);
        let round = number / combinations;
        let suffix = if round == 0 { String::new() } else { (round + 1).to_string() };
        Some((name, format!("{}{suffix}@{domain}", name.local_part)))
    }
}

fn names_of(language: &'static Language) -> impl Iterator<Item = Name> {
    let name = |first, last| Name {
        language: language.code,
        first: shown(first),
        last: shown(last),
        local_part: format!("{}.{}", in_address(first), in_address(last)),
    };
    language.first.iter().flat_map(move |first| language.last.iter().map(move |last| name(first, last)))
}

/// The order of the draws decides which users a seed gives.
fn user_line(number: u64, seed: u64, people: &People, mix: Mix, organization_id: &str) -> Option<String> {
    let mut random = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
    let (Name { language, first, last, .. }, email) = people.at(number)?;
    let uid = (5_629_499_534_213_120 + number * 1_299_709).to_string();
    let account_type = mix.pick(&mut random);
    let email = if random.u32(0..20) == 0 { capitalised(&email) } else { email };
    let status = if random.u32(0..100) < 4 { "disabled" } else { "enabled" };
    let is_hidden = random.u32(0..100) < 3;
    let is_super_admin = account_type == "google" && random.u32(0..200) == 0;
    let (created_at, updated_at) = times(&mut random);
    let custom_profile = custom_profile(&mut random);
    let api_profile = random.bool().then(|| json!({"name": {"givenName": first, "familyName": last}}));
    let properties = (random.u32(0..4) == 0).then_some(r#"{"onboarded": true}"#);
    let mut user = json!({
        "uid": uid, "id": uid, "email": email, "firstName": first, "lastName": last,
        "fullName": format!("{first} {last}"), "lang": language, "langs": [language],
        "accountType": account_type, "status": status, "isHidden": is_hidden, "isSuperAdmin": is_super_admin,
        "synchronized": (account_type != "external").then_some(true), "customer": organization_id,
        "createdAt": created_at, "updatedAt": updated_at, "customProfile": custom_profile,
        "apiProfile": api_profile, "properties": properties, "subscriptions": subscriptions(&mut random),
    });
    user.as_object_mut()?.retain(|_, value| !value.is_null());
    Some(user.to_string())
}

fn group_line(number: u64, organization_id: &str) -> String {
    let uid = (FIRST_GROUP + number).to_string();
    let mut group = json!({
        "kind": "feed", "id": uid, "uid": uid, "name": format!("Group {}", number + 1), "status": "enabled",
        "customer": organization_id, "synchronized": false, "provisioningMode": "manual",
    });
    if number == 0 {
        group["functionalInnerId"] = "LUMAPPS_ALL".into();
    }
    group.to_string()
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

/// Created within ten years, changed since.
fn times(random: &mut Rng) -> (Timestamp, Timestamp) {
    const FROM: i64 = 1_420_070_400;
    const UNTIL: i64 = 1_751_328_000;
    let created = random.i64(FROM..UNTIL);
    let updated = random.i64(created..=UNTIL);
    let time = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    (time(created), time(updated))
}

/// Profiles come as an object, as text that holds one, or not at all.
fn custom_profile(random: &mut Rng) -> Option<Value> {
    let department = DEPARTMENTS[random.usize(..DEPARTMENTS.len())];
    let phone = format!("+00 {}", random.u32(100_000..1_000_000));
    let object = json!({"6f1c8a52-department": department, "phone": phone});
    match random.u32(0..10) {
        0..4 => Some(object),
        4..7 => Some(object.to_string().into()),
        _ => None,
    }
}

/// Of twelve groups, everybody is in the first and in up to two others.
fn subscriptions(random: &mut Rng) -> Vec<Value> {
    let mut group = FIRST_GROUP;
    let mut groups = vec![json!({"feed": group.to_string()})];
    for _ in 0..random.u32(0..3) {
        group += u64::from(random.u32(1..6));
        groups.push(json!({"feed": group.to_string()}));
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn lines(users: u64, seed: u64) -> Vec<String> {
        let store = tenant(users, seed, Mix::default(), "sandbox");
        store.users().map(|user| user.line.to_string()).collect()
    }

    #[test]
    fn the_same_numbers_give_the_same_users_and_more_begin_with_fewer() {
        assert_eq!(lines(200, 7), lines(300, 7)[..200]);
        assert_ne!(lines(200, 7), lines(200, 8));
    }

    #[test]
    fn every_address_is_one_user_s_also_when_names_come_again() {
        let people = People::new(1);
        let addresses: HashSet<_> = (0..60_000).map(|number| people.at(number).unwrap().1).collect();
        assert_eq!(addresses.len(), 60_000);
    }

    #[test]
    fn every_line_is_json_and_reads_like_a_user() {
        for line in lines(500, 3) {
            let user: Value = serde_json::from_str(&line).unwrap();
            assert!(user["email"].as_str().unwrap().contains('@') && !user["firstName"].as_str().unwrap().is_empty());
        }
        insta::assert_snapshot!(lines(3, 1).join("\n"));
    }

    #[test]
    fn shares_come_out_as_asked_for() {
        let store = tenant(10_000, 5, "external=50,google=50".parse().unwrap(), "sandbox");
        let count = |wanted: fn(&StoredObject) -> bool| store.users().filter(|user| wanted(user)).count();
        assert!((4_700..5_300).contains(&count(|user| user.account_type == Some("external"))));
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
