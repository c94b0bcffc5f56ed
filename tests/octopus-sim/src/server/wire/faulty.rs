//! How each fault looks on the wire.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::json;

use crate::server::clock::http_date;
use crate::server::fault::{Edit, Fault, page};
use crate::server::rest::Refusal;
use crate::server::{Request, Response as Edited, World};

/// How a connection ends when a request has no answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends without an answer, as a test wants it")]
pub(crate) enum Ending {
    /// With a reset.
    Reset,
    /// With these bytes instead of an answer.
    Bytes(Vec<u8>),
}

/// Marks a response whose `Date`, there or not, was edited.
#[derive(Clone)]
pub(crate) struct Dated;

/// The answer with this fault; `process` does what was asked, and is run only where the fault
/// comes after it.
pub(crate) async fn answer_with(
    fault: Fault,
    world: &World,
    request: &Request,
    process: impl Future<Output = Response> + Send + 'static,
) -> Result<Response, Ending> {
    Ok(match fault {
        Fault::RefusedConnection | Fault::ResetBeforeProcessing => return Err(Ending::Reset),
        Fault::ResetAfterProcessing => {
            process.await;
            return Err(Ending::Reset);
        }
        Fault::Timeout => std::future::pending().await,
        Fault::Hold(gate) => {
            // A client that leaves ends the connection, and must not end what it asked for.
            let held = tokio::spawn(async move {
                gate.pass().await;
                process.await
            });
            held.await.map_err(|_| Ending::Reset)?
        }
        Fault::TooManyRequests { retry_after } => {
            Refusal::too_many_requests(retry_after).into_response()
        }
        Fault::Status(status) => failure(status, "The server is in trouble."),
        Fault::StatusAfterProcessing(status) => {
            process.await;
            failure(status, "The server got into trouble afterwards.")
        }
        Fault::BadGatewayHtml => {
            (StatusCode::BAD_GATEWAY, Html(page("502 Bad Gateway"))).into_response()
        }
        Fault::Truncated => return Err(Ending::Bytes(half_of(process.await).await)),
        Fault::NotHttp => return Err(Ending::Bytes(b"\x15\x03\x01 no HTTP here\r\n".to_vec())),
        Fault::NotJson => Html(page("Please sign in")).into_response(),
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
        Fault::Edit(edit) => {
            let truth = if edit.processes {
                process.await
            } else {
                Json(json!({})).into_response()
            };
            edited(&edit, request, truth, world).await
        }
    })
}

/// The response that an edit makes of this one.
async fn edited(edit: &Edit, request: &Request, truth: Response, world: &World) -> Response {
    let (mut parts, body) = truth.into_parts();
    let body = body.collect().await.expect("the body is in memory");
    let now = world.now();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut response = Edited {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_bytes().into(),
        now,
    };
    response.set_header("date", http_date(now));
    edit.apply(request, &mut response);
    parts.status = StatusCode::from_u16(response.status).expect("an edit has a status of HTTP");
    parts.headers = response.headers;
    parts.extensions.insert(Dated);
    Response::from_parts(parts, Body::from(response.body))
}

fn failure(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("the test names a status of HTTP");
    Refusal::new(status, message).into_response()
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
