//! The requests that the server had.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::HeaderMap;

use crate::server::World;
use crate::server::lock::lock;

/// One request, as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// As sent, with the virtual directory, without the query.
    pub path: String,
    /// As sent, without the `?`; empty when there was none.
    pub query: String,
    /// As sent.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
    /// The answer's status; `None` when there was no answer, or it was cut off.
    pub status: Option<u16>,
    /// The account behind the credential; `None` when it was not accepted or not looked at.
    pub user: Option<String>,
}

impl Request {
    /// The value of this header; the name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// All requests, by their number since the start, and a count of connections.
#[derive(Default)]
pub(crate) struct RequestLog {
    requests: Mutex<BTreeMap<usize, Request>>,
    count: AtomicUsize,
    connections: AtomicUsize,
}

impl RequestLog {
    pub(crate) fn count_connection(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps a request, and gives its number.
    pub(crate) fn add(&self, request: Request) -> usize {
        let mut requests = lock(&self.requests);
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        requests.insert(number, request);
        number
    }

    /// Changes a request, unless it was forgotten.
    pub(crate) fn change(&self, number: usize, change: impl FnOnce(&mut Request)) {
        lock(&self.requests).get_mut(&number).map(change);
    }
}

impl World {
    /// Every request since the start, or since [`World::forget_requests`], in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.log.requests).values().cloned().collect()
    }

    /// Forgets the requests so far; connections are still counted from the start.
    pub fn forget_requests(&self) {
        lock(&self.log.requests).clear();
    }

    /// How many connections were accepted since the start, refused ones included.
    pub fn connections(&self) -> usize {
        self.log.connections.load(Ordering::Relaxed)
    }
}
