//! The report as a workbook and as a document, opened by programs that are not corewatch: the figures
//! in them are those of the comma-separated values.

use std::path::Path;
use std::process::Command;

use crate::support::{Site, server};

/// A demo of few children, and its figures as comma-separated values.
fn demo() -> (Site, Vec<csv::StringRecord>) {
    let site = Site::new();
    site.run(&["demo", "--once", "--children", "60", "--seed", "7"])
        .ended_with(0);
    give(&site, "plain.csv", &[]);
    let text = std::fs::read_to_string(site.path("plain.csv")).expect("the figures");
    let rows = csv::Reader::from_reader(text.as_bytes());
    let rows = rows.into_records().map(|row| row.expect("a row"));
    // A rule that could not be measured has no figures, and a row only here.
    let measured = rows.filter(|row| row[UNMEASURED].is_empty()).collect();
    (site, measured)
}

/// Columns of the comma-separated values.
const TITLE: usize = 3;
#[cfg(feature = "pdf")]
const LEVEL: usize = 6;
#[cfg(feature = "pdf")]
const KIND: usize = 9;
const FROM: usize = 11;
const UNMEASURED: usize = 15;
const FIRST_FIGURE: usize = 16;

fn give(site: &Site, file: &str, more: &[&str]) {
    let arguments = [
        "report",
        "--config",
        "demo/corewatch.toml",
        "--output",
        file,
    ];
    site.run(&[&arguments, more].concat()).ended_with(0);
}

/// Has LibreOffice work everything out anew when it opens a workbook, whatever the file says it was.
const RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"#;
/// Every sheet as comma-separated values, each cell as it is and not as it is shown.
const AS_IT_IS: &str =
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";

/// The sheets of a workbook as LibreOffice reads them: one file each.
fn opened(site: &Site, workbook: &str) -> Vec<(String, Vec<csv::StringRecord>)> {
    let profile = site.path("profile");
    std::fs::create_dir_all(profile.join("user")).expect("a folder");
    std::fs::write(profile.join("user/registrymodifications.xcu"), RECALCULATE).expect("a file");
    let out = site.path("sheets");
    let office = Command::new(server("COREWATCH_TEST_OFFICE"))
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args(["--headless", "--convert-to", AS_IT_IS, "--outdir"])
        .args([&out, &site.path(workbook)])
        .output()
        .expect("LibreOffice runs");
    let said = String::from_utf8_lossy(&office.stderr);
    assert!(office.status.success() && !said.contains("Error"), "{said}");
    let mut sheets = Vec::new();
    for file in std::fs::read_dir(out).expect("the sheets") {
        let path = file.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        let (_, name) = name.split_once('-').expect("the workbook, then the sheet");
        sheets.push((name.to_owned(), read(&path)));
    }
    sheets
}

fn read(path: &Path) -> Vec<csv::StringRecord> {
    let reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_path(path);
    let rows = reader.expect("a sheet").into_records();
    rows.map(|row| row.expect("a row")).collect()
}

/// A cell as a number; LibreOffice writes shares as percentages.
fn number(cell: &str) -> Option<f64> {
    match cell.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|share| share / 100.0),
        None => cell.parse().ok(),
    }
}

#[test]
#[ignore = "needs LibreOffice; tests/run installs it"]
fn the_workbook_opens_in_libreoffice_and_recalculates_to_the_same() {
    let (site, plain) = demo();
    give(&site, "board.xlsx", &[]);
    let sheets = opened(&site, "board.xlsx");
    let sheet = |name: &str| {
        let found = sheets.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no sheet {name}")).1
    };
    let figures = &sheet("Figures")[1..];
    assert_eq!(figures.len(), plain.len());
    let mut compared = 0;
    for (opened, plain) in figures.iter().zip(&plain) {
        assert_eq!(opened[1], plain[TITLE]);
        let [month, day, year] = opened[6].split('/').collect::<Vec<_>>()[..] else {
            panic!("`{}` is not a day to LibreOffice", &opened[6]);
        };
        assert_eq!(format!("{year}-{month}-{day}"), plain[FROM]);
        let pairs = opened.iter().skip(8).zip(plain.iter().skip(FIRST_FIGURE));
        for (opened, plain) in pairs {
            match (number(opened), number(plain)) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{opened} is not {plain}"),
                (a, b) => assert_eq!(a, b, "`{opened}` is not `{plain}`"),
            }
            compared += 1;
        }
    }
    assert!(compared > 5_000, "{compared}");
    // The one formula: the sum of unusable rows.
    let unusable = &sheet("Records not used")[1..];
    let (sum, rows) = unusable.split_last().expect("rows and their sum");
    let counted: f64 = rows.iter().filter_map(|row| number(&row[3])).sum();
    assert!(counted > 0.0);
    assert_eq!(number(&sum[3]), Some(counted));
}

#[cfg(not(feature = "pdf"))]
#[test]
fn without_pdf_the_program_says_how_to_come_by_it() {
    let site = Site::new();
    let run = site.run(&["report", "--output", "board.pdf"]).ended_with(2);
    insta::assert_snapshot!(run.stderr, @"corewatch: pdf: this corewatch was built without PDF; build it with `cargo build --release --features pdf`, or take html, which prints well");
}

/// What a program that reads PDF says.
#[cfg(feature = "pdf")]
fn said(program: &str, arguments: &[&std::ffi::OsStr]) -> String {
    let run = Command::new(program).args(arguments).output();
    let run = run.unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

#[cfg(feature = "pdf")]
#[test]
#[ignore = "needs poppler and qpdf; tests/run installs them"]
fn the_pdf_is_accessible_and_has_the_same_figures() {
    let (site, plain) = demo();
    for (language, title, more) in [
        ("en", "Child protection timescales", &[][..]),
        (
            "cy",
            "Amserlenni amddiffyn plant",
            &["--rule", "child-seen"],
        ),
    ] {
        let file = format!("{language}.pdf");
        give(&site, &file, &[&["--language", language], more].concat());
        let pdf = site.path(&file);
        let pdf = pdf.as_os_str();
        let info = said("pdfinfo", &[pdf]);
        assert!(info.contains("Tagged:          yes"), "{info}");
        assert!(info.contains(title), "{info}");
        let open = site.path("open.pdf");
        let flags = ["--qdf", "--object-streams=disable"].map(std::ffi::OsStr::new);
        said("qpdf", &[flags[0], flags[1], pdf, open.as_os_str()]);
        let open = std::fs::read(&open).expect("the PDF without compression");
        let open = String::from_utf8_lossy(&open);
        assert!(open.contains(&format!("/Lang ({language})")));
        assert!(open.contains("<pdfuaid:part>1</pdfuaid:part>"));
        assert!(open.contains("/DisplayDocTitle true"));
        // Every picture is a figure with words for it, and every table has heads.
        let count = |what: &str| open.matches(what).count();
        assert!(count("/S /Figure") > 1);
        assert_eq!(count("/S /Figure"), count("/Alt "), "{language}");
        assert!(count("/S /TH") > count("/S /Table"));
    }
    let pdf = site.path("en.pdf");
    let flags = ["-layout", "-nopgbrk"].map(std::ffi::OsStr::new);
    let out = std::ffi::OsStr::new("-");
    let text = said("pdftotext", &[flags[0], flags[1], pdf.as_os_str(), out]);
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    let mut compared = 0;
    for row in plain
        .iter()
        .filter(|row| &row[LEVEL] == "authority" && &row[KIND] == "whole")
    {
        // A long title goes on in the next line: its first words stand with the figures.
        let first: Vec<&str> = row[TITLE].split_whitespace().take(2).collect();
        let counts: Vec<&str> = row.iter().skip(FIRST_FIGURE).take(5).collect();
        let there = lines.iter().any(|line| {
            line.starts_with(&first) && line.windows(counts.len()).any(|some| some == counts)
        });
        assert!(there, "{}: {counts:?} is not in the PDF", &row[TITLE]);
        compared += 1;
    }
    assert!(compared > 20);
}
