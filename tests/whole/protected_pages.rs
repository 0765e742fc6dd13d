//! Metrics and health off loopback: over TLS, for those who show a token or a certificate.

use std::net::TcpStream;

use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::support::{Issued, Issuer, Running, Site, free_port};

const RUN: [&str; 3] = ["run", "--config", "corewatch.toml"];
const TOKEN: &str = "a-token-of-the-tests-0123456789";

/// A site whose daemon listens on all addresses, with these lines in `[web]`.
fn site(port: u16, web: &str) -> Site {
    let site = Site::new();
    site.write(
        "corewatch.toml",
        &format!(
            r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "ashmere"
nation = "england-and-wales"
packs = ["england"]
source = "source.toml"
[mail]
transport = "directory"
directory = "outbox"
from = "Timescales <timescales@example.gov.uk>"
operations = ["ict@example.gov.uk"]
[web]
listen = "0.0.0.0:{port}"
{web}
"#
        ),
    );
    site.write("outbox/.keep", "");
    site.write(
        "source.toml",
        "[source]\nurl = \"sqlite:cases.db\"\n[[source.children]]\nquery = \"SELECT 'C1' AS child_id\"\n",
    );
    site.write("cases.db", "");
    site
}

/// What a client knows and shows.
#[derive(Default, Clone, Copy)]
struct Client<'c> {
    issuer: Option<&'c Issuer>,
    token: Option<&'c str>,
    certificate: Option<&'c Issued>,
}

impl Client<'_> {
    /// The status and the body of an answer; the fault where there is none.
    fn get(&self, port: u16, path: &str) -> Result<(u16, String), String> {
        let roots = self.issuer.iter().map(|issuer| {
            Certificate::from_pem(issuer.pem().as_bytes()).expect("the issuer's certificate")
        });
        let roots: Vec<Certificate<'static>> = roots.collect();
        let shown = self.certificate.map(|issued| {
            let chain = Certificate::from_pem(issued.certificate.as_bytes()).expect("PEM");
            let key = PrivateKey::from_pem(issued.key.as_bytes()).expect("PEM");
            ClientCert::new_with_certs(&[chain], key)
        });
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::from(roots.into_iter()))
            .client_cert(shown)
            .build();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .build()
            .into();
        let mut request = agent.get(format!("https://localhost:{port}{path}"));
        if let Some(token) = self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call().map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().read_to_string();
        Ok((status, body.map_err(|error| error.to_string())?))
    }

    fn status(&self, port: u16, path: &str) -> u16 {
        self.get(port, path).expect("an answer").0
    }
}

fn started(site: &Site, port: u16) -> Running {
    let mut daemon = site.start(&RUN);
    daemon.wait_until("that it listens", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    daemon
}

/// Writes a certificate into the site, that its lines of `[web]` name.
fn serve_with(site: &Site, issued: &Issued) {
    site.write("web.pem", &issued.certificate);
    site.write("web-key.pem", &issued.key);
}

const CERTIFICATE: &str = "certificate = \"web.pem\"\nkey = \"web-key.pem\"\n";

#[test]
fn a_token_is_asked_for_on_every_page_and_nothing_is_said_without_tls() {
    let (port, issuer) = (free_port(), Issuer::new());
    let site = site(port, CERTIFICATE).with("COREWATCH__WEB__TOKEN", TOKEN);
    serve_with(&site, &issuer.issue());
    let mut daemon = started(&site, port);
    // One who connects and says nothing keeps nobody else waiting.
    let _mute = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let stranger = Client {
        issuer: Some(&issuer),
        ..Client::default()
    };
    let guessing = Client {
        token: Some("a-token-of-the-tests-012345678"),
        ..stranger
    };
    let known = Client {
        token: Some(TOKEN),
        ..stranger
    };
    for page in ["/metrics", "/livez", "/readyz"] {
        assert_eq!(stranger.status(port, page), 401, "{page}");
        assert_eq!(guessing.status(port, page), 401, "{page}");
    }
    let (status, said) = stranger.get(port, "/metrics").expect("an answer");
    assert_eq!((status, &*said), (401, "a token is needed\n"));
    assert_eq!(known.status(port, "/livez"), 200);
    daemon.wait_until("the end of the certificate", || {
        let (_, text) = known.get(port, "/metrics").expect("an answer");
        text.contains(
            "corewatch_certificate_not_after_timestamp_seconds{certificate=\"web\"} 1930176000",
        )
    });
    let unknown_issuer = Client {
        token: Some(TOKEN),
        issuer: Some(&Issuer::new()),
        ..Client::default()
    };
    assert!(unknown_issuer.get(port, "/livez").is_err());
    assert!(
        ureq::get(format!("http://localhost:{port}/livez"))
            .call()
            .is_err()
    );
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_certificate_of_the_clients_issuer_lets_in_and_no_other() {
    let (port, issuer, clients) = (free_port(), Issuer::new(), Issuer::new());
    let site = site(port, &format!("{CERTIFICATE}client_ca = \"clients.pem\"\n"));
    serve_with(&site, &issuer.issue());
    site.write("clients.pem", &clients.pem());
    let daemon = started(&site, port);
    let stranger = Client {
        issuer: Some(&issuer),
        ..Client::default()
    };
    assert!(stranger.get(port, "/livez").is_err());
    let (theirs, others) = (clients.issue(), issuer.issue());
    let known = Client {
        certificate: Some(&theirs),
        ..stranger
    };
    assert_eq!(known.status(port, "/livez"), 200);
    let pretender = Client {
        certificate: Some(&others),
        ..stranger
    };
    assert!(pretender.get(port, "/livez").is_err());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn with_both_either_is_enough() {
    let (port, issuer, clients) = (free_port(), Issuer::new(), Issuer::new());
    let site = site(port, &format!("{CERTIFICATE}client_ca = \"clients.pem\"\n"))
        .with("COREWATCH__WEB__TOKEN", TOKEN);
    serve_with(&site, &issuer.issue());
    site.write("clients.pem", &clients.pem());
    let daemon = started(&site, port);
    let stranger = Client {
        issuer: Some(&issuer),
        ..Client::default()
    };
    let theirs = clients.issue();
    let certified = Client {
        certificate: Some(&theirs),
        ..stranger
    };
    let known = Client {
        token: Some(TOKEN),
        ..stranger
    };
    assert_eq!(stranger.status(port, "/livez"), 401);
    assert_eq!(certified.status(port, "/livez"), 200);
    assert_eq!(known.status(port, "/livez"), 200);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_bare_one_off_loopback_is_refused_by_check_and_by_run() {
    let site = site(9464, "");
    let line = "corewatch.toml:15:10: `listen`: 0.0.0.0:9464 is not of this machine's own loopback, \
                and nothing protects it; give `certificate` and `key`, and a token (credential file \
                web.token) or `client_ca`, or listen on 127.0.0.1";
    let check = site
        .run(&["check", "--config", "corewatch.toml"])
        .ended_with(1);
    assert!(check.stderr.contains(line), "{}", check.stderr);
    let run = site.run(&RUN).ended_with(2);
    assert!(run.stderr.contains(line), "{}", run.stderr);
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_by_check_and_by_run() {
    let (port, issuer) = (free_port(), Issuer::new());
    let site = site(port, CERTIFICATE).with("COREWATCH__WEB__TOKEN", TOKEN);
    serve_with(&site, &issuer.issue());
    site.write("web-key.pem", &issuer.issue().key);
    let line = "[web] certificate: web.pem cannot be used with its key";
    let check = site
        .run(&["check", "--config", "corewatch.toml"])
        .ended_with(1);
    assert!(check.stderr.contains(line), "{}", check.stderr);
    let run = site.run(&RUN).ended_with(2);
    assert!(run.stderr.contains(line), "{}", run.stderr);
}

#[test]
fn a_renewed_certificate_is_served_without_a_restart_and_a_faulty_one_is_not() {
    let (port, issuer, next) = (free_port(), Issuer::new(), Issuer::new());
    let site = site(port, CERTIFICATE).with("COREWATCH__WEB__TOKEN", TOKEN);
    serve_with(&site, &issuer.issue());
    let mut daemon = started(&site, port);
    let of = |issuer| Client {
        issuer: Some(issuer),
        token: Some(TOKEN),
        ..Client::default()
    };
    let (before, after) = (of(&issuer), of(&next));
    let ends = |client: &Client<'_>, seconds: &str| {
        let line = "corewatch_certificate_not_after_timestamp_seconds{certificate=\"web\"} ";
        let page = client.get(port, "/metrics");
        page.is_ok_and(|(_, text)| text.contains(&format!("{line}{seconds}\n")))
    };
    daemon.wait_until("the end of the certificate", || ends(&before, "1930176000"));
    assert!(after.get(port, "/livez").is_err());

    // Another issuer's, at the signal.
    serve_with(&site, &next.issue_until(2032));
    daemon.signal("-HUP");
    daemon.wait_until("the new certificate", || ends(&after, "1961798400"));
    assert!(before.get(port, "/livez").is_err(), "the old one is served");

    // One that has ended, and one without its key: what was before stands, and says so.
    serve_with(&site, &next.issue_until(2019));
    daemon.signal("-HUP");
    let readiness = |what: &str| {
        let (status, text) = after.get(port, "/readyz").expect("an answer");
        assert_eq!(status, 200, "{text}");
        text.contains(what)
    };
    daemon.wait_until("why it is refused", || {
        readiness("certificate: [web] certificate: web.pem ended at 2019-03-02T00:00:00")
    });
    site.write("web.pem", &issuer.issue().certificate);
    daemon.wait_until("why it is refused, without a signal", || {
        readiness("certificate: [web] certificate: web.pem cannot be used with its key")
    });
    assert!(
        ends(&after, "1961798400"),
        "the metric is of what is served"
    );
    assert!(daemon.said().contains("certificate_refused"));

    // Mended, without a signal.
    serve_with(&site, &issuer.issue_until(2033));
    daemon.wait_until("the mended certificate", || ends(&before, "1993334400"));
    let (_, text) = before.get(port, "/readyz").expect("an answer");
    assert!(text.ends_with(r#"{"ready":true,"reasons":[]}"#), "{text}");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn check_tells_of_a_certificate_that_ends_and_of_a_key_that_all_may_read() {
    let issuer = Issuer::new();
    let site = site(free_port(), CERTIFICATE).with("COREWATCH__WEB__TOKEN", TOKEN);
    let check = |site: &Site| {
        let run = site.run(&["check", "--config", "corewatch.toml"]);
        run.stdout + &run.stderr
    };
    serve_with(&site, &issuer.issue());
    assert!(!check(&site).contains("[web] certificate: it end"));
    serve_with(&site, &issuer.issue_until(2019));
    let said = check(&site);
    assert!(
        said.contains("[web] certificate: it ended at 2019-03-02T00:00:00"),
        "{said}"
    );
    let open = |path: &str, mode: u32| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(site.path(path), mode).expect("its rights");
    };
    let line = "web-key.pem: everybody on this machine may read it, and it holds a private key";
    open("web-key.pem", 0o644);
    assert!(!check(&site).contains(line), "its folder lets nobody in");
    open(".", 0o755);
    assert!(check(&site).contains(line));
    open("web-key.pem", 0o600);
    assert!(!check(&site).contains(line));
}
