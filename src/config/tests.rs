use std::path::Path;

use super::read::sqlite_url;
use super::*;
use crate::document::Faults;

const RIGHT: &str = r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "luton"
name = "Luton"
nation = "england-and-wales"
closures = ["2026-12-29"]
packs = ["luton", "packs/local.toml"]
source = "sources/ssd.toml"
ladders = "ladders.toml"
[authority.roles]
Duty_desk = ["mailto:duty@example.gov.uk", "P-7"]
[mail]
host = "smtp.example.gov.uk"
username = "timescales"
from = "Timescales <timescales@example.gov.uk>"
"#;

/// Loads `text` as `corewatch.toml` of a folder of its own; in the faults its path is cut short.
fn load_text(text: &str, variables: &[(&str, &str)]) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corewatch.toml");
    std::fs::write(&path, text).unwrap();
    let overlay = Overlay::new(variables.iter().map(|(n, v)| (n.into(), v.into())), None);
    let mut loaded = load(&path, &overlay);
    for fault in &mut loaded.faults.0 {
        if fault.place.file == path.display().to_string() {
            fault.place.file = "corewatch.toml".to_owned();
        }
    }
    loaded
}

#[test]
fn a_configuration_is_read_with_its_defaults() {
    let loaded = load_text(RIGHT, &[]);
    assert_eq!(loaded.faults, Faults::default());
    let settings = loaded.settings.unwrap();
    let authority = &settings.authorities[0];
    assert_eq!(authority.source, settings.base.join("sources/ssd.toml"));
    assert_eq!(authority.packs[1].value, "packs/local.toml");
    assert_eq!(authority.packs[1].place.line, 9);
    assert_eq!(authority.roles["Duty_desk"].len(), 2);
    assert!(settings.store.url.starts_with("sqlite:/"));
    assert!(settings.store.url.ends_with("/corewatch.db"));
    assert_eq!(settings.mail.unwrap().tls, Tls::Starttls);
    assert_eq!(settings.web.listen.to_string(), "127.0.0.1:9464");
}

#[test]
fn variables_are_laid_over_the_file() {
    let loaded = load_text(
        RIGHT,
        &[
            ("COREWATCH__MAIL__HOST", "relay.example.gov.uk"),
            ("COREWATCH__MAIL__PORT", "2525"),
            ("COREWATCH__MAIL__PASSWORD", "0123"),
            (
                "COREWATCH__MAIL__OPERATIONS",
                "a@example.org, b@example.org",
            ),
            (
                "COREWATCH__SOURCE__LUTON__URL",
                "postgres://reader@db/cases",
            ),
            ("COREWATCH__SCHEDULE__PASS", "07:30"),
        ],
    );
    assert_eq!(loaded.faults, Faults::default());
    let settings = loaded.settings.unwrap();
    let mail = settings.mail.unwrap();
    assert_eq!(mail.host.as_deref(), Some("relay.example.gov.uk"));
    assert_eq!(mail.port, Some(2525));
    assert_eq!(mail.password, Some(Secret::from("0123")));
    assert_eq!(mail.operations, ["a@example.org", "b@example.org"]);
    assert!(settings.authorities[0].source_url.is_some());
}

#[test]
fn every_fault_is_told_at_once_with_its_line_or_its_variable() {
    let loaded = load_text(
        r#"
[store]
url = "oracle://reader:hunter2@db/cases"
[[authority]]
id = "Luton Borough"
nation = "england"
timezone = "Europe/Luton"
closures = ["29.12.2026"]
packs = []
sauce = "sources/ssd.toml"
[[authority]]
id = "leeds"
nation = "england-and-wales"
packs = ["england"]
source = "ssd.toml"
case_url = "cases/{case_ref}"
[authority.roles]
key_worker = ["P-1"]
duty = ["mailto:duty at example"]
nobody = []
[[authority]]
id = "leeds"
nation = "england-and-wales"
packs = ["england"]
source = "ssd.toml"
[mail]
transport = "pigeon"
port = 70000
tls = "none"
host = "smtp.example.gov.uk"
password = "hunter2"
from = "Timescales"
operations = ["on call"]
[schedule]
pass = "sometimes"
[alerts]
hours = "18:00-08:00"
flood = "20"
now_per_hour = 0
[web]
listen = "0.0.0.0:9464"
[operations]
heartbeat = "hc-ping"
[mial]
"#,
        &[("COREWATCH__ALERTS__FLOD", "10 %")],
    );
    insta::assert_snapshot!(loaded.faults);
}

#[test]
fn what_is_missing_is_told() {
    insta::assert_snapshot!(load_text("[mail]\n", &[]).faults);
}

#[test]
fn a_transport_needs_its_place() {
    let text = RIGHT.replace(
        "host = \"smtp.example.gov.uk\"",
        "transport = \"directory\"",
    );
    insta::assert_snapshot!(load_text(&text, &[]).faults, @r#"corewatch.toml:14:1: `directory` is missing; transport = "directory" needs the folder that messages are put in"#);
}

#[test]
fn broken_toml_is_told_with_its_line_and_nothing_else() {
    insta::assert_snapshot!(load_text("[store\nurl = 3\n", &[("COREWATCH__X", "y")]).faults, @r#"corewatch.toml:1:7: not valid TOML: unclosed table, expected `]`"#);
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let loaded = load(Path::new("nowhere/corewatch.toml"), &Overlay::default());
    assert!(loaded.settings.is_none());
    insta::assert_snapshot!(loaded.faults, @r#"nowhere/corewatch.toml: cannot be read (No such file or directory (os error 2)); check the path and that corewatch may read it"#);
}

#[test]
fn the_store_lies_beside_the_configuration() {
    let base = Path::new("etc/50%?");
    assert_eq!(
        sqlite_url("corewatch.db", base),
        "sqlite:etc/50%25%3F/corewatch.db"
    );
    assert_eq!(
        sqlite_url("//corewatch.db", Path::new("")),
        "sqlite:corewatch.db"
    );
    assert_eq!(sqlite_url("///var/x.db", base), "sqlite:/var/x.db");
    assert_eq!(sqlite_url("/var/x.db", base), "sqlite:/var/x.db");
}

#[test]
fn how_many_teams_have_series_of_their_own_can_be_set() {
    let text = format!("{RIGHT}[metrics]\nteams = 12\n");
    assert_eq!(load_text(&text, &[]).settings.unwrap().metrics.teams, 12);
    let laid_over = load_text(&text, &[("COREWATCH__METRICS__TEAMS", "7")]);
    assert_eq!(laid_over.settings.unwrap().metrics.teams, 7);
    let wrong = load_text(&format!("{RIGHT}[metrics]\nteams = -1\n"), &[]);
    insta::assert_snapshot!(wrong.faults, @"corewatch.toml:19:9: `teams` is not a number of teams; it must be a whole number from 0 to 10000");
}

/// The faults of a report of these lines.
fn report_faults(lines: &str) -> String {
    let loaded = load_text(&format!("{RIGHT}[[report]]\n{lines}"), &[]);
    loaded.faults.to_string()
}

#[test]
fn a_report_is_read_with_its_defaults() {
    let lines = "id = \"board\"\nwhen = \"quarter\"\nto = [\"mailto:board@example.org\"]";
    let loaded = load_text(&format!("{RIGHT}[[report]]\n{lines}"), &[]);
    assert_eq!(loaded.faults, Faults::default());
    let report = &loaded.settings.unwrap().reports[0];
    let eight = chrono::NaiveTime::from_hms_opt(8, 0, 0).unwrap();
    assert_eq!(report.when, When::FirstWorkingDay(Stretch::Quarter, eight));
    assert_eq!(report.period, Stretch::Quarter);
    assert_eq!(report.forms[0].value, "html");
    assert!(!report.publish);
}

#[test]
fn the_faults_of_a_report_are_told_with_their_lines() {
    insta::assert_snapshot!(
        report_faults("id = \"Board\"\nwhen = \"monthly\"\nat = \"8\"\nperiod = \"week\""),
        @"
    corewatch.toml:18:1: a report that nobody gets; list people in `to`, or name a `folder` for its files
    corewatch.toml:19:6: `Board` is not a report's id; it has small letters, digits and `-` only
    corewatch.toml:20:8: `when`: `monthly` is not a day for a report; write month or quarter for the first working day of each, or the five fields of cron (minute, hour, day, month, weekday) as 0 9 15 * *
    corewatch.toml:21:6: `at` goes with month and quarter alone; leave it out: the schedule of `when` has its own time
    corewatch.toml:22:10: `period`: `week` is not a period; it is month, quarter or year
    "
    );
    insta::assert_snapshot!(
        report_faults("id = \"b\"\nwhen = \"month\"\nat = \"8\"\npublish = true\nteam = \"T1\"\nfolder = \"x\""),
        @"
    corewatch.toml:21:6: `at`: `8` is not a time of day; write it as 08:00
    corewatch.toml:23:8: `publish` is for all teams and all rules; leave out `team` and `rule`, or `publish`: what one paper keeps back another would show
    "
    );
}
