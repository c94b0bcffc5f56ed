//! Where the server is.

use std::net::IpAddr;

use ureq::http::Uri;

/// The server's address, with its virtual directory if it has one and without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    base: String,
    host: String,
    secure: bool,
}

impl Address {
    /// Reads a server's URL. A trailing `/`, `/api` or `/app` is forgiven.
    ///
    /// # Errors
    /// Says what is wrong with it, to follow the words "The URL".
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("#{") {
            return Err("still holds '#{', a variable that Octopus did not fill in.".into());
        }
        if text.contains(['#', '?']) {
            return Err(
                "has a part after '?' or '#', which is no part of the server's address.".into(),
            );
        }
        let uri: Uri = text.parse().map_err(|_| "cannot be read.".to_owned())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("does not begin with https:// or http://.".into()),
        };
        let authority = uri.authority().ok_or("names no server.")?;
        if authority.as_str().contains('@') {
            return Err("has a user or a password in it, which would end up in logs.".into());
        }
        if authority.host().is_empty() {
            return Err("names no server.".into());
        }
        let scheme = if secure { "https" } else { "http" };
        let base = format!("{scheme}://{authority}{}", virtual_directory(uri.path()));
        Ok(Self {
            base,
            host: authority.host().to_owned(),
            secure,
        })
    }

    /// The address as a script would use it.
    pub fn as_str(&self) -> &str {
        &self.base
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
            "https://h/app#/Spaces-1",
            "https://h?x=1",
            "#{Octopus.Web.ServerUri}",
            "https://a b",
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
