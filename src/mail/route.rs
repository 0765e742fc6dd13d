//! The way that messages leave, as `[mail]` says it, checked before it is used.

use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::config::{Mail, Tls, Transport};

/// The way that messages leave.
#[derive(Debug, Clone)]
pub enum Route {
    /// Each message one file in a folder.
    Directory(PathBuf),
    /// To a mail server.
    Smtp(Box<Smtp>),
}

/// A mail server, and how to talk to it.
#[derive(Clone)]
pub struct Smtp {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) protection: Protection,
    pub(super) login: Option<Credentials>,
    pub(super) from: lettre::Address,
    pub(super) hello: ClientId,
}

/// Without the login, that must not stand in a log.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

/// How the connection is protected.
#[derive(Clone)]
pub(super) enum Protection {
    /// From the first byte.
    Implicit(TlsParameters),
    /// After STARTTLS, without which nothing is sent.
    Starttls(TlsParameters),
    /// Not at all: loopback only.
    None,
}

impl Route {
    /// The route that `[mail]` describes. It reads the issuer's file, and connects nowhere.
    ///
    /// # Errors
    /// Every fault of `[mail]` at once, a line each.
    pub fn new(mail: &Mail) -> Result<Route, Vec<String>> {
        let mut faults = Vec::new();
        let from = sender(&mail.from, &mut faults);
        for address in &mail.operations {
            if address.parse::<super::Address>().is_err() {
                faults.push(format!(
                    "[mail] operations: `{address}` is not an address; write name@domain"
                ));
            }
        }
        let route = match mail.transport {
            Transport::Directory => directory(mail, &mut faults).map(Route::Directory),
            Transport::Smtp => {
                smtp(mail, from, &mut faults).map(|server| Route::Smtp(Box::new(server)))
            }
        };
        match route {
            Some(route) if faults.is_empty() => Ok(route),
            _ => Err(faults),
        }
    }
}

fn sender(from: &str, faults: &mut Vec<String>) -> Option<lettre::Address> {
    match from.trim().parse::<Mailbox>() {
        Ok(mailbox) => Some(mailbox.email),
        Err(_) => {
            faults.push(format!(
                "[mail] from: `{from}` is not a sender; write Name <name@domain>"
            ));
            None
        }
    }
}

fn directory(mail: &Mail, faults: &mut Vec<String>) -> Option<PathBuf> {
    if mail.directory.is_none() {
        faults.push(
            "[mail] directory: is not set; name the folder that takes the messages".to_owned(),
        );
    }
    mail.directory.clone()
}

/// The server that `[mail]` names, with the sender of what goes through it.
fn smtp(mail: &Mail, from: Option<lettre::Address>, faults: &mut Vec<String>) -> Option<Smtp> {
    let host = mail.host.as_deref().unwrap_or("").trim();
    if host.is_empty() {
        faults.push("[mail] host: is not set; name the mail server".to_owned());
    }
    let login = match (&mail.username, &mail.password) {
        (Some(username), Some(password)) => {
            Some(Credentials::new(username.clone(), password.to_string()))
        }
        (None, None) => None,
        (Some(_), None) => {
            faults.push(
                "[mail] username: has no password; give it in a credential file or in \
                 COREWATCH__MAIL__PASSWORD"
                    .to_owned(),
            );
            None
        }
        (None, Some(_)) => {
            faults.push("[mail] password: has no username; set [mail] username".to_owned());
            None
        }
    };
    if host.is_empty() {
        return None;
    }
    let protection = match mail.tls {
        Tls::None if !is_loopback(host) => {
            faults.push(format!(
                "[mail] tls: none is for loopback only, and `{host}` is not; write starttls or \
                 implicit"
            ));
            return None;
        }
        Tls::None => Protection::None,
        Tls::Starttls => Protection::Starttls(tls(mail, host, faults)?),
        Tls::Implicit => Protection::Implicit(tls(mail, host, faults)?),
    };
    let usual_port = match mail.tls {
        Tls::Starttls => 587,
        Tls::Implicit => 465,
        Tls::None => 25,
    };
    Some(Smtp {
        host: host.to_owned(),
        port: mail.port.unwrap_or(usual_port),
        protection,
        login,
        from: from?,
        hello: hello(),
    })
}

/// Certificates are checked against the machine's issuers and the site's own, and the host's name.
fn tls(mail: &Mail, host: &str, faults: &mut Vec<String>) -> Option<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = &mail.ca {
        let fault = |what: String| {
            format!(
                "[mail] ca: {} {what}; give the issuer's certificate as PEM",
                path.display()
            )
        };
        let pem = match fs::read(path) {
            Ok(pem) => pem,
            Err(error) => {
                faults.push(fault(format!("cannot be read ({error})")));
                return None;
            }
        };
        let is_pem = pem
            .windows(b"BEGIN CERTIFICATE".len())
            .any(|window| window == b"BEGIN CERTIFICATE");
        match Certificate::from_pem(&pem) {
            Ok(certificate) if is_pem => builder = builder.add_root_certificate(certificate),
            _ => {
                faults.push(fault("holds no certificate".to_owned()));
                return None;
            }
        }
    }
    match builder.build_rustls() {
        Ok(parameters) => Some(parameters),
        Err(error) => {
            faults.push(format!(
                "[mail] tls: cannot be set up ({error}); check [mail] host and ca"
            ));
            None
        }
    }
}

/// Whether a host is this machine, by name or address.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// What the program calls itself to the server: the machine's full name where it has one, else the
/// loopback address, which every server accepts from a client that logs in.
fn hello() -> ClientId {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.contains('.') && name.is_ascii() {
        ClientId::Domain(name.to_owned())
    } else {
        ClientId::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            transport: Transport::Smtp,
            directory: None,
            host: Some("smtp.example.org".to_owned()),
            port: None,
            tls: Tls::Starttls,
            username: None,
            password: None,
            ca: None,
            from: "Timescales <timescales@example.org>".to_owned(),
            operations: vec!["oncall@example.org".to_owned()],
            language: crate::words::Language::English,
            templates: None,
        }
    }

    fn faults(mail: &Mail) -> String {
        Route::new(mail).unwrap_err().join("\n")
    }

    fn server(mail: &Mail) -> Box<Smtp> {
        match Route::new(mail).unwrap() {
            Route::Smtp(server) => server,
            Route::Directory(folder) => panic!("a folder: {}", folder.display()),
        }
    }

    #[test]
    fn every_fault_of_the_section_is_told_at_once() {
        let mail = Mail {
            host: None,
            username: Some("corewatch".to_owned()),
            from: "nobody".to_owned(),
            operations: vec!["on call".to_owned()],
            ..mail()
        };
        insta::assert_snapshot!(faults(&mail), @r"
        [mail] from: `nobody` is not a sender; write Name <name@domain>
        [mail] operations: `on call` is not an address; write name@domain
        [mail] host: is not set; name the mail server
        [mail] username: has no password; give it in a credential file or in COREWATCH__MAIL__PASSWORD
        ");
        let folder = Mail {
            transport: Transport::Directory,
            ..self::mail()
        };
        insta::assert_snapshot!(faults(&folder), @"[mail] directory: is not set; name the folder that takes the messages");
    }

    #[test]
    fn a_connection_is_unprotected_on_this_machine_only() {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let mail = Mail {
                host: Some(host.to_owned()),
                tls: Tls::None,
                ..mail()
            };
            assert_eq!(server(&mail).port, 25, "{host}");
        }
        let elsewhere = Mail {
            tls: Tls::None,
            ..mail()
        };
        assert!(faults(&elsewhere).contains("none is for loopback only"));
        assert_eq!(server(&mail()).port, 587);
        let implicit = Mail {
            tls: Tls::Implicit,
            ..mail()
        };
        assert_eq!(server(&implicit).port, 465);
    }

    #[test]
    fn an_issuer_must_be_a_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.pem");
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "").unwrap();
        for (path, said) in [(missing, "cannot be read"), (empty, "holds no certificate")] {
            let mail = Mail {
                ca: Some(path),
                ..mail()
            };
            assert!(faults(&mail).contains(said), "{}", faults(&mail));
        }
    }

    #[test]
    fn what_is_shown_of_a_route_has_no_password() {
        let mail = Mail {
            username: Some("corewatch".to_owned()),
            password: Some("secret".to_owned().into()),
            ..mail()
        };
        let shown = format!("{:?}", Route::new(&mail).unwrap());
        assert!(
            !shown.contains("secret") && shown.contains("smtp.example.org:587"),
            "{shown}"
        );
    }
}
