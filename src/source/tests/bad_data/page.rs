//! The page for whoever looks after a source, written from the tables of these tests.

use std::fmt::Write as _;
use std::path::Path;

use super::Way;
use super::changes::{After, CHANGES};
use super::kinds::Becomes;
use super::rows::KINDS;

/// Where the tables stand in the documentation.
const FILE: &str = "docs/bad-data.md";
const BEGIN: &str =
    "<!-- made from src/source/tests/bad_data; UPDATE_DOCS=1 cargo test --lib bad_data -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn the_documentation_is_written_from_what_is_tested() {
    assert!(KINDS.len() + CHANGES.len() >= 40);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let written = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = written.split_once(BEGIN).expect("where the tables begin");
    let (_, after) = rest.split_once(END).expect("where the tables end");
    let page = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
        return;
    }
    assert!(
        written == page,
        "{FILE} differs from the tests: run `UPDATE_DOCS=1 cargo test --lib bad_data` and commit the page"
    );
}

fn tables() -> String {
    let mut page = "\n## Rows\n\n".to_owned();
    page.push_str("| what is wrong | query | SQLite | PostgreSQL | MariaDB | by ODBC |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for kind in KINDS {
        let cells = Way::ALL.map(|way| cell(kind.made(way, false).map(|made| made.becomes)));
        let by_odbc: Vec<String> = Way::ALL
            .iter()
            .filter_map(|way| {
                let other = kind.by_odbc(*way)?;
                Some(format!("{}: {}", way.name(), cell(Some(other))))
            })
            .collect();
        let by_odbc = match by_odbc.is_empty() {
            true => "the same".to_owned(),
            false => by_odbc.join("; "),
        };
        let (what, query) = (kind.what, kind.query.name());
        let _ = writeln!(
            page,
            "| {what} | {query} | {} | {by_odbc} |",
            cells.join(" | ")
        );
    }
    page.push_str("\n## Tables and columns\n\n");
    page.push_str("| what changes | SQLite | PostgreSQL | MariaDB |\n| --- | --- | --- | --- |\n");
    for change in CHANGES {
        let cells = Way::ALL.map(|way| match change.made(way).map(|made| made.after) {
            None => "cannot be".to_owned(),
            Some(After::Refused(words, _)) => format!("refused, with `{words}` in its line"),
            Some(After::AsBefore) => "read as before".to_owned(),
        });
        let _ = writeln!(page, "| {} | {} |", change.what, cells.join(" | "));
    }
    page.push('\n');
    page
}

fn cell(becomes: Option<Becomes>) -> String {
    match becomes {
        None => "cannot be there".to_owned(),
        Some(Becomes::Quarantined(reason)) => format!("quarantine: {reason}"),
        Some(Becomes::Taken(_, meaning)) => format!("taken: {meaning}"),
    }
}
