//! From the socket to the routes: connections, TLS, the log, faults and limits.

mod connection;
mod faulty;
mod front;
mod tls;

pub(crate) use connection::serve;
pub(crate) use front::Front;
pub(crate) use tls::Tls;
