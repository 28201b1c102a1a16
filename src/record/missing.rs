//! Who has had no row since when, kept for the next run of the same tenant and scope (`--grace`).

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::state::{StateDir, StateError, is_same_tenant};
use crate::model::Tenant;
use crate::plan::{MissingUsers, Scope};

const FORMAT: &str = "lumsync-missing";
const VERSION: u32 = 1;

/// The file as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MissingFile {
    format: String,
    version: u32,
    tenant: Tenant,
    #[serde(flatten)]
    users: MissingUsers,
}

impl StateDir {
    /// Who is missing since when; nobody where nothing was noted yet.
    pub fn missing_users(&self, tenant: &Tenant, scope: &Scope) -> Result<MissingUsers, StateError> {
        let path = self.missing_path(tenant, scope);
        let unreadable = |source| StateError::Memory { path: path.clone(), source };
        let file: MissingFile = match self.read_tenant_file(&path) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(MissingUsers::default()),
            Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                return Err(StateError::Unusable { path, source });
            }
            Err(source) => return Err(unreadable(source)),
        };
        if file.format == FORMAT && file.version == VERSION && is_same_tenant(&file.tenant, tenant) {
            return Ok(file.users);
        }
        Err(unreadable(io::Error::other("it is of another format, version or tenant")))
    }

    /// Keeps who is missing since when. Nothing is written where nobody was, and nobody is.
    pub fn note_missing_users(
        &self,
        tenant: &Tenant,
        scope: &Scope,
        update: impl FnOnce(&MissingUsers) -> MissingUsers,
    ) -> Result<(), StateError> {
        // A file that can't be read was reported when the plan was made; the waits begin anew.
        let before = match self.missing_users(tenant, scope) {
            Err(StateError::Memory { .. }) => MissingUsers::default(),
            known => known?,
        };
        let users = update(&before);
        if before.since.is_empty() && users.since.is_empty() {
            return Ok(());
        }
        let file = MissingFile { format: FORMAT.to_owned(), version: VERSION, tenant: tenant.clone(), users };
        self.write_tenant_file(self.missing_path(tenant, scope), &file)
    }

    fn missing_path(&self, tenant: &Tenant, scope: &Scope) -> PathBuf {
        self.tenant_file(tenant, scope, "missing.json")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::*;
    use crate::model::Uid;

    fn tenant(organization_id: &str) -> Tenant {
        Tenant { base_url: "https://cell.example.com".to_owned(), organization_id: organization_id.to_owned() }
    }

    #[test]
    fn who_is_missing_is_kept_for_its_tenant_and_scope_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        let scope = |domain: &str| Scope::new(&[], &[domain.to_owned()], &[], None).unwrap();
        let known = |organization, domain| state.missing_users(&tenant(organization), &scope(domain)).unwrap();
        let since = [(Uid::new("7"), Timestamp::UNIX_EPOCH)].into();
        let users = MissingUsers { as_of: Some(Timestamp::UNIX_EPOCH), since };
        state.note_missing_users(&tenant("1"), &scope("example.com"), |_| MissingUsers::default()).unwrap();
        assert!(!folder.path().join("tenants").exists(), "nobody is missing, nothing is kept");
        state.note_missing_users(&tenant("1"), &scope("example.com"), |_| users.clone()).unwrap();
        assert_eq!(known("1", "example.com"), users);
        assert_eq!(known("2", "example.com"), MissingUsers::default());
        assert_eq!(known("1", "example.org"), MissingUsers::default());
    }

    #[test]
    fn a_file_that_is_damaged_or_of_another_version_is_unreadable_and_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        let (tenant, scope) = (tenant("1"), Scope::default());
        let since = [(Uid::new("7"), Timestamp::UNIX_EPOCH)].into();
        let users = MissingUsers { as_of: None, since };
        state.note_missing_users(&tenant, &scope, |_| users.clone()).unwrap();
        let path = state.missing_path(&tenant, &scope);
        let written = fs::read_to_string(&path).unwrap();
        let versioned = written.replace("\"version\": 1", "\"version\": 2");
        for damaged in
            [&written[..written.len() / 2], "", "[]", &versioned, &written.replace("1970-01-01", "yesterday")]
        {
            fs::write(&path, damaged).unwrap();
            let error = state.missing_users(&tenant, &scope).unwrap_err();
            assert!(error.to_string().contains("missing.json"), "{error}");
        }
        state
            .note_missing_users(&tenant, &scope, |before| MissingUsers { as_of: before.as_of, ..users.clone() })
            .unwrap();
        assert_eq!(state.missing_users(&tenant, &scope).unwrap(), users);
    }
}
