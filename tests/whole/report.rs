//! The board's report of the demo as its readers get it.

use std::process::Command;

use crate::support::{Site, server};

/// A demo of few children: some months have none, some figures are of nobody.
fn demo() -> Site {
    let site = Site::new();
    site.run(&["demo", "--once", "--children", "60", "--seed", "7"])
        .ended_with(0);
    site
}

fn report(site: &Site, more: &[&str]) -> String {
    let arguments = [&["report", "--config", "demo/corewatch.toml"], more].concat();
    site.run(&arguments).ended_with(0).stdout
}

#[test]
#[ignore = "needs Chromium and axe-core; tests/run puts them there"]
fn the_page_can_be_read_by_everybody_on_every_screen_and_on_paper() {
    let (node, chromium) = (
        server("COREWATCH_TEST_NODE"),
        server("COREWATCH_TEST_CHROMIUM"),
    );
    let pages = server("COREWATCH_TEST_PAGES");
    let site = demo();
    report(&site, &["--output", "en.html"]);
    report(&site, &["--output", "cy.html", "--language", "cy"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/pages.mjs");
    let checked = Command::new(node)
        .arg(script)
        .args([site.path("en.html"), site.path("cy.html")])
        .env("COREWATCH_TEST_PAGES", pages)
        .env("COREWATCH_TEST_CHROMIUM", chromium)
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    assert_eq!(said, "");
}

#[test]
fn the_page_holds_what_it_needs_and_the_charts_their_numbers() {
    let site = demo();
    let page = report(&site, &["--format", "html"]);
    assert!(page.starts_with("<!doctype html>"));
    let count = |what: &str| page.matches(what).count();
    assert!(count("<figure>") > 10);
    // Every chart has a name, a description and a table with its numbers.
    assert_eq!(count("<svg "), count("<figure>"));
    assert_eq!(count("<desc "), count("<figure>"));
    assert_eq!(count("<details>"), count("<figure>"));
    for fetched in ["<script", "src=", "@import", "url("] {
        assert_eq!(count(fetched), 0, "{fetched}");
    }
}

/// The cells of a table of the page in the order printed, without their marks.
fn cells(row: &str) -> Vec<String> {
    row.split("</t")
        .filter_map(|cell| Some(cell.rsplit_once('>')?.1.trim().to_owned()))
        .filter(|cell| !cell.is_empty())
        .collect()
}

#[test]
fn the_page_and_the_comma_separated_values_say_the_same() {
    let site = demo();
    let page = report(&site, &["--format", "html"]);
    let table = report(&site, &["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let names = reader.headers().expect("a heading").clone();
    let mut compared = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        let of = |name: &str| {
            let place = names.iter().position(|known| known == name);
            row[place.expect("a known column")].to_owned()
        };
        if of("level") != "authority" || of("period_kind") != "whole" || of("due").is_empty() {
            continue;
        }
        let title = of("title").replace('\'', "&#x27;");
        let line = page
            .lines()
            .find(|line| {
                line.starts_with("<tr><th scope=\"row\">") && line.contains(&format!(">{title}<"))
            })
            .unwrap_or_else(|| panic!("{title} is not in the page"));
        let counts = ["due", "met", "met_late", "missed", "still_overdue"].map(of);
        let shown = cells(line);
        assert_eq!(shown[shown.len() - 7..shown.len() - 2], counts, "{title}");
        compared += 1;
    }
    assert!(compared > 20);
}
