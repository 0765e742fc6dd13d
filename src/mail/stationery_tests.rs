//! What a site's own templates and words are told that is wrong with them.

use std::path::Path;
use std::sync::Arc;

use super::letter::Letter;
use super::samples;
use super::{Stationery, Writer};
use crate::words::Language;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The faults of a folder of these files, without the folder's own name.
fn faults(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let faults = Stationery::of_folder(folder.path()).unwrap_err();
    let prefix = format!("{}/", folder.path().display());
    faults.to_string().replace(&prefix, "")
}

fn rendered(files: &[(&str, &str)], letter: &Letter) -> super::Rendered {
    let folder = folder(files);
    let stationery = Stationery::of_folder(folder.path()).unwrap();
    let writer = Writer::new("timescales@example.gov.uk", Arc::new(stationery)).unwrap();
    writer.render(letter).unwrap()
}

#[test]
fn a_sites_own_template_and_words_stand_in_the_place_of_the_built_in_ones() {
    let now = "{% for section in sections %}{% for entry in section.entries %}\
               {% include \"entry.txt\" %}{% endfor %}{% endfor %}Ashmere says thank you\n";
    let words = "[phrase]\nfoot_no_reply = \"Ring 01234.\"\ndo_panel = \"hold the panel\"\n\
                 days = { one = \"{n} night\", other = \"{n} nights\" }\n";
    let files = [
        ("now.txt", now),
        ("now.subject", "Ashmere: {{ subject }}"),
        ("english.toml", words),
    ];
    let mut letter = samples::now();
    letter.entries[0].asked.words = None;
    letter.entries[0].asked.kinds = vec!["panel".to_owned()];
    let said = rendered(&files, &letter);
    assert_eq!(
        said.subject,
        "Ashmere: Overdue 6 nights: Child seen every four weeks"
    );
    assert!(said.text.contains("OVERDUE 6 NIGHTS"), "{}", said.text);
    assert!(said.text.contains("hold the panel"), "{}", said.text);
    assert!(
        said.text.ends_with("Ashmere says thank you\n"),
        "{}",
        said.text
    );
    assert!(
        said.html.contains("Ring 01234."),
        "the HTML is the built-in one"
    );
    let welsh = Letter {
        language: Language::Welsh,
        ..samples::now()
    };
    let said = rendered(&files, &welsh);
    assert!(said.html.contains("Cyfeirnod"), "{}", said.html);
}

#[test]
fn a_name_that_nobody_knows_is_told_with_its_line_and_the_nearest_that_is_meant() {
    let entry = "{{ entry.case }}\n{{ entry.titel }}\n{{ subjet }}\n";
    insta::assert_snapshot!(faults(&[("entry.txt", entry)]));
}

#[test]
fn a_name_within_a_list_that_nothing_has_is_told_with_its_line() {
    let entry = "{{ entry.case }}: {{ entry.title }}\n{{ entry.headline }}\n\
                 {% for fact in entry.facts %}\n{{ fact.lable }}\n{% endfor %}\n";
    insta::assert_snapshot!(faults(&[("entry.txt", entry)]));
}

#[test]
fn a_fault_of_syntax_is_told_with_its_line() {
    let digest = "{{ place }}\n{% for section in sections %}\n{{ section.heading }\n";
    insta::assert_snapshot!(faults(&[
        ("digest.txt", digest),
        ("now.html", "{% if subject %}"),
    ]));
}

#[test]
fn a_template_that_includes_what_is_not_there_is_told() {
    let now = "{{ place }}\n{% include \"greeting.txt\" %}\n";
    insta::assert_snapshot!(faults(&[("now.txt", now)]));
}

#[test]
fn a_message_that_would_lack_a_part_is_told() {
    insta::assert_snapshot!(faults(&[
        (
            "entry.html",
            "<p>{{ entry.title }} {{ entry.reference }}</p>"
        ),
        ("operations.txt", "{{ place }}"),
        ("digest.subject", "  "),
    ]));
}

#[test]
fn a_subject_that_names_a_case_is_told() {
    let subject = "{{ subject }} {% for s in sections %}{{ s.entries[0].case }}{% endfor %}";
    insta::assert_snapshot!(faults(&[("now.subject", subject)]));
}

#[test]
fn words_that_nobody_says_or_that_want_what_nobody_has_are_told() {
    let words = "[phrase]\noverdu = \"late\"\noverdue = \"{days} late, {name}\"\n\
                 days = { one = \"{n} day\" }\nlabel_due = 3\n";
    insta::assert_snapshot!(faults(&[("welsh.toml", words), ("digets.txt", "")]));
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let faults = Stationery::of_folder(Path::new("/no/such/folder")).unwrap_err();
    insta::assert_snapshot!(faults.to_string());
}
