//! What people and mail rules read.

use std::sync::Arc;

use super::letter::*;
use super::samples::{self, core_group, visit};
use super::{Rendered, Stationery, Writer};
use crate::rules::Severity;
use crate::words::Language;

fn writer(from: &str) -> Writer {
    Writer::new(from, Arc::new(Stationery::built_in().unwrap())).unwrap()
}

fn rendered(letter: &Letter) -> Rendered {
    let writer = writer("Timescales <timescales@example.gov.uk>");
    writer.render(letter).unwrap()
}

/// The message's header lines, unfolded.
fn headers(letter: &Letter) -> Vec<String> {
    let writer = writer("Timescales <timescales@example.gov.uk>");
    let bytes = writer.write(letter).unwrap().bytes;
    let text = String::from_utf8(bytes).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

fn header<'h>(headers: &'h [String], name: &str) -> Vec<&'h str> {
    let prefix = format!("{name}: ");
    let values = headers.iter().filter_map(|line| line.strip_prefix(&prefix));
    values.collect()
}

#[test]
fn one_duty_told_at_once_reads_in_ten_seconds() {
    let rendered = rendered(&samples::now());
    insta::assert_snapshot!(
        "now_text",
        format!("{}\n\n{}", rendered.subject, rendered.text)
    );
    insta::assert_snapshot!("now_html", rendered.html);
}

#[test]
fn a_digest_has_the_urgent_first_and_everything_once() {
    let rendered = rendered(&samples::digest());
    insta::assert_snapshot!(
        "digest_text",
        format!("{}\n\n{}", rendered.subject, rendered.text)
    );
    insta::assert_snapshot!("digest_html", rendered.html);
}

#[test]
fn a_reader_of_welsh_reads_the_same_in_welsh() {
    for letter in samples::all(Language::Welsh) {
        let rendered = rendered(&letter);
        insta::assert_snapshot!(
            format!("welsh_{}_text", letter.kind.name()),
            format!("{}\n\n{}", rendered.subject, rendered.text)
        );
        let headers = headers(&letter);
        assert_eq!(header(&headers, "Content-Language"), ["cy"]);
        assert!(rendered.html.contains("<html lang=\"cy\">"));
    }
}

#[test]
fn what_is_told_is_known_by_the_same_id_in_every_language() {
    let writer = writer("timescales@example.gov.uk");
    let [english, welsh] = Language::ALL.map(|language| {
        writer.write(&Letter {
            language,
            ..samples::now()
        })
    });
    assert_eq!(english.unwrap().message_id, welsh.unwrap().message_id);
}

#[test]
fn what_is_asked_is_said_by_the_rule_else_by_what_it_looks_for() {
    let asked = |words: Option<&str>, kinds: &[&str], shape| {
        let mut letter = samples::now();
        letter.entries[0].asked = Asked {
            words: words.map(str::to_owned),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            shape,
        };
        let text = rendered(&letter).text;
        let line = text.lines().find(|line| line.starts_with("Make sure"));
        line.unwrap().split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        asked(Some("see the bedroom."), &["visit"], "between"),
        "see the bedroom."
    );
    assert_eq!(asked(None, &["visit"], "interval"), "visit the child.");
    assert_eq!(
        asked(None, &["visit", "conference"], "interval"),
        "visit the child, or hold the conference."
    );
    assert_eq!(
        asked(None, &["visit", "of_the_site"], "interval"),
        "do what the duty above says."
    );
    assert_eq!(
        asked(None, &[], "check"),
        "do what is missing, or put the record right."
    );
    assert_eq!(
        asked(None, &["some_post"], "cover"),
        "see that somebody is in place."
    );
}

#[test]
fn the_key_worker_is_asked_to_do_it_and_others_to_see_to_it() {
    let mut letter = samples::now();
    letter.entries[0].tells = vec![samples::step(1, Role::KeyWorker)];
    let text = rendered(&letter).text;
    assert!(
        text.contains("Now: visit the child, and see them. Record it in the case system."),
        "{text}"
    );
    letter.entries[0].tells = vec![samples::step(3, Role::ServiceManager)];
    let text = rendered(&letter).text;
    assert!(
        text.contains("Make sure that this is done now, and recorded: visit"),
        "{text}"
    );
}

#[test]
fn every_phrase_is_there_in_every_language_with_the_same_names() {
    let stationery = Stationery::built_in().unwrap();
    let [english, welsh] = Language::ALL.map(|language| {
        let phrases = stationery.words(language).phrases().iter();
        // The day itself, or when it was: whichever the sentence wants.
        let names = |names: std::collections::BTreeSet<String>| -> Vec<String> {
            let names = names.into_iter();
            names.map(|name| name.replace("on", "date")).collect()
        };
        phrases
            .map(|(key, phrase)| (key.clone(), names(phrase.names())))
            .collect::<Vec<_>>()
    });
    assert_eq!(english, welsh);
}

#[test]
fn a_long_digest_says_the_most_urgent_in_full_and_lists_the_rest() {
    let mut letter = samples::digest();
    letter.entries = (0..150)
        .map(|days_over| Entry {
            obligation: format!("o{days_over:012}"),
            days_over,
            ..visit()
        })
        .collect();
    let rendered = rendered(&letter);
    assert_eq!(
        rendered
            .text
            .matches("Make sure that this is done now")
            .count(),
        12
    );
    assert_eq!(rendered.text.matches("clause 4.2").count(), 150);
    assert!(rendered.html.len() < 200_000, "{}", rendered.html.len());
}

#[test]
fn a_baseline_says_that_it_is_one() {
    let rendered = rendered(&samples::baseline());
    insta::assert_snapshot!(
        "baseline_text",
        format!("{}\n\n{}", rendered.subject, rendered.text)
    );
}

#[test]
fn operations_read_what_to_do() {
    let rendered = rendered(&samples::operations());
    insta::assert_snapshot!(
        "operations_text",
        format!("{}\n\n{}", rendered.subject, rendered.text)
    );
    insta::assert_snapshot!("operations_html", rendered.html);
}

#[test]
fn no_subject_names_a_case_or_a_person() {
    for letter in [samples::now(), samples::digest(), samples::baseline()] {
        let subject = rendered(&letter).subject;
        for entry in &letter.entries {
            assert!(!subject.contains(&entry.case_ref), "{subject}");
        }
        for name in ["Priya", "Shah", "Maria", "Jones"] {
            assert!(!subject.contains(name), "{subject}");
        }
    }
}

#[test]
fn the_most_urgent_comes_first_and_a_family_stays_together() {
    let entry = |case: &str, severity, days_over, family: Option<&str>| Entry {
        obligation: case.to_owned(),
        case_ref: case.to_owned(),
        severity,
        days_over,
        family: family.map(str::to_owned),
        ..visit()
    };
    let mut letter = samples::digest();
    letter.entries = vec![
        entry("LATER", Severity::High, 3, None),
        entry("SISTER", Severity::Low, 1, Some("F1")),
        entry("MIDDLE", Severity::High, 9, None),
        entry("BROTHER", Severity::Critical, 1, Some("F1")),
    ];
    let text = rendered(&letter).text;
    let place = |case: &str| text.find(&format!("Case {case}")).unwrap();
    let mut order = ["LATER", "SISTER", "MIDDLE", "BROTHER"];
    order.sort_by_key(|case| place(case));
    assert_eq!(order, ["BROTHER", "SISTER", "MIDDLE", "LATER"]);
}

#[test]
fn each_step_told_has_a_header_line_of_its_own() {
    assert_eq!(
        header(&headers(&samples::baseline()), "Corewatch-Alert"),
        [
            "child-seen-4-weeks; LUT-2031; step=1; due=2026-05-29; id=4kd81m2qx0za7",
            "child-seen-4-weeks; LUT-2031; step=2; due=2026-05-29; id=4kd81m2qx0za7",
        ]
    );
    // What is only listed as still open is not told; the rest is in the order in which it is read.
    assert_eq!(
        header(&headers(&samples::digest()), "Corewatch-Alert"),
        [
            "child-seen-4-weeks; LUT-2031; step=2; due=2026-05-29; id=4kd81m2qx0za7",
            "core-group-4-weeks; LUT-1987; step=1; due=2026-06-08; id=9wm3c5t1b6eg2",
            "child-seen-4-weeks; LUT-1733; reopened=2026-06-04; due=2026-06-03; id=c0ffee0000002",
            "first-core-group; LUT-1840; closed=met_late; due=2026-06-01; id=c0ffee0000001",
        ]
    );
}

#[test]
fn why_says_each_reason_once_and_several_steps_as_several() {
    let step = |number, passed_up| {
        let Tell::Step(step) = samples::step(number, Role::TeamManager) else {
            panic!("a step");
        };
        let why = Why {
            passed_up,
            ..step.why.clone()
        };
        Tell::Step(Step { why, ..step })
    };
    let mut letter = samples::now();
    letter.entries[0].tells = vec![step(1, true), step(2, true), step(3, false)];
    let text = rendered(&letter).text;
    let why = text.lines().find_map(|line| line.strip_prefix("Why you: "));
    assert_eq!(
        why.unwrap(),
        "You are the key worker's team manager. Steps 1 and 2 of 4 of the standard ladder reached \
         nobody, so they come to you. This is step 3 of 4 of the standard ladder."
    );
}

#[test]
fn a_message_says_that_no_person_wrote_it_and_answers_its_thread() {
    let headers = headers(&samples::now());
    assert_eq!(header(&headers, "Auto-Submitted"), ["auto-generated"]);
    assert_eq!(
        header(&headers, "X-Auto-Response-Suppress"),
        ["OOF, AutoReply"]
    );
    assert_eq!(
        header(&headers, "List-Id"),
        ["<luton.corewatch.example.gov.uk>"]
    );
    assert_eq!(
        header(&headers, "From"),
        ["Timescales <timescales@example.gov.uk>"]
    );
    assert_eq!(
        header(&headers, "To"),
        ["\"Maria Jones\" <maria.jones@example.gov.uk>"]
    );
    assert_eq!(
        header(&headers, "Date"),
        ["Thu, 04 Jun 2026 07:15:00 +0000"]
    );
    let thread = ["<4kd81m2qx0za7.thread@example.gov.uk>"];
    assert_eq!(header(&headers, "In-Reply-To"), thread);
    assert_eq!(header(&headers, "References"), thread);
    let digest = self::headers(&samples::digest());
    assert!(header(&digest, "References").is_empty());
}

#[test]
fn nothing_from_a_case_system_breaks_a_header() {
    let mut letter = samples::now();
    letter.entries[0].case_ref = " 50%; É\r\nBcc: someone@example.org ".to_owned();
    letter.entries[0].title = "Seen\r\nBcc: someone@example.org".to_owned();
    letter.to.name = Some("Maria\r\nBcc: someone@example.org".to_owned());
    let headers = headers(&letter);
    assert_eq!(
        header(&headers, "Corewatch-Alert"),
        [
            "child-seen-4-weeks; %2050%25%3B %C3%89%0D%0ABcc: someone@example.org%20; \
          step=2; due=2026-05-29; id=4kd81m2qx0za7"
        ]
    );
    assert!(header(&headers, "Bcc").is_empty());
    assert_eq!(
        headers
            .iter()
            .filter(|line| line.starts_with("Subject: "))
            .count(),
        1
    );
}

#[test]
fn a_header_too_long_for_a_line_is_folded_and_reads_the_same() {
    let mut letter = samples::now();
    letter.entries[0].case_ref = "R".repeat(880);
    letter.entries[0].title = "Child seen every four weeks, \u{2014} and more ".repeat(40);
    let writer = writer("Timescales <timescales@example.gov.uk>");
    let bytes = writer.write(&letter).unwrap().bytes;
    for line in bytes.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 998, "{}", String::from_utf8_lossy(line));
    }
    let case_ref = "R".repeat(880);
    assert_eq!(
        header(&headers(&letter), "Corewatch-Alert"),
        [format!(
            "child-seen-4-weeks; {case_ref}; step=2; due=2026-05-29; id=4kd81m2qx0za7"
        )]
    );
}

#[test]
fn the_message_id_is_that_of_what_is_told() {
    let writer = writer("timescales@example.gov.uk");
    let id = |letter: &Letter| writer.write(letter).unwrap().message_id;
    let first = samples::now();
    let mut later = first.clone();
    later.written = samples::instant("2026-06-05T09:00:00Z");
    later.today = samples::day("2026-06-05");
    later.entries[0].days_over = 7;
    assert_eq!(id(&first), id(&later), "the same step for the same due day");

    let mut other = first.clone();
    other.entries[0].due = samples::day("2026-06-01");
    assert_ne!(id(&first), id(&other), "another due day");
    let mut turn = first.clone();
    let Tell::Step(step) = &mut turn.entries[0].tells[0] else {
        panic!("a step is told");
    };
    step.turn = 1;
    assert_ne!(id(&first), id(&turn), "a turn of the repeat");
    let mut reader = first.clone();
    reader.to.address = "someone.else@example.gov.uk".parse().unwrap();
    assert_ne!(id(&first), id(&reader), "another reader");

    let digest = samples::digest();
    let mut tomorrow = digest.clone();
    tomorrow.today = samples::day("2026-06-05");
    assert_ne!(id(&digest), id(&tomorrow), "another day's digest");
    let mut more = digest.clone();
    more.entries.push(Entry {
        obligation: "another".to_owned(),
        ..core_group()
    });
    assert_ne!(id(&digest), id(&more), "a digest that tells more");
}

#[test]
fn only_a_link_to_a_web_page_is_a_link() {
    let mut letter = samples::now();
    letter.entries[0].case_url = Some("javascript:alert(1)".to_owned());
    assert!(!rendered(&letter).html.contains("javascript"));
    letter.entries[0].title = "<script>alert(1)</script>".to_owned();
    let html = rendered(&letter).html;
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
}
