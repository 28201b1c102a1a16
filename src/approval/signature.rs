//! One signature as `ssh-keygen -Y sign` writes it, taken apart and checked. All cryptography is the crate `ssh-key`'s.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::public::KeyData;
use ssh_key::{Certificate, PublicKey, SshSig};

/// What a signature of a plan is made for (`ssh-keygen -n`): one made for anything else says nothing about a plan.
pub const NAMESPACE: &str = "lumsync-plan";

const NO_SIGNATURE: &str = "is no signature that ssh-keygen made";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// `SSHSIG` and the version, which stand in front of the key.
const PREAMBLE: usize = 10;

/// Whose key made a signature.
#[derive(Debug)]
pub(super) struct SignedBy {
    pub(super) key: KeyData,
    /// The certificate that stood in place of the key.
    pub(super) certificate: Option<Certificate>,
}

/// Checks that a text is a signature of this message, made for a plan; an error says what is wrong with it.
pub(super) fn check(text: &[u8], message: &[u8]) -> Result<SignedBy, String> {
    let (signature, certificate) = read(text)?;
    if signature.namespace() != NAMESPACE {
        return Err(format!("was made for the namespace `{}`, not for `{NAMESPACE}`", signature.namespace()));
    }
    let key = signature.public_key().clone();
    match PublicKey::from(key.clone()).verify(NAMESPACE, message, &signature) {
        Ok(()) => Ok(SignedBy { key, certificate }),
        Err(ssh_key::Error::AlgorithmUnsupported { .. } | ssh_key::Error::AlgorithmUnknown) => {
            Err(format!("is of a kind that is not supported ({})", signature.algorithm()))
        }
        Err(_) => Err("is not of this plan: it was made for another file, or the plan was changed since".to_owned()),
    }
}

/// The crate reads signatures with plain keys: a certificate is taken out, and its key put in its place. That changes
/// nothing about what was signed, which holds no key.
fn read(text: &[u8]) -> Result<(SshSig, Option<Certificate>), &'static str> {
    let bytes = decode(text).ok_or(NO_SIGNATURE)?;
    let (preamble, rest) = bytes.split_at_checked(PREAMBLE).ok_or(NO_SIGNATURE)?;
    let (key, rest) = prefixed(rest).ok_or(NO_SIGNATURE)?;
    let is_certificate = prefixed(key).is_some_and(|(kind, _)| kind.ends_with(b"-cert-v01@openssh.com"));
    if !is_certificate {
        return Ok((SshSig::from_pem(armor(&bytes)).map_err(|_| NO_SIGNATURE)?, None));
    }
    let certificate = Certificate::from_bytes(key).map_err(|_| {
        "was made with a certificate that can't be read; one without an end is not supported (ssh-keygen -s … -V +52w)"
    })?;
    let key = PublicKey::from(certificate.public_key().clone()).to_bytes().map_err(|_| NO_SIGNATURE)?;
    let length = u32::try_from(key.len()).map_err(|_| NO_SIGNATURE)?.to_be_bytes();
    let plain = [preamble, &length, &key, rest].concat();
    Ok((SshSig::from_pem(armor(&plain)).map_err(|_| NO_SIGNATURE)?, Some(certificate)))
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let armored = std::str::from_utf8(text).ok()?.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    STANDARD.decode(armored.split_ascii_whitespace().collect::<String>()).ok()
}

/// A text with its length in front, and what follows it.
fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

fn armor(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    // The alphabet of Base64 is ASCII.
    let lines = text.as_bytes().chunks(70).map(String::from_utf8_lossy).collect::<Vec<_>>();
    format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
}
