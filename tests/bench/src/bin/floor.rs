//! The floor: the least that any program does that makes a key. One connection, the two requests of
//! `runkey create` in fixed bytes, both answers read whole, and nothing looked at.

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set."));
    let url = variable("OCTOPUS_URL")?;
    let key = variable("OCTOPUS_API_KEY")?;
    let authority = variable("RUNKEY_CA_FILE")?;
    let owner = variable("BENCH_OWNER")?;
    let body = variable("BENCH_BODY")?;
    let host = url.strip_prefix("https://").ok_or("Only https.")?;

    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (name, _) = host.split_once(':').ok_or("The URL has no port.")?;
    let connection =
        ClientConnection::new(Arc::new(config), ServerName::try_from(name.to_owned())?)?;
    let socket = TcpStream::connect(host)?;
    socket.set_nodelay(true)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, socket));

    let headers = format!("Host: {host}\r\nX-Octopus-ApiKey: {key}\r\n");
    let who = format!("GET /api/users/me HTTP/1.1\r\n{headers}\r\n");
    let make = format!(
        "POST /api/users/{owner}/apikeys HTTP/1.1\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    for request in [who, make] {
        stream.get_mut().write_all(request.as_bytes())?;
        let answer = read_answer(&mut stream)?;
        io::stdout().write_all(&answer)?;
    }
    Ok(())
}

fn read_answer(stream: &mut impl BufRead) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}
