//! Whom the program trusts when the connection is encrypted.

mod common;

use common::{Outcome, PURPOSE, Runkey, add_live_key, create, delete, requests, use_key};
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings};

fn with_tls() -> Octopus {
    Settings {
        tls: true,
        ..Settings::default()
    }
    .start()
}

/// All three steps, with little time for trying again; the harness gives each `--ca-file` by its
/// variable.
fn steps(octopus: &Octopus) -> [Runkey<'_>; 3] {
    let key = add_live_key(octopus, PURPOSE);
    [
        create(octopus),
        use_key(octopus, &key.secret),
        delete(octopus),
    ]
    .map(|run| run.args(["--retry-for", "300ms"]))
}

/// Fails unless the run ended with a connection that carried no request, and no further attempt.
#[track_caller]
fn refused_at_once(octopus: &Octopus, run: &Outcome, connections: usize) {
    assert!(matches!(run.code, Some(1 | 125)), "{run:#?}");
    assert!(run.at_level("stdout-wait").is_empty(), "{run:#?}");
    assert_eq!(octopus.connections(), connections);
    assert_eq!(requests(octopus), [""; 0]);
}

#[test]
fn an_authority_of_ones_own_is_trusted_when_its_file_is_given() {
    let octopus = with_tls();
    let [create, use_key, delete] = steps(&octopus);
    create.run().expect_code(0);
    assert_eq!(octopus.connections(), 1, "two requests on one connection");
    use_key.run().expect_code(0);
    delete.run().expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn an_unknown_authority_is_refused_at_once_with_advice() {
    let octopus = with_tls();
    for (number, run) in steps(&octopus).into_iter().enumerate() {
        let run = run.without("RUNKEY_CA_FILE").run();
        refused_at_once(&octopus, &run, number + 1);
        run.expect_text("the server's certificate was not accepted (")
            .expect_text("give that authority's certificate with --ca-file (RUNKEY_CA_FILE)");
    }
}

#[test]
fn another_authority_vouches_for_nothing() {
    let octopus = with_tls();
    let other = with_tls();
    for (number, run) in steps(&octopus).into_iter().enumerate() {
        let run = run.env("RUNKEY_CA_FILE", other.ca_file()).run();
        refused_at_once(&octopus, &run, number + 1);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_systems_authorities_count_for_nothing_beside_a_file() {
    let octopus = with_tls();
    let other = with_tls();
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("bundle.pem");
    let both = [other.ca_file(), octopus.ca_file()].map(|file| std::fs::read(file).expect("PEM"));
    std::fs::write(&bundle, both.concat()).expect("a file");
    for (number, run) in steps(&octopus).into_iter().enumerate() {
        let run = run
            .env("RUNKEY_CA_FILE", other.ca_file())
            .env("SSL_CERT_FILE", &bundle)
            .run();
        refused_at_once(&octopus, &run, number + 1);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_of_trusted_certificates_counts_too() {
    let octopus = with_tls();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(octopus.ca_file(), folder.path().join("own.pem")).expect("a file");
    for run in steps(&octopus) {
        run.without("RUNKEY_CA_FILE")
            .env("SSL_CERT_DIR", folder.path())
            .run()
            .expect_code(0);
    }
}

#[test]
fn a_certificate_that_is_an_authoritys_is_explained() {
    let octopus = Settings {
        tls: true,
        self_signed_authority: true,
        ..Settings::default()
    }
    .start();
    for (number, run) in steps(&octopus).into_iter().enumerate() {
        let run = run.run();
        refused_at_once(&octopus, &run, number + 1);
        run.expect_text("CaUsedAsEndEntity")
            .expect_text("basicConstraints=critical,CA:FALSE");
    }
}

#[test]
fn https_to_a_server_without_it_fails() {
    let octopus = Octopus::start();
    for run in steps(&octopus) {
        let run = run
            .env("OCTOPUS_URL", octopus.url().replace("http:", "https:"))
            .run()
            .expect_text(" speaks http, not what the URL says.");
        assert!(matches!(run.code, Some(1 | 125)), "{run:#?}");
    }
    assert_eq!(requests(&octopus), [""; 0]);
}

#[test]
fn http_to_a_server_that_is_encrypted_fails() {
    let octopus = with_tls();
    for run in steps(&octopus) {
        let run = run
            .env("OCTOPUS_URL", octopus.url().replace("https:", "http:"))
            .run();
        assert!(matches!(run.code, Some(1 | 125)), "{run:#?}");
    }
    assert_eq!(requests(&octopus), [""; 0]);
}
