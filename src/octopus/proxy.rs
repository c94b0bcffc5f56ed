//! The proxy on the way to the server, as the environment names it.

use std::env;
use std::fmt;

use ureq::ProxyProtocol;

use super::Address;

/// A proxy that connections are tunnelled through. `Debug` does not show its password.
#[derive(Clone)]
pub struct Proxy(pub(super) ureq::Proxy);

/// Why the proxy that a variable names cannot be used. `Display` does not quote the value, which may
/// hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadProxy {
    /// What this variable holds is no URL of a proxy.
    Unreadable(String),
    /// This variable names one that speaks SOCKS.
    Socks(String),
}

impl fmt::Display for BadProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(name) => write!(f, "{name} is not a proxy's URL"),
            Self::Socks(name) => write!(f, "{name} names a SOCKS proxy, which runkey cannot use"),
        }
    }
}

impl std::error::Error for BadProxy {}

impl Proxy {
    /// The proxy for this server: what `HTTPS_PROXY` says (`HTTP_PROXY` for plain http), or else
    /// `ALL_PROXY`, in capitals or not. None for this machine and what `NO_PROXY` lists; through a
    /// proxy, "this machine" would be another one, and what is not encrypted would leave this one.
    ///
    /// # Errors
    /// Says which variable cannot be used and why. Its value may hold a password and is not quoted.
    pub fn from_environment(address: &Address) -> Result<Option<Self>, BadProxy> {
        if address.is_loopback() {
            return Ok(None);
        }
        let own = if address.is_secure() {
            "HTTPS_PROXY"
        } else {
            "HTTP_PROXY"
        };
        let Some((name, value)) = variable(own).or_else(|| variable("ALL_PROXY")) else {
            return Ok(None);
        };
        let given = ureq::Proxy::new(&value).map_err(|_| BadProxy::Unreadable(name.clone()))?;
        // The library takes the usual port for one that it cannot read.
        if !has_readable_port(&value) {
            return Err(BadProxy::Unreadable(name));
        }
        if !matches!(given.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) {
            return Err(BadProxy::Socks(name));
        }
        let mut proxy = ureq::Proxy::builder(given.protocol())
            .host(given.host())
            .port(given.port());
        if let Some(user) = given.username() {
            proxy = proxy.username(user);
        }
        if let Some(password) = given.password() {
            proxy = proxy.password(password);
        }
        let exceptions = variable("NO_PROXY")
            .map(|(_, list)| list)
            .unwrap_or_default();
        for host in exceptions
            .split(',')
            .map(str::trim)
            .filter(|host| !host.is_empty())
        {
            // As with curl, a domain stands for the hosts below it, too.
            proxy = proxy
                .no_proxy(host)
                .no_proxy(&format!(".{}", host.trim_start_matches('.')));
        }
        let proxy = proxy.build().map_err(|_| BadProxy::Unreadable(name))?;
        Ok(Some(Self(proxy)))
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proxy")
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file of variables must not choose the way to the server"
)]
/// The variable in capitals or not, if it is there and not empty, and its name as it was found.
fn variable(name: &str) -> Option<(String, String)> {
    [name.to_owned(), name.to_lowercase()]
        .into_iter()
        .find_map(|name| {
            let value = env::var(&name).ok().filter(|value| !value.is_empty())?;
            Some((name, value))
        })
}

/// Whether what stands behind the host, if anything does, is a port.
fn has_readable_port(url: &str) -> bool {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = behind_scheme.split(['/', '?', '#']).next();
    let host = authority.unwrap_or_default().rsplit('@').next();
    let behind_host = host.unwrap_or_default().rsplit(']').next();
    match behind_host.unwrap_or_default().rsplit_once(':') {
        Some((_, port)) => port.parse::<u16>().is_ok_and(|port| port > 0),
        None => true,
    }
}
