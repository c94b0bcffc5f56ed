//! A server of a few lines, for what the simulated Octopus Server does not do: proxies, other
//! servers, nonsense.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where it listens and what it was sent. It stops with the test program.
pub struct Wire {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

/// Listens on the loopback, and lets `answer` write to each connection once its first request is
/// read whole; then the connection is closed.
pub fn listen(mut answer: impl FnMut(TcpStream, &str) + Send + 'static) -> Wire {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let wire = Wire {
        address: listener.local_addr().unwrap(),
        requests: Arc::default(),
    };
    let requests = Arc::clone(&wire.requests);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let request = read_request(&stream);
            requests.lock().unwrap().push(request.clone());
            answer(stream, &request);
        }
    });
    wire
}

impl Wire {
    /// The requests so far, whole: heads and bodies.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The requests' first lines.
    pub fn asked(&self) -> Vec<String> {
        let first = |request: String| request.lines().next().unwrap_or_default().to_owned();
        self.requests().into_iter().map(first).collect()
    }
}

/// Whatever is left when the client goes away half-way counts as the request.
fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    let mut length = 0;
    while reader.read_line(&mut request).is_ok_and(|read| read > 0)
        && !request.ends_with("\r\n\r\n")
    {
        let line = request.lines().last().unwrap_or_default();
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
    }
    let mut body = String::new();
    let _ = reader.take(length).read_to_string(&mut body);
    request + &body
}
