//! One connection, from the handshake to its end, good or bad.

use std::error::Error;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::wire::Front;
use crate::server::wire::faulty::Ending;

/// A stream with a TCP connection at its bottom.
trait Wire: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Speaks HTTP, over TLS if there is an acceptor, until one side ends it.
pub(crate) async fn serve(front: Front, stream: TcpStream, tls: Option<TlsAcceptor>) {
    if front.world.faults.refuses_connection() {
        reset(&stream);
        return;
    }
    match tls {
        None => speak(front, stream).await,
        Some(_) if speaks_http(&stream).await => {
            refuse_http(stream).await;
        }
        Some(acceptor) => {
            // A client that does not trust the certificate ends it here: its test looks at it.
            if let Ok(stream) = acceptor.accept(stream).await {
                speak(front, stream).await;
            }
        }
    }
}

/// Whether a client begins in plain HTTP: a TLS handshake begins with the byte 22.
async fn speaks_http(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1) if first[0].is_ascii_uppercase())
}

/// Ends a connection in plain HTTP to a port with TLS with 400 and a line of text, as most servers
/// and proxies do.
async fn refuse_http(mut stream: TcpStream) {
    let mut request = [0; 4096];
    // What is left unread would make the system reset the connection before the answer is read.
    let _ = stream.read(&mut request).await;
    let text = "Client sent an HTTP request to an HTTPS server.\n";
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    // A client that is gone already does not care.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn speak(front: Front, stream: impl Wire) {
    let service = service_fn(|request| front.answer(request));
    // The `Date` is of the server's clock, or edited: hyper knows neither.
    let mut connection = http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else {
        return;
    };
    let mut stream = connection.into_parts().io.into_inner();
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(Ending::Reset) => reset(stream.tcp()),
        Some(Ending::Bytes(bytes)) => {
            // A client that is gone already does not care.
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
        None => {}
    }
}

/// Has the connection reset, and not just closed, when it is dropped.
fn reset(stream: &TcpStream) {
    stream
        .set_zero_linger()
        .expect("a connected socket takes this option");
}
