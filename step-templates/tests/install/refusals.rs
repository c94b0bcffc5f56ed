//! What the server, or the way there, refuses: each is said, with what to do next.

use octopus_sim::{Fault, Octopus};

use crate::installer::{Installer, Outcome, SPACE, requests};

#[test]
fn refuses_unknown_space_and_names_those_there_are() {
    let octopus = Octopus::start();
    octopus.add_space("Second");
    let outcome = Installer::new().install(&octopus, &["--space", "Third"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("'Third'"), "{}", outcome.err);
    assert!(outcome.err.contains("Default, Second"), "{}", outcome.err);
    assert_eq!(requests(&octopus), ["GET /api/spaces"]);
}

#[test]
fn a_wrong_key_is_said_with_what_the_server_said_and_what_to_do() {
    let octopus = Octopus::start();
    let output = Installer::new()
        .command()
        .env("OCTOPUS_URL", octopus.url())
        .env("OCTOPUS_API_KEY", "API-NOTAKEYOFTHISSERVER")
        .args(["--space", SPACE])
        .output()
        .unwrap();
    let outcome = Outcome::of(&output, &octopus);
    assert_eq!(outcome.code, Some(1));
    for part in [
        "Cannot list the spaces",
        "Octopus said: ",
        "Check OCTOPUS_API_KEY",
    ] {
        assert!(outcome.err.contains(part), "no '{part}' in {}", outcome.err);
    }
    let shown = format!("{}{}", outcome.out, outcome.err);
    assert!(!shown.contains("NOTAKEY"), "{shown}");
    assert!(
        !outcome.err.contains(".rs"),
        "a place in the source: {}",
        outcome.err
    );
}

#[test]
fn names_what_is_missing() {
    let error = |arguments: &[&str]| {
        let output = Installer::new().command().args(arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let of_usage = error(&[]);
    for part in ["--url", "--space"] {
        assert!(of_usage.contains(part), "{of_usage}");
    }
    let address = ["--url", "http://127.0.0.1:1", "--space", SPACE];
    let of_credential = error(&address);
    assert!(
        of_credential.contains("Set OCTOPUS_API_KEY"),
        "{of_credential}"
    );
    let key = ["--api-key-variable", "--example-runbook", "Web Shop"];
    let without_key = Installer::new()
        .command()
        .env("OCTOPUS_API_KEY", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .args(address)
        .args(key)
        .output()
        .unwrap();
    let without_key = String::from_utf8(without_key.stderr).unwrap();
    assert!(
        without_key.contains("Set OCTOPUS_SERVICE_API_KEY"),
        "{without_key}"
    );
    for arguments in [
        &["--example-runbook", "Web Shop"][..],
        &["--service-account", "x", "--project", "Web Shop"],
        &["--service-account", "x", "--runbook", "Restart"],
    ] {
        let usage = error(&[&address[..], arguments].concat());
        assert!(usage.contains("required arguments"), "{usage}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let octopus = Octopus::start();
    let elsewhere = Octopus::start();
    let to = format!("{}/api/spaces?key=1", elsewhere.url());
    octopus.fault(Fault::Redirect { to }).on("GET", "/spaces");
    let outcome = Installer::new().install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.err.contains("which is not followed"),
        "{}",
        outcome.err
    );
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn what_breaks_half_way_is_completed_by_running_it_again() {
    let octopus = Octopus::start();
    let installer = Installer::new();
    octopus
        .fault(Fault::Status(400))
        .on("POST", "/actiontemplates")
        .at(4);
    let outcome = installer.install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.err.contains("Cannot create the step template"),
        "{}",
        outcome.err
    );
    assert_eq!(octopus.documents(SPACE, "actiontemplates").len(), 3);
    let outcome = installer.install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(octopus.documents(SPACE, "actiontemplates").len(), 6);
}

#[test]
fn a_strangers_text_gives_the_terminal_no_orders() {
    let octopus = Octopus::start();
    let text = "\u{1b}[2J no".to_owned();
    let hostile = Fault::HostileError { status: 400, text };
    octopus.fault(hostile).on("POST", "/packages/raw");
    let outcome = Installer::new().install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("[2J no"), "{}", outcome.err);
    assert!(!outcome.err.contains('\u{1b}'));
}

#[test]
fn a_key_and_a_token_at_once_are_refused_before_either_is_sent() {
    let octopus = Octopus::start();
    let output = Installer::new()
        .command()
        .env("OCTOPUS_URL", octopus.url())
        .env("OCTOPUS_API_KEY", octopus.service_key())
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .args(["--space", SPACE])
        .output()
        .unwrap();
    let outcome = Outcome::of(&output, &octopus);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("are both set"), "{}", outcome.err);
    assert!(octopus.requests().is_empty());
}

/// Where `SSL_CERT_FILE` stands for the system's certificates.
#[cfg(target_os = "linux")]
#[test]
fn the_servers_certificate_is_judged_by_the_systems() {
    let settings = octopus_sim::Settings {
        tls: true,
        ..octopus_sim::Settings::default()
    };
    let octopus = settings.start();
    let installer = Installer::new();
    let unknown = installer.install(&octopus, &["--space", SPACE]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("SSL_CERT_FILE"), "{}", unknown.err);
    assert!(octopus.requests().is_empty());
    let output = installer
        .command()
        .env("OCTOPUS_URL", octopus.url())
        .env("OCTOPUS_API_KEY", octopus.service_key())
        .env("SSL_CERT_FILE", octopus.ca_file())
        .args(["--space", SPACE])
        .output()
        .unwrap();
    let known = Outcome::of(&output, &octopus);
    assert_eq!(known.code, Some(0), "{}", known.err);
}

/// [`Outcome::of`] looks for the key.
#[test]
fn shows_no_key_that_the_server_quotes() {
    let octopus = Octopus::start();
    let key = octopus.service_key();
    let text = format!("no: {key}, {}", key.to_lowercase());
    let hostile = Fault::HostileError { status: 400, text };
    octopus.fault(hostile).on("POST", "/packages/raw");
    let outcome = Installer::new().install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("no: ********"), "{}", outcome.err);
}
