//! What to do about a request that failed.

use octopus::{CertificateProblem, Error, ErrorKind};

/// Whether the error is about the way to the server, so that what the request was for adds nothing.
pub fn is_connection(error: &Error) -> bool {
    matches!(
        error.kind,
        ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::ConnectionLost
            | ErrorKind::Timeout
            | ErrorKind::Certificate(_)
            | ErrorKind::Tls
            | ErrorKind::WrongScheme
            | ErrorKind::ProxyAuth
    )
}

/// What to do next.
pub fn for_error(error: &Error) -> &'static str {
    match error.kind {
        ErrorKind::Interrupted => "Run the step again.",
        ErrorKind::Dns => "Check the host name in --url (OCTOPUS_URL), and this worker's DNS.",
        ErrorKind::Connect | ErrorKind::ConnectionLost => {
            "Check scheme, host and port in --url (OCTOPUS_URL), and this worker's network, HTTPS_PROXY and NO_PROXY."
        }
        ErrorKind::Timeout => {
            "Check the server's health. Increase --timeout (RUNKEY_TIMEOUT) if it is slow."
        }
        ErrorKind::Certificate(problem) => for_certificate(problem),
        ErrorKind::Tls => {
            "Check which TLS versions and ciphers the server supports: runkey needs TLS 1.2 or 1.3."
        }
        ErrorKind::WrongScheme => "Change the scheme of --url (OCTOPUS_URL).",
        ErrorKind::ProxyAuth => {
            "Put a username and password for the proxy into HTTPS_PROXY, or list the server in NO_PROXY."
        }
        ErrorKind::Redirect => {
            "Set --url (OCTOPUS_URL) to the server's own URL, with https and its virtual directory; credentials are sent nowhere else."
        }
        ErrorKind::Unauthorized => {
            "Check that the credential belongs to this server and is not expired or revoked, and that its account is enabled. An API key begins with API-."
        }
        ErrorKind::Forbidden => {
            "Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission."
        }
        ErrorKind::NotFound => {
            "Check the IDs, and that --url (OCTOPUS_URL) includes the virtual directory, if any."
        }
        ErrorKind::RateLimited => {
            "Too many runs share this account. Increase --retry-for (RUNKEY_RETRY_FOR), or raise the rate limit in Octopus."
        }
        ErrorKind::Rejected => "Correct what the server rejects.",
        ErrorKind::ServerError => "Check the server's health and its log.",
        ErrorKind::Gateway | ErrorKind::NotOctopus | ErrorKind::Cached => {
            "Check that --url (OCTOPUS_URL) is an Octopus Server, and that no proxy or sign-in page answers in its place."
        }
        ErrorKind::TooLarge | ErrorKind::EndlessList => {
            "Check the account's API keys in Octopus, and any proxy between this worker and the server."
        }
        ErrorKind::TokenExchange => {
            "Compare the service account's OpenID Connect identity (issuer, subject, audience) with the ID token."
        }
    }
}

fn for_certificate(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::UnknownIssuer => {
            "Set --ca-file (RUNKEY_CA_FILE) to the certificate of the CA that issued the server's certificate."
        }
        CertificateProblem::NoTrustedRoots => {
            "Install the system's CA certificates (the package ca-certificates), or set --ca-file (RUNKEY_CA_FILE)."
        }
        CertificateProblem::Expired => {
            "Renew the server's certificate, or correct this machine's clock."
        }
        CertificateProblem::NotYetValid => {
            "Correct this machine's clock, or the server's certificate."
        }
        CertificateProblem::WrongName => {
            "Set --url (OCTOPUS_URL) to a host name that the certificate is valid for."
        }
        CertificateProblem::CaAsServer => {
            "Give the server a certificate of its own, with CA:FALSE, issued by the CA in --ca-file."
        }
        CertificateProblem::Weak => {
            "Replace the server's certificate by one with a stronger key and signature."
        }
        CertificateProblem::ClientCertificateRequired => {
            "Set --url (OCTOPUS_URL) to an endpoint that does not require client certificates."
        }
        CertificateProblem::Other => {
            "Check the server's certificate, for example with openssl s_client."
        }
    }
}
