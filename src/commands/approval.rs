//! Who signed a plan (`--allowed-signers`): the files around it, read for [`crate::approval`].

use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::job::failure::{CommandError, Failure};
use crate::approval::{AllowedSigners, SignatureFile, agreement};
use crate::clock;
use crate::settings::ApprovalSection;

/// The people who signed the plan with these bytes; an error when too few did. Empty where no approval is needed.
pub(super) fn signers(plan: &Path, bytes: &[u8], settings: &ApprovalSection) -> Result<Vec<String>, Failure> {
    let Some(path) = &settings.allowed_signers else {
        return match settings.count {
            None => Ok(Vec::new()),
            Some(_) => Err(CommandError::NoAllowedSigners.into()),
        };
    };
    let allowed = allowed_signers(path)?;
    let needed = settings.count.map_or(1, |count| count.get() as usize);
    let refused = |problem: String| CommandError::Plan { path: plan.display().to_string(), problem };
    let files =
        signature_files(plan).map_err(|error| refused(format!("lies in a folder that can't be read: {error}")))?;
    match agreement(bytes, &files, &allowed, needed, clock::now()) {
        Ok(agreement) => Ok(agreement.signers),
        Err(disagreement) => Err(refused(disagreement.to_string()).into()),
    }
}

/// `sync` refuses a job that needs approvals.
pub(super) fn refuse_without(settings: &ApprovalSection) -> Result<(), CommandError> {
    match (&settings.allowed_signers, settings.count) {
        (None, None) => Ok(()),
        _ => Err(CommandError::NeedsApproval),
    }
}

fn allowed_signers(path: &Path) -> Result<AllowedSigners, CommandError> {
    let unusable = |problem: String| CommandError::AllowedSigners { path: path.to_owned(), problem };
    let text = fs::read_to_string(path).map_err(|error| unusable(format!("can't be read ({error})")))?;
    AllowedSigners::parse(&text, &TimeZone::system()).map_err(|error| unusable(format!("can't be used: {error}")))
}

/// `PLAN.sig` and `PLAN.*.sig`, in the order of their names.
fn signature_files(plan: &Path) -> std::io::Result<Vec<SignatureFile>> {
    let folder = plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let prefix = format!("{}.", plan.file_name().unwrap_or_default().to_string_lossy());
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ending = name.strip_prefix(&prefix).map(|rest| rest.rsplit_once('.').map_or(rest, |(_, ending)| ending));
        if ending == Some("sig") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| SignatureFile {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        content: fs::read(&path).map_err(|error| error.to_string()),
    };
    Ok(paths.into_iter().map(read).collect())
}
