//! Reading and checking `[mail]`.

use std::net::IpAddr;
use std::path::Path;

use lettre::Address;
use lettre::message::Mailbox;

use super::section::Section;
use super::{Mail, Secret, Tls, Transport};
use crate::document::{Fault, Text};

/// Whether mail can be sent to what is written: a `name@domain` that a header can carry as well. A name
/// in quotes and a domain in brackets are not.
pub fn is_mail_address(text: &str) -> bool {
    let in_a_header = |address| Mailbox::new(None, address).to_string();
    text.parse::<Address>()
        .is_ok_and(|address| in_a_header(address).parse::<Mailbox>().is_ok())
}

/// Reads `[mail]`.
pub(super) fn read(section: &mut Section<'_, '_>, base: &Path) -> Mail {
    if let Some(table) = section.table()
        && table.has("password")
    {
        table.fault(Fault::new(
            table.place_of("password"),
            "a password does not belong into the file",
            "pass it as the credential file mail.password, or as COREWATCH__MAIL__PASSWORD",
        ));
    }
    let transport = section.parsed::<Transport>("transport").unwrap_or_default();
    let directory = section.text("directory").map(|text| base.join(text.value));
    let host = section.text("host");
    match transport {
        Transport::Directory if directory.is_none() => section.fault(
            section.place(),
            "`directory` is missing",
            "transport = \"directory\" needs the folder that messages are put in",
        ),
        Transport::Smtp if host.is_none() => section.fault(
            section.place(),
            "`host` is missing",
            "name the mail server, or write transport = \"directory\"",
        ),
        _ => {}
    }
    let tls_text = section.text("tls");
    let tls = tls_text
        .as_ref()
        .and_then(|text| section.parse::<Tls>("tls", text))
        .unwrap_or_default();
    if let (Tls::None, Some(host), Some(tls_text)) = (tls, &host, tls_text)
        && !is_loopback(&host.value)
    {
        section.fault(
            tls_text.place,
            "`tls` is none, and the mail server is not on this machine",
            "write starttls or implicit: children's cases do not go unprotected over a network",
        );
    }
    let from = section.need_text("from");
    if let Some(text) = from
        .as_ref()
        .filter(|from| from.value.parse::<Mailbox>().is_err())
    {
        section.fault(
            text.place.clone(),
            format!("`from`: `{}` is not a sender", text.value),
            "write it as Timescales <timescales@example.gov.uk>",
        );
    }
    let operations = section.texts("operations").unwrap_or_default();
    for text in &operations {
        if !is_mail_address(&text.value) {
            let fault = not_an_address("operations", text);
            section.fault(fault.place, fault.what, fault.remedy.unwrap_or_default());
        }
    }
    Mail {
        transport,
        directory,
        host: host.map(|host| host.value),
        port: section.port("port"),
        tls,
        username: section.text("username").map(|text| text.value),
        password: section
            .text("password")
            .map(|text| Secret::from(text.value)),
        ca: section.text("ca").map(|text| base.join(text.value)),
        from: from.map(|from| from.value).unwrap_or_default(),
        operations: operations.into_iter().map(|text| text.value).collect(),
        language: section.parsed("language").unwrap_or_default(),
        templates: section.text("templates").map(|text| base.join(text.value)),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// What is wrong with text that should be a mail address.
pub(super) fn not_an_address(key: &str, text: &Text) -> Fault {
    Fault::new(
        text.place.clone(),
        format!("`{key}`: `{}` is not a mail address", text.value),
        "write it as timescales@example.gov.uk",
    )
}
