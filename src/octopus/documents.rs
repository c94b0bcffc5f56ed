//! Documents as the server shows them: for a client that changes what it does not know in full.
//!
//! A document that is changed goes back whole, with the fields that are unknown here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;

use serde_json::Value;
use ureq::http::Method;

use crate::Client;
use crate::client::Done;
use crate::error::{Error, ErrorKind, Result};
use crate::wire::Request;

/// What separates the parts of an upload; no package contains it.
const BOUNDARY: &str = "runkey-5f0c4f7f9d1e4b7c8a53d0e6b2a1c94d";
const MULTIPART: &str = "multipart/form-data; boundary=runkey-5f0c4f7f9d1e4b7c8a53d0e6b2a1c94d";

/// The parameters behind a path.
pub type Query<'a> = &'a [(&'static str, &'a str)];

impl Client {
    /// Reads one document.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn document(&self, path: &str, query: Query<'_>) -> Result<Value> {
        self.fetch(&request(Method::GET, path, query))
    }

    /// Returns all documents of a list, over all pages; each once, as it was read last.
    ///
    /// # Errors
    /// When the list cannot be read, or an item of it.
    pub fn documents(&self, path: &str) -> Result<Vec<Value>> {
        let (mut documents, mut places) = (Vec::new(), HashMap::new());
        let unreadable = self.walk(&Request::get(path), &mut |document: Value| {
            // When the list moves, what was read is read again.
            match places.entry(key(&document)) {
                Entry::Occupied(place) => documents[*place.get()] = document,
                Entry::Vacant(place) => {
                    place.insert(documents.len());
                    documents.push(document);
                }
            }
            ControlFlow::Continue(())
        })?;
        if unreadable.is_empty() {
            return Ok(documents);
        }
        let cause = "an item of the list cannot be read";
        Err(Error::new(ErrorKind::NotOctopus, cause))
    }

    /// Creates a document, and returns it. When a response was lost, `find` looks for the document
    /// before another attempt: the request may have been carried out.
    ///
    /// # Errors
    /// When there is no success, or the server does not show the document.
    pub fn create_document(
        &self,
        path: &str,
        document: &Value,
        find: &dyn Fn() -> Result<Option<Value>>,
    ) -> Result<Value> {
        let request = request(Method::POST, path, &[]).json(document);
        match self.send_or_find(&|| request.clone(), find)? {
            Done::Found(document) => Ok(document),
            Done::Sent(response) => response.json().or_else(|error| find()?.ok_or(error)),
        }
    }

    /// Replaces a document. One that others have changed since it was read is refused, if it has a
    /// `Version`.
    ///
    /// # Errors
    /// When there is no success.
    pub fn replace_document(&self, path: &str, document: &Value) -> Result<()> {
        let request = request(Method::PUT, path, &[]).json(document);
        self.send(&|| request.clone()).map(drop)
    }

    /// Uploads a file as `multipart/form-data` (RFC 7578), as Octopus takes packages.
    ///
    /// # Errors
    /// When there is no success.
    pub fn upload(
        &self,
        path: &str,
        query: Query<'_>,
        file_name: &str,
        content: &[u8],
    ) -> Result<()> {
        let name = file_name.replace(['"', '\r', '\n'], "_");
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"package\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = request(Method::POST, path, query).body(MULTIPART, body);
        self.send(&|| request.clone()).map(drop)
    }
}

fn request(method: Method, path: &str, query: Query<'_>) -> Request {
    let add = |request: Request, (name, value): &(&str, &str)| request.query(name, value);
    query.iter().fold(Request::new(method, path), add)
}

/// What tells a document from the others: its ID, else all of it.
fn key(document: &Value) -> String {
    let id = document["Id"].as_str();
    id.map_or_else(|| document.to_string(), ToOwned::to_owned)
}
