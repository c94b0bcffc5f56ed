//! What every request goes through: the log, faults, the credential, the limits.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::task::block_in_place;
use tower::ServiceExt;

use crate::server::World;
use crate::server::clock::http_date;
use crate::server::fault::Fault;
use crate::server::requests::{Entry, Request};
use crate::server::rest::Caller;
use crate::server::rest::{Refusal, is_open_to_all};
use crate::server::wire::faulty::{Dated, Ending, answer_with};

/// The server's side of one connection.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) world: Arc<World>,
    pub(crate) router: Router,
    pub(crate) connection: usize,
    pub(crate) peer: IpAddr,
}

impl Front {
    /// Answers a request, or says how the connection ends instead.
    pub(crate) async fn answer(
        &self,
        request: hyper::Request<Incoming>,
    ) -> Result<Response, Ending> {
        let (parts, body) = request.into_parts();
        let fault = self
            .world
            .faults
            .strike(parts.method.as_str(), parts.uri.path());
        let body = if fault == Some(Fault::RefusedConnection) {
            Bytes::new()
        } else {
            body.collect().await.map_err(|_| Ending::Reset)?.to_bytes()
        };
        let request = self.seen(&parts, &body);
        let entry = self.world.log.add(request.clone());
        tokio::time::sleep(self.world.settings.delay).await;
        let process = self.process(parts, body, &request, entry);
        let mut response = match fault {
            None => process.await,
            Some(fault) => answer_with(fault, &self.world, &request, process).await?,
        };
        if response.extensions().get::<Dated>().is_none() {
            let date = http_date(self.world.now());
            let date = HeaderValue::try_from(date).expect("a date is ASCII");
            response.headers_mut().insert(header::DATE, date);
        }
        let status = response.status().as_u16();
        self.world
            .log
            .change(entry, |request| request.status = Some(status));
        Ok(response)
    }

    async fn process(
        &self,
        mut parts: Parts,
        body: Bytes,
        request: &Request,
        entry: Entry,
    ) -> Response {
        // A callback may take its time, or wait for another request.
        block_in_place(|| self.world.hooks.call(&self.world, request));
        if !is_open_to_all(&parts, &self.world.settings.virtual_directory) {
            match self.admit(&parts, entry) {
                Ok(caller) => parts.extensions.insert(caller),
                Err(refusal) => return refusal.into_response(),
            };
        }
        let request = axum::http::Request::from_parts(parts, Body::from(body));
        let answered = self.router.clone().oneshot(request).await;
        answered.unwrap_or_else(|never| match never {})
    }

    /// Who it is, and whether they may make this request at all.
    fn admit(&self, parts: &Parts, entry: Entry) -> Result<Caller, Refusal> {
        let world = &self.world;
        let mut state = world.state();
        let caller = Caller::identify(
            &parts.headers,
            &self.peer.to_string(),
            &mut state,
            &world.settings,
            world.now(),
        )?;
        let user = caller.user_id.clone();
        world.log.change(entry, |request| request.user = Some(user));
        let limit = if caller.is_agent() {
            &world.settings.rate_limit_of_agents
        } else {
            &world.settings.rate_limit
        };
        if let Some(limit) = limit {
            let is_agent = caller.is_agent();
            state.buckets.take(&caller.user_id, is_agent, limit)?;
        }
        if caller.only_reads() && parts.method != Method::GET {
            return Err(Refusal::forbidden());
        }
        Ok(caller)
    }

    fn seen(&self, parts: &Parts, body: &Bytes) -> Request {
        let header = |(name, value): (&header::HeaderName, &HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        };
        Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.iter().map(header).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
            status: None,
            connection: self.connection,
            user: None,
        }
    }
}
