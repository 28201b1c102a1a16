//! The real `ssh-keygen`: keys, certificates and signatures as OpenSSH makes them.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::tools;

const INSTALL: &str = "install openssh-client (make prepare does)";

/// Makes a key pair `NAME` and `NAME.pub` of a type; hands back the public key.
pub fn key(folder: &Path, name: &str, kind: &[&str]) -> String {
    keygen(folder, &[&["-q", "-N", "", "-C", name, "-f", name, "-t"], kind].concat());
    let public = fs::read_to_string(folder.join(format!("{name}.pub"))).unwrap();
    public.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

/// Signs a file with a key, and moves the signature to `FILE.NAME.sig`.
pub fn sign(folder: &Path, file: &str, key: &str, namespace: &str) {
    let target = folder.join(format!("{file}.sig"));
    let _ = fs::remove_file(&target);
    keygen(folder, &["-q", "-Y", "sign", "-f", key, "-n", namespace, file]);
    fs::rename(target, folder.join(format!("{file}.{}.sig", key.trim_end_matches("-cert.pub")))).unwrap();
}

/// Runs `ssh-keygen` in a folder; panics when it fails.
pub fn keygen(folder: &Path, arguments: &[&str]) {
    tools::run(Command::new("ssh-keygen").args(arguments).current_dir(folder), INSTALL);
}
