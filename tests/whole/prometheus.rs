//! A real Prometheus reads the metrics of a running daemon, and its own checker finds no fault.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::{Site, free_port, get, server};

#[test]
#[ignore = "needs Prometheus; tests/run starts it"]
fn prometheus_scrapes_a_running_daemon_and_finds_no_fault() {
    let site = Site::new();
    site.run(&["demo", "--once", "--children", "60"])
        .ended_with(0);
    let port = free_port();
    let site = site.with("COREWATCH__WEB__LISTEN", &format!("127.0.0.1:{port}"));
    let mut daemon = site.start(&["run", "--config", "demo/corewatch.toml"]);
    let metrics = format!("http://127.0.0.1:{port}/metrics");
    daemon.wait_until("metrics of a pass", || {
        get(&metrics).is_some_and(|text| text.contains("\ncorewatch_obligations{"))
    });

    let mut checker = Command::new(server("COREWATCH_TEST_PROMTOOL"))
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs");
    let text = get(&metrics).expect("metrics");
    let mut input = checker.stdin.take().expect("its standard input");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let found = checker.wait_with_output().expect("promtool ends");
    let said = [found.stdout, found.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "");
    assert!(found.status.success());

    let prometheus_port = free_port();
    site.write(
        "prometheus.yml",
        &format!(
            "global: {{scrape_interval: 500ms}}\n\
             scrape_configs:\n\
             - job_name: corewatch\n  \
               static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
        ),
    );
    let mut prometheus = site.start_program(
        &server("COREWATCH_TEST_PROMETHEUS"),
        &[
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=prometheus",
            &format!("--web.listen-address=127.0.0.1:{prometheus_port}"),
        ],
    );
    let query = "sum(corewatch_obligations%7Bauthority%3D%22ashmere%22%7D)";
    let url = format!("http://127.0.0.1:{prometheus_port}/api/v1/query?query={query}");
    prometheus.wait_until("a scrape", || {
        let answer = get(&url).unwrap_or_default();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
        let value = answer["data"]["result"][0]["value"][1].as_str();
        value.and_then(|count| count.parse::<f64>().ok()) > Some(0.0)
    });
    assert_eq!(daemon.stop(), Some(0));
}
