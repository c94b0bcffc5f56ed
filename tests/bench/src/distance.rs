//! Puts a server far away: a proxy on the loopback that holds everything back as a long line does.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;

/// Listens for connections to `server`, which is `round_trip` away; gives where. It ends with the
/// program.
///
/// The system accepts a connection here at once. A distant server's answer to the first packet would
/// take a round trip, so what the client says first is held back for that, too.
///
/// # Errors
/// When the loopback cannot be listened on.
pub fn to(server: SocketAddr, round_trip: Duration) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A client whose connection fails sees it closed, and its run is an error.
            let _ = connect(client, server, round_trip);
        }
    });
    Ok(address)
}

fn connect(client: TcpStream, server: SocketAddr, round_trip: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let one_way = round_trip / 2;
    carry(
        client.try_clone()?,
        server.try_clone()?,
        round_trip + one_way,
        one_way,
    );
    carry(server, client, one_way, one_way);
    Ok(())
}

/// Carries bytes in one direction: the first to come after `first`, all others after `then`.
fn carry(mut from: TcpStream, mut to: TcpStream, first: Duration, then: Duration) {
    let (on_the_way, arriving) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut takes = first;
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let due = Instant::now() + takes;
            if on_the_way.send((due, buffer[..count].to_vec())).is_err() {
                return;
            }
            takes = then;
        }
    });
    thread::spawn(move || {
        for (due, bytes) in arriving {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        // The other side may be gone already.
        let _ = to.shutdown(Shutdown::Write);
    });
}
