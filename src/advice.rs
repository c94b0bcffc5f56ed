//! Turns what went wrong with a call into what a person should know and do.

use crate::failure::Failure;
use crate::octopus::Error;

/// Where each trouble comes from and what to do about it. `task` says what was being done, such as
/// "Cannot create the key".
pub fn explain(task: &str, error: &Error) -> Failure {
    let next = match error {
        Error::Connection { .. } => {
            "Check --url (OCTOPUS_URL), the network of this worker, and HTTPS_PROXY and NO_PROXY if there is a proxy."
        }
        Error::TimedOut { .. } => {
            "Check that the server is up; --timeout (RUNKEY_TIMEOUT) gives one request more time, --retry-for (RUNKEY_RETRY_FOR) all of them."
        }
        Error::Certificate { .. } => {
            "If the server's certificate comes from an authority of your own, give that authority's certificate with --ca-file (RUNKEY_CA_FILE)."
        }
        Error::AuthorityAsServer => {
            "Give the server a certificate that is not an authority's: with openssl, `openssl req -x509 … -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:<the server's name>`, and give that file with --ca-file (RUNKEY_CA_FILE)."
        }
        Error::Redirected { .. } => {
            "Set --url (OCTOPUS_URL) to the server's own address, with https and the virtual directory if it has one; the credential is sent nowhere else."
        }
        Error::Unreadable { .. } => {
            "Check that --url (OCTOPUS_URL) is the Octopus Server itself and that no proxy on the way answers in its place."
        }
        Error::Status { status, .. } => advice_on(*status),
    };
    Failure::new(format!("{task}: {error}."), next).said(error.said().map(ToOwned::to_owned))
}

fn advice_on(status: u16) -> &'static str {
    match status {
        401 => {
            "The key or token is wrong, expired or revoked, or its account is disabled: check OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN."
        }
        403 => {
            "Give the account behind the credential the permission for this: its own keys need none, those of another service account need the permission to edit users."
        }
        404 => {
            "Check the ids given, and that --url (OCTOPUS_URL) includes the virtual directory if the server has one."
        }
        429 => {
            "Too much runs at once on one account: give it more time with --retry-for (RUNKEY_RETRY_FOR), or raise the account's rate limit in Octopus."
        }
        500..=599 => {
            "Look at the server's health and its log, then run the step again; --retry-for (RUNKEY_RETRY_FOR) makes it wait longer."
        }
        _ => "Correct what the server objects to and run the step again.",
    }
}
