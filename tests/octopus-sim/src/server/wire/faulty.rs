//! How each fault looks on the wire.

use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::json;

use crate::server::clock::http_date;
use crate::server::fault::Fault;
use crate::server::rest::Refusal;
use crate::server::{Answer, Lie, Request, World};

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

/// Marks an answer whose `Date`, there or not, is not the server's own affair.
#[derive(Clone)]
pub(crate) struct Dated;

/// The answer with this fault; `process` does what was asked, and is run only where the fault
/// comes after it.
pub(crate) async fn answer_with(
    fault: Fault,
    world: &World,
    request: &Request,
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
        Fault::Lie(lie) => {
            let truth = if lie.processes() {
                process.await
            } else {
                Json(json!({})).into_response()
            };
            told(&lie, request, truth, world).await
        }
    })
}

/// The answer that a lie makes of this one.
async fn told(lie: &Lie, request: &Request, truth: Response, world: &World) -> Response {
    let (mut parts, body) = truth.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let body = body.collect().await.expect("the body is in memory");
    let now = world.now();
    let mut answer = Answer {
        status: parts.status.as_u16(),
        content_type,
        date: Some(http_date(now)),
        body: body.to_bytes().into(),
        now,
    };
    lie.tell(request, &mut answer);
    parts.status = StatusCode::from_u16(answer.status).expect("a lie has a status of HTTP");
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut set = |name, value: Option<String>| match value {
        Some(value) => {
            let value = HeaderValue::try_from(value).expect("a lie has headers of HTTP");
            parts.headers.insert(name, value);
        }
        None => {
            parts.headers.remove(name);
        }
    };
    set(header::CONTENT_TYPE, Some(answer.content_type));
    set(header::DATE, answer.date);
    parts.extensions.insert(Dated);
    Response::from_parts(parts, Body::from(answer.body))
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
