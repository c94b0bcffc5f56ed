//! The file of CA certificates to trust.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::Certificate;

/// The longest file, in bytes: all that a system trusts is a quarter of a megabyte.
const MAX_LENGTH: u64 = 16 * 1024 * 1024;
/// The byte order mark of UTF-8.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Why a CA file cannot be used. `Display` follows the file's name.
#[derive(Debug)]
pub enum CaFileError {
    /// The system does not give it.
    Unreadable(io::Error),
    /// A block in it is not PEM.
    Damaged,
    /// It is one certificate in binary.
    Der,
    /// It is PEM in UTF-16.
    Utf16,
    /// It contains no certificate.
    Empty,
    /// None of its certificates can be used.
    Unusable,
}

impl fmt::Display for CaFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable(error) => return write!(f, "cannot be read: {error}"),
            Self::Damaged => "is damaged: a block in it is not valid PEM",
            Self::Der => "is in DER format; it must be in PEM format",
            Self::Utf16 => "is encoded in UTF-16; it must be ASCII or UTF-8",
            Self::Empty => "contains no certificate in PEM format (-----BEGIN CERTIFICATE-----)",
            Self::Unusable => "contains no certificate that can be used",
        })
    }
}

impl std::error::Error for CaFileError {}

/// Reads the certificates of a file.
pub(super) fn read(file: &Path) -> Result<Vec<Certificate<'static>>, CaFileError> {
    let mut content = Vec::new();
    File::open(file)
        .and_then(|file| file.take(MAX_LENGTH).read_to_end(&mut content))
        .map_err(CaFileError::Unreadable)?;
    parse(&content)
}

fn parse(content: &[u8]) -> Result<Vec<Certificate<'static>>, CaFileError> {
    if content.starts_with(&[0xFF, 0xFE]) || content.starts_with(&[0xFE, 0xFF]) {
        return Err(CaFileError::Utf16);
    }
    let certificates: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&without_marks(content))
            .collect::<Result<_, _>>()
            .map_err(|_| CaFileError::Damaged)?;
    let mut store = RootCertStore::empty();
    if certificates.is_empty() {
        let der = CertificateDer::from(content.to_vec());
        let is_der = store.add(der).is_ok();
        return Err(if is_der {
            CaFileError::Der
        } else {
            CaFileError::Empty
        });
    }
    // The library passes over what it cannot use.
    let (usable, _) = store.add_parsable_certificates(certificates.iter().cloned());
    if usable == 0 {
        return Err(CaFileError::Unusable);
    }
    let certificates = certificates.iter();
    Ok(certificates
        .map(|der| Certificate::from_der(der).to_owned())
        .collect())
}

/// Removes byte order marks: behind one, the first line is not the beginning of a block. A file that
/// was put together from others has several.
fn without_marks(content: &[u8]) -> Vec<u8> {
    let mut rest = content;
    let mut kept = Vec::with_capacity(content.len());
    while let Some((first, others)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(MARK) {
            rest = after;
        } else {
            kept.push(*first);
            rest = others;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem() -> (String, Vec<u8>) {
        let key = rcgen::generate_simple_self_signed(["ca".to_owned()]).unwrap();
        (key.cert.pem(), key.cert.der().to_vec())
    }

    #[test]
    fn reads_certificates_behind_byte_order_marks() {
        let (pem, _) = pem();
        for (content, count) in [
            (pem.clone(), 1),
            (format!("\u{FEFF}{pem}"), 1),
            (format!("\u{FEFF}{pem}\u{FEFF}{pem}"), 2),
            (format!("# comment\r\n{}", pem.replace('\n', "\r\n")), 1),
        ] {
            assert_eq!(parse(content.as_bytes()).unwrap().len(), count);
        }
    }

    #[test]
    fn unusable_file_is_told_by_its_kind() {
        let (pem, der) = pem();
        let utf16: Vec<u8> = format!("\u{FEFF}{pem}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let damaged = pem.replace("-----END", "");
        let block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (content, expected) in [
            (utf16.as_slice(), "UTF-16"),
            (&der, "DER"),
            (b"", "contains no certificate in PEM"),
            (b"hello", "contains no certificate in PEM"),
            (damaged.as_bytes(), "is damaged"),
            (block.as_bytes(), "no certificate that can be used"),
        ] {
            let error = parse(content).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = read(Path::new("/does/not/exist")).unwrap_err();
        assert!(error.to_string().starts_with("cannot be read: "), "{error}");
    }
}
