//! The way through a proxy: which one is used, what it sees, and when none is.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::io::{Write, copy};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use common::wire::{Wire, listen};
use common::{PURPOSE, add_live_key, assert_no_secret, create, delete, use_key};
use octopus_sim::{Octopus, Settings};

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

/// A proxy that lets nobody through.
fn refusing_proxy() -> Wire {
    listen(|mut client, _| {
        let _ = client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    })
}

fn address(octopus: &Octopus) -> SocketAddr {
    let (_, address) = octopus.url().split_once("://").unwrap();
    address.parse().unwrap()
}

fn with_tls() -> Octopus {
    Settings {
        tls: true,
        ..Settings::default()
    }
    .start()
}

#[test]
fn a_proxy_sees_a_tunnel_and_no_secret() {
    let octopus = with_tls();
    let proxy = proxy_to(&octopus);
    // The name in the server's certificate, written so that it does not look like this machine.
    let target = format!("localhost.:{}", address(&octopus).port());
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        for run in [create(&octopus), delete(&octopus)] {
            run.env("OCTOPUS_URL", format!("https://{target}"))
                .env(variable, format!("http://{}", proxy.address))
                .run()
                .expect_code(0);
        }
    }
    let asked = proxy.requests();
    assert_eq!(asked.len(), 6, "one tunnel for each run");
    for request in asked {
        assert!(
            request.starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")),
            "{request}"
        );
        assert_no_secret(&octopus, &request);
    }
}

#[test]
fn a_proxy_cannot_stand_in_for_the_server() {
    let octopus = with_tls();
    let proxy = proxy_to(&octopus);
    let run = create(&octopus)
        .env("OCTOPUS_URL", "https://octopus.invalid")
        .env("HTTPS_PROXY", format!("http://{}", proxy.address))
        .run()
        .expect_code(1)
        .expect_text("the server's certificate was not accepted (");
    assert!(run.at_level("stdout-wait").is_empty(), "{run:#?}");
    assert_eq!(proxy.asked(), ["CONNECT octopus.invalid:443 HTTP/1.1"]);
    assert!(octopus.requests().is_empty());
}

#[test]
fn plain_http_goes_through_a_tunnel_too_and_is_warned_of() {
    let octopus = Octopus::start();
    let proxy = proxy_to(&octopus);
    let run = create(&octopus)
        .env("OCTOPUS_URL", "http://octopus.invalid")
        .env("HTTP_PROXY", format!("http://{}", proxy.address))
        .run()
        .expect_code(0);
    assert_eq!(proxy.asked(), ["CONNECT octopus.invalid:80 HTTP/1.1"]);
    assert_eq!(run.at_level("stdout-warning").len(), 1, "{run:#?}");
}

#[test]
fn a_host_in_no_proxy_is_reached_directly() {
    let octopus = Octopus::start();
    let proxy = refusing_proxy();
    for no_proxy in ["127.1", "*", "other.example, 127.1 ", "1"] {
        create(&octopus)
            // Leads to this machine without asking a name server, but does not look like it.
            .env(
                "OCTOPUS_URL",
                format!("http://127.1:{}", address(&octopus).port()),
            )
            .env("HTTP_PROXY", format!("http://{}", proxy.address))
            .env("NO_PROXY", no_proxy)
            .run()
            .expect_code(0);
    }
    assert_eq!(proxy.asked(), [""; 0]);
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_before_anything_is_sent() {
    let octopus = Octopus::start();
    for (proxy, why) in [
        (
            "socks5://proxy.invalid:1080",
            "a SOCKS proxy, which runkey cannot use",
        ),
        ("::", "HTTPS_PROXY is not a proxy's URL"),
    ] {
        create(&octopus)
            .env("OCTOPUS_URL", "https://octopus.invalid")
            .env("HTTPS_PROXY", proxy)
            .run()
            .expect_code(2)
            .expect_text(why);
    }
}

#[test]
fn this_machine_is_reached_directly() {
    let octopus = Octopus::start();
    let proxy = refusing_proxy();
    let key = add_live_key(&octopus, PURPOSE);
    for run in [
        create(&octopus),
        use_key(&octopus, &key.secret),
        delete(&octopus),
    ] {
        run.env("HTTPS_PROXY", format!("http://{}", proxy.address))
            .env("HTTP_PROXY", format!("http://{}", proxy.address))
            .run()
            .expect_code(0);
    }
    assert_eq!(proxy.asked(), [""; 0]);
}

#[test]
fn a_proxy_that_refuses_is_named_and_its_password_is_not() {
    let octopus = Octopus::start();
    let proxy = refusing_proxy();
    let run = create(&octopus)
        .env("OCTOPUS_URL", "https://octopus.invalid")
        .env(
            "HTTPS_PROXY",
            format!("http://alice:hunter2@{}", proxy.address),
        )
        .args(["--retry-for", "10ms", "-v"])
        .run()
        .expect_code(1)
        .expect_text("no connection to 'octopus.invalid:443' through the proxy '127.0.0.1:")
        .expect_text("(the proxy said: ")
        .expect_text("407")
        .expect_text("HTTPS_PROXY and NO_PROXY if there is a proxy");
    assert!(!format!("{run:?}").contains("hunter2"), "{run:#?}");
    assert!(!proxy.requests().is_empty());
    for request in proxy.requests() {
        assert_no_secret(&octopus, &request);
    }
}
