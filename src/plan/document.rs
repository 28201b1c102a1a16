//! The plan as a document: `plan.json`, version 1 (`docs/interface.md`, "Files").
//!
//! A plan is a value. A dry run prints it, `apply` and `sync` execute it; nothing is decided after it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::action::{Action, ActionKind};
use super::guardrail::{Figures, Guardrail};
use crate::model::{SourceFacts, Tenant};

/// `format` of a plan file.
pub const PLAN_FORMAT: &str = "lumsync-plan";
/// `version` of a plan file.
pub const PLAN_VERSION: u32 = 1;

/// Everything that a run would do and everything that it leaves alone, with the reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// [`PLAN_FORMAT`]
    pub format: String,
    /// [`PLAN_VERSION`]
    pub version: u32,
    /// When the list was taken and compared.
    pub created_at: Timestamp,
    /// Which tenant the plan is for.
    pub tenant: Tenant,
    /// Which CSV it was made from.
    pub source: SourceFacts,
    /// How absence and invalid rows were judged.
    pub policy: PolicyFacts,
    /// What the tenant held.
    pub remote: RemoteFacts,
    /// How many of each.
    pub summary: PlanSummary,
    /// The limits in force, with the figures that they were held against.
    pub guardrails: Vec<Guardrail>,
    /// What a reader should know before trusting the plan.
    pub warnings: Vec<String>,
    /// In the order in which they are applied.
    pub actions: Vec<Action>,
    /// Rows that can't be carried out without harm.
    pub conflicts: Vec<LeftAlone>,
    /// Users that would change, but must not.
    pub protected: Vec<LeftAlone>,
    /// Rows that ask for nothing, such as a leaver who never had an account.
    pub skipped: Vec<LeftAlone>,
    /// Rows that turned out invalid only against the tenant: a create without a first or last name, or a doubtful value
    /// that no user has.
    pub invalid: Vec<LeftAlone>,
    /// `sha256:` and the digest of the plan without this field.
    pub checksum: String,
}

/// How absence and invalid rows were judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyFacts {
    /// The CSV is only a part of the truth: nobody is disabled for absence.
    pub partial: bool,
    /// What becomes of an enabled user without a row.
    pub on_missing: OnMissing,
    /// What becomes of a run with an invalid row.
    pub on_invalid: OnInvalid,
    /// What becomes of a new account that looks like a user without a row; left out when both are held.
    #[serde(default, skip_serializing_if = "OnLookalike::is_hold")]
    pub on_lookalike: OnLookalike,
}

/// What becomes of an enabled user in scope without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnMissing {
    /// It is disabled.
    #[default]
    Disable,
    /// It is left as it is.
    Keep,
}

/// What becomes of a run whose CSV has an invalid row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnInvalid {
    /// It ends before anything is written.
    #[default]
    Stop,
    /// The row is left out, and its user is left alone.
    Skip,
}

/// What becomes of a new account that looks like a user without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnLookalike {
    /// Both are left as they are.
    #[default]
    Hold,
    /// They are two people: one is created, and the other is absent.
    Act,
}

impl OnLookalike {
    fn is_hold(&self) -> bool {
        *self == Self::Hold
    }
}

/// What the tenant held when the plan was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteFacts {
    /// Users that the list brought.
    pub listed: u64,
    /// Those of the scope's account types and e-mail domains.
    pub in_scope: u64,
    /// Those of the scope that are enabled.
    pub enabled: u64,
}

/// How many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// Accounts to create.
    pub create: u64,
    /// Users to change without a change of status.
    pub update: u64,
    /// Users to enable.
    pub enable: u64,
    /// Users to disable.
    pub disable: u64,
    /// Rows and users that already agree.
    pub unchanged: u64,
    /// Length of `conflicts`.
    pub conflicts: u64,
    /// Length of `protected`.
    pub protected: u64,
    /// Length of `skipped`.
    pub skipped: u64,
    /// Invalid rows, the ones found by the loader included.
    pub invalid: u64,
}

impl PlanSummary {
    /// How many changes the plan holds.
    pub fn changes(&self) -> u64 {
        self.create + self.update + self.enable + self.disable
    }
}

/// A row or user that the plan leaves alone, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeftAlone {
    /// Whose.
    pub email: String,
    /// First and last name, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Line of the CSV, when a row speaks of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// For a person to read.
    pub reason: String,
}

impl Plan {
    /// Fills in the checksum; the last step of making a plan.
    pub fn seal(&mut self) -> Result<(), serde_json::Error> {
        self.checksum = self.digest()?;
        Ok(())
    }

    /// Whether the plan is, to the last value, what was sealed.
    pub fn is_intact(&mut self) -> Result<bool, serde_json::Error> {
        let sealed = std::mem::take(&mut self.checksum);
        let digest = self.digest();
        self.checksum = sealed;
        Ok(digest? == self.checksum)
    }

    /// Over the compact form with an empty checksum, so that white space in the file does not count.
    fn digest(&mut self) -> Result<String, serde_json::Error> {
        self.checksum.clear();
        let mut hasher = HashWriter(Sha256::new());
        serde_json::to_writer(&mut hasher, self)?;
        Ok(format!("sha256:{}", base16ct::lower::encode_string(&hasher.0.finalize())))
    }

    /// Whether some limit was passed.
    pub fn tripped_guardrails(&self) -> impl Iterator<Item = &Guardrail> {
        self.guardrails.iter().filter(|guardrail| guardrail.tripped)
    }

    /// What its limits are held against, counted from the actions and not from the summary.
    pub fn figures(&self) -> Figures {
        let count = |kind| self.actions.iter().filter(|action| action.kind() == kind).count() as u64;
        let of_rows = |left_alone: &[LeftAlone]| left_alone.iter().filter(|one| one.row.is_some()).count() as u64;
        Figures {
            create: count(ActionKind::Create),
            update: count(ActionKind::Update),
            enable: count(ActionKind::Enable),
            disable: count(ActionKind::Disable),
            enabled: self.remote.enabled,
            in_scope: self.remote.in_scope,
            valid_rows: self.source.valid_rows,
            rows_in_conflict: of_rows(&self.conflicts),
            rows_skipped: of_rows(&self.skipped),
        }
    }

    /// Whether a create of this plan needs a password from the CSV.
    pub fn needs_passwords(&self) -> bool {
        self.actions.iter().any(Action::needs_password)
    }
}

struct HashWriter(Sha256);

impl std::io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
