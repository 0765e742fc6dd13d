//! Standing reports: once for each day that falls, whatever is stopped, restarted or run twice.

use super::site::{Site, instant};
use super::wakes::live;
use crate::daemon::{PassEnd, pass};

const MONTHLY: &str = r#"
[[report]]
id = "board"
when = "month"
to = ["mailto:board@example.org", "tom"]
"#;

/// The reports that left since the last time: to whom, and their files.
fn sent(site: &mut Site) -> Vec<String> {
    let mut sent: Vec<String> = Vec::new();
    for mail in site.texts() {
        let line = |start: &str| mail.lines().find_map(|line| line.strip_prefix(start));
        if !line("Subject: ").is_some_and(|subject| subject.starts_with("Child protection")) {
            continue;
        }
        let to = line("To: ").unwrap_or_default().to_owned();
        let files = mail
            .lines()
            .filter_map(|line| line.split_once("filename=\""));
        let files: Vec<&str> = files.map(|(_, name)| name.trim_end_matches('"')).collect();
        sent.push(format!("{to}: {}", files.join(", ")));
    }
    sent
}

/// What a month's report leaves as, to its two readers.
fn month(file: &str) -> [String; 2] {
    [
        format!("\"Tom Turner\" <tom@example.org>: {file}"),
        format!("board@example.org: {file}"),
    ]
}

#[tokio::test]
async fn a_report_leaves_on_the_first_working_day_at_its_time_and_once() {
    let mut site = Site::new().await;
    site.configure(MONTHLY);
    let lines = live(&mut site, "11-27 09:00", "12-02 09:00", 30).await;
    let at = |line: &&String| line.starts_with("12-01 0");
    let day: Vec<&String> = lines.iter().filter(at).collect();
    // `live` has looked at the mails: what it does not show is a report.
    assert_eq!(day.len(), 3, "{lines:#?}");
    assert!(day[2].starts_with("12-01 08:00 Look"), "{lines:#?}");
    assert_eq!(site.letters_to("board@example.org"), 1);
}

pub async fn catches_up(mut site: Site) {
    site.configure(MONTHLY);
    site.outcome("10-20 09:00").await;
    site.outcome("10-30 09:00").await;
    assert_eq!(sent(&mut site), [] as [&str; 0]);
    // Stopped over the first working days of November and December.
    site.outcome("12-03 06:00").await;
    let november = month("board-2026-11.html");
    let october = month("board-2026-10.html");
    let mut both = [october, november].concat();
    both.sort();
    let mut now = sent(&mut site);
    now.sort();
    assert_eq!(now, both);
    site.outcome("12-03 06:15").await;
    site.outcome("12-31 09:00").await;
    assert_eq!(sent(&mut site), [] as [&str; 0]);
}

#[tokio::test]
async fn a_day_that_fell_while_nothing_ran_is_made_up_for_once() {
    catches_up(Site::new().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_day_that_fell_while_nothing_ran_is_made_up_for_once_on_postgres() {
    catches_up(Site::on_postgres().await).await;
}

pub async fn of_many_at_once(mut site: Site) {
    site.configure(MONTHLY);
    site.outcome("11-30 09:00").await;
    let passes = (0..4).map(|_| site.try_pass("12-01 09:00"));
    for ended in futures_util::future::join_all(passes).await {
        ended.unwrap();
    }
    // Another machine, that makes the same pass again.
    let store = site.store().await;
    let again = pass(&site.installation(), &store, instant("12-01 09:00")).await;
    assert!(matches!(again, Ok(PassEnd::Ran(_))));
    store.close().await;
    let mut now = sent(&mut site);
    now.sort();
    let mut once = month("board-2026-11.html");
    once.sort();
    assert_eq!(now, once);
}

#[tokio::test]
async fn of_instances_at_once_one_sends() {
    of_many_at_once(Site::new().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn of_instances_at_once_one_sends_on_postgres() {
    of_many_at_once(Site::on_postgres().await).await;
}

#[tokio::test]
async fn a_report_waits_for_records_that_were_read_on_its_day() {
    let mut site = Site::new().await;
    site.configure(MONTHLY);
    site.outcome("11-30 09:00").await;
    // The source is gone over the first of December.
    site.sql("ALTER TABLE events RENAME TO elsewhere").await;
    site.outcome("12-01 09:00").await;
    assert_eq!(sent(&mut site), [] as [&str; 0]);
    site.sql("ALTER TABLE elsewhere RENAME TO events").await;
    site.outcome("12-01 10:00").await;
    assert_eq!(sent(&mut site).len(), 2);
}

#[tokio::test]
async fn what_cannot_be_made_is_told_to_operations_and_made_when_it_can_be() {
    let mut site = Site::new().await;
    site.write("papers", "a file stands where the folder is to be");
    site.configure(
        r#"
[[report]]
id = "board"
when = "month"
format = ["csv", "xlsx"]
folder = "papers"
to = ["mailto:board@example.org"]
"#,
    );
    site.outcome("11-30 09:00").await;
    site.texts();
    site.outcome("12-01 09:00").await;
    let told = site.operations();
    assert!(
        told.contains("reports whose day has come could not be made"),
        "{told}"
    );
    assert_eq!(site.letters_to("board@example.org"), 0);
    std::fs::remove_file(site.path("papers")).unwrap();
    site.outcome("12-01 09:15").await;
    assert_eq!(site.letters_to("board@example.org"), 1);
    let mut files: Vec<String> = std::fs::read_dir(site.path("papers"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "board-2026-11-dictionary.csv",
            "board-2026-11.csv",
            "board-2026-11.xlsx",
        ]
    );
    let mails = site.texts().join("\n");
    assert!(mails.contains("It lies in the folder"), "{mails}");
    assert!(!mails.contains("filename="), "{mails}");
    assert!(
        mails.contains("reports that could not be made are made"),
        "{mails}"
    );
}

#[tokio::test]
async fn the_message_says_what_it_is_and_for_whom() {
    let mut site = Site::new().await;
    site.configure(
        r#"
[[report]]
id = "north"
when = "0 9 1 12 *"
period = "month"
team = "north"
format = "json"
to = ["tom"]
"#,
    );
    site.outcome("11-30 09:00").await;
    site.texts();
    site.outcome("12-01 09:00").await;
    let mail = site.texts().join("\n");
    let head: Vec<&str> = mail
        .lines()
        .take_while(|line| !line.contains("text/html"))
        .filter(|line| !line.starts_with("Date: ") && !line.starts_with("Message-ID: "))
        .collect();
    insta::assert_snapshot!(head.join("\n"), @r#"
    From: Timescales <timescales@example.org>
    To: "Tom Turner" <tom@example.org>
    Subject: Child protection timescales: Ashmere, 1 November 2026 to 30
     November 2026
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    MIME-Version: 1.0
    Content-Type: multipart/mixed;

    Content-Type: multipart/alternative;

    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit

    Here is the report on child protection timescales of Ashmere: the duties that fell due from 1 November 2026 to 30 November 2026, as they stood on 1 December 2026.

    It is attached: north-2026-11.json.

    It is for the supervision of one team, and lists what is open by case reference. Please do not pass it on.

    Sent by corewatch on the days that your authority has set. Replies to this address are not read.
    "#);
}
