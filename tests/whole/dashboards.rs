//! The dashboards that ship: each panel says what it shows and in which unit, and each query returns
//! data from a real Prometheus that has scraped a real daemon over TLS.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Issuer, Prometheus, Site, files_in, free_port, server};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/config/grafana/provisioning/dashboards/corewatch"
);
const RULES: &str = include_str!("../../config/prometheus/corewatch.rules.yml");
/// The version of the form of dashboards as of Grafana 13.
const SCHEMA_VERSION: u64 = 42;
/// What Prometheus shows to the daemon.
const TOKEN: &str = "a-token-of-the-tests-0123456789";
/// How long it may take until every query has data.
const PATIENCE: Duration = Duration::from_secs(60);
/// The units that the panels use, by their names in Grafana.
const UNITS: [&str; 6] = ["short", "percentunit", "s", "d", "bytes", "dateTimeAsIso"];

fn dashboards() -> Vec<(String, Value)> {
    let files = files_in(FOLDER.as_ref());
    files
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(file).expect("a dashboard");
            let name = file
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, serde_json::from_str(&text).expect("JSON"))
        })
        .collect()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_panel_says_what_it_shows_and_in_which_unit() {
    let dashboards = dashboards();
    let uids: Vec<&str> = dashboards
        .iter()
        .filter_map(|(_, d)| d["uid"].as_str())
        .collect();
    // Links and bookmarks go by these: they stay.
    assert_eq!(
        uids,
        [
            "corewatch-operations",
            "corewatch-overview",
            "corewatch-rule"
        ]
    );
    for (name, dashboard) in &dashboards {
        assert_eq!(dashboard["schemaVersion"], SCHEMA_VERSION, "{name}");
        let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
        for panel in list(dashboard, "panels") {
            let title = panel["title"].as_str().unwrap_or_default();
            assert!(!title.is_empty(), "{name}");
            let description = panel["description"].as_str().unwrap_or_default();
            assert!(description.len() > 20, "{name}: {title}");
            let unit = panel["fieldConfig"]["defaults"]["unit"]
                .as_str()
                .unwrap_or_default();
            assert!(UNITS.contains(&unit), "{name}: {title}: {unit}");
            assert!(ids.insert(panel["id"].as_u64()), "{name}: {title}");
            assert!(!list(panel, "targets").is_empty(), "{name}: {title}");
            let place = |key: &str| panel["gridPos"][key].as_u64().expect("a place");
            assert!(place("x") + place("w") <= 24, "{name}: {title}");
            for x in place("x")..place("x") + place("w") {
                for y in place("y")..place("y") + place("h") {
                    assert!(taken.insert((x, y)), "{name}: {title} lies over another");
                }
            }
        }
    }
}

#[test]
fn the_folder_for_grafana_names_what_lies_in_it() {
    let provider = include_str!("../../config/grafana/provisioning/dashboards/corewatch.yaml");
    assert!(provider.contains("path: /etc/grafana/provisioning/dashboards/corewatch\n"));
    let source = include_str!("../../config/grafana/provisioning/datasources/corewatch.yaml");
    assert!(source.contains("type: prometheus\n"));
    for (name, dashboard) in dashboards() {
        let variables = list(&dashboard["templating"], "list");
        let chosen = variables
            .iter()
            .any(|v| v["type"] == "datasource" && v["query"] == "prometheus");
        assert!(chosen, "{name} lets one choose the Prometheus");
    }
}

/// The text of a metrics page, over TLS with the token.
fn page(site: &Site, port: u16, accept: &str) -> String {
    let output = Command::new("curl")
        .args(["--silent", "--fail", "--cacert"])
        .arg(site.path("issuer.pem"))
        .args(["--header", &format!("Authorization: Bearer {TOKEN}")])
        .args(["--header", &format!("Accept: {accept}")])
        .arg(format!("https://localhost:{port}/metrics"))
        .output()
        .expect("curl runs");
    String::from_utf8(output.stdout).expect("text")
}

fn no_fault_by_promtool(text: &str) {
    let mut checker = Command::new(server("COREWATCH_TEST_PROMTOOL"))
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs");
    let mut input = checker.stdin.take().expect("its standard input");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let found = checker.wait_with_output().expect("promtool ends");
    let said = [found.stdout, found.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "");
    assert!(found.status.success());
}

#[test]
#[ignore = "needs Prometheus; tests/run installs it"]
fn every_query_returns_data_from_a_prometheus_that_scraped_a_daemon() {
    let site = Site::new();
    site.run(&["demo", "--once", "--children", "60"])
        .ended_with(0);
    // What the demo has told is forgotten: the daemon tells it, so that there is mail to count.
    for file in ["corewatch.db", "corewatch.db-wal", "corewatch.db-shm"] {
        let _ = std::fs::remove_file(site.path("demo").join(file));
    }
    let (port, issuer) = (free_port(), Issuer::new());
    let issued = issuer.issue();
    site.write("issuer.pem", &issuer.pem());
    site.write("web.pem", &issued.certificate);
    site.write("web-key.pem", &issued.key);
    site.write("token", TOKEN);
    let path = |file: &str| site.path(file).display().to_string();
    let (certificate, key) = (path("web.pem"), path("web-key.pem"));
    let site = site
        .with("COREWATCH__WEB__LISTEN", &format!("127.0.0.1:{port}"))
        .with("COREWATCH__WEB__CERTIFICATE", &certificate)
        .with("COREWATCH__WEB__KEY", &key)
        .with("COREWATCH__WEB__TOKEN", TOKEN);
    let mut daemon = site.start(&["run", "--config", "demo/corewatch.toml"]);
    daemon.wait_until("a pass", || {
        page(&site, port, "text/plain").contains("\ncorewatch_last_success_timestamp_seconds{")
    });
    no_fault_by_promtool(&page(&site, port, "text/plain"));
    assert!(page(&site, port, "application/openmetrics-text").ends_with("# EOF\n"));

    site.write("corewatch.rules.yml", RULES);
    site.write(
        "prometheus.yml",
        &format!(
            "global: {{scrape_interval: 500ms, evaluation_interval: 500ms}}\n\
             rule_files: [corewatch.rules.yml]\n\
             scrape_configs:\n\
             - job_name: corewatch\n  \
               scheme: https\n  \
               authorization: {{credentials_file: token}}\n  \
               tls_config: {{ca_file: issuer.pem}}\n  \
               static_configs: [{{targets: ['localhost:{port}']}}]\n"
        ),
    );
    let prometheus = Prometheus::start(&site);
    let queries = queries();
    assert!(queries.len() > 50, "{}", queries.len());
    let began = Instant::now();
    loop {
        let has_data = |query: &str| {
            prometheus
                .query(query)
                .is_some_and(|series| !series.is_empty())
        };
        let silent: Vec<_> = queries
            .iter()
            .filter(|(_, query)| !has_data(query))
            .collect();
        if silent.is_empty() {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "without data: {silent:#?}");
        std::thread::sleep(Duration::from_secs(1));
    }
    assert_eq!(daemon.stop(), Some(0));
}

/// Every query of every panel and of every variable that asks Prometheus, with what is chosen.
fn queries() -> Vec<(String, String)> {
    let mut queries = Vec::new();
    for (name, dashboard) in dashboards() {
        for panel in list(&dashboard, "panels") {
            for target in list(panel, "targets") {
                let query = target["expr"].as_str().expect("a query");
                queries.push((format!("{name}: {}", panel["title"]), chosen(query)));
            }
        }
        for variable in list(&dashboard["templating"], "list") {
            let Some(query) = variable["query"]["query"].as_str() else {
                continue;
            };
            let inner = query
                .strip_prefix("label_values(")
                .and_then(|q| q.strip_suffix(')'));
            let (series, label) = inner
                .and_then(|q| q.rsplit_once(", "))
                .expect("label_values");
            queries.push((
                format!("{name}: {}", variable["name"]),
                chosen(&format!("count by ({label}) ({series})")),
            ));
        }
    }
    queries
}

/// A query with the demo's authority and one of its rules chosen.
fn chosen(query: &str) -> String {
    query
        .replace("$authority", "ashmere")
        .replace("$rule", "child-seen")
        .replace("$__rate_interval", "1m")
}
