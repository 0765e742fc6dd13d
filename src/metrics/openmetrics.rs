//! OpenMetrics 1.0, for a scraper that asks for it: as Prometheus' text format, but with units, the
//! names of counters without their `_total`, and an end that a cut-off answer lacks.

use std::fmt::Write as _;

use prometheus::proto::MetricFamily;

use super::definitions::{ALL, Definition, Kind};

/// The media type of what [`write`] gives.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The media type that a scraper asks by.
const ASKED: &str = "application/openmetrics-text";
/// The media type of Prometheus' text format.
const PLAIN: &str = "text/plain";

/// Whether a scraper that sends this `Accept` header would have OpenMetrics rather than plain text.
pub fn is_wanted(accept: &str) -> bool {
    let weight = |media: &str| {
        accept
            .split(',')
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let named = parts.next()?.eq_ignore_ascii_case(media);
                let weight = parts.find_map(|p| p.strip_prefix("q="));
                named.then(|| weight.map_or(Some(1.0), |q| q.parse::<f64>().ok()))?
            })
            .fold(0.0, f64::max)
    };
    let wanted = weight(ASKED);
    wanted > 0.0 && wanted >= weight(PLAIN)
}

/// These families as OpenMetrics.
pub(super) fn write(families: &[MetricFamily]) -> String {
    let mut text = String::new();
    for family in families {
        if let Some(definition) = ALL.iter().find(|d| d.name == family.name()) {
            write_family(&mut text, definition, family);
        }
    }
    text.push_str("# EOF\n");
    text
}

fn write_family(text: &mut String, definition: &Definition, family: &MetricFamily) {
    let (kind, suffix) = match definition.kind {
        Kind::Gauge => ("gauge", ""),
        Kind::Counter => ("counter", "_total"),
        Kind::Info => ("info", "_info"),
    };
    let name = definition.name.strip_suffix(suffix);
    let name = name.unwrap_or(definition.name);
    let _ = writeln!(text, "# TYPE {name} {kind}");
    if let Some(unit) = definition.unit() {
        let _ = writeln!(text, "# UNIT {name} {unit}");
    }
    let _ = writeln!(text, "# HELP {name} {}", escaped(definition.help));
    for metric in family.get_metric() {
        let labels: Vec<String> = metric
            .get_label()
            .iter()
            .map(|label| format!("{}=\"{}\"", label.name(), escaped(label.value())))
            .collect();
        let value = match definition.kind {
            Kind::Counter => metric.get_counter().get_value(),
            Kind::Gauge | Kind::Info => metric.get_gauge().get_value(),
        };
        let _ = match labels.is_empty() {
            true => writeln!(text, "{name}{suffix} {value}"),
            false => writeln!(text, "{name}{suffix}{{{}}} {value}", labels.join(",")),
        };
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_to_whoever_asks_for_it() {
        let prometheus = "application/openmetrics-text;version=1.0.0,\
                          application/openmetrics-text;version=0.0.1;q=0.75,\
                          text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert!(is_wanted(prometheus));
        assert!(is_wanted("application/openmetrics-text"));
        assert!(!is_wanted("*/*"));
        assert!(!is_wanted(""));
        assert!(!is_wanted("text/plain;version=0.0.4;q=1,*/*;q=0.1"));
        assert!(!is_wanted("application/openmetrics-text;q=0"));
        assert!(!is_wanted("application/openmetrics-text;q=0.2,text/plain"));
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(escaped("a\\b\"c\nd"), r#"a\\b\"c\nd"#);
    }
}
