//! HTTPS, with a CA of the server's own.

mod support;

use std::path::Path;
use std::sync::Arc;

use octopus_sim::{Octopus, Settings};
use support::Client;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Sends a request, trusting only what the file holds.
fn status(octopus: &Octopus, authority: &Path) -> Result<u16, ureq::Error> {
    let pem = std::fs::read(authority).expect("the file");
    let trusted: Vec<Certificate<'static>> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .unversioned_rustls_crypto_provider(Arc::new(
            tokio_rustls::rustls::crypto::ring::default_provider(),
        ))
        .build();
    let agent: Agent = Agent::config_builder().tls_config(tls).build().into();
    let request = agent.get(format!("{}/api/users/me", octopus.url()));
    let request = request.header("X-Octopus-ApiKey", octopus.service_key());
    request.call().map(|response| response.status().as_u16())
}

#[test]
fn a_client_that_trusts_the_authority_is_served() {
    let octopus = Settings {
        tls: true,
        ..Settings::default()
    }
    .start();
    assert!(octopus.url().starts_with("https://127.0.0.1:"));
    assert_eq!(status(&octopus, octopus.ca_file()).expect("an answer"), 200);
}

#[test]
fn a_client_that_trusts_another_authority_sends_nothing() {
    let [octopus, other] = [(); 2].map(|()| {
        Settings {
            tls: true,
            ..Settings::default()
        }
        .start()
    });
    assert!(status(&octopus, other.ca_file()).is_err());
    assert!(octopus.requests().is_empty());
}

#[test]
fn a_self_signed_authority_is_the_servers_own_certificate() {
    let octopus = Settings {
        tls: true,
        certificate: octopus_sim::Certificate::SelfSigned,
        ..Settings::default()
    }
    .start();
    let error = status(&octopus, octopus.ca_file()).expect_err("webpki refuses it");
    assert!(error.to_string().contains("CaUsedAsEndEntity"), "{error}");
}

#[test]
fn plain_http_to_a_port_with_tls_is_answered_400() {
    let octopus = Settings {
        tls: true,
        ..Settings::default()
    }
    .start();
    let url = octopus.url().replace("https://", "http://");
    let client = Client::with_key(&url, octopus.service_key());
    let sent = client.send("GET", "/api/users/me", "").expect("a response");
    assert_eq!(sent.status(), 400);
    assert!(octopus.requests().is_empty());
}
