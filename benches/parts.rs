//! What each part of a run costs by itself, for whoever changes one of them: `cargo bench --bench parts`.
//!
//! A part whose figure for 100,000 is not about ten times the one for 10,000 has a fault.

#![expect(clippy::expect_used, reason = "data that is made here is sound")]

mod data;

use std::fmt::Write as _;
use std::sync::LazyLock;

use data::Cells;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use jiff::Timestamp;
use lumsync::api::fuzzing;
use lumsync::model::{
    AddressOwners, FieldValue, FieldValues, ManagedField, Status, Tenant, TenantUser, TenantUsers, UserTraits,
};
use lumsync::plan::{Draft, Grace, Limits, OnInvalid, OnLookalike, OnMissing, Plan, PlanInput, PolicyFacts, Scope};
use lumsync::source::{Loaded, RawSource, SourceSettings, load};

const SIZES: [u64; 2] = [10_000, 100_000];
const POLICY: PolicyFacts = PolicyFacts {
    partial: false,
    on_missing: OnMissing::Disable,
    on_invalid: OnInvalid::Stop,
    on_lookalike: OnLookalike::Hold,
};

fn main() {
    divan::main();
}

/// A CSV that is in memory: decoded, split, checked, digested.
#[divan::bench(args = SIZES)]
fn load_csv(bencher: Bencher<'_, '_>, rows: u64) {
    let csv = csv(rows, Cells::Plain);
    let counters = bencher.counter(BytesCount::new(csv.len())).counter(ItemsCount::new(rows));
    counters.with_inputs(|| csv.clone()).bench_values(loaded);
}

/// The same with every cell in quotes, as some systems write.
#[divan::bench(args = SIZES)]
fn load_quoted_csv(bencher: Bencher<'_, '_>, rows: u64) {
    let csv = csv(rows, Cells::Quoted);
    let counters = bencher.counter(BytesCount::new(csv.len())).counter(ItemsCount::new(rows));
    counters.with_inputs(|| csv.clone()).bench_values(loaded);
}

/// A page of the user list.
#[divan::bench(args = [30, 1_000])]
fn read_page(bencher: Bencher<'_, '_>, users: u64) {
    let page = page(users);
    let counters = bencher.counter(BytesCount::new(page.len())).counter(ItemsCount::new(users));
    counters.bench(|| fuzzing::page(black_box(page.as_bytes())).expect("the page is sound"));
}

/// Rows against as many users, of whom one of a hundred has another name.
#[divan::bench(args = SIZES)]
fn compare(bencher: Bencher<'_, '_>, rows: u64) {
    let (loaded, users) = (loaded(csv(rows, Cells::Plain)), tenant(rows));
    bencher.counter(ItemsCount::new(rows)).bench(|| draft(&loaded, &users));
}

/// From the comparison to the plan: order, guardrails, checksum.
#[divan::bench(args = SIZES)]
fn finish_plan(bencher: Bencher<'_, '_>, rows: u64) {
    let (loaded, users) = (loaded(csv(rows, Cells::Plain)), tenant(rows));
    bencher.counter(ItemsCount::new(rows)).with_inputs(|| draft(&loaded, &users)).bench_values(finish);
}

/// The plan as a file.
#[divan::bench(args = SIZES)]
fn write_plan(bencher: Bencher<'_, '_>, rows: u64) {
    let (loaded, users) = (loaded(csv(rows, Cells::Plain)), tenant(rows));
    let plan = finish(draft(&loaded, &users));
    bencher.counter(ItemsCount::new(plan.actions.len())).bench(|| serde_json::to_vec(&plan));
}

fn csv(rows: u64, cells: Cells) -> Vec<u8> {
    let mut csv = Vec::new();
    data::write_users(&mut csv, rows, cells).expect("memory can be written to");
    csv
}

fn loaded(csv: Vec<u8>) -> Loaded {
    let settings = SourceSettings::default();
    let raw = RawSource::from_bytes("users.csv", csv, &settings).expect("the CSV is plain");
    let loaded = load(raw, &settings).expect("the CSV is whole");
    assert!(loaded.problems.is_empty(), "every row is valid");
    loaded
}

fn page(users: u64) -> String {
    let mut items = String::new();
    for data::User { email, first_name, last_name, status, uid } in (0..users).map(data::user) {
        write!(
            items,
            r#"{{"uid":"{uid}","id":"{uid}","email":"{email}","firstName":"{first_name}","lastName":"{last_name}","status":"{status}","isHidden":false,"accountType":"external"}},"#
        )
        .expect("memory can be written to");
    }
    let items = items.trim_end_matches(',');
    format!(r#"{{"items":[{items}],"cursor":"next","more":true}}"#)
}

fn tenant(count: u64) -> TenantUsers {
    let mut users = TenantUsers::default();
    for number in 0..count {
        let data::User { email, first_name, last_name, status, uid } = data::user(number);
        let first_name = if number % 100 == 0 { "Maria" } else { first_name };
        let values = FieldValues::default()
            .with(ManagedField::Email, FieldValue::text(&email))
            .with(ManagedField::FirstName, FieldValue::text(first_name))
            .with(ManagedField::LastName, FieldValue::text(last_name))
            .with(ManagedField::Status, Status::from_word(status).map(FieldValue::Status))
            .with(ManagedField::IsHidden, FieldValue::Flag(false));
        let traits = UserTraits { account_type: None, is_super_admin: false, is_readable: true };
        let pushed = users.push(&TenantUser { uid: &uid.to_string(), values, traits });
        pushed.expect("there is room for all");
    }
    users
}

static SCOPE: LazyLock<Scope> = LazyLock::new(Scope::default);

fn draft<'a>(loaded: &'a Loaded, users: &TenantUsers) -> Draft<'a> {
    let input = PlanInput {
        desired: loaded.desired(),
        tenant: Tenant { base_url: "https://bench.example.com".to_owned(), organization_id: "bench".to_owned() },
        scope: &SCOPE,
        policy: POLICY,
        limits: Limits::default(),
        last_good: None,
        last_columns: None,
        grace: Grace::NONE,
        groups: None,
        now: Timestamp::UNIX_EPOCH,
    };
    Draft::new(input, users)
}

fn finish(draft: Draft<'_>) -> Plan {
    draft.finish(&AddressOwners::default()).expect("a plan can be written as JSON")
}
