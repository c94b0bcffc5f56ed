//! Looks up where the server is, once for all requests, and without a thread where there is nothing
//! to wait for.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// What was found, shared by the HTTP library, which asks anew for every request, and the client,
/// which forgets it when a connection fails: the server may have moved.
#[derive(Debug, Clone, Default)]
pub struct OnceResolver {
    found: Arc<Mutex<Option<(Uri, ResolvedSocketAddrs)>>>,
}

impl OnceResolver {
    /// Has the next request look again.
    pub fn forget(&self) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Resolver for OnceResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, addresses)) = &*found
            && known.authority() == uri.authority()
        {
            return Ok(addresses.clone());
        }
        // The library's resolver starts a thread, to be able to give up on a slow look-up.
        let addresses = match literal(uri) {
            Some(address) => {
                let mut addresses = self.empty();
                addresses.push(address);
                addresses
            }
            None => DefaultResolver::default().resolve(uri, config, timeout)?,
        };
        *found = Some((uri.clone(), addresses.clone()));
        Ok(addresses)
    }
}

/// The address that the URL itself gives, as numbers.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_matches(['[', ']']);
    let default_port = if uri.scheme_str() == Some("https") {
        443
    } else {
        80
    };
    let address: IpAddr = host.parse().ok()?;
    Some(SocketAddr::new(
        address,
        uri.port_u16().unwrap_or(default_port),
    ))
}
