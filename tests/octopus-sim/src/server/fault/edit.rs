//! Edits of a response.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;

use crate::server::{Fault, Request};

/// A response as it is about to be sent.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// All headers but those of the connection; `Date` is among them.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The server's present time.
    pub now: Timestamp,
}

impl Response {
    /// Sets a header, instead of one that is there.
    pub fn set_header(&mut self, name: &str, value: impl Into<String>) {
        let name = HeaderName::try_from(name).expect("a header of HTTP");
        let value = HeaderValue::try_from(value.into()).expect("a header of HTTP");
        self.headers.insert(name, value);
    }

    /// Edits the body as JSON; a body that is none stays as it is.
    pub fn edit_json(&mut self, edit: impl FnOnce(&mut Value)) {
        if let Ok(mut json) = serde_json::from_slice(&self.body) {
            edit(&mut json);
            self.body = json.to_string().into_bytes();
        }
    }

    /// Makes it a page of a proxy or a login form.
    pub fn make_page(&mut self, status: u16, title: &str) {
        self.status = status;
        self.set_header("Content-Type", "text/html; charset=utf-8");
        self.body = page(title).into_bytes();
    }
}

/// A web page with this title.
pub(crate) fn page(title: &str) -> String {
    format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n")
}

type Apply = dyn Fn(&Request, &mut Response) + Send + Sync;

/// A change to a response, made by [`Fault::edit`], [`Fault::instead`] or [`Fault::json`].
#[derive(Clone)]
pub struct Edit {
    name: String,
    pub(crate) processes: bool,
    apply: Arc<Apply>,
}

impl Edit {
    pub(crate) fn apply(&self, request: &Request, response: &mut Response) {
        (self.apply)(request, response);
    }
}

impl Fault {
    /// The request is processed, and its response edited. The name is for `Display`.
    pub fn edit(
        name: &str,
        apply: impl Fn(&Request, &mut Response) + Send + Sync + 'static,
    ) -> Self {
        Self::edited(name, true, apply)
    }

    /// The request is not processed; edits a 200 with the body `{}`.
    pub fn instead(
        name: &str,
        apply: impl Fn(&Request, &mut Response) + Send + Sync + 'static,
    ) -> Self {
        Self::edited(name, false, apply)
    }

    /// The request is processed, and the JSON of its response edited.
    pub fn json(name: &str, edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::edit(name, move |_, response| response.edit_json(&edit))
    }

    fn edited(
        name: &str,
        processes: bool,
        apply: impl Fn(&Request, &mut Response) + Send + Sync + 'static,
    ) -> Self {
        Self::Edit(Edit {
            name: name.to_owned(),
            processes,
            apply: Arc::new(apply),
        })
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Edit({})", self.name)
    }
}
