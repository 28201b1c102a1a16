//! The state dir: locks, run folders, and what is remembered of each tenant.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::disk::atomic::remove_leftovers;
use super::disk::lock::TenantLock;
use super::disk::own::{own_folder, read_own_json, require_own_folder};
use super::run_folder::{RunFolder, write_json};
use crate::model::{KnownColumns, LastGood, Tenant};
use crate::plan::{LastColumns, Scope};

/// How many of the latest run folders are searched for files that a killed run left half-written.
const RECENT_RUNS: usize = 20;

/// Where runs are kept (`--state-dir`).
#[derive(Debug, Clone)]
pub struct StateDir {
    root: PathBuf,
}

/// Why the state dir can't be used.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum StateError {
    #[error("can't use the state dir: {path}; name another with --state-dir")]
    Unusable { path: PathBuf, source: io::Error },
    #[error("can't read who is missing since when, so that every wait begins anew: {path}")]
    Memory { path: PathBuf, source: io::Error },
    #[error("another run of this tenant is under way{}; wait for it to end", holder.as_deref().map(|holder| format!(" ({holder})")).unwrap_or_default())]
    Locked { holder: Option<String> },
}

/// What the last good run of a tenant and scope left for the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastGoodRun {
    /// Which run.
    pub run_id: String,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What the next run is compared with.
    #[serde(flatten)]
    pub figures: LastGood,
    /// The columns that its CSV had.
    #[serde(flatten)]
    pub columns: KnownColumns,
    /// The good run that made the last changes: this one, or an earlier one where this one had nothing to change.
    #[serde(default)]
    pub changed_by: Option<String>,
    /// What was remembered before those changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Box<LastGoodRun>>,
}

impl StateDir {
    /// Names the state dir; nothing is made yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Acquires the tenant's lock; the error says who holds it.
    pub fn lock(&self, tenant: &Tenant, about: &str) -> Result<TenantLock, StateError> {
        let folder = self.folder("locks")?;
        TenantLock::acquire(folder.join(format!("{}.lock", digest_of(&[&key_of(tenant)]))), about)
    }

    /// Makes the folder of a new run.
    pub fn begin_run(&self, tenant: &Tenant, now: Timestamp) -> Result<RunFolder, StateError> {
        let runs = self.folder("runs")?;
        self.remove_leftovers();
        RunFolder::create(&runs, &name_of(tenant), now).map_err(|source| StateError::Unusable { path: runs, source })
    }

    /// Removes what killed runs have left half-written, as far as they are recent.
    fn remove_leftovers(&self) {
        let recent = self.run_ids().unwrap_or_default().into_iter().take(RECENT_RUNS).map(|id| self.runs().join(id));
        let folders = ["runs", "tenants"].map(|name| self.root.join(name));
        recent.chain(folders).for_each(|folder| remove_leftovers(&folder));
    }

    /// The folder with all runs, whether it is there or not.
    pub fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Figures of the last good full run of this tenant and scope; nothing when none is known.
    pub fn last_good_run(&self, tenant: &Tenant, scope: &Scope) -> Result<Option<LastGood>, StateError> {
        Ok(self.recall(tenant, scope, false)?.map(|run| run.figures))
    }

    /// The columns of the last good runs of this tenant and scope: of the full one, and of the one that was partial or
    /// not as this run is.
    pub fn last_columns(&self, tenant: &Tenant, scope: &Scope, is_partial: bool) -> Result<LastColumns, StateError> {
        let full = self.recall(tenant, scope, false)?.map(|run| run.columns);
        let same_kind =
            if is_partial { self.recall(tenant, scope, true)?.map(|run| run.columns) } else { full.clone() };
        Ok(LastColumns { full, same_kind })
    }

    fn recall(&self, tenant: &Tenant, scope: &Scope, is_partial: bool) -> Result<Option<LastGoodRun>, StateError> {
        let path = self.last_good_path(tenant, scope, is_partial);
        self.read_tenant_file(&path).map_err(|source| StateError::Unusable { path, source })
    }

    /// Remembers a good run; where it changed something, with the one before, for an undo.
    pub fn remember(
        &self,
        tenant: &Tenant,
        scope: &Scope,
        is_partial: bool,
        mut run: LastGoodRun,
    ) -> Result<(), StateError> {
        let before = self.recall(tenant, scope, is_partial)?;
        (run.changed_by, run.previous) = match before {
            Some(before) if run.changed_by.is_none() => (before.changed_by, before.previous),
            before => (run.changed_by, before.map(|before| Box::new(LastGoodRun { previous: None, ..before }))),
        };
        self.write_tenant_file(self.last_good_path(tenant, scope, is_partial), &run)
    }

    /// Remembers what was remembered before the changes of this run, which were taken back.
    pub fn forget(&self, tenant: &Tenant, scope: &Scope, run_id: &str) -> Result<(), StateError> {
        for is_partial in [false, true] {
            let Some(run) = self.recall(tenant, scope, is_partial)? else { continue };
            if run.changed_by.is_none_or(|changed_by| changed_by != run_id) {
                continue;
            }
            let path = self.last_good_path(tenant, scope, is_partial);
            match run.previous {
                Some(previous) => self.write_tenant_file(path, &previous)?,
                None => fs::remove_file(&path).map_err(|source| StateError::Unusable { path, source })?,
            }
        }
        Ok(())
    }

    fn last_good_path(&self, tenant: &Tenant, scope: &Scope, is_partial: bool) -> PathBuf {
        self.tenant_file(tenant, scope, if is_partial { "partial.json" } else { "json" })
    }

    /// A file of what is remembered of a tenant and scope.
    pub(super) fn tenant_file(&self, tenant: &Tenant, scope: &Scope, ending: &str) -> PathBuf {
        self.root.join("tenants").join(format!("{}.{ending}", digest_of(&[&key_of(tenant), &scope.key()])))
    }

    /// What a file of the tenant says; `None` where there is none.
    pub(super) fn read_tenant_file<T: DeserializeOwned>(&self, path: &Path) -> io::Result<Option<T>> {
        match self.require_own("tenants") {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            folder => folder.and_then(|()| read_own_json(path)),
        }
    }

    pub(super) fn write_tenant_file(&self, path: PathBuf, document: &impl Serialize) -> Result<(), StateError> {
        self.folder("tenants")?;
        write_json(&path, document).map_err(|error| StateError::Unusable { path, source: error.source })
    }

    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, StateError> {
        let path = self.root.join(name);
        match own_folder(&path) {
            Ok(()) => Ok(path),
            Err(source) => Err(StateError::Unusable { path, source }),
        }
    }

    /// An error for a folder of the state dir that is there and is not ours.
    pub(super) fn require_own(&self, name: &str) -> io::Result<()> {
        require_own_folder(&self.root.join(name))
    }
}

/// The key of a tenant for locks and memory. For a tenant in a file, it is the absolute path of the file.
fn key_of(tenant: &Tenant) -> String {
    let file = tenant.base_url.strip_prefix("sandbox:").and_then(|file| fs::canonicalize(file).ok());
    file.map_or_else(|| tenant.key(), |file| format!("sandbox:{} {}", file.display(), tenant.organization_id))
}

/// Whether both are the same tenant, however each is spelt.
pub fn is_same_tenant(left: &Tenant, right: &Tenant) -> bool {
    key_of(left) == key_of(right)
}

/// The part that names of the tenant's runs and metrics files share.
pub fn name_of(tenant: &Tenant) -> String {
    digest_of(&[&key_of(tenant)])[..6].to_owned()
}

/// A digest that can be a file name.
fn digest_of(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    base16ct::lower::encode_string(&hasher.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChangeCounts;

    fn tenant(organization_id: &str) -> Tenant {
        Tenant { base_url: "https://cell.example.com".to_owned(), organization_id: organization_id.to_owned() }
    }

    #[test]
    fn one_run_at_a_time_for_each_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        let held = state.lock(&tenant("1"), "run A").unwrap();
        let other = state.lock(&tenant("1"), "run B").unwrap_err();
        assert!(matches!(other, StateError::Locked { holder: Some(holder) } if holder == "run A"));
        state.lock(&tenant("2"), "run C").unwrap();
        drop(held);
        state.lock(&tenant("1"), "run D").unwrap();
    }

    #[test]
    fn files_of_the_same_name_are_tenants_of_their_own_and_one_file_is_one_tenant() {
        let folder = tempfile::tempdir().unwrap();
        for place in ["a", "b"] {
            fs::create_dir(folder.path().join(place)).unwrap();
            fs::write(folder.path().join(place).join("tenant.jsonl"), "").unwrap();
        }
        let name = |file: &str| {
            let base_url = format!("sandbox:{}", folder.path().join(file).display());
            name_of(&Tenant { base_url, organization_id: String::new() })
        };
        assert_ne!(name("a/tenant.jsonl"), name("b/tenant.jsonl"));
        assert_eq!(name("a/tenant.jsonl"), name("b/../a/tenant.jsonl"));
    }

    #[test]
    fn a_lock_whose_file_was_removed_is_held_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        let held = state.lock(&tenant("1"), "run A").unwrap();
        held.require().unwrap();
        fs::remove_dir_all(folder.path().join("locks")).unwrap();
        assert!(held.require().unwrap_err().to_string().contains("was removed"));
        let other = state.lock(&tenant("1"), "run B").unwrap();
        other.require().unwrap();
        assert!(held.require().is_err());
    }

    #[test]
    fn what_killed_runs_left_half_written_is_removed_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        let run = state.begin_run(&tenant("1"), Timestamp::UNIX_EPOCH).unwrap();
        let (_, left) = crate::record::disk::atomic::temporary_in(run.path()).unwrap().keep().unwrap();
        let writing = crate::record::disk::atomic::temporary_in(run.path()).unwrap();
        state.begin_run(&tenant("1"), Timestamp::UNIX_EPOCH).unwrap();
        assert!(!left.exists() && writing.path().exists());
    }

    #[test]
    fn a_good_run_is_remembered_for_its_tenant_and_scope_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        let scope = |domain: &str| Scope::new(&[], &[domain.to_owned()], &[], None).unwrap();
        let last_good = |organization, domain| state.last_good_run(&tenant(organization), &scope(domain)).unwrap();
        assert_eq!(last_good("1", "example.com"), None);
        let figures = LastGood {
            valid_rows: 7,
            in_scope: Some(8),
            changes: Some(ChangeCounts { disable: 3, ..ChangeCounts::default() }),
        };
        let columns = KnownColumns { columns: vec!["email".to_owned()], ignored_columns: Vec::new() };
        let run = LastGoodRun {
            run_id: "r".to_owned(),
            finished_at: Timestamp::UNIX_EPOCH,
            figures,
            columns,
            changed_by: None,
            previous: None,
        };
        state.remember(&tenant("1"), &scope("example.com"), false, run.clone()).unwrap();
        let known = |is_partial| state.last_columns(&tenant("1"), &scope("example.com"), is_partial).unwrap();
        assert_eq!((known(false).full.as_ref(), known(false).same_kind), (Some(&run.columns), known(true).full));
        assert_eq!(known(true).same_kind, None);
        assert_eq!(last_good("1", "example.com"), Some(figures));
        assert_eq!(last_good(" 1 ", "EXAMPLE.com"), Some(figures));
        assert_eq!(last_good("2", "example.com"), None);
        assert_eq!(last_good("1", "example.org"), None);
    }
}
