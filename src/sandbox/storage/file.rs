//! The tenant's file: one user, group or type of groups a line, in the order of creation, replaced whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use super::object::{StoredObject, UserProblem, identifier};
use super::raw_object::RawObject;
use super::store::Store;
use crate::sandbox::rules::save::free_uid;
use crate::sandbox::rules::tenant::Tenant;
use crate::sandbox::sample::generate;
use crate::sandbox::settings::{SandboxError, SandboxSettings, TenantSource};

/// The built-in sample.
const SAMPLE: &str = concat!(
    include_str!("../../../fixtures/tenants/sample.jsonl"),
    include_str!("../../../fixtures/tenants/sample-groups.jsonl"),
);

/// Loads the tenant; where another file than its source is to keep it, that is written at once.
pub(crate) fn load(settings: SandboxSettings) -> Result<Tenant, SandboxError> {
    let mut users = match &settings.tenant {
        TenantSource::Empty => Store::default(),
        TenantSource::Sample => read_lines(SAMPLE.as_bytes(), "the built-in sample")?,
        TenantSource::Lines(text) => read_lines(text.as_bytes(), "the lines given")?,
        TenantSource::Generated { users, seed } => {
            generate::tenant(*users, *seed, settings.mix, &settings.organization_id)
        }
        TenantSource::File(path) => read_file(path)?,
    };
    users.count_changes_from_here();
    let tenant = Tenant::new(settings, users);
    if let Some(target) = &tenant.settings.save_to
        && tenant.settings.tenant != TenantSource::File(target.clone())
    {
        save(&tenant, target)?;
    }
    Ok(tenant)
}

fn read_file(path: &Path) -> Result<Store, SandboxError> {
    let path = path.to_owned();
    match File::open(&path) {
        Ok(file) => read_lines(BufReader::new(file), &path.display().to_string()),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Err(SandboxError::NoFile { path }),
        Err(source) => Err(SandboxError::Read { path, source }),
    }
}

fn read_lines(reader: impl BufRead, origin: &str) -> Result<Store, SandboxError> {
    let mut store = Store::default();
    for (line, text) in (1..).zip(reader.lines()) {
        let at = |reason: String| SandboxError::Line { origin: origin.to_owned(), line, reason };
        let text = text.map_err(|error| at(error.to_string()))?;
        if !text.trim().is_empty() {
            let object = read_object(&text, &store).map_err(|problem| at(problem.to_string()))?;
            let uid = object.uid.clone();
            store.push(object).ok_or_else(|| at(format!("another object has the uid {uid}")))?;
        }
    }
    Ok(store)
}

/// An object without an identifier gets one that follows from its place: the same at each start, so that the file need
/// not be written for it.
fn read_object(text: &str, store: &Store) -> Result<StoredObject, UserProblem> {
    let mut object = RawObject::parse(text)?;
    if object.get("uid").is_none() {
        let uid = object.get("id").and_then(identifier).map_or_else(|| free_uid(store), String::from);
        object.set("uid", &uid)?;
        object.set("id", &uid)?;
    }
    StoredObject::from_object(&object)
}

/// Writes all objects beside the file and puts that in the file's place; returns the version of the state before.
pub(crate) fn save(tenant: &Tenant, path: &Path) -> Result<u64, SandboxError> {
    let version = tenant.state().objects.version();
    replace(tenant, path).map_err(|source| SandboxError::Save { path: path.to_owned(), source })?;
    Ok(version)
}

fn replace(tenant: &Tenant, path: &Path) -> io::Result<()> {
    let target: PathBuf = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".lumsync-").tempfile_in(folder)?;
    write_lines(tenant, &mut file, |_| true)?;
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

/// How many objects are copied out at a time, so that no call waits for the disk.
const OBJECTS_A_CHUNK: usize = 1_000;

/// Writes the line of each object that is wanted, in the order of creation.
pub(crate) fn write_lines(
    tenant: &Tenant,
    writer: &mut impl Write,
    is_wanted: impl Fn(&StoredObject) -> bool,
) -> io::Result<()> {
    let mut next = Some(0);
    while let Some(from) = next {
        let lines;
        (lines, next) = chunk(&tenant.state().objects, from, &is_wanted);
        writer.write_all(lines.as_bytes())?;
    }
    Ok(())
}

/// The lines of a chunk, and where the next one begins.
fn chunk(store: &Store, from: usize, is_wanted: impl Fn(&StoredObject) -> bool) -> (String, Option<usize>) {
    let end = from + OBJECTS_A_CHUNK;
    let objects = store.iter_from(from).take_while(|(position, _)| *position < end);
    let wanted = objects.filter(|(_, object)| is_wanted(object));
    let lines = wanted.flat_map(|(_, object)| [&*object.line, "\n"]).collect();
    (lines, (end < store.positions()).then_some(end))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const TWO: &str = concat!(
        r#"{"uid":"1","email":"a@example.com","n":12345678901234567890123,"customProfile":{"b": [1,  2]}}"#,
        "\n\n",
        r#"{"uid":"2","email":"b@example.com"}"#,
    );

    fn lines(text: &str) -> Result<Store, SandboxError> {
        read_lines(text.as_bytes(), "test.jsonl")
    }

    fn tenant(text: &str) -> Tenant {
        Tenant::new(SandboxSettings::default(), lines(text).unwrap())
    }

    #[test]
    fn what_is_loaded_is_saved_byte_for_byte_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenant.jsonl");
        save(&tenant(TWO), &path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), TWO.replace("\n\n", "\n") + "\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn more_users_than_are_saved_at_once_are_all_saved() {
        let user = |number| format!("{{\"uid\":\"{number}\",\"email\":\"u{number}@example.com\"}}\n");
        let text = (0..2_500).map(user).collect::<Vec<_>>().concat();
        let mut saved = Vec::new();
        write_lines(&tenant(&text), &mut saved, |_| true).unwrap();
        assert_eq!(String::from_utf8(saved).unwrap(), text);
    }

    #[test]
    fn a_bad_line_is_named() {
        for (line, reason) in [
            ("{\"uid\":", "EOF"),
            ("[]", "JSON object"),
            (r#"{"uid":"3"}"#, "`email`"),
            (r#"{"uid":"1","email":"c@example.com"}"#, "uid 1"),
        ] {
            let message = lines(&format!("{TWO}\n{line}")).unwrap_err().to_string();
            assert!(message.starts_with("line 4 of test.jsonl") && message.contains(reason), "{message}");
        }
    }

    #[test]
    fn users_without_an_identifier_get_one() {
        let store = lines("{\"email\":\"a@example.com\"}\n{\"id\":\"9\",\"email\":\"b@example.com\"}").unwrap();
        assert_eq!(store.find_uid("9"), Some(1));
        assert_eq!(&*store.at(0).unwrap().uid, "4503599627370496");
    }

    #[test]
    fn the_sample_loads() {
        let store = lines(SAMPLE).unwrap();
        assert!(store.positions() >= 40);
    }

    #[test]
    fn a_missing_file_says_how_to_begin() {
        let error = read_file(Path::new("/nowhere/tenant.jsonl")).unwrap_err();
        assert!(error.to_string().contains("to begin with an empty tenant"));
    }
}
