//! Starts and stops the server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::IdToken;
use crate::server::wire::Front;
use crate::server::wire::Tls;
use crate::server::wire::serve;
use crate::server::{RUNBOOK_SVC, Settings, World};

/// A running server; it stops when this is dropped.
///
/// Derefs to the [`World`] in it.
pub struct Octopus {
    world: Arc<World>,
    tls: Option<Tls>,
    /// Taken only when dropped.
    runtime: Option<Runtime>,
}

impl Octopus {
    /// Starts a current server with plain HTTP.
    pub fn start() -> Self {
        Settings::default().start()
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("the system has threads to spare");
        let listener = {
            let _within = runtime.enter();
            listen(settings.port).expect("the port is free, and the loopback there")
        };
        let address = listener.local_addr().expect("it is bound");
        let tls = settings.tls.then(|| {
            Tls::new(settings.certificate).expect("the certificate's names are well-formed")
        });
        let scheme = if settings.tls { "https" } else { "http" };
        let url = format!("{scheme}://{address}{}", settings.virtual_directory);
        let world = Arc::new(World::new(settings, &url));
        let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
        runtime.spawn(accept(listener, Arc::clone(&world), acceptor));
        Self {
            world,
            tls,
            runtime: Some(runtime),
        }
    }

    /// Issues ID tokens of this server with this subject, for the default audience of
    /// [`RUNBOOK_SVC`]: what a Generic OIDC account gives to each step.
    pub fn id_tokens(&self, subject: &str) -> impl Fn() -> IdToken + Send + Sync + use<> {
        self.id_tokens_for(subject, &self.world.service_account_id(RUNBOOK_SVC))
    }

    /// The same for another audience.
    pub fn id_tokens_for(
        &self,
        subject: &str,
        audience: &str,
    ) -> impl Fn() -> IdToken + Send + Sync + use<> {
        let world = Arc::clone(&self.world);
        let (subject, audience) = (subject.to_owned(), audience.to_owned());
        move || IdToken {
            jwt: world.issue_id_token("", &subject, &audience),
            audience: audience.clone(),
        }
    }

    /// The CA certificate to trust, as a PEM file.
    pub fn ca_file(&self) -> &Path {
        let tls = self.tls.as_ref();
        tls.expect("a server with Settings::tls").authority()
    }
}

impl Deref for Octopus {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Drop for Octopus {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waits for the sockets to be closed, so that later connections are refused.
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// Listens on the loopback. A crowd that comes at once waits to be accepted: the 128 places of the
/// standard library's listener are too few on a busy machine.
fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // As the standard library does: a port that was just left is free.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(4096)
}

async fn accept(listener: TcpListener, world: Arc<World>, tls: Option<TlsAcceptor>) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // The client left already, or the process is out of file handles for the moment.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // As web servers do: an answer must not wait for the client to confirm what came before it.
        // A client that is gone already does not care.
        let _ = stream.set_nodelay(true);
        world.log.count_connection();
        let front = Front {
            world: Arc::clone(&world),
            peer: peer.ip(),
        };
        tokio::spawn(serve(front, stream, tls.clone()));
    }
}
