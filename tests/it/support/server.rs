//! An HTTP server on loopback whose every answer a test writes: any status, header and body, cut or missing answers.
//!
//! ```ignore
//! let server = Server::start(|request| match request.kind() {
//!     CallKind::List => Reply::json(r#"{"items":[],"more":false}"#),
//!     _ => Reply::json(r#"{"uid":"1"}"#).cut_after(5),
//! });
//! let run = Workspace::at(server.url()).sync_csv(csv, &[]);
//! ```

use std::net::TcpListener as StdListener;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use lumsync::sandbox::CallKind;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use super::api_client::{GET, LIST, SAVE};
use super::runtime::RUNTIME;

/// A running server; it ends with this value.
pub struct Server {
    url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    accepting: JoinHandle<()>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub struct Reply(Action);

#[derive(Debug, Clone)]
enum Action {
    Answer { status: StatusCode, headers: HeaderMap, body: Bytes, sent: Option<usize> },
    Forward { base_url: String },
    Close,
    Hang,
}

impl Reply {
    /// 200 with a JSON body, well-formed or not.
    pub fn json(body: impl Into<Bytes>) -> Self {
        Self::body(body).header("content-type", "application/json")
    }

    /// 200 with these bytes and no type.
    pub fn body(body: impl Into<Bytes>) -> Self {
        Self(Action::Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: body.into(), sent: None })
    }

    /// An empty answer with this status, 100 to 999.
    pub fn status(code: u16) -> Self {
        Self::body("").with_status(code)
    }

    pub fn with_status(mut self, code: u16) -> Self {
        if let Action::Answer { status, .. } = &mut self.0 {
            *status = StatusCode::from_u16(code).unwrap();
        }
        self
    }

    /// Sets a header; a `content-length` that is not that of the body is sent as it is.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Action::Answer { headers, .. } = &mut self.0 {
            headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        self
    }

    /// Promises the whole body, sends this many bytes of it, and closes the connection.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        if let Action::Answer { sent, .. } = &mut self.0 {
            *sent = Some(bytes);
        }
        self
    }

    /// Sends the request on to another server, and its answer back.
    pub fn forward(base_url: &str) -> Self {
        Self(Action::Forward { base_url: base_url.to_owned() })
    }

    /// Closes the connection without an answer.
    pub fn close() -> Self {
        Self(Action::Close)
    }

    /// Never answers.
    pub fn hang() -> Self {
        Self(Action::Hang)
    }
}

impl Request {
    /// The kind of call that the sandbox would count it as.
    pub fn kind(&self) -> CallKind {
        match self.uri.path() {
            LIST if self.parameter("feeds").is_empty() => CallKind::List,
            LIST => CallKind::FeedMembers,
            GET => CallKind::Get,
            SAVE if self.json().get("uid").is_some() => CallKind::SaveUpdate,
            SAVE => CallKind::SaveCreate,
            path if path.ends_with("/feed/subscribers/save") => CallKind::FeedSave,
            path if path.ends_with("/feed/list") => CallKind::FeedList,
            path if path.ends_with("-token") => CallKind::Token,
            _ => CallKind::Other,
        }
    }

    /// A parameter of the query; empty when it is not there.
    pub fn parameter(&self, name: &str) -> String {
        let query = self.uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

type Answering = Arc<Mutex<dyn FnMut(&Request) -> Reply + Send>>;

impl Server {
    /// Answers each request as `answer` says, one at a time.
    pub fn start(answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::default();
        let accepting = RUNTIME.spawn(accept(listener, Arc::new(Mutex::new(answer)), Arc::clone(&requests)));
        Self { url, requests, accepting }
    }

    /// The root, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The connections are in a set that ends with the task.
        self.accepting.abort();
    }
}

async fn accept(listener: StdListener, answering: Answering, requests: Arc<Mutex<Vec<Request>>>) {
    let listener = TcpListener::from_std(listener).unwrap();
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&answering), Arc::clone(&requests)));
    }
}

async fn serve(stream: TcpStream, answering: Answering, requests: Arc<Mutex<Vec<Request>>>) {
    let service = service_fn(|request| {
        let (answering, requests) = (Arc::clone(&answering), Arc::clone(&requests));
        async move {
            let request = read(request).await?;
            requests.lock().unwrap().push(request.clone());
            let asked = request.clone();
            let reply = spawn_blocking(move || answering.lock().unwrap()(&asked)).await.map_err(|_| Closed)?;
            reply.send(&request).await
        }
    });
    // A connection that a test closes ends with an error.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Ends a connection at once.
#[derive(Debug, thiserror::Error)]
#[error("closed by the test")]
struct Closed;

async fn read(request: hyper::Request<Incoming>) -> Result<Request, Closed> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), usize::MAX).await.map_err(|_| Closed)?;
    Ok(Request { method: head.method, uri: head.uri, headers: head.headers, body })
}

impl Reply {
    async fn send(self, request: &Request) -> Result<Response<Body>, Closed> {
        match self.0 {
            Action::Answer { status, headers, body, sent } => Ok(response(status, headers, body, sent)),
            Action::Forward { base_url } => forward(request, &base_url).await,
            Action::Close => Err(Closed),
            Action::Hang => std::future::pending().await,
        }
    }
}

fn response(status: StatusCode, mut headers: HeaderMap, body: Bytes, sent: Option<usize>) -> Response<Body> {
    headers.entry(CONTENT_LENGTH).or_insert_with(|| body.len().into());
    let body = match sent {
        Some(sent) => cut(body.slice(..sent.min(body.len()))),
        None => Body::from_stream(stream::iter([Ok::<_, Closed>(body)])),
    };
    let mut response = Response::new(body);
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}

/// A body that fails behind these bytes. Between them and the failure it is not ready once, so that they are sent.
fn cut(bytes: Bytes) -> Body {
    let failure = stream::once(async {
        tokio::task::yield_now().await;
        Err(Closed)
    });
    Body::from_stream(futures::StreamExt::chain(stream::iter([Ok(bytes)]), failure))
}

async fn forward(request: &Request, base_url: &str) -> Result<Response<Body>, Closed> {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut headers = request.headers.clone();
    headers.remove(HOST);
    let sending = client.request(request.method.clone(), format!("{base_url}{}", request.uri)).headers(headers);
    let answer = sending.body(request.body.clone()).send().await.map_err(|_| Closed)?;
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
    Ok(response(status, headers, answer.bytes().await.map_err(|_| Closed)?, None))
}

#[test]
fn a_cut_answer_promises_the_whole_body_and_sends_a_part() {
    use std::io::{Read, Write};
    let server = Server::start(|_| Reply::body("0123456789").with_status(207).header("x-tenant", "a").cut_after(4));
    let mut stream = std::net::TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /a?b=c%20d HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    assert!(received.starts_with("HTTP/1.1 207 ") && received.contains("\r\nx-tenant: a\r\n"), "{received}");
    assert!(received.contains("\r\ncontent-length: 10\r\n") && received.ends_with("\r\n\r\n0123"), "{received}");
    assert_eq!(server.requests()[0].parameter("b"), "c d");
}
