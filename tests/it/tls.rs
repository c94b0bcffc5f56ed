//! Whom runkey trusts when the connection is encrypted.

use octopus_sim::Certificate;

use crate::support::server::active_keys;
use crate::support::{address, assert_refused, create, steps, with_tls};

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
