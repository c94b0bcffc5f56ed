//! Where the server is.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

/// The server's address, with its virtual directory if it has one and without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    base: String,
    authority: String,
    host: String,
    secure: bool,
}

/// Why a text is no server's address. `Display` follows the words "The URL".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAddress {
    /// An Octopus variable that was not there when Octopus filled the value in.
    Unsubstituted,
    /// A query, or a fragment that is not the portal's.
    Query,
    /// No URL at all.
    Unreadable,
    /// Neither https nor http.
    Scheme,
    /// No host.
    Nobody,
    /// A user or a password.
    Userinfo,
    /// Something behind a colon that is no port: the library would take the usual one instead, and
    /// with it perhaps another server.
    Port,
}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsubstituted => "still holds '#{', a variable that Octopus did not fill in",
            Self::Query => "has a part after '?' or '#', which is no part of the server's address",
            Self::Unreadable => "cannot be read",
            Self::Scheme => "does not begin with https:// or http://",
            Self::Nobody => "names no server",
            Self::Userinfo => "has a user or a password in it, which would end up in logs",
            Self::Port => "has a port that is none: it must be a number from 1 to 65535",
        })
    }
}

impl std::error::Error for NoAddress {}

impl Address {
    /// Reads a server's URL. A trailing `/`, `/api` or `/app` is forgiven, and so is what the
    /// portal's pages add to it in a browser (`/app#/Spaces-1/projects`).
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim();
        if text.contains("#{") {
            return Err(NoAddress::Unsubstituted);
        }
        let page = ["/app#", "/app/#"]
            .iter()
            .find_map(|page| text.split_once(page));
        let text = page.map_or(text, |(server, _)| server);
        if text.contains(['#', '?']) {
            return Err(NoAddress::Query);
        }
        let uri: Uri = text.parse().map_err(|_| NoAddress::Unreadable)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NoAddress::Scheme),
        };
        let authority = uri.authority().ok_or(NoAddress::Nobody)?;
        if authority.as_str().contains('@') {
            return Err(NoAddress::Userinfo);
        }
        if authority.host().is_empty() {
            return Err(NoAddress::Nobody);
        }
        let scheme = if secure { "https" } else { "http" };
        let base = format!("{scheme}://{authority}{}", virtual_directory(uri.path()));
        let port = if authority.as_str() == authority.host() {
            if secure { 443 } else { 80 }
        } else {
            let given = authority.port_u16().filter(|port| *port > 0);
            given.ok_or(NoAddress::Port)?
        };
        Ok(Self {
            base,
            authority: format!("{}:{port}", authority.host()),
            host: authority.host().to_owned(),
            secure,
        })
    }

    /// The address as a script would use it.
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The scheme, host and port, the port always written.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// The server's name and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The server's name, without a port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the connection is encrypted.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the server is this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
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
    fn forgives_what_people_paste() {
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
    }

    #[test]
    fn refuses_what_is_no_server() {
        for text in [
            "",
            "octopus.example",
            "ftp://octopus.example",
            "https://",
            "https://user:pw@octopus.example",
            "https://h/other#/Spaces-1",
            "https://h?x=1",
            "#{Octopus.Web.ServerUri}",
            "https://a b",
            "http://host:99999",
            "http://host:0",
            "http://host:",
            "https://[::1]:70000",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_this_machine() {
        for (text, here) in [
            ("http://127.0.0.1:1", true),
            ("http://LOCALHOST", true),
            ("http://[::1]:8", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(Address::parse(text).unwrap().is_loopback(), here, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_the_same_when_it_is_read_again(
            text in prop_oneof![any::<String>(), "https?://[a-z0-9.:\\[\\]@]{1,12}(/[a-z%/]{0,12})?(/api|/app)?/?"],
        ) {
            if let Ok(address) = Address::parse(&text) {
                prop_assert!(!address.as_str().ends_with('/'));
                let authority = address.as_str().split('/').nth(2);
                prop_assert!(authority.is_some_and(|authority| !authority.contains('@')));
                // Each reading forgives one `/api` or `/app` more.
                let again = Address::parse(address.as_str()).expect("it was accepted before");
                prop_assert_eq!(again.host(), address.host());
                prop_assert_eq!(again.is_secure(), address.is_secure());
                prop_assert!(address.as_str().starts_with(again.as_str()));
            }
        }
    }
}
