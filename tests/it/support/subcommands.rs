//! All three subcommands against one server, for what is alike in them.

use std::net::SocketAddr;

use octopus_sim::{Certificate, Octopus, Settings};

use super::server::{add_key, requests};
use super::{Outcome, PURPOSE, Runkey, create, delete, use_key};

pub fn with_tls(certificate: Certificate) -> Octopus {
    Settings {
        tls: true,
        certificate,
        ..Settings::default()
    }
    .start()
}

/// All three subcommands.
pub fn steps(octopus: &Octopus) -> [Runkey<'_>; 3] {
    let key = add_key(octopus, PURPOSE);
    [
        create(octopus),
        use_key(octopus, &key.secret),
        delete(octopus),
    ]
}

pub fn address(octopus: &Octopus) -> SocketAddr {
    let (_, address) = octopus.url().split_once("://").unwrap();
    address.parse().unwrap()
}

/// Fails unless the step ended at once, with this error, and told no secret to anybody.
#[track_caller]
pub fn assert_refused(octopus: &Octopus, run: &Outcome, error: &str, help: &str) {
    assert!(matches!(run.code, 1 | 125), "{run:#?}");
    let shown = run.cause();
    let (begin, end) = error.split_once('…').unwrap_or((error, ""));
    assert!(
        shown.starts_with(begin) && shown.ends_with(end),
        "{error}: {run:#?}"
    );
    assert!(run.stderr.contains(&format!("Help: {help}")), "{run:#?}");
    assert!(!run.has("Retrying in"), "{run:#?}");
    assert_eq!(requests(octopus), [""; 0]);
}
