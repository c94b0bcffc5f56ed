//! What is said, and how soon, when the server cannot be reached as it was asked for.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use common::{Runkey, create, delete, use_key};
use octopus_sim::{Octopus, Settings};

/// What a TLS server sends to a client that does not speak TLS: a fatal alert.
const ALERT: &[u8] = &[0x15, 3, 3, 0, 2, 2, 70];

/// A server that answers whatever comes with these bytes, and counts what came.
fn always(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown(Shutdown::Write);
            // What is left unread would make the system reset the connection.
            thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
        }
    });
    address
}

/// All three steps, against this URL.
fn steps<'a>(octopus: &'a Octopus, url: &str) -> [Runkey<'a>; 3] {
    [
        create(octopus),
        use_key(octopus, octopus.service_key()),
        delete(octopus),
    ]
    .map(|run| run.env("OCTOPUS_URL", url))
}

/// Fails unless every step says this within a moment.
#[track_caller]
fn said_at_once(octopus: &Octopus, url: &str, sentence: &str) {
    for run in steps(octopus, url) {
        let begin = Instant::now();
        let outcome = run.run();
        assert!(matches!(outcome.code, Some(1 | 125)), "{outcome:#?}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{outcome:#?}");
        let message = outcome.result_message().unwrap();
        assert!(message.contains(sentence), "{message}");
        assert!(!outcome.stdout.contains("Waiting"), "{outcome:#?}");
        outcome.expect_text("Set --url (OCTOPUS_URL) to the address with https:// or http://");
    }
}

#[test]
fn the_host_and_port_that_could_not_be_reached_are_said() {
    let octopus = Octopus::start();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    for run in steps(&octopus, &format!("http://{free}")) {
        let outcome = run.args(["--retry-for", "1ms"]).run();
        let message = outcome.result_message().unwrap();
        let end = format!("no connection to '{free}' (connection refused).");
        assert!(message.ends_with(&end), "{message}");
    }
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = silent.local_addr().unwrap();
    for run in steps(&octopus, &format!("http://{address}")) {
        let outcome = run.args(["--retry-for", "1ms", "--timeout", "200ms"]).run();
        let message = outcome.result_message().unwrap();
        let end = format!("no answer from '{address}' within 200ms.");
        assert!(message.ends_with(&end), "{message}");
    }
}

#[test]
fn a_proxy_that_cannot_be_reached_is_named() {
    let octopus = Octopus::start();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let run = create(&octopus)
        .env("OCTOPUS_URL", "https://octopus.example")
        .env("HTTPS_PROXY", format!("http://{free}"))
        .args(["--retry-for", "1ms"])
        .run()
        .expect_code(1);
    let message = run.result_message().unwrap();
    let part = format!("no connection to 'octopus.example:443' through the proxy '{free}' (");
    assert!(message.contains(&part), "{message}");
}

#[test]
fn https_to_a_server_that_speaks_http_fails_at_once() {
    let octopus = Octopus::start();
    let authority = octopus.url().trim_start_matches("http://");
    let sentence = format!("'{authority}' speaks http, not what the URL says.");
    said_at_once(&octopus, &format!("https://{authority}"), &sentence);
    assert!(octopus.requests().is_empty());
}

#[test]
fn http_to_a_server_that_says_it_takes_https_fails_at_once() {
    let octopus = Octopus::start();
    for text in [
        "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>",
        "Client sent an HTTP request to an HTTPS server.\n",
        "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
    ] {
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        let address = always(answer.into_bytes());
        let sentence = format!("'{address}' speaks https, not what the URL says.");
        said_at_once(&octopus, &format!("http://{address}"), &sentence);
    }
    let tls = Settings {
        tls: true,
        ..Settings::default()
    }
    .start();
    let url = tls.url().replace("https://", "http://");
    said_at_once(&tls, &url, "speaks https, not what the URL says.");
    assert!(tls.requests().is_empty());
}

#[test]
fn http_to_a_server_that_answers_with_an_alert_of_tls_fails_at_once() {
    let octopus = Octopus::start();
    let address = always(ALERT.to_vec());
    let sentence = format!("'{address}' speaks https, not what the URL says.");
    said_at_once(&octopus, &format!("http://{address}"), &sentence);
}

#[test]
fn what_is_neither_http_nor_tls_is_tried_again() {
    let octopus = Octopus::start();
    let address = always(b"220 mail.example ESMTP\r\n".to_vec());
    for run in steps(&octopus, &format!("http://{address}")) {
        run.args(["--retry-for", "300ms"])
            .run()
            .expect_text("(not HTTP)")
            .expect_text("Waiting: ");
    }
}

#[test]
fn a_name_that_nobody_knows_is_given_up_by_create_and_use_and_not_by_delete() {
    let octopus = Octopus::start();
    let begin = Instant::now();
    let outcomes = thread::scope(|scope| {
        let runs = steps(&octopus, "http://octopus.invalid").map(|run| {
            let run = run.args(["--retry-for", "13s"]);
            scope.spawn(move || (run.run(), begin.elapsed().as_secs()))
        });
        runs.map(|run| run.join().unwrap())
    });
    let ends = [10..=12, 10..=12, 13..=16];
    for ((outcome, seconds), end) in outcomes.into_iter().zip(ends) {
        assert!(end.contains(&seconds), "{seconds} s: {outcome:#?}");
        let message = outcome.result_message().unwrap();
        let sentence = "no connection to 'octopus.invalid:80' (the name could not be looked up).";
        assert!(message.ends_with(sentence), "{message}");
        let waits = outcome.at_level("stdout-wait");
        assert_eq!(waits.len(), 1, "each reason is said once: {waits:?}");
        assert!(
            waits[0].starts_with("Waiting: no connection to") && waits[0].contains("until 20"),
            "{waits:?}"
        );
    }
}
