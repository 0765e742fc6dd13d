//! Metrics and health over HTTP: `/metrics`, `/livez`, `/readyz`. Off loopback over TLS, for those who
//! show a token or a certificate.

mod guard;
mod health;
mod tls;

use std::io;
use std::net::SocketAddr;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::config::Web;
use crate::metrics::Metrics;
use guard::Guard;
use tls::{Peer, TlsListener};

pub use health::{Health, Readiness};
pub use tls::Tls;

/// What the pages are made from.
#[derive(Clone)]
pub struct Pages {
    /// What `/metrics` shows.
    pub metrics: Metrics,
    /// What `/livez` and `/readyz` show.
    pub health: Health,
}

/// Takes the address that pages are to be served on.
///
/// # Errors
/// A line that says what stands in the way and what to do.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program, or another corewatch, has it; stop that one or choose another port"
            }
            _ => "choose another address",
        };
        format!("[web] listen: {address} cannot be listened on ({error}); {remedy}")
    })
}

/// Serves the pages until the process ends: over TLS where there is a certificate, to those whom
/// `[web]` lets in.
///
/// # Errors
/// What the listener says.
pub async fn serve(
    listener: TcpListener,
    tls: Option<&Tls>,
    web: &Web,
    pages: Pages,
) -> io::Result<()> {
    let guard = middleware::from_fn_with_state(Guard::of(web), guard::admit);
    let pages = router(pages)
        .layer(guard)
        .into_make_service_with_connect_info::<Peer>();
    match tls {
        Some(tls) => axum::serve(TlsListener::new(listener, tls)?, pages).await,
        None => axum::serve(listener, pages).await,
    }
}

fn router(pages: Pages) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .with_state(pages)
}

async fn metrics(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    let accept = headers.get_all(header::ACCEPT).iter();
    let accept: Vec<&str> = accept.filter_map(|value| value.to_str().ok()).collect();
    match pages.metrics.text(&accept.join(",")) {
        Ok((media, text)) => ([(header::CONTENT_TYPE, media)], text).into_response(),
        Err(error) => {
            tracing::error!(event = "metrics_unwritable", %error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn livez(State(pages): State<Pages>) -> Response {
    let reasons: Vec<String> = pages.health.stuck().into_iter().collect();
    let alive = reasons.is_empty();
    told(alive, &json!({ "alive": alive, "reasons": reasons }))
}

async fn readyz(State(pages): State<Pages>) -> Response {
    let Readiness { ready, reasons } = pages.health.readiness();
    told(ready, &json!({ "ready": ready, "reasons": reasons }))
}

fn told(good: bool, what: &Value) -> Response {
    let status = if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, what.to_string()).into_response()
}

#[cfg(test)]
mod tests;
