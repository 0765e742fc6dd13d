//! The small site that tests of the pass share: its case database, and the files that a site of its
//! own would write. One rule, three steps, six people; a test adds the cases that it is about.

/// The tables of the case database.
pub const TABLES: &str = include_str!("tables.sql");
/// The key workers Anna, Ben and Cara of the team North, its manager Tom, Sara who leads the service,
/// and Hugo at the head of all.
pub const STAFF: &str = include_str!("staff.sql");
/// The queries of the source file; where the database is stands before them ([`source`]).
pub const QUERIES: &str = include_str!("queries.toml");
/// One rule on the ladder `standard`: a core group within ten working days of each conference.
pub const PACK: &str = include_str!("pack.toml");
/// The ladder `standard`, of three steps; the last repeats.
pub const LADDERS: &str = include_str!("ladders.toml");
/// `[mail]` for messages that are files in `outbox`.
pub const TO_FOLDER: &str = "transport = \"directory\"\ndirectory = \"outbox\"\n";

/// The source file of a case database at `url`.
pub fn source(url: &str) -> String {
    format!("[source]\nurl = \"{url}\"\n{QUERIES}")
}

/// The configuration: where the store is, and how mail leaves.
pub fn configuration(store: &str, mail: &str) -> String {
    let rest = include_str!("corewatch.toml");
    format!("[store]\nurl = \"{store}\"\n{rest}{mail}")
}
