//! Mails as a reader's program sees them.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use mail_parser::{HeaderValue, Message, MessageParser};

/// How long a mail server may take to put a message that it took into its folder.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message that was delivered.
pub struct Mail(Message<'static>);

impl Mail {
    fn read(bytes: &[u8]) -> Mail {
        let message = MessageParser::default().parse(bytes);
        Mail(message.expect("a message").into_owned())
    }

    /// Whom the message is for.
    pub fn to(&self) -> &str {
        let to = self.0.to().and_then(|to| to.first());
        to.and_then(|to| to.address()).expect("an address")
    }

    /// The subject.
    pub fn subject(&self) -> &str {
        self.0.subject().expect("a subject")
    }

    /// Its `Corewatch-Alert` lines, unfolded.
    pub fn alerts(&self) -> Vec<String> {
        let values = self.0.header_values("Corewatch-Alert");
        let texts = values.filter_map(HeaderValue::as_text);
        texts
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// All that a reader sees of it: the headers, the plain text and the HTML.
    pub fn everything(&self) -> String {
        let raw = String::from_utf8_lossy(self.0.raw_message());
        let text = self.0.body_text(0).unwrap_or_default();
        let html = self.0.body_html(0).unwrap_or_default();
        format!("{raw}\n{text}\n{html}")
    }
}

/// The messages in a folder, one a file, by file name.
pub fn mails_in(folder: &Path) -> Vec<Mail> {
    super::site::files_in(folder)
        .iter()
        .map(|file| Mail::read(&std::fs::read(file).expect("a message")))
        .collect()
}

/// What the mail server of `tests/run` took for the people of one domain: a line for each address
/// and alert. The server puts a message into its folder a moment after it took it, so this waits
/// for the count that is expected; more than that is found by the next call, or the last.
pub fn told_by_mail(domain: &str, expected: usize) -> BTreeSet<String> {
    let folder = super::server("COREWATCH_TEST_SMTP_RECEIVED");
    let began = Instant::now();
    loop {
        let lines: Vec<String> = mails_in(Path::new(&folder))
            .iter()
            .filter(|mail| mail.to().ends_with(&format!("@{domain}")))
            .flat_map(|mail| {
                let alerts = mail.alerts().into_iter();
                alerts.map(|alert| format!("{}: {alert}", mail.to()))
            })
            .collect();
        if lines.len() >= expected || began.elapsed() > PATIENCE {
            let told: BTreeSet<String> = lines.iter().cloned().collect();
            assert_eq!(told.len(), lines.len(), "told twice: {lines:#?}");
            return told;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
