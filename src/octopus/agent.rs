//! Sets the HTTP library up.

use ureq::Agent;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};

use super::client::Settings;
use super::resolver::OnceResolver;
use super::tls::TlsConnector;

/// Room for a usual request or answer with its headers, in bytes.
const BUFFER: usize = 16 * 1024;

/// An agent for one server; certificates are read only when they will be needed.
///
/// # Errors
/// Says why the file of trusted certificates cannot be used.
pub fn new(settings: &Settings<'_>, resolver: OnceResolver) -> Result<Agent, String> {
    let config = Agent::config_builder()
        .user_agent(concat!("runkey/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // The library clears whole buffers before it uses a little of them.
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .proxy(settings.proxy.clone().map(|proxy| proxy.0));
    let plain = ConnectProxyConnector::default().chain(TcpConnector::default());
    Ok(if settings.address.is_secure() {
        let connector = plain.chain(TlsConnector::new(settings.ca_file)?);
        Agent::with_parts(config.build(), connector, resolver)
    } else {
        Agent::with_parts(config.build(), plain, resolver)
    })
}
