//! What is wrong with a certificate, by the library's types and not by its texts.

use jiff::Timestamp;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError};

use crate::Untrusted;

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateProblem {
    /// No trusted CA issued it.
    UnknownIssuer,
    /// This machine trusts no CA at all, as in a container image without CA certificates.
    NoTrustedRoots,
    /// It expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is for other names than the host's.
    WrongName,
    /// The server uses a CA's certificate as its own.
    CaAsServer,
    /// It is signed in a way that is not accepted any more.
    Weak,
    /// The server requires a certificate of the client, which runkey does not have.
    ClientCertificateRequired,
    /// Anything else.
    Other,
}

/// Returns the problem of a server's certificate, and its cause behind "the certificate of …".
pub(super) fn problem(error: &CertificateError) -> (CertificateProblem, String) {
    use CertificateProblem as Problem;
    match error {
        CertificateError::UnknownIssuer => (
            Problem::UnknownIssuer,
            "is not issued by a trusted CA".to_owned(),
        ),
        // A trusted CA has the name of its issuer and another key: a CA was renewed.
        CertificateError::BadSignature => {
            let cause = "is not signed with the key of the trusted CA of its issuer's name";
            (Problem::UnknownIssuer, cause.to_owned())
        }
        CertificateError::Expired => (Problem::Expired, "expired".to_owned()),
        CertificateError::ExpiredContext { not_after, time } => {
            let cause = format!("expired at {} ({})", moment(*not_after), clock(*time));
            (Problem::Expired, cause)
        }
        CertificateError::NotValidYet => (Problem::NotYetValid, "is not valid yet".to_owned()),
        CertificateError::NotValidYetContext { not_before, time } => {
            let cause = format!(
                "is not valid until {} ({})",
                moment(*not_before),
                clock(*time)
            );
            (Problem::NotYetValid, cause)
        }
        CertificateError::NotValidForName => {
            (Problem::WrongName, "is not valid for this host".to_owned())
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => (Problem::WrongName, wrong_name(expected, presented)),
        #[expect(
            deprecated,
            reason = "the verifier of another system may still report it"
        )]
        CertificateError::UnsupportedSignatureAlgorithm
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            let cause = "is signed with an algorithm that is not supported (such as SHA-1)";
            (Problem::Weak, cause.to_owned())
        }
        CertificateError::Other(other) if is_ca(other) => {
            let cause = "is a CA certificate (CA:TRUE), which cannot be a server's own";
            (Problem::CaAsServer, cause.to_owned())
        }
        other => {
            let said = Untrusted::from(other.to_string());
            (Problem::Other, format!("was not accepted: {said}"))
        }
    }
}

/// Returns whether an alert from the server is about the client's certificate, which is all that a
/// server can find fault with.
pub(super) fn is_about_client(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::NoCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
    )
}

fn is_ca(error: &rustls::OtherError) -> bool {
    matches!(
        error.0.downcast_ref(),
        Some(webpki::Error::CaUsedAsEndEntity)
    )
}

fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let expected = expected.to_str();
    if presented.is_empty() {
        return format!("has no name (subject alternative name) for {expected}");
    }
    // The library writes them as `DnsName("octopus.example")`.
    let names = presented.join(", ").replace("DnsName(\"", "");
    let names = Untrusted::from(names.replace("\")", ""));
    format!(
        "is not valid for {expected}, only for {}",
        names.shortened(200)
    )
}

fn moment(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let moment = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    moment.map_or_else(|| "an unknown time".to_owned(), |moment| moment.to_string())
}

fn clock(now: UnixTime) -> String {
    format!("this machine's clock: {}", moment(now))
}
