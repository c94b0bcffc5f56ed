//! The server's URL.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

/// The server's address, with its virtual directory if it has one and without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    base: String,
    authority: String,
    host: String,
    port: u16,
    is_secure: bool,
}

/// Why a text is not the URL of a server. `Display` follows the option's name, or "The URL".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlError {
    /// It contains an Octopus variable that was not set when Octopus filled the value in.
    Unresolved,
    /// It has a query, or a fragment that is not the portal's.
    Query,
    /// It is not a URL.
    Invalid,
    /// The scheme is neither https nor http.
    Scheme,
    /// The host is missing.
    Host,
    /// It contains a username or a password.
    Userinfo,
    /// The port is not a number from 1 to 65535. The library would take the usual one instead, and
    /// with it perhaps another server.
    Port,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unresolved => "contains '#{': an Octopus variable in it is not set",
            Self::Query => "has a query or a fragment, which is not part of the server's URL",
            Self::Invalid => "is not a valid URL",
            Self::Scheme => "does not begin with https:// or http://",
            Self::Host => "has no host",
            Self::Userinfo => "contains a username or a password, which would be logged",
            Self::Port => "has an invalid port: it must be a number from 1 to 65535",
        })
    }
}

impl std::error::Error for UrlError {}

impl Address {
    /// Reads a server's URL. A trailing `/`, `/api` or `/app` is accepted, and so is the address bar
    /// of a browser on the portal (`https://host/octopus/app#/Spaces-1/projects`).
    ///
    /// # Errors
    /// When the text is not the URL of a server.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.contains("#{") {
            return Err(UrlError::Unresolved);
        }
        let page = ["/app#", "/app/#"]
            .iter()
            .find_map(|page| text.split_once(page));
        let text = page.map_or(text, |(server, _)| server);
        if text.contains(['#', '?']) {
            return Err(UrlError::Query);
        }
        let uri: Uri = text.parse().map_err(|_| UrlError::Invalid)?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(UrlError::Scheme),
        };
        let authority = uri.authority().ok_or(UrlError::Host)?;
        if authority.as_str().contains('@') {
            return Err(UrlError::Userinfo);
        }
        if authority.host().is_empty() {
            return Err(UrlError::Host);
        }
        let scheme = if is_secure { "https" } else { "http" };
        let base = format!("{scheme}://{authority}{}", virtual_directory(uri.path()));
        let port = if authority.as_str() == authority.host() {
            if is_secure { 443 } else { 80 }
        } else {
            let given = authority.port_u16().filter(|port| *port > 0);
            given.ok_or(UrlError::Port)?
        };
        Ok(Self {
            base,
            authority: format!("{}:{port}", authority.host()),
            host: authority.host().to_owned(),
            port,
            is_secure,
        })
    }

    /// Returns the URL as a script would use it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// Returns the scheme, host and port; the port is always written.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// Returns the host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns the host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns whether the connection is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Returns whether the server is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_end_matches('.');
        host.eq_ignore_ascii_case("localhost")
            || self.ip().is_some_and(|ip| ip.to_canonical().is_loopback())
    }

    /// Returns the host if it is an IP address.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host.parse().ok()
    }
}

fn virtual_directory(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let shorter = ["/api", "/app"]
        .into_iter()
        .find_map(|end| path.strip_suffix(end));
    shorter.unwrap_or(path).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accepts_what_people_paste() {
        for text in [
            "https://octopus.example",
            "https://octopus.example/",
            "https://octopus.example/api",
            "https://octopus.example/app/",
            " https://octopus.example ",
            "https://octopus.example/app#/Spaces-1/projects?x=1",
            "https://octopus.example/app/#/Spaces-1/projects",
        ] {
            assert_eq!(
                Address::parse(text).unwrap().as_str(),
                "https://octopus.example",
                "{text}"
            );
        }
        assert_eq!(
            Address::parse("http://host:8080/octopus/api/")
                .unwrap()
                .as_str(),
            "http://host:8080/octopus"
        );
        for text in [
            "https://host/octopus/app#/Spaces-1/projects",
            "https://host/octopus/app#/Spaces-1/projects?filter=x#y",
            "https://host/octopus/app/",
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.as_str(), "https://host/octopus", "{text}");
            assert_eq!(address.origin(), "https://host:443");
        }
    }

    #[test]
    fn recognizes_this_machine() {
        for (text, here) in [
            ("http://127.0.0.1:1", true),
            ("http://LOCALHOST", true),
            ("http://[::1]:8", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://localhost.", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(Address::parse(text).unwrap().is_loopback(), here, "{text}");
        }
    }

    proptest! {
        #[test]
        fn address_is_stable_when_parsed_again(
            text in prop_oneof![any::<String>(), "https?://[a-z0-9.:\\[\\]@]{1,12}(/[a-z%/]{0,12})?(/api|/app)?/?"],
        ) {
            if let Ok(address) = Address::parse(&text) {
                prop_assert!(!address.as_str().ends_with('/'));
                let authority = address.as_str().split('/').nth(2);
                prop_assert!(authority.is_some_and(|authority| !authority.contains('@')));
                // Each parsing takes off one `/api` or `/app` more.
                let again = Address::parse(address.as_str()).expect("it was accepted before");
                prop_assert_eq!(again.host(), address.host());
                prop_assert_eq!(again.is_secure(), address.is_secure());
                prop_assert!(address.as_str().starts_with(again.as_str()));
            }
        }
    }
}
