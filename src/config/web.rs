//! Reading and checking `[web]`: nothing of cases is served over a network unprotected.

use std::net::SocketAddr;
use std::path::Path;

use super::section::Section;
use super::{Certificate, PrivateKey, Secret, Web};
use crate::document::{Fault, Text};

/// A token of fewer characters can be guessed.
const LEAST_TOKEN: usize = 16;
/// What PEM begins with: a key that does is the key itself, and not the path of one.
const PEM: &str = "-----BEGIN";

/// Reads `[web]`.
pub(super) fn read(section: &mut Section<'_, '_>, base: &Path) -> Web {
    if let Some(table) = section.table()
        && table.has("token")
    {
        table.fault(Fault::new(
            table.place_of("token"),
            "a token does not belong into the file",
            "pass it as the credential file web.token, or as COREWATCH__WEB__TOKEN",
        ));
    }
    let web = Web {
        certificate: certificate(section, base),
        token: token(section),
        client_ca: section.text("client_ca").map(|text| base.join(text.value)),
        ..Web::default()
    };
    if web.client_ca.is_some() && web.certificate.is_none() {
        section.fault(
            section.place(),
            "`client_ca` without `certificate`",
            "clients show certificates over TLS only: give `certificate` and `key`",
        );
    }
    let Some(text) = section.text("listen") else {
        return web;
    };
    match text.value.parse::<SocketAddr>() {
        Ok(listen) => {
            bare(section, &text, listen, &web);
            Web { listen, ..web }
        }
        Err(_) => {
            section.fault(
                text.place,
                format!("`listen`: `{}` is not an address with a port", text.value),
                "write it as 127.0.0.1:9464",
            );
            web
        }
    }
}

fn certificate(section: &mut Section<'_, '_>, base: &Path) -> Option<Certificate> {
    let chain = section.text("certificate");
    let key = section.text("key");
    match (chain, key) {
        (Some(chain), Some(key)) => Some(Certificate {
            chain: base.join(chain.value),
            key: match key.value.trim_start().starts_with(PEM) {
                true => PrivateKey::Text(Secret::from(key.value)),
                false => PrivateKey::File(base.join(key.value)),
            },
        }),
        (None, None) => None,
        (Some(_), None) => {
            let remedy =
                "name the file of the private key, or pass it as the credential file web.key";
            section.fault(section.place(), "`certificate` without `key`", remedy);
            None
        }
        (None, Some(_)) => {
            let remedy = "name the file of the certificate and of its issuers";
            section.fault(section.place(), "`key` without `certificate`", remedy);
            None
        }
    }
}

fn token(section: &mut Section<'_, '_>) -> Option<Secret> {
    let token = section.text("token")?;
    if token.value.chars().count() < LEAST_TOKEN {
        section.fault(
            token.place,
            format!("`token` has fewer than {LEAST_TOKEN} characters"),
            "make a longer one, such as by `openssl rand -hex 32`",
        );
    }
    Some(Secret::from(token.value))
}

/// What is lacking where others than this machine can connect.
fn bare(section: &Section<'_, '_>, text: &Text, listen: SocketAddr, web: &Web) {
    if listen.ip().is_loopback() {
        return;
    }
    let lacking = match (
        &web.certificate,
        web.token.is_some() || web.client_ca.is_some(),
    ) {
        (Some(_), true) => return,
        (Some(_), false) => "a token (credential file web.token) or `client_ca`",
        (None, true) => "`certificate` and `key`",
        (None, false) => {
            "`certificate` and `key`, and a token (credential file web.token) or `client_ca`"
        }
    };
    section.fault(
        text.place.clone(),
        format!(
            "`listen`: {} is not of this machine's own loopback, and nothing protects it",
            text.value
        ),
        format!("give {lacking}, or listen on 127.0.0.1"),
    );
}
