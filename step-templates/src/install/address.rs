//! Where the server is.

use std::net::IpAddr;

/// Reads a server's URL, with its virtual directory if it has one. What the browser's address bar
/// gives is forgiven.
///
/// # Errors
/// Says what is wrong with it, to follow the name of the variable.
pub fn parse(text: &str) -> Result<String, &'static str> {
    let text = text.trim().split(['?', '#']).next().unwrap_or_default();
    let base = text.trim_end_matches('/');
    let base = base
        .strip_suffix("/api")
        .or_else(|| base.strip_suffix("/app"))
        .unwrap_or(base)
        .trim_end_matches('/');
    let (scheme, rest) = base.split_once("://").unwrap_or_default();
    if !matches!(scheme, "https" | "http") {
        return Err("does not begin with https:// or http://");
    }
    if authority(rest).is_empty() {
        return Err("names no server");
    }
    if authority(rest).contains('@') {
        return Err("has a user or a password in it, which would end up in logs");
    }
    Ok(base.to_owned())
}

/// Whether the credential would cross a network in the clear.
#[must_use]
pub fn is_in_the_clear(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else {
        return false;
    };
    let authority = authority(rest);
    let port = authority
        .rfind(':')
        .filter(|colon| !authority[*colon..].contains(']'));
    let host = &authority[..port.unwrap_or(authority.len())];
    let host = host.trim_matches(['[', ']']);
    let is_local = host
        .parse()
        .is_ok_and(|address: IpAddr| address.is_loopback());
    !is_local && host != "localhost"
}

/// The server's name and its port.
fn authority(rest: &str) -> &str {
    rest.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_bar_gives_is_forgiven() {
        for text in [
            "https://octopus.example/octopus",
            " https://octopus.example/octopus/ ",
            "https://octopus.example/octopus/api/",
            "https://octopus.example/octopus/app#/Spaces-1/projects",
        ] {
            assert_eq!(
                parse(text),
                Ok("https://octopus.example/octopus".to_owned())
            );
        }
    }

    #[test]
    fn no_credential_hides_in_an_address() {
        assert!(parse("https://alice:secret@octopus.example").is_err());
    }

    #[test]
    fn what_names_no_server_is_refused() {
        for text in [
            "octopus.example",
            "ftp://octopus.example",
            "https://",
            "https:///octopus",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_talked_to_in_the_clear_without_a_warning() {
        assert!(is_in_the_clear("http://octopus.example"));
        assert!(is_in_the_clear("http://octopus.example:8080/octopus"));
        for local in [
            "http://localhost:8080/octopus",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://[::1]",
        ] {
            assert!(!is_in_the_clear(local), "{local}");
        }
        assert!(!is_in_the_clear("https://octopus.example"));
    }
}
