//! What every request goes through: the log, faults, the credential, the limits.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::task::block_in_place;

use crate::server::World;
use crate::server::clock::http_date;
use crate::server::fault::Fault;
use crate::server::requests::Request;
use crate::server::rest;
use crate::server::wire::faulty::{Dated, Ending, answer_with};

/// The server's side of one connection.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) world: Arc<World>,
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
        let body = if matches!(fault, Some(Fault::RefusedConnection)) {
            Bytes::new()
        } else {
            body.collect().await.map_err(|_| Ending::Reset)?.to_bytes()
        };
        let request = seen(&parts, &body);
        let number = self.world.log.add(request.clone());
        let process = self.clone().process(parts, body, request.clone(), number);
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
        let log = &self.world.log;
        log.change(number, |request| request.status = Some(status));
        Ok(response)
    }

    async fn process(self, parts: Parts, body: Bytes, request: Request, number: usize) -> Response {
        // A callback may take its time, or wait for another request.
        block_in_place(|| self.world.hooks.call(&self.world, &request));
        let form = rest::read_form(&parts, &body).await;
        let (response, user) = rest::answer(&self.world, &parts, &body, form, self.peer);
        self.world.log.change(number, |request| request.user = user);
        response
    }
}

fn seen(parts: &Parts, body: &Bytes) -> Request {
    Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: String::from_utf8_lossy(body).into_owned(),
        status: None,
        user: None,
    }
}
