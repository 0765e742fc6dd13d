//! A real Prometheus and its tools, as `tests/run` installs them.

use std::process::Command;

use serde_json::Value;

use super::{Running, Site, free_port, get, server};

/// A Prometheus that runs in a site's folder.
pub struct Prometheus {
    /// Stopped with the test.
    _running: Running,
    address: String,
}

impl Prometheus {
    /// Starts one with the configuration `prometheus.yml` of the folder.
    pub fn start(site: &Site) -> Prometheus {
        let address = format!("127.0.0.1:{}", free_port());
        let _running = site.start_program(
            &server("COREWATCH_TEST_PROMETHEUS"),
            &[
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=prometheus",
                &format!("--web.listen-address={address}"),
            ],
        );
        Prometheus { _running, address }
    }

    /// What it answers; nothing while it does not.
    pub fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let query: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let url = format!("http://{}/api/v1/{path}?{}", self.address, query.join("&"));
        let answer = get(&url).unwrap_or_default();
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// The series of an instant query; nothing where it is not one.
    pub fn query(&self, query: &str) -> Option<Vec<Value>> {
        let answer = self.ask("query", &[("query", query)]);
        answer["data"]["result"].as_array().cloned()
    }
}

/// Percent-encoded, for a query of a URL.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// Runs `promtool`: whether it is content, and all that it says.
pub fn promtool(arguments: &[&str]) -> (bool, String) {
    tool(&server("COREWATCH_TEST_PROMTOOL"), arguments)
}

/// Runs a tool: whether it is content, and all that it says.
pub fn tool(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}
