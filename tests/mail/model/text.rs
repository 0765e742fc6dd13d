//! A message as its reader sees it: what it tells by its headers, and what its text says of each case.

use chrono::NaiveDate;

use super::expected::Line;
use crate::support::{header, headers};

/// What a text says of one case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    pub child: usize,
    /// Under which heading, without the number of its entries; empty in a message of one case.
    pub section: String,
    /// The line above the case.
    pub headline: String,
}

/// One message.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: String,
    /// The name before the @.
    pub to: String,
    /// Whether it is a message of one obligation, with a thread of its own.
    pub is_now: bool,
    pub tells: Vec<(usize, Line)>,
    pub says: Vec<Said>,
    /// The ids of obligations, by child.
    pub ids: Vec<(usize, String)>,
}

impl Mail {
    pub fn read(to: &str, bytes: &[u8]) -> Mail {
        let alerts = headers(bytes, "Corewatch-Alert");
        let alerts: Vec<Vec<&str>> = alerts
            .iter()
            .map(|line| line.split("; ").collect())
            .collect();
        Mail {
            id: header(bytes, "Message-ID"),
            to: to.split('@').next().unwrap().to_owned(),
            is_now: !headers(bytes, "In-Reply-To").is_empty(),
            tells: alerts.iter().map(|parts| tells(parts)).collect(),
            says: says(bytes),
            ids: alerts
                .iter()
                .map(|parts| (child(parts[1]), value(parts, "id=").to_owned()))
                .collect(),
        }
    }
}

/// The number of a case: `REF-C3` is 3.
fn child(case_ref: &str) -> usize {
    case_ref.strip_prefix("REF-C").unwrap().parse().unwrap()
}

fn value<'a>(parts: &[&'a str], name: &str) -> &'a str {
    parts
        .iter()
        .find_map(|part| part.strip_prefix(name))
        .unwrap()
}

fn tells(parts: &[&str]) -> (usize, Line) {
    let (what, name) = parts[2].split_once('=').unwrap();
    let line = match what {
        "step" => Line::Step {
            step: name.parse().unwrap(),
            due: value(parts, "due=").parse::<NaiveDate>().unwrap(),
        },
        "closed" => Line::Closed(name.to_owned()),
        "reopened" => Line::Reopened,
        other => panic!("what is {other}?"),
    };
    (child(parts[1]), line)
}

/// What the plain text says, case by case.
fn says(bytes: &[u8]) -> Vec<Said> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let start = text.find("Content-Type: text/plain").unwrap();
    let text = &text[start..text.find("Content-Type: text/html").unwrap()];
    let mut says = Vec::new();
    let (mut section, mut above) = (String::new(), String::new());
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("Case REF-") {
            says.push(Said {
                child: child(&format!("REF-{}", rest.split(':').next().unwrap())),
                section: section.clone(),
                headline: above.clone(),
            });
        }
        if let Some((heading, number)) = line.rsplit_once(" (")
            && number
                .strip_suffix(')')
                .is_some_and(|n| n.parse::<u32>().is_ok())
            && heading.chars().all(|c| c.is_ascii_uppercase() || c == ' ')
        {
            section = heading.to_owned();
        }
        above = line.to_owned();
    }
    says.sort();
    says
}
