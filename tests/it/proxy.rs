//! The way through a proxy: which one is used, what it sees, and when there is none.

use std::io::{Write, copy};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{Certificate, Octopus};

use crate::support::wire::{Wire, listen};
use crate::support::{address, assert_refused, create, delete, steps, with_tls};

/// A proxy that leads every tunnel to this server, whatever name it is asked for.
fn proxy_to(octopus: &Octopus) -> Wire {
    let target = address(octopus);
    listen(move |mut client, _| {
        let mut server = TcpStream::connect(target).unwrap();
        let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
        let (mut from_server, mut to_client) =
            (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || copy(&mut from_server, &mut to_client));
        thread::spawn(move || copy(&mut client, &mut server));
    })
}

/// A proxy that demands credentials.
fn refusing_proxy() -> Wire {
    listen(|mut client, _| {
        let _ = client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    })
}

fn url(proxy: &Wire) -> String {
    format!("http://{}", proxy.address)
}

#[test]
fn proxy_sees_a_tunnel_and_no_secret() {
    let octopus = with_tls(Certificate::OfAnotherHost);
    let proxy = proxy_to(&octopus);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        for run in [create(&octopus), delete(&octopus)] {
            run.env("OCTOPUS_URL", "https://octopus.example")
                .env(variable, url(&proxy))
                .run()
                .expect_code(0);
        }
    }
    let asked = proxy.requests();
    assert_eq!(asked.len(), 8, "one tunnel for each step");
    for request in asked {
        assert!(
            request.starts_with("CONNECT octopus.example:443 HTTP/1.1\r\n"),
            "{request}"
        );
        for secret in octopus.every_secret() {
            assert!(!request.contains(&secret), "{request}");
        }
    }
}

#[test]
fn warns_of_plain_http_to_another_machine() {
    let octopus = Octopus::start();
    let proxy = proxy_to(&octopus);
    let run = create(&octopus)
        .env("OCTOPUS_URL", "http://octopus.invalid")
        .env("HTTP_PROXY", url(&proxy))
        .run();
    let run = run.expect_code(0);
    let warning = "The connection to 'octopus.invalid' is not encrypted. Anyone on the network path can read the API key. Use https.";
    assert_eq!(run.at_level("warning"), [warning]);
}

#[test]
fn proxy_cannot_stand_in_for_the_server() {
    let octopus = with_tls(Certificate::Own);
    let proxy = proxy_to(&octopus);
    let run = create(&octopus)
        .env("OCTOPUS_URL", "https://octopus.invalid")
        .env("HTTPS_PROXY", url(&proxy))
        .run();
    let begin = format!(
        "The certificate of octopus.invalid:443 through proxy {}",
        proxy.address
    );
    let error = format!("{begin} is not valid for octopus.invalid, …");
    assert_refused(&octopus, &run, &error, "Set --url (OCTOPUS_URL)");
    assert_eq!(proxy.asked(), ["CONNECT octopus.invalid:443 HTTP/1.1"]);
}

#[test]
fn never_sends_loopback_through_a_proxy() {
    let octopus = Octopus::start();
    let proxy = refusing_proxy();
    for run in steps(&octopus) {
        let url = url(&proxy);
        let proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "http_proxy"];
        run.envs(&proxies.map(|name| (name, url.as_str())))
            .run()
            .expect_code(0);
    }
    assert_eq!(proxy.asked(), [""; 0]);
}

/// Nothing listens there, and no name is resolved: which way was tried is in the error.
#[test]
fn no_proxy_names_what_is_reached_without_one() {
    let octopus = Octopus::start();
    let proxy = refusing_proxy();
    for (host, no_proxy, is_direct) in [
        ("octopus.invalid", "other.example, .INVALID ", true),
        ("octopus.invalid", "topus.invalid", false),
        ("0.0.0.0:1", "10.0.0.0/8 0.0.0.0/8", true),
        ("0.0.0.0:1", "10.0.0.0/8", false),
    ] {
        let run = create(&octopus)
            .env("OCTOPUS_URL", format!("https://{host}"))
            .envs(&[("HTTPS_PROXY", &url(&proxy)), ("NO_PROXY", no_proxy)])
            .line("--retry-for 1ms")
            .run()
            .expect_code(1);
        let is_through = run.error().contains("the proxy requires authentication");
        assert_eq!(is_through, !is_direct, "{host} {no_proxy}: {run:#?}");
    }
}

#[test]
fn explains_proxy_credentials_and_shows_no_password() {
    let octopus = Octopus::start();
    let proxy = refusing_proxy();
    for run in steps(&octopus) {
        let run = run
            .env("OCTOPUS_URL", "https://octopus.invalid")
            .env(
                "HTTPS_PROXY",
                format!("http://alice:hunter2@{}", proxy.address),
            )
            .line("-v")
            .run();
        let error = format!(
            "Cannot connect to octopus.invalid:443 through proxy {}: the proxy requires authentication (407 Proxy Authentication Required).",
            proxy.address
        );
        let help = "Put a username and password for the proxy into HTTPS_PROXY, or list the server in NO_PROXY.";
        assert_refused(&octopus, &run, &error, help);
        assert!(!run.has("hunter2"), "{run:#?}");
    }
}

/// A proxy that answers CONNECT byte by byte, and never to the end.
pub fn trickling_proxy() -> Wire {
    listen(|mut client, _| {
        thread::spawn(move || {
            let endless = [b'a'].iter().cycle();
            let mut bytes = b"HTTP/1.1 200 OK\r\nX-Slow: ".iter().chain(endless);
            while bytes
                .next()
                .is_some_and(|byte| client.write_all(&[*byte]).is_ok())
            {
                thread::sleep(Duration::from_millis(20));
            }
        });
    })
}

#[test]
fn abandons_connect_that_is_answered_byte_by_byte() {
    let octopus = Octopus::start();
    let proxy = trickling_proxy();
    for run in steps(&octopus) {
        let start = Instant::now();
        let run = run
            .env("OCTOPUS_URL", "https://octopus.invalid")
            .env("HTTPS_PROXY", url(&proxy))
            .line("--timeout 400ms --retry-for 1ms")
            .run();
        assert!(start.elapsed() < Duration::from_secs(10), "{run:#?}");
        assert!(matches!(run.code, 1 | 125), "{run:#?}");
        let through = format!("octopus.invalid:443 through proxy {}", proxy.address);
        run.expect_text(&format!("o response from {through} within 400ms"));
    }
}
