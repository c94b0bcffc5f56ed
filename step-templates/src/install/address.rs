//! Where the server is.

use std::net::IpAddr;

use ureq::http::Uri;

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
    let uri: Uri = base.parse().map_err(|_| "is not a URL")?;
    if !matches!(uri.scheme_str(), Some("https" | "http")) {
        return Err("does not begin with https:// or http://");
    }
    let authority = uri.authority().ok_or("names no server")?;
    if authority.as_str().contains('@') {
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
    let uri: Option<Uri> = format!("http://{rest}").parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let is_local = host
        .parse()
        .is_ok_and(|address: IpAddr| address.is_loopback());
    !is_local && host != "localhost"
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
    fn only_this_machine_is_talked_to_in_the_clear_without_a_warning() {
        assert!(is_in_the_clear("http://octopus.example"));
        for local in [
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://[::1]:1",
        ] {
            assert!(!is_in_the_clear(local), "{local}");
        }
        assert!(!is_in_the_clear("https://octopus.example"));
    }
}
