//! The way to the server: no host but the one given, and no answer that never ends.

mod common;

use std::io::Write;
use std::time::{Duration, Instant};

use common::wire::{Wire, listen};
use common::{PURPOSE, Runkey, add_live_key, assert_no_secret, create, delete, requests, use_key};
use octopus_sim::{Fault, Octopus, Settings};

/// All three steps with little time for trying again.
fn hurried(octopus: &Octopus) -> [Runkey<'_>; 3] {
    let key = add_live_key(octopus, PURPOSE);
    [
        create(octopus),
        use_key(octopus, &key.secret),
        delete(octopus),
    ]
    .map(|run| run.args(["--retry-for", "10ms", "--timeout", "300ms"]))
}

/// A server that answers every request with this text.
fn always(answer: impl Into<String>) -> Wire {
    let answer = answer.into();
    listen(move |mut stream, _| {
        let _ = stream.write_all(answer.as_bytes());
    })
}

#[test]
fn a_redirect_is_not_followed_and_the_error_names_where_it_points() {
    let octopus = Octopus::start();
    let elsewhere = Octopus::start();
    let to = format!("{}/login?token=hunter2#frag", elsewhere.url());
    octopus.fault(Fault::Redirect { to }).forever();
    for run in hurried(&octopus) {
        let run = run.run();
        assert!(matches!(run.code, Some(1 | 125)), "{run:#?}");
        let message = run.result_message().expect("a first sentence");
        let end = format!(
            "the server redirects to '{}/login' (302), which is not followed.",
            elsewhere.url()
        );
        assert!(message.ends_with(&end), "{message}");
        assert!(!format!("{run:?}").contains("hunter2"), "{run:#?}");
        run.expect_text("Set --url (OCTOPUS_URL) to the server's own address");
    }
    assert_eq!(elsewhere.connections(), 0);
    assert_eq!(octopus.requests().len(), 3);
}

#[test]
fn no_kind_of_redirect_is_followed() {
    let octopus = Octopus::start();
    for status in [301, 302, 303, 307, 308] {
        let server = always(format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {}/api/users/me\r\nContent-Length: 0\r\n\r\n",
            octopus.url()
        ));
        for owner in ["Users-21", ""] {
            create(&octopus)
                .env("RUNKEY_OWNER", owner)
                .env("OCTOPUS_URL", format!("http://{}", server.address))
                .run()
                .expect_code(1)
                .expect_text(&format!("({status}), which is not followed"));
        }
        assert_eq!(server.requests().len(), 2);
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_virtual_directory_stands_before_every_path() {
    let octopus = Settings {
        virtual_directory: "/octopus".into(),
        ..Settings::default()
    }
    .start();
    for end in ["", "/", "/api", "/app/"] {
        octopus.forget_requests();
        let url = format!("{}{end}", octopus.url());
        create(&octopus)
            .env("OCTOPUS_URL", &url)
            .run()
            .expect_code(0);
        delete(&octopus)
            .env("OCTOPUS_URL", &url)
            .run()
            .expect_code(0);
        let requests = octopus.requests();
        assert_eq!(requests.len(), 5);
        assert!(
            requests
                .iter()
                .all(|request| request.path.starts_with("/octopus/api/users/"))
        );
    }
    let without = octopus.url().trim_end_matches("/octopus");
    create(&octopus)
        .env("OCTOPUS_URL", without)
        .run()
        .expect_code(1)
        .expect_text("includes the virtual directory if the server has one");
}

#[test]
fn plain_http_to_another_machine_is_warned_of_and_to_this_one_not() {
    let octopus = Octopus::start();
    let port = octopus.url().rsplit_once(':').expect("a port").1;
    // Leads to this machine too, without asking a name server, but does not look like it.
    let url = format!("http://127.1:{port}");
    let run = create(&octopus)
        .env("OCTOPUS_URL", url)
        .run()
        .expect_code(0);
    assert_eq!(
        run.at_level("stdout-warning"),
        [
            "The connection to '127.1' is not encrypted: whoever is on the way can read the key. Use https."
        ]
    );
    let run = create(&octopus).run().expect_code(0);
    assert!(run.at_level("stdout-warning").is_empty(), "{run:#?}");
}

#[test]
fn an_answer_that_is_too_long_is_cut_off() {
    let octopus = Octopus::start();
    octopus.fault(Fault::EndlessBody).forever();
    create(&octopus)
        .args(["--retry-for", "10ms"])
        .run()
        .expect_code(1)
        .expect_text("the answer is not what Octopus sends (more than 16777216 bytes)");
}

#[test]
fn an_answer_that_takes_too_long_is_cut_off() {
    for fault in [Fault::SlowBody, Fault::Timeout] {
        let octopus = Octopus::start();
        octopus.fault(fault.clone()).forever();
        for run in hurried(&octopus) {
            let start = Instant::now();
            let run = run.run();
            let took = start.elapsed();
            assert!(took < Duration::from_secs(10), "{fault}: {took:?}");
            assert!(matches!(run.code, Some(1 | 125)), "{fault}: {run:#?}");
            run.expect_text("within 300ms");
        }
    }
}

#[test]
fn headers_without_end_are_cut_off() {
    let octopus = Octopus::start();
    let server = listen(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-More: and more\r\n").is_ok() {}
    });
    for run in hurried(&octopus) {
        run.env("OCTOPUS_URL", format!("http://{}", server.address))
            .run()
            .expect_text("the answer is not what Octopus sends");
    }
}

#[test]
fn an_answer_that_is_not_http_is_called_that() {
    let octopus = Octopus::start();
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\u{0}\u{1}\u{2}",
        "HTTP/9.9 huh\r\n\r\n",
    ] {
        let server = always(answer);
        for run in hurried(&octopus) {
            let run = run
                .env("OCTOPUS_URL", format!("http://{}", server.address))
                .run();
            assert!(matches!(run.code, Some(1 | 125)), "{run:#?}");
            run.expect_text("the answer is not what Octopus sends (not HTTP)");
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_called_that() {
    let octopus = Octopus::start();
    for run in hurried(&octopus) {
        run.env("OCTOPUS_URL", "http://127.0.0.1:1")
            .run()
            .expect_text("no connection to '127.0.0.1:1' (connection refused)")
            .expect_text("Check --url (OCTOPUS_URL), the network of this worker");
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn cookies_are_never_sent_back() {
    let octopus = Octopus::start();
    let server = listen(|mut stream, request| {
        let body = if request.starts_with("GET") {
            r#"{"Id":"Users-21","Username":"runbook-svc"}"#
        } else {
            r#"{"ErrorMessage":"enough"}"#
        };
        let status = if request.starts_with("GET") { 200 } else { 400 };
        let _ = write!(
            stream,
            "HTTP/1.1 {status} Answer\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    });
    create(&octopus)
        .env("OCTOPUS_URL", format!("http://{}", server.address))
        .run()
        .expect_code(1)
        .expect_text("The server said: 'enough'");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(!request.to_lowercase().contains("cookie:"), "{request}");
    }
}

#[test]
fn a_proxys_own_not_found_does_not_pass_for_a_revoked_key() {
    let octopus = Octopus::start();
    let server = listen(|mut stream, request| {
        let (status, body) = if request.starts_with("GET /api/users/me") {
            (
                200,
                r#"{"Id":"Users-21","Username":"runbook-svc"}"#.to_owned(),
            )
        } else if request.starts_with("GET") {
            let key = format!(r#"{{"Id":"apikeys-1","Purpose":"{PURPOSE}"}}"#);
            (200, format!(r#"{{"Items":[{key}],"TotalResults":1}}"#))
        } else {
            (404, "<html>nothing here</html>".to_owned())
        };
        let _ = write!(
            stream,
            "HTTP/1.1 {status} Answer\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    });
    delete(&octopus)
        .env("OCTOPUS_URL", format!("http://{}", server.address))
        .run()
        .expect_code(1)
        .expect_text("The key apikeys-1 could not be revoked");
}

#[test]
fn the_credential_is_in_a_header_and_nowhere_else() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    delete(&octopus).run().expect_code(0);
    for request in octopus.requests() {
        assert_eq!(
            request.header("x-octopus-apikey"),
            Some(octopus.service_key())
        );
        assert_no_secret(
            &octopus,
            &format!("{} {} {}", request.path, request.query, request.body),
        );
    }
    assert_eq!(requests(&octopus).len(), 5);
}
