//! The connection string of ODBC: `key=value;…`, a value in braces where it holds a semicolon.

/// What of it may be shown: where the database is, and never by whom it is read.
const SHOWN: [&str; 10] = [
    "driver",
    "dsn",
    "filedsn",
    "server",
    "servername",
    "host",
    "port",
    "database",
    "db",
    "dbq",
];

/// The keys and values, in order; a value without the braces around it.
pub(in crate::source) fn attributes(connection: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let mut rest = connection;
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('{') {
            Some(inside) => in_braces(inside),
            None => match after.split_once(';') {
                Some((value, next)) => (value.trim_end().to_owned(), next),
                None => (after.trim_end().to_owned(), ""),
            },
        };
        let key = key.trim().trim_start_matches(';').trim();
        attributes.push((key.to_owned(), value));
        rest = next;
    }
    attributes
}

/// The value up to its closing brace (a doubled one is one of its own), and what follows.
fn in_braces(inside: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = inside;
    loop {
        let Some((part, after)) = rest.split_once('}') else {
            value.push_str(rest);
            return (value, "");
        };
        value.push_str(part);
        match after.strip_prefix('}') {
            Some(more) => {
                value.push('}');
                rest = more;
            }
            None => return (value, after.trim_start().trim_start_matches(';')),
        }
    }
}

/// The address as errors show it.
pub(super) fn shown(connection: &str) -> String {
    let parts: Vec<String> = attributes(connection)
        .into_iter()
        .filter(|(key, _)| SHOWN.contains(&key.to_lowercase().as_str()))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!("odbc:{}", parts.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_the_account() {
        let given = " Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433; UID=reader;\
                     PWD={p;}}Server=x};Database=ssd;Encrypt=yes";
        assert_eq!(
            shown(given),
            "odbc:Driver=ODBC Driver 18 for SQL Server;Server=tcp:db,1433;Database=ssd"
        );
        assert_eq!(shown("DSN=ssd;PWD={open"), "odbc:DSN=ssd");
        assert_eq!(shown("nothing"), "odbc:");
    }
}
