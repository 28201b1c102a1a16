//! Whether enough different people signed a plan.

use jiff::Timestamp;
use ssh_key::public::KeyData;
use ssh_key::{Certificate, HashAlg};
use thiserror::Error;

use super::allowed_signers::{AllowedSigner, AllowedSigners};
use super::pattern::may_be_same;
use super::signature::{NAMESPACE, SignedBy, check};

/// A file beside the plan that should hold a signature.
#[derive(Debug)]
pub struct SignatureFile {
    /// The file's name.
    pub name: String,
    /// What it holds; or why it can't be read.
    pub content: Result<Vec<u8>, String>,
}

/// Enough people agreed.
#[derive(Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Each of them once, by principal.
    pub signers: Vec<String>,
}

/// Too few people agreed.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{}", self.message())]
pub struct Disagreement {
    /// How many must agree.
    pub needed: usize,
    /// Who does.
    pub signers: Vec<String>,
    /// What is wrong with the other signatures, each with its file.
    pub problems: Vec<String>,
}

/// A signature that counts.
struct Signer {
    principals: Vec<String>,
    key: KeyData,
}

/// Holds the signatures against the allowed signers. Signatures that may be the same person's count once: those by one
/// key, and those whose principals match each other.
pub fn agreement(
    message: &[u8],
    files: &[SignatureFile],
    allowed: &AllowedSigners,
    needed: usize,
    now: Timestamp,
) -> Result<Agreement, Disagreement> {
    let mut people: Vec<Vec<Signer>> = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match judge(file, message, allowed, now) {
            Ok(signer) => {
                let (same, mut others): (Vec<_>, Vec<_>) =
                    people.into_iter().partition(|person| person.iter().any(|other| signer.may_be(other)));
                if let Some(other) = same.first().and_then(|person| person.first()) {
                    problems.push(format!("{} is of somebody who signed already ({})", file.name, other.name()));
                }
                others.push(same.into_iter().flatten().chain([signer]).collect());
                people = others;
            }
            Err(problem) => problems.push(format!("{} {problem}", file.name)),
        }
    }
    let mut signers: Vec<String> = people.iter().filter_map(|person| person.first().map(Signer::name)).collect();
    signers.sort();
    if signers.len() >= needed { Ok(Agreement { signers }) } else { Err(Disagreement { needed, signers, problems }) }
}

impl Disagreement {
    fn message(&self) -> String {
        let signed = match (self.signers.as_slice(), self.problems.as_slice()) {
            ([], []) => "no signature was found beside it (PLAN.sig or PLAN.*.sig)".to_owned(),
            ([], _) => "no signature counts".to_owned(),
            (signers, _) => format!("only {} did", signers.join(", ")),
        };
        let people = if self.needed == 1 {
            "one allowed signer".to_owned()
        } else {
            format!("{} different allowed signers", self.needed)
        };
        let problems = [&[String::new()], self.problems.as_slice()].concat().join("; ");
        format!(
            "must be signed by {people}, and {signed}{problems}: sign it with `ssh-keygen -Y sign -n {NAMESPACE} -f KEY PLAN`"
        )
    }
}

impl Signer {
    fn name(&self) -> String {
        self.principals.join(",")
    }

    fn may_be(&self, other: &Self) -> bool {
        let shares = |principal: &String| other.principals.iter().any(|theirs| may_be_same(principal, theirs));
        self.key == other.key || self.principals.iter().any(shares)
    }
}

fn judge(file: &SignatureFile, message: &[u8], allowed: &AllowedSigners, now: Timestamp) -> Result<Signer, String> {
    let content = file.content.as_ref().map_err(|problem| format!("can't be read ({problem})"))?;
    let SignedBy { key, certificate } = check(content, message)?;
    let mut principals = Vec::new();
    let mut refusals = Vec::new();
    for line in allowed.iter() {
        match named_by(line, &key, certificate.as_ref(), now) {
            None => {}
            Some(Ok(mut named)) => principals.append(&mut named),
            Some(Err(refusal)) => refusals.push(refusal),
        }
    }
    if principals.is_empty() {
        let fingerprint = key.fingerprint(HashAlg::Sha256);
        let why = if refusals.is_empty() { "which is no allowed signer's".to_owned() } else { refusals.join(", ") };
        return Err(format!("was made by the key {fingerprint}, {why}"));
    }
    principals.sort();
    principals.dedup();
    Ok(Signer { principals, key })
}

/// Whom a line names as the signer; nothing where it speaks of another key, an error where it does not count now.
fn named_by(
    line: &AllowedSigner,
    key: &KeyData,
    certificate: Option<&Certificate>,
    now: Timestamp,
) -> Option<Result<Vec<String>, String>> {
    let names = match (certificate, line.is_authority) {
        (None, false) if line.key == *key => line.principals.names().map(str::to_owned).collect(),
        (Some(certificate), true) if *certificate.signature_key() == line.key => {
            match certified(line, certificate, now) {
                Ok(names) => names,
                Err(refusal) => return Some(Err(refusal)),
            }
        }
        _ => return None,
    };
    Some(line.refusal(NAMESPACE, now).map_or(Ok(names), Err))
}

fn certified(line: &AllowedSigner, certificate: &Certificate, now: Timestamp) -> Result<Vec<String>, String> {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let authority = line.key.fingerprint(HashAlg::Sha256);
    if certificate.cert_type() != ssh_key::certificate::CertType::User {
        return Err("its certificate is no user's".to_owned());
    }
    if certificate.validate_at(seconds, [&authority]).is_err() {
        return Err("its certificate is not valid now, or not by that authority".to_owned());
    }
    let names = certificate.valid_principals().iter().filter(|name| line.principals.matches(name));
    let names: Vec<String> = names.cloned().collect();
    if names.is_empty() {
        return Err(format!("its certificate names nobody whom line {} of the allowed signers allows", line.line));
    }
    Ok(names)
}
