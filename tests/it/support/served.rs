//! `lumsync sandbox` as a process of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};

/// The built binary, serving a tenant; killed when the test ends before it is stopped.
pub struct Served {
    process: Child,
    /// The assignments that it told.
    pub facts: HashMap<String, String>,
}

impl Served {
    /// Starts it and reads what it tells until all is told.
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_lumsync"))
            .arg("sandbox")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let told = lines.take_while(|line| !line.contains("/_sandbox/traffic"));
        let facts =
            told.filter_map(|line| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
        let facts = facts.collect();
        Self { process, facts }
    }

    pub fn url(&self) -> &str {
        &self.facts["LUMSYNC_BASE_URL"]
    }

    /// Reads a page for scripts.
    pub fn read(&self, path: &str) -> String {
        let (_, address) = self.url().split_once("//").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// Sends SIGTERM and waits for the end.
    pub fn terminate(mut self) -> ExitStatus {
        let sent = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(sent.success());
        self.process.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Fails only where the process has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
