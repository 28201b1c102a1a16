//! `--allowed-signers`: a plan that too few people signed is not applied. Signatures are made by the real `ssh-keygen`.

use serde_json::json;

use crate::support::data::users::{csv_of, people};
use crate::support::external::ssh;
use crate::support::workspace::Workspace;

const NAMESPACE: &str = "lumsync-plan";

/// A plan that renames one user, and the keys of Ann (Ed25519), Bob (RSA) and Cyd (ECDSA), all of them allowed.
struct Signing {
    workspace: Workspace,
    keys: [String; 3],
}

impl Signing {
    fn new() -> Self {
        let workspace = Workspace::serving(&people(2));
        workspace.write_csv(&csv_of(&people(2)).replace(",P1,", ",Pat,"));
        workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
        let key = |name, kind: &[&str]| ssh::key(workspace.folder(), name, kind);
        let keys = [key("ann", &["ed25519"]), key("bob", &["rsa", "-b", "2048"]), key("cyd", &["ecdsa", "-b", "521"])];
        let signing = Self { workspace, keys };
        signing.allow(&["", "", ""]);
        signing
    }

    /// Writes the allowed signers, each with options in front of its key.
    fn allow(&self, options: &[&str; 3]) {
        let people = ["ann", "bob", "cyd"].into_iter().zip(options).zip(&self.keys);
        let lines = people.map(|((name, options), key)| format!("{name}@example.com {options} {key} of {name}\n"));
        self.workspace.write("allowed", &format!("# who may agree\n\n{}", lines.collect::<String>()));
    }

    fn sign(&self, key: &str) {
        ssh::sign(self.workspace.folder(), "plan.json", key, NAMESPACE);
    }

    fn apply(&self, approvals: &str) -> crate::support::run::Run {
        self.workspace.run(&["apply", "plan.json", "--allowed-signers", "allowed", "--approvals", approvals])
    }

    fn is_refused(&self, approvals: &str, says: &[&str]) {
        self.apply(approvals).exits_with(2).stderr_contains(says);
        assert!(self.workspace.calls(lumsync::sandbox::CallKind::Get).is_empty() && self.workspace.saves().is_empty());
    }
}

#[test]
fn a_plan_is_applied_when_enough_different_people_signed_it_whatever_their_kind_of_key() {
    let signing = Signing::new();
    signing.is_refused("1", &["no signature was found", "plan.json", "ssh-keygen -Y sign -n lumsync-plan"]);
    signing.sign("ann");
    signing.is_refused("2", &["2 different allowed signers", "only ann@example.com did"]);
    signing.sign("bob");
    signing.sign("cyd");
    signing.is_refused("4", &["ann@example.com, bob@example.com, cyd@example.com"]);
    signing.apply("3").exits_with(0);
    assert_eq!(signing.workspace.report()["signers"], json!(["ann@example.com", "bob@example.com", "cyd@example.com"]));
    assert_eq!(signing.workspace.user("p1@example.com").unwrap()["firstName"], "Pat");
}

#[test]
fn a_signature_that_does_not_count_is_named_with_what_is_wrong_with_it() {
    let signing = Signing::new();
    let folder = signing.workspace.folder();
    ssh::key(folder, "eve", &["ed25519"]);
    signing.sign("eve");
    ssh::sign(folder, "plan.json", "bob", "file");
    signing.workspace.write("other.json", "another file");
    ssh::sign(folder, "other.json", "cyd", NAMESPACE);
    std::fs::rename(folder.join("other.json.cyd.sig"), folder.join("plan.json.cyd.sig")).unwrap();
    signing.workspace.write("plan.json.sig", "agreed, Ann");
    std::fs::write(folder.join("plan.json.dot.sig"), b"\xff\x00").unwrap();
    std::fs::create_dir(folder.join("plan.json.dir.sig")).unwrap();
    signing.is_refused(
        "1",
        &[
            "plan.json.eve.sig was made by the key SHA256:",
            "no allowed signer's",
            "plan.json.bob.sig was made for the namespace `file`",
            "plan.json.cyd.sig is not of this plan",
            "plan.json.sig is no signature",
            "plan.json.dot.sig is no signature",
            "plan.json.dir.sig can't be read",
        ],
    );
}

#[test]
fn one_byte_more_makes_another_plan() {
    let signing = Signing::new();
    signing.sign("ann");
    let plan = signing.workspace.read("plan.json");
    for changed in [format!("{plan}\n"), plan.replace("\"Pat\"", "\"Eve\"")] {
        signing.workspace.write("plan.json", &changed);
        signing.is_refused("1", &["plan.json.ann.sig is not of this plan"]);
    }
    signing.workspace.write("plan.json", &plan);
    signing.apply("1").exits_with(0);
}

#[test]
fn one_person_counts_once_however_often_and_with_how_many_keys_it_signs() {
    let signing = Signing::new();
    let folder = signing.workspace.folder();
    let second = ssh::key(folder, "ann-at-home", &["ed25519"]);
    let allowed = signing.workspace.read("allowed");
    let same = "is of somebody who signed already (ann@example.com)";
    signing.sign("ann");
    std::fs::copy(folder.join("plan.json.ann.sig"), folder.join("plan.json.sig")).unwrap();
    signing.is_refused("2", &[same]);
    std::fs::remove_file(folder.join("plan.json.sig")).unwrap();
    signing.sign("ann-at-home");
    for principals in ["ann@example.com", "*@example.com", "dan@example.com,ann@example.com"] {
        signing.workspace.write("allowed", &format!("{allowed}{principals} {second}\n"));
        signing.is_refused("2", &["is of somebody who signed already"]);
    }
    signing.workspace.write("allowed", &format!("{allowed}dan@example.com {second}\n"));
    signing.apply("2").exits_with(0);
}

#[test]
fn validity_and_namespaces_of_the_allowed_signers_hold() {
    let signing = Signing::new();
    signing.sign("ann");
    for (options, says) in [
        ("valid-before=\"20200101\"", "has expired"),
        ("valid-after=\"29990101Z\"", "valid only after"),
        ("namespaces=\"git,file\"", "not for the namespace"),
        ("cert-authority", "no allowed signer's"),
    ] {
        signing.allow(&[options, "", ""]);
        signing.is_refused("1", &[says]);
    }
    signing.allow(&["namespaces=\"git,lumsync-*\",valid-after=\"20200101\",valid-before=\"29990101\"", "", ""]);
    signing.apply("1").exits_with(0);
}

#[test]
fn a_certificate_signs_for_the_people_that_it_names_and_the_authority_may_vouch_for() {
    let signing = Signing::new();
    let folder = signing.workspace.folder();
    let authority = ssh::key(folder, "authority", &["ed25519"]);
    let certify = |principals: &str, more: &[&str]| {
        let arguments = [&["-q", "-s", "authority", "-I", "ann", "-n", principals], more, &["ann.pub"]].concat();
        ssh::keygen(folder, &arguments);
        signing.sign("ann-cert.pub");
    };
    signing.workspace.write("allowed", &format!("*@example.com,!root@* cert-authority {authority}\n"));
    for (principals, more, says) in [
        ("ann@example.org", &["-V", "+1d"][..], "names nobody"),
        ("root@example.com", &["-V", "+1d"], "names nobody"),
        ("ann@example.com", &["-V", "20200101:20210101"], "not valid now"),
        ("ann@example.com", &["-V", "+1d", "-h"], "no user's"),
        ("ann@example.com", &[], "without an end"),
    ] {
        certify(principals, more);
        signing.is_refused("1", &[says]);
    }
    certify("ann@example.com", &["-V", "+1d"]);
    signing.workspace.write("other-allowed", &format!("*@example.com cert-authority {}\n", signing.keys[1]));
    let other = ["apply", "plan.json", "--allowed-signers", "other-allowed"];
    signing.workspace.run(&other).exits_with(2).stderr_contains(&["no allowed signer's"]);
    signing.apply("1").exits_with(0);
    assert_eq!(signing.workspace.report()["signers"], json!(["ann@example.com"]));
}

#[test]
fn a_job_that_asks_for_approvals_is_not_done_by_sync() {
    let signing = Signing::new();
    signing.workspace.write("lumsync.toml", "[approval]\nallowed_signers = \"allowed\"\ncount = 2\n");
    let sync = ["sync", "users.csv", "--yes"];
    signing.workspace.run(&sync).exits_with(2).stderr_contains(&["lumsync plan -o"]);
    assert!(signing.workspace.saves().is_empty() && signing.workspace.runs().is_empty());
    signing.workspace.run(&["sync", "users.csv", "--dry-run"]).exits_with(0);
    signing.sign("ann");
    signing.workspace.run(&["apply", "plan.json"]).exits_with(2).stderr_contains(&["only ann@example.com did"]);
    signing.sign("bob");
    signing.workspace.run(&["apply", "plan.json"]).exits_with(0);
}

#[test]
fn allowed_signers_that_can_not_be_read_are_named_with_the_line() {
    let signing = Signing::new();
    signing.sign("ann");
    signing.workspace.write("allowed", "# people\nann@example.com ssh-ed25519 AAAA\n");
    signing.is_refused("1", &["the allowed signers allowed", "line 2"]);
    std::fs::remove_file(signing.workspace.path("allowed")).unwrap();
    signing.is_refused("1", &["the allowed signers allowed can't be read"]);
    let without = ["apply", "plan.json", "--approvals", "1"];
    signing.workspace.run(&without).exits_with(2).stderr_contains(&["--allowed-signers"]);
}
