//! Certificates: a server behind TLS whose certificate no system knows (`fixtures/tls`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::data::users::{csv_of, people};
use crate::support::run::Run;
use crate::support::runtime::RUNTIME;
use crate::support::workspace::Workspace;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

/// Speaks TLS in front of the tenant of a workspace, and counts the connections.
struct Terminator {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Terminator {
    fn of(workspace: &Workspace) -> Self {
        let chain = vec![CertificateDer::from_pem_file(fixture("server.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(fixture("server-key.pem")).unwrap();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let behind = workspace.sandbox().base_url().trim_start_matches("http://").to_owned();
        let connections = Arc::new(AtomicUsize::new(0));
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let count = Arc::clone(&connections);
        RUNTIME.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    let mut server = TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { url, connections }
    }

    fn plan(&self, workspace: &Workspace, variables: &[(&str, &Path)], options: &[&str]) -> Run {
        let mut command = workspace.command(&[&["plan", "users.csv"], options].concat());
        command.env("LUMSYNC_BASE_URL", &self.url).envs(variables.iter().copied());
        Run::of(&command.output().unwrap())
    }
}

#[test]
fn a_certificate_that_is_not_trusted_ends_the_run_at_the_first_connection_and_says_what_to_do() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    let tenant = Terminator::of(&workspace);
    let run = tenant.plan(&workspace, &[], &[]).exits_with(1).stderr_contains(&["--ca-file", "SSL_CERT_FILE"]);
    assert_eq!(run.stderr.to_lowercase().matches("unknownissuer").count(), 1, "{}", run.stderr);
    assert_eq!(tenant.connections.load(Ordering::Relaxed), 1);
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn certificates_of_a_ca_file_are_trusted() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    let tenant = Terminator::of(&workspace);
    let ca_file = fixture("ca.pem");
    tenant.plan(&workspace, &[], &["--ca-file", ca_file.to_str().unwrap()]).exits_with(0);
    tenant.plan(&workspace, &[("LUMSYNC_CA_FILE", &ca_file)], &[]).exits_with(0);
    tenant.plan(&workspace, &[("SSL_CERT_FILE", &ca_file)], &[]).exits_with(0);
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(&csv_of(&people(1)));
    workspace.write("empty.pem", "no certificate\n");
    workspace.run(&["plan", "users.csv", "--ca-file", "empty.pem"]).exits_with(2).stderr_contains(&["empty.pem"]);
    workspace.run(&["plan", "users.csv", "--ca-file", "missing.pem"]).exits_with(2).stderr_contains(&["missing.pem"]);
    assert!(workspace.sandbox().traffic().is_empty());
}
