//! The requests that the server had.

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

/// All requests, and a count of connections.
#[derive(Default)]
pub(crate) struct RequestLog {
    kept: Mutex<Kept>,
    connections: AtomicUsize,
}

#[derive(Default)]
struct Kept {
    requests: Vec<Request>,
    /// How many came before these and were forgotten.
    forgotten: usize,
}

/// Which request in the log, whatever is forgotten meanwhile.
#[derive(Clone, Copy)]
pub(crate) struct Entry(usize);

impl RequestLog {
    pub(crate) fn count_connection(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, request: Request) -> Entry {
        let mut kept = lock(&self.kept);
        kept.requests.push(request);
        Entry(kept.forgotten + kept.requests.len() - 1)
    }

    pub(crate) fn change(&self, Entry(number): Entry, change: impl FnOnce(&mut Request)) {
        let mut kept = lock(&self.kept);
        let place = number.checked_sub(kept.forgotten);
        if let Some(request) = place.and_then(|place| kept.requests.get_mut(place)) {
            change(request);
        }
    }
}

impl World {
    /// Every request since the start, or since [`World::forget_requests`], in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.log.kept).requests.clone()
    }

    /// Forgets the requests so far; connections are still counted from the start.
    pub fn forget_requests(&self) {
        let mut kept = lock(&self.log.kept);
        kept.forgotten += kept.requests.len();
        kept.requests.clear();
    }

    /// How many connections were accepted since the start, refused ones included.
    pub fn connections(&self) -> usize {
        self.log.connections.load(Ordering::Relaxed)
    }
}
