//! Connections: the sockets stay in our hands, so that a fault can reset or close one for real.

use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Closed in good order.
    Close,
    /// A reset: what is under way is lost.
    Reset,
}

/// What a handler knows of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    end: Arc<watch::Sender<Option<End>>>,
    /// The port that the sandbox listens on.
    pub(crate) port: u16,
}

impl Connection {
    /// Ends the connection, and with it the handler that waits here.
    pub(crate) async fn end<T>(self, how: End) -> T {
        self.end.send_replace(Some(how));
        std::future::pending().await
    }
}

/// The pause after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// How long calls in flight may take once the sandbox stops.
const GRACE: Duration = Duration::from_secs(5);

/// Accepts and serves connections until the sandbox stops.
pub(crate) async fn accept(listener: TcpListener, router: Router, port: u16, mut stopping: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => drop(connections.spawn(serve(stream, router.clone(), port, stopping.clone()))),
            // Out of file descriptors, most likely: others have to close first.
            Err(_) => sleep(ACCEPT_AGAIN).await,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // Whatever is not done by then is cut off when the set is dropped.
    let _ = timeout(GRACE, all).await;
}

/// Serves a connection until the client leaves, a fault ends it, or the sandbox stops.
async fn serve(stream: TcpStream, router: Router, port: u16, mut stopping: watch::Receiver<bool>) {
    let Ok(socket) = prepare(&stream) else { return };
    let handle = Connection { end: Arc::new(watch::Sender::new(None)), port };
    let mut end = handle.end.subscribe();
    let service = TowerToHyperService::new(router.layer(Extension(handle)));
    let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            biased;
            // How a client ends a connection is its own affair.
            _ = &mut connection => return,
            _ = end.wait_for(Option::is_some) => break,
            _ = stopping.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    if *end.borrow() == Some(End::Reset) {
        // Without a linger time the system sends a reset when the last handle is closed, at the end of this function.
        let _ = socket.set_linger(Some(Duration::ZERO));
    }
}

/// A second handle on the socket, to set how it closes.
fn prepare(stream: &TcpStream) -> std::io::Result<socket2::Socket> {
    stream.set_nodelay(true)?;
    SockRef::from(stream).try_clone()
}
