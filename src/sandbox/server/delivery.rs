//! How a response goes out over the wire, in full or not.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::sync::watch;

use super::connection::{Connection, End};
use super::response::ApiResponse;

#[derive(Debug)]
pub(crate) enum Delivery {
    Whole(ApiResponse),
    /// The head and half of the body; then the connection is closed.
    Half(ApiResponse),
    /// A body longer than any client should keep.
    Endless,
    /// The connection is reset.
    Reset,
    /// Nothing, for as long as the client waits.
    Nothing,
}

impl Delivery {
    /// The status that the client sees.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Whole(response) | Self::Half(response) => Some(response.status.as_u16()),
            Self::Endless | Self::Reset | Self::Nothing => None,
        }
    }

    pub(crate) async fn send(self, connection: Connection, mut stopping: watch::Receiver<bool>) -> Response {
        match self {
            Self::Whole(response) => response.into_response(),
            Self::Half(response) => half(&response, connection),
            Self::Endless => endless(),
            Self::Reset => connection.end(End::Reset).await,
            Self::Nothing => {
                // An error means that the sandbox is gone, which ends the wait as well.
                let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
                connection.end(End::Close).await
            }
        }
    }
}

/// Announces the whole length, sends half, and closes once that half has left.
fn half(response: &ApiResponse, connection: Connection) -> Response {
    let length = response.body.len();
    let first = stream::iter([Ok::<_, Infallible>(response.body.slice(..length / 2))]);
    let end = stream::once(connection.end::<Result<Bytes, _>>(End::Close));
    let mut response = response.with_body(Body::from_stream(first.chain(end)));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

const CHUNKS: usize = 8_192;
const CHUNK: &[u8] = &[b' '; 64 << 10];

/// Half a gibibyte of blanks, which are legal JSON as far as they go.
fn endless() -> Response {
    let chunks = std::iter::repeat_n(Ok::<_, Infallible>(Bytes::from_static(CHUNK)), CHUNKS);
    ApiResponse::json("").with_body(Body::from_stream(stream::iter(chunks)))
}
