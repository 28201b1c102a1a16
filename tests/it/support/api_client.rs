//! A plain client of the sandbox's API.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lumsync::sandbox::{CallKind, Fault, Sandbox, SandboxSettings, TenantSource};
use reqwest::{Client, Method, Response};
use serde_json::Value;

pub const LIST: &str = "/_ah/api/lumsites/v1/user/list";
pub const GET: &str = "/_ah/api/lumsites/v1/user/get";
pub const SAVE: &str = "/_ah/api/lumsites/v1/user/save";
pub const TOKEN: &str = "/v2/organizations/sandbox/application-token";

/// A running sandbox and a client that holds a token of it.
pub struct ApiClient {
    pub sandbox: Sandbox,
    pub http: Client,
    token: String,
}

/// Settings of a tenant with these users.
pub fn with_lines(lines: &str) -> SandboxSettings {
    SandboxSettings { tenant: TenantSource::Lines(lines.to_owned()), ..SandboxSettings::default() }
}

/// Three users: Ann and Bob external, Cleo of Google and hidden.
pub const THREE: &str = concat!(
    r#"{"uid":"1","email":"ann@example.com","firstName":"Ann","lastName":"Lee","accountType":"external","status":"enabled","customProfile":{"n":12345678901234567890123}}"#,
    "\n",
    r#"{"uid":"2","email":"bob@example.com","firstName":"Bob","lastName":"Ray","accountType":"external","status":"disabled"}"#,
    "\n",
    r#"{"uid":"3","email":"cleo@example.com","firstName":"Cleo","lastName":"Zed","accountType":"google","status":"enabled","isHidden":true}"#,
);

impl ApiClient {
    pub async fn start(settings: SandboxSettings) -> Self {
        let sandbox = Sandbox::start(settings).await.unwrap();
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let token = sandbox.token();
        Self { sandbox, http, token }
    }

    pub async fn with_fault(fault: &str) -> Self {
        Self::start(SandboxSettings { faults: vec![fault.parse().unwrap()], ..with_lines(THREE) }).await
    }

    pub fn set_fault(&self, fault: &str) {
        self.sandbox.set_faults(vec![fault.parse::<Fault>().unwrap()]);
    }

    /// Sends a call with the token.
    pub async fn send(&self, method: Method, path: &str, body: Option<&str>) -> reqwest::Result<Response> {
        let request = self.http.request(method, self.sandbox.base_url() + path).bearer_auth(&self.token);
        match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_owned()).send().await,
            None => request.send().await,
        }
    }

    /// A GET: its status and its answer.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.send(Method::GET, path, None).await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// A save: its status and its answer.
    pub async fn save(&self, body: &str) -> (u16, Value) {
        let response = self.send(Method::POST, SAVE, Some(body)).await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// Asks for a token as an application does.
    pub async fn login(&self, path: &str, secret: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.http.post(self.sandbox.base_url() + path).basic_auth("sandbox-client", Some(secret));
        let response = request.form(form).send().await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// Sends a call over a bare socket and reads until the server closes: what came, and how it ended.
    pub async fn over_a_socket(&self, method: &str, path: &str, body: &str) -> (Vec<u8>, Result<(), io::ErrorKind>) {
        let address = self.sandbox.base_url().replace("http://", "");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        tokio::task::spawn_blocking(move || exchange(&address, request.as_bytes())).await.unwrap()
    }

    /// How many calls of a kind there were.
    pub fn count(&self, kind: CallKind) -> usize {
        self.sandbox.traffic().iter().filter(|call| call.kind == kind).count()
    }

    /// The first names of all users in order.
    pub fn first_names(&self) -> Vec<String> {
        let name = |user: &Value| user["firstName"].as_str().unwrap_or("-").to_owned();
        self.sandbox.users().iter().map(name).collect()
    }
}

/// Far longer than any answer takes, so that only a hang is cut short by it.
const PATIENCE: Duration = Duration::from_millis(500);

fn exchange(address: &str, request: &[u8]) -> (Vec<u8>, Result<(), io::ErrorKind>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request).unwrap();
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received).map(|_| ()).map_err(|error| error.kind());
    (received, end)
}
