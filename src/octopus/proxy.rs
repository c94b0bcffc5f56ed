//! The proxy on the way to the server, as the environment names it for curl.

mod no_proxy;

use std::env;
use std::ffi::OsString;
use std::fmt;

use ureq::ProxyProtocol;

use crate::Address;

/// A proxy that connections are tunneled through. `Debug` hides its password.
#[derive(Clone)]
pub struct Proxy(ureq::Proxy);

/// Why the proxy of a variable cannot be used. The value may contain a password and is not quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyError {
    /// The value of this variable is not the URL of a proxy.
    Invalid(String),
    /// The value of this variable is the URL of a SOCKS proxy.
    Socks(String),
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(name) => write!(f, "{name} is not the URL of a proxy"),
            Self::Socks(name) => {
                write!(f, "{name} is a SOCKS proxy, which is not supported")
            }
        }
    }
}

impl std::error::Error for ProxyError {}

impl Proxy {
    /// Returns the proxy for a server: `https_proxy` (for plain http `http_proxy`), else `all_proxy`,
    /// each in small letters or capitals.
    ///
    /// curl ignores `HTTP_PROXY` in capitals, which a CGI script's caller can set; runkey is no CGI
    /// script. A server on this machine has no proxy: to the proxy, "this machine" is another one.
    ///
    /// # Errors
    /// When the variable that counts is not the URL of a proxy that can be used.
    pub fn from_environment(address: &Address) -> Result<Option<Self>, ProxyError> {
        // An env file does not choose the way to the server.
        Self::from_variables(address, |name| env::var_os(name))
    }

    fn from_variables(
        address: &Address,
        get: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, ProxyError> {
        let own = if address.is_secure() {
            "https_proxy"
        } else {
            "http_proxy"
        };
        let no_proxy = variable(&get, "no_proxy").map(|(_, list)| list);
        let no_proxy = no_proxy.unwrap_or_default();
        if address.is_loopback() || no_proxy::matches(&no_proxy.to_string_lossy(), address) {
            return Ok(None);
        }
        let Some((name, url)) = variable(&get, own).or_else(|| variable(&get, "all_proxy")) else {
            return Ok(None);
        };
        let Some((url, proxy)) = url
            .to_str()
            .and_then(|url| Some((url, ureq::Proxy::new(url).ok()?)))
        else {
            return Err(ProxyError::Invalid(name));
        };
        if !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) {
            return Err(ProxyError::Socks(name));
        }
        // The library takes the usual port for one that it cannot read.
        if proxy.host().is_empty() || !has_valid_port(url) {
            return Err(ProxyError::Invalid(name));
        }
        Ok(Some(Self(proxy)))
    }

    #[cfg(test)]
    pub(crate) fn for_test(url: &str) -> Self {
        Self(ureq::Proxy::new(url).expect("a proxy's URL"))
    }

    /// Returns the proxy as the HTTP library takes it.
    pub(crate) fn to_library(&self) -> ureq::Proxy {
        self.0.clone()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy")
    }
}

/// Returns a variable in small letters or else in capitals, unless it is empty, and its name.
fn variable(get: impl Fn(&str) -> Option<OsString>, name: &str) -> Option<(String, OsString)> {
    [name.to_owned(), name.to_uppercase()]
        .into_iter()
        .find_map(|name| {
            let value = get(&name).filter(|value| !value.is_empty())?;
            Some((name, value))
        })
}

/// Returns whether what follows the host, if anything does, is a port.
fn has_valid_port(url: &str) -> bool {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next();
    let host = authority.unwrap_or_default().rsplit('@').next();
    let after_host = host.unwrap_or_default().rsplit(']').next();
    match after_host.unwrap_or_default().rsplit_once(':') {
        Some((_, port)) => port.parse::<u16>().is_ok_and(|port| port > 0),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, ProxyError> {
        let address = Address::parse(url).unwrap();
        let get = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        };
        let proxy = Proxy::from_variables(&address, get)?;
        Ok(proxy.map(|proxy| format!("{}:{}", proxy.0.host(), proxy.0.port())))
    }

    #[test]
    fn variable_of_scheme_precedes_all_proxy() {
        let https = ("HTTPS_PROXY", "http://a:1");
        let all = ("all_proxy", "b:2");
        for (url, variables, expected) in [
            ("https://host", vec![https, all], Some("a:1")),
            ("http://host", vec![https, all], Some("b:2")),
            (
                "http://host",
                vec![("HTTP_PROXY", "http://u:p%40@c:3/")],
                Some("c:3"),
            ),
            (
                "https://host",
                vec![("https_proxy", "https://d:4"), https],
                Some("d:4"),
            ),
            (
                "https://host",
                vec![("https_proxy", ""), https],
                Some("a:1"),
            ),
            ("https://127.0.0.1", vec![https], None),
            ("https://localhost:8065", vec![https, all], None),
            ("https://host", vec![https, ("NO_PROXY", "host")], None),
            ("https://host", vec![], None),
        ] {
            let expected = Ok(expected.map(ToOwned::to_owned));
            assert_eq!(proxy(url, &variables), expected, "{url} {variables:?}");
        }
    }

    #[test]
    fn unusable_value_is_named_and_not_quoted() {
        for value in [
            "http://",
            "http://secret@h:x",
            "http://secret@h:0",
            "h:99999",
            "ftp://secret",
        ] {
            let error = proxy("https://host", &[("HTTPS_PROXY", value)]).unwrap_err();
            assert_eq!(
                error.to_string(),
                "HTTPS_PROXY is not the URL of a proxy",
                "{value}"
            );
        }
        for value in ["socks5://h:1", "socks4a://h", "socks://h"] {
            let error = proxy("https://host", &[("all_proxy", value)]).unwrap_err();
            assert_eq!(error, ProxyError::Socks("all_proxy".into()), "{value}");
        }
        // It does not count for this server.
        let unused = [("HTTPS_PROXY", "http://"), ("NO_PROXY", "*")];
        assert_eq!(proxy("https://host", &unused), Ok(None));
    }
}
