//! `lumsync sandbox` as a process of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::Signal;

use super::signals;

/// The built binary, serving a tenant; killed when the test ends before it is stopped.
pub struct SandboxProcess {
    process: Child,
    /// The variables that it printed, such as `LUMSYNC_BASE_URL`.
    pub variables: HashMap<String, String>,
}

impl SandboxProcess {
    /// Starts it and reads the variables that it prints.
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_lumsync"))
            .arg("sandbox")
            .args(arguments)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let printed = lines.take_while(|line| !line.contains("/_sandbox/traffic"));
        let assignment = |line: String| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let variables = printed.filter_map(assignment).collect();
        Self { process, variables }
    }

    pub fn url(&self) -> &str {
        &self.variables["LUMSYNC_BASE_URL"]
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
        signals::send(self.process.id(), Signal::TERM);
        self.process.wait().unwrap()
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        // Fails only where the process has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
