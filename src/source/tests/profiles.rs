//! Source files: what is read from them, and what is wrong with them.

use super::*;

fn faults(text: &str) -> Vec<String> {
    let document = Document::new("ssd.toml", text);
    match super::super::profile::read_profile(&document, "sources/ssd.toml".as_ref()) {
        Ok(profile) => panic!("no fault: {profile:?}"),
        Err(faults) => faults.0.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_source_file_is_read_with_its_defaults() {
    let profile = profile(
        "[source]\nurl = 'sqlite:old.db'\n[[source.children]]\nquery = 'SELECT 1'\n\
         [[source.events]]\nkind = 'visit'\nquery = 'SELECT 2'\nchanged = 'SELECT 3 > :since'\n\
         [[source.events]]\nkind = 'visit'\nquery = 'SELECT 4'\n\
         [[source.events]]\nquery = 'SELECT 5'\n",
        "sqlite:cases.db",
    );
    assert_eq!(
        profile.address.unwrap().to_string(),
        "sqlite:sources/cases.db"
    );
    assert_eq!(profile.shrink, Share::HALF);
    assert_eq!(profile.timezone, None);
    let names: Vec<String> = profile.queries.iter().map(Query::label).collect();
    assert_eq!(
        names,
        [
            "children (line 4)",
            "events visit (line 7)",
            "events visit, query 2 (line 11)",
            "events (line 13)",
        ]
    );
    assert_eq!(
        profile.queries[1].changed.as_ref().map(|c| c.sql.as_str()),
        Some("SELECT 3 > :since")
    );
}

#[test]
fn everything_wrong_with_a_source_file_is_told_with_its_line() {
    assert_eq!(faults("[mail]\n").len(), 2);
    assert_eq!(
        faults(
            "[source]\nurl = 'oracle://x:pw@y'\nshrink = '120 %'\ntimezone = 'London'\n\
             [[source.periods]]\nkind = 'plan'\nquerry = 'SELECT 1'\n\
             [[source.events]]\nquery = 'SELECT 1'\nchanged = 'SELECT 2'\n"
        ),
        [
            "ssd.toml:1:1: `children` is missing; it is mandatory here",
            "ssd.toml:2:7: the address is not one of a database that can be read; write \
             `sqlite:cases.db`, `postgres://…`, `mysql://…` or `odbc:Driver={…};…`",
            "ssd.toml:3:10: `shrink`: `120 %` is not a share; write it as `50 %`, from 0 to 100",
            "ssd.toml:4:12: `timezone`: `London` is not a time zone; write one as Europe/London, of \
             the IANA's names",
            "ssd.toml:7:1: unknown key `querry`; did you mean `query`?",
            "ssd.toml:10:11: `changed` does not name `:since`; limit the query to what changed since \
             :since, or leave `changed` out",
        ]
    );
}

#[cfg(not(feature = "odbc"))]
#[test]
fn a_program_without_odbc_says_so() {
    assert_eq!(
        faults(
            "[source]\nurl = 'odbc:DSN=ssd;PWD=s3cret'\n[[source.children]]\nquery = 'SELECT 1'\n"
        ),
        [
            "ssd.toml:2:7: this corewatch was built without ODBC; build it with `--features odbc` \
             (docs/source.md)"
        ]
    );
}

#[test]
fn an_address_is_needed_from_somewhere() {
    let document = Document::new(
        "s.toml",
        "[source]\n[[source.children]]\nquery = 'SELECT 1'\n",
    );
    let profile = super::super::profile::read_profile(&document, "s.toml".as_ref()).unwrap();
    let fault = profile.need_address().unwrap_err().to_string();
    assert!(
        fault.starts_with("s.toml: `[source] url` is missing"),
        "{fault}"
    );
    let fault = profile
        .clone()
        .with_url("ftp://a:secret@b")
        .unwrap_err()
        .to_string();
    assert!(!fault.contains("secret"), "{fault}");
    let profile = profile
        .with_url("mysql://a:secret@b/c?ssl-mode=required")
        .unwrap();
    assert_eq!(profile.address.unwrap().to_string(), "mysql://a@b/c");
}
