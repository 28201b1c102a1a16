//! Makes a plan from two flat CSVs, without a network: the desired state through the library's own loader with all of
//! its checks, and a tenant's users as another CSV. Prints the counts of the plan, so that they can be held against
//! what another program finds in the same files.
//!
//! `cargo run --release --example flat_plan -- DESIRED.csv REMOTE.csv`

use std::error::Error;
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use lumsync::model::{
    AddressOwners, FieldValue, FieldValues, ManagedField, Status, Tenant, TenantUser, TenantUsers, UserTraits,
};
use lumsync::plan::{Draft, Grace, Limits, OnInvalid, OnLookalike, OnMissing, Plan, PlanInput, PolicyFacts, Scope};
use lumsync::source::{Loaded, SourceSettings, load, open};

const POLICY: PolicyFacts = PolicyFacts {
    partial: false,
    on_missing: OnMissing::Disable,
    on_invalid: OnInvalid::Stop,
    on_lookalike: OnLookalike::Hold,
};

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [desired, remote] = files.as_slice() else {
        return Err("give two files: the desired state and the tenant's users".into());
    };
    let (loaded, users) = std::thread::scope(|scope| {
        let remote = scope.spawn(|| read_remote(Path::new(remote)).map_err(|error| error.to_string()));
        let loaded = read_desired(desired);
        (loaded, remote.join())
    });
    let users = users.map_err(|_| "the thread that reads the tenant's users broke down")??;
    let plan = compare(&loaded?, users)?;
    let summary = serde_json::to_string(&plan.summary)?;
    writeln!(std::io::stdout(), "{summary}")?;
    Ok(())
}

fn read_desired(path: &str) -> Result<Loaded, Box<dyn Error>> {
    let settings = SourceSettings::default();
    let loaded = load(futures::executor::block_on(open(path, &settings))?, &settings)?;
    match loaded.problems.first() {
        None => Ok(loaded),
        Some(problem) => Err(format!("line {} is invalid: {}", problem.line, problem.reason).into()),
    }
}

/// Columns: `email,uid,firstName,lastName,status,isHidden`.
fn read_remote(path: &Path) -> Result<TenantUsers, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::StringRecord::new();
    let mut users = TenantUsers::default();
    while reader.read_record(&mut record)? {
        let cell = |column| record.get(column).unwrap_or_default();
        let values = FieldValues::default()
            .with(ManagedField::Email, FieldValue::text(cell(0)))
            .with(ManagedField::FirstName, FieldValue::text(cell(2)))
            .with(ManagedField::LastName, FieldValue::text(cell(3)))
            .with(ManagedField::Status, Status::from_word(cell(4)).map(FieldValue::Status))
            .with(ManagedField::IsHidden, FieldValue::Flag(cell(5) == "true"));
        let traits = UserTraits { account_type: None, is_super_admin: false, is_readable: true };
        users.push(&TenantUser { uid: cell(1), values, traits })?;
    }
    users.shrink_to_fit();
    Ok(users)
}

fn compare(loaded: &Loaded, users: TenantUsers) -> Result<Plan, Box<dyn Error>> {
    let scope = Scope::default();
    let input = PlanInput {
        desired: loaded.desired(),
        tenant: Tenant { base_url: "https://bench.example.com".to_owned(), organization_id: "bench".to_owned() },
        scope: &scope,
        policy: POLICY,
        limits: Limits::default(),
        last_good: None,
        last_columns: None,
        grace: Grace::NONE,
        groups: None,
        now: Timestamp::UNIX_EPOCH,
    };
    let draft = Draft::new(input, &users);
    drop(users);
    Ok(draft.finish(&AddressOwners::default())?)
}
