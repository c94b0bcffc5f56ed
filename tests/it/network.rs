//! The way to the server: what is retried and for how long, what is not, and what is said of
//! whatever answers in the server's place.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::fmt::rfc2822::DateTimePrinter;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, RateLimit, Response};

use crate::support::server::{active_keys, add_key, always, requests, server_with};
use crate::support::wire::{Wire, listen};
use crate::support::{Outcome, PURPOSE, Runkey, create, delete, use_key};

/// A step, and how many requests it takes when nothing fails.
const STEPS: [(&str, usize); 3] = [("create", 2), ("use", 1), ("delete", 4)];

/// One of the steps, on a server that has one key of the run; verbose, so that each wait is a line.
fn step<'a>(octopus: &'a Octopus, name: &str) -> Runkey<'a> {
    let key = add_key(octopus, PURPOSE);
    let run = match name {
        "create" => create(octopus),
        "use" => use_key(octopus, &key.secret),
        _ => delete(octopus),
    };
    run.args(["--verbose"])
}

/// The exit code of a step that failed.
fn failed(name: &str) -> i32 {
    if name == "use" { 125 } else { 1 }
}

fn waits(run: &Outcome) -> usize {
    run.stdout.matches(". Retrying in ").count()
}

#[test]
fn retries_what_may_succeed_later_in_every_step() {
    let mut faults = vec![
        Fault::RefusedConnection,
        Fault::ResetBeforeProcessing,
        Fault::ResetAfterProcessing,
        Fault::TooManyRequests { retry_after: None },
        Fault::BadGatewayHtml,
        Fault::Truncated,
    ];
    faults.extend([408, 425, 429, 500, 502, 503, 504, 599].map(Fault::Status));
    thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                for (name, usual) in STEPS {
                    let octopus = Octopus::start();
                    octopus.fault(fault.clone()).on("GET", "/api/users");
                    let run = step(&octopus, name).run().expect_code(0);
                    assert_eq!(waits(&run), 1, "{name}, {fault}: {run:#?}");
                    let sent = requests(&octopus);
                    assert_eq!(sent.len(), usual + 1, "{name}, {fault}: {sent:#?}");
                }
            });
        }
    });
}

#[test]
fn retries_nothing_that_cannot_succeed_later() {
    let mut faults = [400, 401, 403, 404, 405, 409, 501, 505]
        .map(Fault::Status)
        .to_vec();
    faults.push(Fault::NotJson);
    faults.push(Fault::Redirect {
        to: "http://127.0.0.1:9/".into(),
    });
    for fault in faults {
        for name in ["create", "use"] {
            let octopus = Octopus::start();
            always(&octopus, "GET /api", fault.clone());
            let run = step(&octopus, name).run().expect_code(failed(name));
            assert_eq!(waits(&run), 0, "{name}, {fault}: {run:#?}");
            assert_eq!(requests(&octopus).len(), 1, "{name}, {fault}");
        }
    }
}

/// What the server asks for in a header, as the text in it.
type Asked = fn(&Response) -> String;

fn date_in(response: &Response, seconds: i64) -> String {
    let date = (response.now + SignedDuration::from_secs(seconds)).in_tz("UTC");
    let printer = DateTimePrinter::new();
    printer.zoned_to_string(&date.unwrap()).unwrap()
}

#[test]
fn waits_as_long_as_the_server_asks() {
    let rows: [(u16, &str, Asked, u64); 7] = [
        (503, "Retry-After", |_| "2".into(), 2),
        (429, "Retry-After", |_| "2".into(), 2),
        (503, "Retry-After", |response| date_in(response, 3), 2),
        (503, "Retry-After", |response| date_in(response, -3600), 0),
        (429, "Octopus-RateLimit", |_| "r=0;t=2".into(), 2),
        (503, "Octopus-RateLimit", |_| "r=0;t=90".into(), 0),
        (503, "Retry-After", |_| "soon".into(), 0),
    ];
    thread::scope(|scope| {
        for (status, header, asked, seconds) in rows {
            scope.spawn(move || {
                let octopus = Octopus::start();
                let fault = Fault::instead("busy", move |_, response| {
                    response.status = status;
                    let value = asked(response);
                    response.set_header(header, value);
                });
                octopus.fault(fault).on("GET", "/users/me");
                let start = Instant::now();
                let run = create(&octopus).line("-v").run().expect_code(0);
                let took = start.elapsed().as_secs();
                let expected = seconds..seconds + 30;
                assert!(expected.contains(&took), "{status} {header}: {took}");
                assert_eq!(waits(&run), 1);
            });
        }
    });
}

#[test]
fn says_why_it_waits_and_until_when() {
    for format in ["text", "json", "octopus"] {
        let octopus = Octopus::start();
        octopus.fault(Fault::Status(503)).on("GET", "/me").times(3);
        let run = create(&octopus).args(["--output", format]).run();
        let run = run.expect_code(0);
        let waits = run.at_level("wait").into_iter();
        let lines = waits.chain(run.stderr.lines());
        let said: Vec<_> = lines.filter(|line| line.contains("Retrying")).collect();
        assert!(
            matches!(said[..], [line]
                if line.starts_with("The server failed (503 Service Unavailable). Retrying in ")
                && line.contains("; giving up in ")),
            "once for each reason: {said:#?}"
        );
    }
}

#[test]
fn gives_up_when_the_time_for_retries_is_over() {
    let faults = [
        Fault::Status(503),
        Fault::ResetBeforeProcessing,
        Fault::TooManyRequests {
            retry_after: Some(3600),
        },
    ];
    thread::scope(|scope| {
        for (name, _) in STEPS {
            for fault in faults.clone() {
                scope.spawn(move || {
                    let octopus = Octopus::start();
                    octopus.fault(fault.clone()).forever();
                    let start = Instant::now();
                    let run = step(&octopus, name).line("--retry-for 1s").run();
                    let run = run.expect_code(failed(name));
                    let took = start.elapsed();
                    assert!(took < Duration::from_secs(15), "{name}, {fault}: {took:?}");
                    assert!(waits(&run) >= 1, "{name}, {fault}: {run:#?}");
                    let sent = requests(&octopus).len();
                    assert_eq!(sent, waits(&run) + 1, "once more before the end: {fault}");
                });
            }
        }
    });
}

#[test]
fn works_through_a_rate_limit() {
    let octopus = server_with(|settings| {
        settings.rate_limit = Some(RateLimit {
            requests: 1,
            per: Duration::from_millis(300),
            burst: 1,
            retry_after: false,
        });
    });
    create(&octopus).run().expect_code(0);
    delete(&octopus).run().expect_code(0);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn abandons_what_does_not_end_at_the_timeout() {
    for fault in [Fault::Timeout, Fault::SlowBody] {
        let octopus = Octopus::start();
        octopus.fault(fault.clone()).on("GET", "/users/me");
        let run = create(&octopus).line("--timeout 500ms -v").run();
        let run = run.expect_code(0);
        assert_eq!(waits(&run), 1, "{fault}");
        run.expect_text("within 500ms. Retrying in ");
    }
    let octopus = Octopus::start();
    octopus.fault(Fault::Timeout).forever();
    let address = octopus.url().replace("http://", "");
    for (name, _) in STEPS {
        let start = Instant::now();
        let run = step(&octopus, name).line("--timeout 300ms --retry-for 1ms");
        let run = run.run().expect_code(failed(name));
        assert!(
            run.has(&format!("o response from {address} within 300ms")),
            "{run:#?}"
        );
        assert!(start.elapsed() < Duration::from_secs(15), "{name}");
    }
}

#[test]
fn follows_no_redirect_and_sends_nothing_elsewhere() {
    let elsewhere = Octopus::start();
    for status in [301, 302, 303, 307, 308] {
        let octopus = Octopus::start();
        let to = format!("{}/login?token=hunter2#x", elsewhere.url());
        let fault = Fault::instead("redirect", move |_, response| {
            response.status = status;
            response.set_header("Location", to.as_str());
        });
        octopus.fault(fault).forever();
        for (name, _) in STEPS {
            let run = step(&octopus, name).run().expect_code(failed(name));
            let cause = format!(
                "he server redirects to '{}/login' ({status}), which is not followed",
                elsewhere.url()
            );
            assert!(run.error().contains(&cause), "{run:#?}");
            assert!(!run.has("hunter2"), "{run:#?}");
            run.expect_text("Set --url (OCTOPUS_URL) to the server's own URL, with https");
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

/// A server that answers every request with this text.
fn answering(response: impl Into<String>) -> Wire {
    let response = response.into();
    listen(move |mut stream, _| {
        let _ = stream.write_all(response.as_bytes());
    })
}

fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// What answers is not Octopus: it is named, and nothing of Octopus's permissions is said.
#[test]
fn names_what_answers_in_the_servers_place() {
    let page = "<!DOCTYPE html><html><head><TITLE lang=en>\n Sign in – Acme\n</TITLE>";
    let rows = [
        (
            http("403 Forbidden", page),
            "GET was answered with 403 Forbidden and an HTML page titled 'Sign in – Acme'",
        ),
        (
            http("401 Unauthorized", "<html>no"),
            "GET was answered with 401 Unauthorized and an HTML page",
        ),
        (
            http("404 Not Found", ""),
            "GET was answered with 404 Not Found and an empty response",
        ),
        (
            http("400 Bad Request", r#"{"message":"no such host"}"#),
            "GET was answered with 400 Bad Request and JSON that is not from an Octopus Server",
        ),
        (
            http("403 Forbidden", "Blocked by policy 7"),
            "GET was answered with 403 Forbidden and something that is not JSON",
        ),
        (
            http("200 OK", page),
            "nexpected response: an HTML page titled 'Sign in – Acme'",
        ),
        (http("200 OK", ""), "nexpected response: an empty response"),
        (
            http("200 OK", r#"{"status":"ok","version":"v1.31"}"#),
            "nexpected response: JSON that is not from an Octopus Server",
        ),
        ("SSH-2.0-OpenSSH_9.6\r\n".into(), "is not HTTP"),
        ("\0\u{1}\u{2}".into(), "is not HTTP"),
    ];
    let octopus = Octopus::start();
    for (response, cause) in rows {
        let server = answering(response);
        let run = create(&octopus)
            .env("OCTOPUS_URL", format!("http://{}", server.address))
            .line("-v")
            .run()
            .expect_code(1);
        assert!(run.error().contains(cause), "{cause}: {run:#?}");
        assert_eq!(waits(&run), 0, "at once: {run:#?}");
        assert!(!run.has("UserEdit") && !run.has("Octopus said"), "{run:#?}");
        run.expect_text("Check that --url (OCTOPUS_URL) is an Octopus Server");
    }
}

#[test]
fn reads_no_endless_response() {
    let octopus = Octopus::start();
    octopus.fault(Fault::EndlessBody).on("GET", "/users/me");
    let run = create(&octopus).line("--retry-for 1ms").run();
    run.expect_code(1)
        .expect_text(" is larger than 16777216 bytes");
    let headers = listen(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-More: and more\r\n").is_ok() {}
    });
    let run = create(&octopus).env("OCTOPUS_URL", format!("http://{}", headers.address));
    run.run().expect_code(1);
}

#[test]
fn sends_the_credential_in_a_header_and_no_cookie() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::edit("cookie", |_, response| {
            response.set_header("Set-Cookie", "a=1; Path=/");
        }))
        .forever();
    create(&octopus).run().expect_code(0);
    delete(&octopus).run().expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
    for request in octopus.requests() {
        let credential = request.header("x-octopus-apikey");
        assert_eq!(credential, Some(octopus.service_key()));
        assert_eq!(request.header("cookie"), None);
        let rest = format!("{} {} {}", request.path, request.query, request.body);
        for secret in octopus.every_secret() {
            assert!(!rest.contains(&secret), "{rest}");
        }
    }
}
