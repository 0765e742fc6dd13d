//! Mails as a reader's program sees them.

use std::path::Path;

/// A message that was delivered.
#[derive(Debug, Clone)]
pub struct Mail {
    headers: Vec<(String, String)>,
    /// Everything after the headers, as it was sent.
    pub body: String,
}

impl Mail {
    fn read(text: &str) -> Mail {
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.lines() {
            if let Some(folded) = line.strip_prefix([' ', '\t']) {
                let (_, value) = headers.last_mut().expect("a header to go on with");
                value.push(' ');
                value.push_str(folded.trim());
            } else {
                let (name, value) = line.split_once(':').expect("a header");
                headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        Mail {
            headers,
            body: body.to_owned(),
        }
    }

    /// The values of a header, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The value of a header that is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        match self.all(name)[..] {
            [value] => value,
            ref values => panic!("{name} is there {} times", values.len()),
        }
    }
}

/// The messages in a folder, one a file, by file name.
pub fn mails_in(folder: &Path) -> Vec<Mail> {
    super::site::files_in(folder)
        .iter()
        .map(|file| Mail::read(&std::fs::read_to_string(file).expect("a message")))
        .collect()
}
