//! One connection: the socket stays in our hands, so that a fault can reset or close it for real.

use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::watch;

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Closed in good order.
    Close,
    /// A reset: what is under way is lost.
    Reset,
}

/// What a handler knows of its connection.
#[derive(Debug, Clone)]
pub(super) struct Line {
    end: Arc<watch::Sender<Option<End>>>,
    /// The port that the sandbox listens on.
    pub(super) port: u16,
}

impl Line {
    /// Ends the connection, and with it whoever waits here.
    pub(super) async fn end<T>(self, how: End) -> T {
        self.end.send_replace(Some(how));
        std::future::pending().await
    }
}

/// Serves a connection until the client goes, a fault ends it, or the sandbox stops.
pub(super) async fn serve(stream: TcpStream, router: Router, port: u16, mut stopping: watch::Receiver<bool>) {
    let Ok(socket) = prepare(&stream) else { return };
    let line = Line { end: Arc::new(watch::Sender::new(None)), port };
    let mut end = line.end.subscribe();
    let service = TowerToHyperService::new(router.layer(Extension(line)));
    let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            biased;
            // How a connection came to its end is the client's affair.
            _ = &mut connection => return,
            _ = end.wait_for(Option::is_some) => break,
            _ = stopping.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    if *end.borrow() == Some(End::Reset) {
        // Without a linger time the system sends a reset when the last handle is closed, which is at this very end.
        let _ = socket.set_linger(Some(Duration::ZERO));
    }
}

/// A second handle on the socket, to set how it closes.
fn prepare(stream: &TcpStream) -> std::io::Result<socket2::Socket> {
    stream.set_nodelay(true)?;
    SockRef::from(stream).try_clone()
}
