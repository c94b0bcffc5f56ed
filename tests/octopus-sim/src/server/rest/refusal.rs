//! Refusals, with the body that Octopus writes.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::server::Wording;

/// A request that the server does not do.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
    errors: Vec<String>,
    retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// A validation error: the reason stands in `Errors`, the message is general.
    pub(crate) fn bad_request(reason: impl Into<String>) -> Self {
        Self {
            errors: vec![reason.into()],
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "There was a problem with your request.",
            )
        }
    }

    pub(crate) fn unauthorized(wording: Wording) -> Self {
        let message = wording.pick(
            "You must be logged in to request this resource or provide a valid API key. Your \
             account may have been disabled, please contact your Octopus administrator.",
            "The API key or access token is missing or not valid.",
        );
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn forbidden() -> Self {
        let message = "You do not have permission to perform this action.";
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// As the help forum shows it: <https://help.octopus.com/t/user-cannot-use-health-check/2746>.
    pub(crate) fn missing_permission(permission: &str) -> Self {
        let message = format!(
            "You do not have permission to perform this action. Please contact your Octopus \
             administrator. Missing permission: {permission}"
        );
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn not_found() -> Self {
        let message = "The resource you requested was not found.";
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// `retry_after` is in seconds.
    pub(crate) fn too_many_requests(retry_after: Option<u64>) -> Self {
        let message = "Too many requests. Please try again later.";
        Self {
            retry_after,
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, message)
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({
            "ErrorMessage": self.message,
            "Errors": self.errors,
            "HelpText": null,
            "FullException": null,
            "Details": null,
        });
        let retry_after = self.retry_after;
        let retry_after = retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        (self.status, retry_after, Json(body)).into_response()
    }
}
