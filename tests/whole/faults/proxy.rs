//! A way to a server that can be cut: it forwards until so much has come back, and then no more.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of a connection.
#[derive(Clone)]
pub enum Fault {
    /// Nothing more comes through, and nobody hangs up.
    Mute,
    /// Both sides are hung up on.
    Closed,
    /// Something happens elsewhere, once; what came until then is forwarded after it.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
}

/// A fault, and after how many bytes from the server it comes.
type Planned = Arc<Mutex<Option<(usize, Fault)>>>;

/// A proxy on loopback; it ends with the test.
pub struct Proxy {
    address: String,
    planned: Planned,
    over: Arc<AtomicBool>,
}

impl Proxy {
    /// A proxy before the server at an address with a host and a port.
    pub fn before(url: &str) -> Proxy {
        let server = host_of(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let proxy = Proxy {
            address: listener.local_addr().expect("its number").to_string(),
            planned: Planned::default(),
            over: Arc::default(),
        };
        let (planned, over) = (Arc::clone(&proxy.planned), Arc::clone(&proxy.over));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                // A server that is down hangs up on its client.
                if let Ok(server) = TcpStream::connect(&server) {
                    forward(client, server, &planned, &over);
                }
            }
        });
        proxy
    }

    /// The address by way of the proxy.
    pub fn through(&self, url: &str) -> String {
        url.replace(host_of(url), &self.address)
    }

    /// From now on every connection breaks after so many bytes from the server.
    pub fn breaks_after(&self, bytes: usize, fault: Fault) {
        *self.planned.lock().expect("nobody panicked") = Some((bytes, fault));
    }

    /// From now on everything is forwarded.
    pub fn heal(&self) {
        *self.planned.lock().expect("nobody panicked") = None;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // It waits for the next client.
        let _ = TcpStream::connect(&self.address);
    }
}

/// The host and port of an address.
fn host_of(url: &str) -> &str {
    let (_, rest) = url.split_once("://").expect("an address");
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    place.split('/').next().expect("a host")
}

fn forward(client: TcpStream, server: TcpStream, planned: &Planned, over: &Arc<AtomicBool>) {
    let mut to_server = server.try_clone().expect("a second handle");
    let mut from_client = client.try_clone().expect("a second handle");
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let (planned, over) = (Arc::clone(planned), Arc::clone(over));
    std::thread::spawn(move || {
        let (mut client, mut server) = (client, server);
        let mut came = 0;
        let mut bytes = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = server.read(&mut bytes) {
            came += count;
            match due(&planned, came) {
                None => {}
                Some(Fault::Mute) => {
                    while !over.load(Ordering::SeqCst) {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    break;
                }
                Some(Fault::Closed) => break,
                Some(Fault::Meanwhile(what)) => what(),
            }
            if client.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    });
}

/// The fault that comes after so many bytes; what happens once is forgotten with it.
fn due(planned: &Planned, came: usize) -> Option<Fault> {
    let mut planned = planned.lock().expect("nobody panicked");
    let (after, fault) = planned.as_ref()?;
    if came <= *after {
        return None;
    }
    match fault {
        Fault::Meanwhile(_) => planned.take().map(|(_, fault)| fault),
        lasting => Some(lasting.clone()),
    }
}
