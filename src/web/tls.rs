//! TLS for the pages: the certificate as files have it, read again where they change, and a listener
//! whose handshakes keep nobody waiting.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use std::{fs, io};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use x509_parser::parse_x509_certificate;

use crate::calendar::Instant;
use crate::config::{Certificate, PrivateKey, Web};

/// A client that has not finished its handshake by then is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So many handshakes at once: a scraper makes one.
const HANDSHAKES: usize = 32;

/// How the pages are protected: a handle that is cheap to clone.
#[derive(Clone)]
pub struct Tls {
    web: Arc<Web>,
    current: Arc<RwLock<Current>>,
}

/// What connections are taken with.
struct Current {
    config: Arc<ServerConfig>,
    not_after: Instant,
    /// The files when they were last looked at, taken or not, as a digest.
    files: [u8; 32],
}

impl Tls {
    /// Loads what `[web]` names; nothing where it has no certificate.
    ///
    /// # Errors
    /// A line that says which file cannot be used, why, and what to do.
    pub fn load(web: &Web) -> Result<Option<Tls>, String> {
        let Some(certificate) = &web.certificate else {
            return Ok(None);
        };
        // Before they are read: what changes meanwhile is seen with the next look.
        let files = files(web, certificate);
        let (config, not_after) = read(web, certificate)?;
        Ok(Some(Tls {
            web: Arc::new(web.clone()),
            current: Arc::new(RwLock::new(Current {
                config,
                not_after,
                files,
            })),
        }))
    }

    /// Reads the files again where they have changed since the last look, or `anyway`, and takes
    /// connections by them from now on; says whether it does. What was before stands otherwise.
    ///
    /// # Errors
    /// A line that says why what is there now cannot be used, and what to do.
    pub fn renew(&self, now: Instant, anyway: bool) -> Result<bool, String> {
        let Some(certificate) = &self.web.certificate else {
            return Ok(false);
        };
        let files = files(&self.web, certificate);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let is_same = current.files == files;
        if is_same && !anyway {
            return Ok(false);
        }
        current.files = files;
        let (config, not_after) = read(&self.web, certificate)?;
        if not_after < now {
            let file = certificate.chain.display();
            return Err(format!(
                "[web] certificate: {file} ended at {not_after}; put one there that is valid"
            ));
        }
        current.config = config;
        current.not_after = not_after;
        Ok(!is_same)
    }

    /// When the certificate ends.
    pub fn not_after(&self) -> Instant {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).not_after
    }

    fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read();
        let current = current.unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current.config))
    }
}

/// All that the files hold that a certificate is read from, as a digest.
fn files(web: &Web, certificate: &Certificate) -> [u8; 32] {
    let mut digest = Sha256::new();
    let key = match &certificate.key {
        PrivateKey::File(file) => Some(file),
        PrivateKey::Text(_) => None,
    };
    let all = [Some(&certificate.chain), key, web.client_ca.as_ref()];
    for file in all.into_iter().flatten() {
        let held = match fs::read(file) {
            Ok(bytes) => Sha256::digest(bytes),
            Err(error) => Sha256::digest(error.to_string()),
        };
        digest.update(held);
    }
    digest.finalize().into()
}

/// What connections are taken with, and when the certificate ends.
fn read(web: &Web, certificate: &Certificate) -> Result<(Arc<ServerConfig>, Instant), String> {
    let chain = certificates("certificate", &certificate.chain)?;
    let not_after = chain.first().and_then(not_after).ok_or_else(|| {
        let file = certificate.chain.display();
        format!("[web] certificate: {file} holds no certificate; write it there as PEM")
    })?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("[web] certificate: TLS cannot be used ({error})"))?;
    let builder = match &web.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates("client_ca", file)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            // Who has a token may come without a certificate.
            let verifier = match web.token {
                Some(_) => verifier.allow_unauthenticated(),
                None => verifier,
            };
            let verifier = verifier.build().map_err(|error| {
                let file = file.display();
                format!("[web] client_ca: {file} is no issuer of certificates ({error})")
            })?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let key = private_key(certificate)?;
    let mut config = builder.with_single_cert(chain, key).map_err(|error| {
        format!(
            "[web] certificate: {} cannot be used with its key ({error}); give the key that it \
             was made for",
            certificate.chain.display()
        )
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((Arc::new(config), not_after))
}

fn certificates(key: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    read.map_err(|error| {
        let file = file.display();
        format!(
            "[web] {key}: {file} cannot be read as PEM ({error}); check the file and its rights"
        )
    })
}

fn private_key(certificate: &Certificate) -> Result<PrivateKeyDer<'static>, String> {
    let (read, place) = match &certificate.key {
        PrivateKey::File(file) => {
            let read = PrivateKeyDer::from_pem_file(file);
            (read, file.display().to_string())
        }
        PrivateKey::Text(text) => {
            let read = PrivateKeyDer::from_pem_slice(text.as_bytes());
            (read, "the credential web.key".to_owned())
        }
    };
    read.map_err(|error| {
        format!("[web] key: {place} cannot be read as PEM ({error}); check the file and its rights")
    })
}

/// When a certificate ends; nothing where it is none.
fn not_after(certificate: &CertificateDer<'_>) -> Option<Instant> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    let end = certificate.validity().not_after.timestamp();
    Some(Instant(0).plus_seconds(end))
}

/// Takes connections, and hands on those that have made their handshake.
pub struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    /// Of a listener that takes plain connections.
    ///
    /// # Errors
    /// What the listener says of its address.
    pub fn new(tcp: TcpListener, tls: &Tls) -> io::Result<TlsListener> {
        let address = tcp.local_addr()?;
        let (sender, ready) = mpsc::channel(1);
        tokio::spawn(take(tcp, tls.clone(), sender));
        Ok(TlsListener { address, ready })
    }
}

async fn take(
    mut tcp: TcpListener,
    tls: Tls,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        // As axum takes plain ones: faults of a connection are passed over, others waited out.
        let (stream, address) = Listener::accept(&mut tcp).await;
        if ready.is_closed() {
            return;
        }
        let (acceptor, ready) = (tls.acceptor(), ready.clone());
        tokio::spawn(async move {
            let _place = place;
            match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                // Only where nobody listens any more.
                Ok(Ok(stream)) => drop(ready.send((stream, address)).await),
                Ok(Err(error)) => {
                    tracing::debug!(event = "no_handshake", %address, %error, "no handshake")
                }
                Err(_) => {
                    tracing::debug!(event = "handshake_too_long", %address, "a handshake took too long")
                }
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The task that takes connections ends with the program only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peer {
    /// Whether it has shown a certificate of the issuer of clients.
    pub certified: bool,
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let (_, connection) = stream.io().get_ref();
        Peer {
            certified: connection.peer_certificates().is_some(),
        }
    }
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(_: IncomingStream<'_, TcpListener>) -> Self {
        Peer::default()
    }
}
