//! How each fault looks on the wire.

use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;

use crate::server::fault::Fault;
use crate::server::rest::Refusal;

/// How a connection ends when a request has no answer.
#[derive(Debug)]
pub(crate) enum Ending {
    /// With a reset.
    Reset,
    /// With these bytes instead of an answer.
    Bytes(Vec<u8>),
}

impl fmt::Display for Ending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the connection ends without an answer, as a test wants it")
    }
}

impl std::error::Error for Ending {}

/// The answer with this fault; `process` does what was asked, and is run only where the fault
/// comes after it.
pub(crate) async fn answer_with(
    fault: Fault,
    process: impl Future<Output = Response>,
) -> Result<Response, Ending> {
    Ok(match fault {
        Fault::RefusedConnection | Fault::ResetBeforeProcessing => return Err(Ending::Reset),
        Fault::ResetAfterProcessing => {
            process.await;
            return Err(Ending::Reset);
        }
        Fault::Timeout => std::future::pending().await,
        Fault::TooManyRequests { retry_after } => {
            Refusal::too_many_requests(retry_after).into_response()
        }
        Fault::Status(status) => failure(status, "The server is in trouble."),
        Fault::StatusAfterProcessing(status) => {
            process.await;
            failure(status, "The server got into trouble afterwards.")
        }
        Fault::BadGatewayHtml => (StatusCode::BAD_GATEWAY, page("502 Bad Gateway")).into_response(),
        Fault::Truncated => return Err(Ending::Bytes(half_of(process.await).await)),
        Fault::NotHttp => return Err(Ending::Bytes(b"\x15\x03\x01 no HTTP here\r\n".to_vec())),
        Fault::NotJson => page("Please sign in").into_response(),
        Fault::Redirect { to } => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Fault::EndlessBody => {
            process.await;
            endless_body().into_response()
        }
        Fault::SlowBody => {
            process.await;
            slow_body().into_response()
        }
        Fault::HostileError { status, text } => failure(status, &text),
    })
}

fn failure(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("the test names a status of HTTP");
    Refusal::new(status, message).into_response()
}

fn page(title: &str) -> Html<String> {
    Html(format!(
        "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    ))
}

/// All headers of an answer, and half of the body that they promise.
async fn half_of(response: Response) -> Vec<u8> {
    let status = response.status();
    let body = response.into_body().collect().await;
    let body = body.expect("the body is in memory").to_bytes();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), &body[..body.len() / 2]].concat()
}

fn endless_body() -> Body {
    let spaces = Bytes::from_static(&[b' '; 16 * 1024]);
    Body::from_stream(stream::repeat(Ok::<_, Infallible>(spaces)))
}

fn slow_body() -> Body {
    Body::from_stream(stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
    }))
}
