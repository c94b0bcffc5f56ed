//! Whom runkey trusts when the connection is encrypted.

use octopus_sim::{Certificate, Octopus, Settings};

use crate::support::server::{active_keys, requests};
use crate::support::{address, assert_refused, create, steps, with_tls};

fn other_scheme(octopus: &Octopus) -> String {
    let (scheme, rest) = octopus.url().split_once("://").unwrap();
    let other = if scheme == "http" { "https" } else { "http" };
    format!("{other}://{rest}")
}

#[test]
fn trusts_the_ca_of_the_file_and_reuses_the_connection() {
    let octopus = with_tls(Certificate::Own);
    create(&octopus).run().expect_code(0);
    assert_eq!(octopus.connections(), 1);
    for run in steps(&octopus) {
        run.run().expect_code(0);
    }
    assert_eq!(active_keys(&octopus), [""; 0]);
}

/// Each failure at once, with an action of its own; `--ca-file` only where it can help.
#[test]
fn explains_each_failure_of_tls_at_once() {
    let unknown = "Set --ca-file (RUNKEY_CA_FILE) to the certificate of the CA that issued the server's certificate.";
    for (certificate, error, help) in [
        (
            Certificate::Expired,
            "The certificate of HOST expired at 2020-01-02T00:00:00Z (this machine's clock: 20…Z).",
            "Renew the server's certificate, or correct this machine's clock.",
        ),
        (
            Certificate::OfAnotherHost,
            "The certificate of HOST is not valid for 127.0.0.1, only for …",
            "Set --url (OCTOPUS_URL) to a host name that the certificate is valid for.",
        ),
        (
            Certificate::SelfSigned,
            "The certificate of HOST is a CA certificate (CA:TRUE), which cannot be a server's own.",
            "Give the server a certificate of its own, with CA:FALSE",
        ),
    ] {
        let octopus = with_tls(certificate);
        let error = error.replace("HOST", &address(&octopus).to_string());
        for run in steps(&octopus) {
            let run = run.run();
            assert_refused(&octopus, &run, &error, help);
            assert!(
                help.contains("--ca-file") || !run.has("--ca-file (RUNKEY"),
                "{run:#?}"
            );
        }
    }
    let octopus = with_tls(Certificate::Own);
    let other = with_tls(Certificate::Own);
    let host = address(&octopus).to_string();
    for run in steps(&octopus) {
        let run = run.env("RUNKEY_CA_FILE", other.ca_file()).run();
        assert_refused(
            &octopus,
            &run,
            &format!("The certificate of {host} is not …"),
            unknown,
        );
    }
}

/// Container images without CA certificates: Octopus's own worker tools, Debian and Alpine "slim".
#[cfg(target_os = "linux")]
#[test]
fn explains_machine_without_ca_certificates() {
    let octopus = with_tls(Certificate::Own);
    let host = address(&octopus);
    for run in steps(&octopus) {
        let run = run
            .without("RUNKEY_CA_FILE")
            .file("empty.pem", "")
            .env("SSL_CERT_FILE", "empty.pem")
            .env("SSL_CERT_DIR", "none")
            .run();
        assert_refused(
            &octopus,
            &run,
            &format!(
                "Cannot verify the certificate of {host}: this machine has no CA certificates."
            ),
            "Install the system's CA certificates (the package ca-certificates), or set --ca-file (RUNKEY_CA_FILE).",
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn trusts_the_systems_cas_only_without_a_file() {
    let octopus = with_tls(Certificate::Own);
    let other = with_tls(Certificate::Own);
    for run in steps(&octopus) {
        let run = run
            .env("RUNKEY_CA_FILE", other.ca_file())
            .env("SSL_CERT_FILE", octopus.ca_file());
        assert!(matches!(run.run().code, 1 | 125));
    }
    for run in steps(&octopus) {
        let run = run.without("RUNKEY_CA_FILE");
        run.env("SSL_CERT_FILE", octopus.ca_file())
            .run()
            .expect_code(0);
    }
}

#[test]
fn tells_that_http_and_https_are_mixed_up() {
    for (tls, error) in [
        (false, "HOST speaks http, but the URL begins with https."),
        (true, "HOST speaks https, but the URL begins with http."),
    ] {
        let octopus = Settings {
            tls,
            ..Settings::default()
        }
        .start();
        let error = error.replace("HOST", &address(&octopus).to_string());
        for run in steps(&octopus) {
            let run = run.env("OCTOPUS_URL", other_scheme(&octopus)).run();
            assert!(matches!(run.code, 1 | 125), "{run:#?}");
            assert_eq!(run.cause(), error, "{run:#?}");
            run.expect_text("Help: Change the scheme of --url (OCTOPUS_URL).");
        }
        assert_eq!(requests(&octopus), [""; 0]);
    }
}
