//! The plan as a document: `plan.json`, version 2 (`docs/interface.md`, "Files").
//!
//! A plan is a value. A dry run prints it, `apply` and `sync` execute it; nothing is decided after it.
//!
//! A document of version 1 is read, too. What version 2 added has a default there, and [`Plan::from_json`] holds the
//! checksum against the text of the document, so that a field that is added later never changes an older digest.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::action::{Action, ActionKind};
use super::membership::Membership;
use crate::model::{Attention, ChangeCounts, SourceFacts, Tenant, Uid};
use crate::plan::guardrail::{Figures, Guardrail};

/// `format` of a plan file.
pub const PLAN_FORMAT: &str = "lumsync-plan";
/// `version` of a plan file.
pub const PLAN_VERSION: u32 = 2;
/// The oldest version that is still read.
const OLDEST_VERSION: u32 = 1;

/// Everything that a run would do and everything that it leaves alone, with the reasons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// Users without a row who keep their access for a while yet.
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// Who joins and leaves which group.
    #[serde(default)]
    pub memberships: Vec<Membership>,
    /// The run that the plan takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// What needs a person although it stops nothing; the warnings say it in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attention: Vec<Attention>,
    /// What the last good full run of the tenant and scope changed, for a reader to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_changes: Option<ChangeCounts>,
    /// `sha256:` and the digest of the plan without this field.
    pub checksum: String,
}

/// How absence and invalid rows were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
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
    /// Users to add to a group, counted once for each group.
    #[serde(default)]
    pub join: u64,
    /// Users to remove from a group, counted once for each group.
    #[serde(default)]
    pub leave: u64,
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
    /// How many changes of one kind.
    pub fn of(&self, kind: ActionKind) -> u64 {
        match kind {
            ActionKind::Create => self.create,
            ActionKind::Update => self.update,
            ActionKind::Enable => self.enable,
            ActionKind::Disable => self.disable,
            ActionKind::Join => self.join,
            ActionKind::Leave => self.leave,
        }
    }

    /// How many changes of users, by kind.
    pub fn of_users(&self) -> ChangeCounts {
        let Self { create, update, enable, disable, .. } = *self;
        ChangeCounts { create, update, enable, disable }
    }

    /// How many changes the plan holds.
    pub fn changes(&self) -> u64 {
        self.create + self.update + self.enable + self.disable + self.join + self.leave
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

/// A user without a row whose access ends only after a while (`--grace`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiting {
    /// Whose.
    pub email: String,
    /// First and last name, for a reader of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The user's identifier.
    pub uid: Uid,
    /// When a plan found no row for the first time.
    pub missing_since: Timestamp,
    /// A plan that is made then, or later, and finds no row disables the user.
    pub disable_after: Timestamp,
}

/// Why a text is no plan that can be applied.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum PlanFileError {
    #[error("is no plan that this version of lumsync can read")]
    Parse(#[from] serde_json::Error),
    #[error("has format {format} version {version}: plan again with this version")]
    Format { format: String, version: u32 },
    #[error("was changed after it was made (its checksum does not match): plan again")]
    Changed,
}

impl Plan {
    /// A plan in which nothing is decided yet.
    pub(in crate::plan) fn new(
        created_at: Timestamp,
        tenant: Tenant,
        source: SourceFacts,
        policy: PolicyFacts,
    ) -> Self {
        let format = PLAN_FORMAT.to_owned();
        Self { format, version: PLAN_VERSION, created_at, tenant, source, policy, ..Self::default() }
    }

    /// Reads a plan of any version, and makes sure that it is, to the last value, what was sealed.
    pub fn from_json(text: &[u8]) -> Result<Self, PlanFileError> {
        let mut plan: Self = serde_json::from_slice(text)?;
        if plan.format != PLAN_FORMAT || !Self::reads_version(plan.version) {
            return Err(PlanFileError::Format { format: plan.format, version: plan.version });
        }
        if digest_of_text(text, &plan.checksum)?.as_ref() != Some(&plan.checksum) {
            return Err(PlanFileError::Changed);
        }
        if plan.version != PLAN_VERSION {
            plan.version = PLAN_VERSION;
            plan.seal()?;
        }
        Ok(plan)
    }

    /// Whether documents of this version can be read.
    pub fn reads_version(version: u32) -> bool {
        (OLDEST_VERSION..=PLAN_VERSION).contains(&version)
    }

    /// Fills in the checksum; the last step of making a plan.
    ///
    /// It is over the compact form with an empty checksum, so that white space in the file does not count.
    pub fn seal(&mut self) -> Result<(), serde_json::Error> {
        self.checksum.clear();
        let mut hasher = HashWriter(Sha256::new());
        serde_json::to_writer(&mut hasher, self)?;
        self.checksum = hasher.digest();
        Ok(())
    }

    /// Whether the summary counts what the plan holds.
    pub fn summary_is_true(&self) -> bool {
        let Figures { create, update, enable, disable, join, leave, .. } = self.figures();
        let summary = self.summary;
        let PlanSummary { unchanged: _, invalid: _, conflicts, protected, skipped, .. } = summary;
        let users = [summary.create, summary.update, summary.enable, summary.disable];
        let left_alone = [&self.conflicts, &self.protected, &self.skipped].map(|list| list.len() as u64);
        users == [create, update, enable, disable]
            && [summary.join, summary.leave] == [join, leave]
            && left_alone == [conflicts, protected, skipped]
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
            join: self.memberships.iter().map(|membership| membership.join.len() as u64).sum(),
            leave: self.memberships.iter().map(|membership| membership.leave.len() as u64).sum(),
            enabled: self.remote.enabled,
            in_scope: self.remote.in_scope,
            rows: self.source.rows,
            valid_rows: self.source.valid_rows,
            rows_in_conflict: of_rows(&self.conflicts),
            rows_skipped: of_rows(&self.skipped),
        }
    }

    /// How many actions and changes of members it has, each of which comes to an outcome.
    pub fn outcomes(&self) -> usize {
        let members = self.memberships.iter().map(|one| one.join.len() + one.leave.len());
        self.actions.len() + members.sum::<usize>()
    }

    /// Whether a create of this plan needs a password from the CSV.
    pub fn needs_passwords(&self) -> bool {
        self.actions.iter().any(Action::needs_password)
    }
}

/// The digest of a plan as it was written, whatever fields its version had; nothing where the checksum is not its last
/// field, which it always is.
fn digest_of_text(text: &[u8], checksum: &str) -> Result<Option<String>, serde_json::Error> {
    let mut compact = Vec::with_capacity(text.len());
    let mut document = serde_json::Deserializer::from_slice(text);
    serde_transcode::transcode(&mut document, &mut serde_json::Serializer::new(&mut compact))?;
    let Some(content) = compact.strip_suffix(format!("\"{checksum}\"}}").as_bytes()) else { return Ok(None) };
    let mut hasher = HashWriter(Sha256::new());
    hasher.0.update(content);
    hasher.0.update("\"\"}");
    Ok(Some(hasher.digest()))
}

struct HashWriter(Sha256);

impl HashWriter {
    fn digest(self) -> String {
        format!("sha256:{}", base16ct::lower::encode_string(&self.0.finalize()))
    }
}

impl std::io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
