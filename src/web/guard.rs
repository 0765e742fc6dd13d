//! Who may read the pages: whoever shows the token, or a certificate of the issuer of clients.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::tls::Peer;
use crate::config::Web;

/// Which token lets in; none where there is no need of one.
#[derive(Clone)]
pub struct Guard {
    /// As a digest: what is compared says nothing of where two tokens differ.
    token: Option<[u8; 32]>,
}

impl Guard {
    /// As `[web]` has it.
    pub fn of(web: &Web) -> Guard {
        let token = web.token.as_ref();
        Guard {
            token: token.map(|token| Sha256::digest(token.as_bytes()).into()),
        }
    }

    fn lets_in(&self, peer: Peer, request: &Request) -> bool {
        let Some(token) = self.token else {
            return true;
        };
        let shown = request.headers().get(header::AUTHORIZATION);
        let shown = shown.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        peer.certified
            || shown.is_some_and(|shown| <[u8; 32]>::from(Sha256::digest(shown)) == token)
    }
}

/// Lets a request through, or answers 401.
pub async fn admit(
    State(guard): State<Guard>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    if guard.lets_in(peer, &request) {
        return next.run(request).await;
    }
    let asked = [(header::WWW_AUTHENTICATE, "Bearer")];
    (StatusCode::UNAUTHORIZED, asked, "a token is needed\n").into_response()
}
