//! Certificates: a server behind TLS whose certificate no system knows (`fixtures/tls`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::operator::{Ended, Operator, csv_of, ended, people};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

/// Speaks TLS for the operator's tenant; the port, and how many connections there were.
struct Terminator {
    _runtime: tokio::runtime::Runtime,
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Terminator {
    fn of(operator: &Operator) -> Self {
        let chain = vec![CertificateDer::from_pem_file(fixture("server.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(fixture("server-key.pem")).unwrap();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let behind = operator.sandbox.base_url().trim_start_matches("http://").to_owned();
        let connections = Arc::new(AtomicUsize::new(0));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let count = Arc::clone(&connections);
        runtime.spawn(async move {
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
        Self { _runtime: runtime, url, connections }
    }

    fn plan(&self, operator: &Operator, variables: &[(&str, &Path)], options: &[&str]) -> Ended {
        let mut command = operator.command(&[&["plan", "users.csv"], options].concat());
        command.env("LUMSYNC_BASE_URL", &self.url).envs(variables.iter().copied());
        ended(&command.output().unwrap())
    }
}

#[test]
fn a_certificate_that_is_not_trusted_ends_the_run_at_the_first_connection_and_says_what_to_do() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(2)));
    let tenant = Terminator::of(&operator);
    let ended = tenant.plan(&operator, &[], &[]).expect(1).says(&["--ca-file", "SSL_CERT_FILE"]);
    assert_eq!(ended.stderr.to_lowercase().matches("unknownissuer").count(), 1, "{}", ended.stderr);
    assert_eq!(tenant.connections.load(Ordering::Relaxed), 1);
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn certificates_of_a_ca_file_are_trusted() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(2)));
    let tenant = Terminator::of(&operator);
    let ca_file = fixture("ca.pem");
    tenant.plan(&operator, &[], &["--ca-file", ca_file.to_str().unwrap()]).expect(0);
    tenant.plan(&operator, &[("LUMSYNC_CA_FILE", &ca_file)], &[]).expect(0);
    tenant.plan(&operator, &[("SSL_CERT_FILE", &ca_file)], &[]).expect(0);
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    let operator = Operator::of(&people(1));
    operator.csv(&csv_of(&people(1)));
    operator.write("empty.pem", "no certificate\n");
    operator.run(&["plan", "users.csv", "--ca-file", "empty.pem"]).expect(2).says(&["empty.pem"]);
    operator.run(&["plan", "users.csv", "--ca-file", "missing.pem"]).expect(2).says(&["missing.pem"]);
    assert!(operator.sandbox.traffic().is_empty());
}
