//! A report of a past day, from what the copy was then.

use super::site::{PACK, Site, instant};
use crate::daemon::{Asked, report};
use crate::report::{AuthorityReport, Measure, Period, Span};

/// November's figures as they stood on a day, reported at a later time.
async fn november(site: &Site, as_at: &str, now: &str) -> AuthorityReport {
    let installation = site.installation();
    let authorities: Vec<_> = installation.authorities.iter().collect();
    let asked = Asked {
        period: Period {
            from: "2026-11-01".parse().unwrap(),
            to: "2026-11-30".parse().unwrap(),
        },
        as_at: as_at.parse().unwrap(),
        team: None,
        rule: None,
        with_open: false,
    };
    let store = site.store().await;
    let made = report(&store, &authorities, asked, false, instant(now))
        .await
        .unwrap();
    store.close().await;
    made.authorities.into_iter().next().unwrap()
}

fn counts(report: &AuthorityReport) -> [u64; 4] {
    let line = report
        .lines
        .iter()
        .find(|l| l.team.is_none() && l.span == Span::Whole)
        .unwrap();
    [
        Measure::Due,
        Measure::Met,
        Measure::MetLate,
        Measure::Overdue,
    ]
    .map(|measure| line.cell(measure).count().unwrap())
}

#[tokio::test]
async fn last_weeks_figures_come_out_as_they_were_and_later_corrections_are_listed() {
    let site = Site::new().await;
    site.child(2, "2026-11-03").await;
    site.outcome("11-10 09:00").await;
    // Both fell due, on the 16th and the 17th, and no core group was on record.
    site.outcome("11-20 09:00").await;
    let then = november(&site, "2026-11-20", "11-20 10:00").await;
    assert_eq!(counts(&then), [2, 0, 0, 2]);
    assert_eq!((then.corrections, then.records_from), (None, None));
    // One was held in time and written up a week late; the other child's record was an error.
    site.sql(
        "INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-13');
         DELETE FROM children WHERE id = 'C2'; DELETE FROM periods WHERE child = 'C2';
         DELETE FROM events WHERE child = 'C2';",
    )
    .await;
    site.child(3, "2026-11-04").await;
    site.outcome("11-24 09:00").await;
    let again = november(&site, "2026-11-20", "11-24 10:00").await;
    assert_eq!(again.lines, then.lines);
    assert_eq!(again.series, then.series);
    assert_eq!(again.read_at, then.read_at);
    let whole = again.corrections.unwrap().into_iter();
    let whole: Vec<String> = whole
        .filter(|c| c.team.is_none() && c.span == Span::Whole)
        .map(|c| {
            format!(
                "{} {:?} {:?}",
                c.measure.name(),
                c.then.count(),
                c.now.count()
            )
        })
        .collect();
    assert_eq!(
        whole,
        ["met Some(0) Some(1)", "still_overdue Some(2) Some(1)"]
    );
    let today = november(&site, "2026-11-24", "11-24 10:00").await;
    assert_eq!(counts(&today), [2, 1, 0, 1]);
    assert_eq!(today.corrections, None);
}

#[tokio::test]
async fn a_day_before_the_first_reading_is_of_the_records_of_the_first_and_says_so() {
    let site = Site::new().await;
    site.outcome("11-20 09:00").await;
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-13')")
        .await;
    site.outcome("11-24 09:00").await;
    let before = november(&site, "2026-11-18", "11-24 10:00").await;
    assert_eq!(before.records_from, Some("2026-11-20".parse().unwrap()));
    assert_eq!(counts(&before), [1, 0, 0, 1]);
}

#[tokio::test]
async fn a_past_day_is_judged_by_its_own_rules_closures_and_names_of_teams() {
    let site = Site::new().await;
    site.child(2, "2026-11-03").await;
    site.outcome("11-20 09:00").await;
    let then = november(&site, "2026-11-20", "11-20 10:00").await;
    assert_eq!(counts(&then), [2, 0, 0, 2]);
    // A rule with more time and another name, a day of closure, a team of another name.
    let rules = PACK.replace("\"10 working days\"", "\"15 working days\"");
    site.write("pack.toml", &rules.replace("core-group", "core-groups"));
    let config = std::fs::read_to_string(site.path("corewatch.toml")).unwrap();
    let closed = "packs = [\"pack.toml\"]\nclosures = [\"2026-11-05\"]";
    site.write(
        "corewatch.toml",
        &config.replace("packs = [\"pack.toml\"]", closed),
    );
    site.sql("UPDATE teams SET name = 'Norther' WHERE id = 'north'")
        .await;
    site.outcome("11-27 09:00").await;
    let again = november(&site, "2026-11-20", "11-27 10:00").await;
    assert_eq!(again.lines, then.lines);
    assert_eq!((again.rules, again.teams), (then.rules, then.teams));
    assert!(!again.judged_by_now);
    // Nothing of the record was corrected: what changed is what it is judged by.
    assert_eq!(again.corrections, Some(Vec::new()));
    let today = november(&site, "2026-11-27", "11-27 10:00").await;
    assert_eq!(today.rules[0].id, "core-groups");
    assert_eq!(today.teams[0].name.as_deref(), Some("Norther"));
    assert_eq!(counts(&today), [2, 0, 0, 2]);
}
