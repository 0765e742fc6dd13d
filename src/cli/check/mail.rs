//! Whether mail could leave: connected to, protected, logged in, and no message sent unless asked for.

use lettre::Address;

use super::finding::{Area, Findings, in_words, said};
use crate::calendar::Instant;
use crate::config::{Mail, Settings};
use crate::mail::{Limits, Route, probe, send_test};

pub(super) async fn check(
    settings: &Settings,
    test: Option<&Address>,
    now: Instant,
    findings: &mut Findings,
) {
    let Some(mail) = &settings.mail else {
        return findings.warning(
            Area::Mail,
            in_words("no [mail]: nobody is told of anything"),
        );
    };
    if mail.operations.is_empty() {
        findings.warning(
            Area::Mail,
            said(
                "[mail] operations: nobody is told when a source, the mail server or corewatch \
                 itself fails",
                "name an address",
            ),
        );
    }
    match route(mail, test, now).await {
        Ok(what) => findings.note(Area::Mail, what),
        Err(faults) => {
            for fault in faults {
                findings.fault(Area::Mail, in_words(fault));
            }
        }
    }
}

async fn route(mail: &Mail, test: Option<&Address>, now: Instant) -> Result<String, Vec<String>> {
    let route = Route::new(mail)?;
    let limits = Limits::default();
    let Some(to) = test else {
        let tried = probe(&route, &limits).await;
        let what = "mail: the way that it takes is open; `--send-test ADDRESS` sends a message";
        return tried.map(|()| what.to_owned()).map_err(|fault| vec![fault]);
    };
    let sent = send_test(&route, &limits, &mail.from, to, now).await;
    let what = format!("mail: a message was sent to {to}, and taken");
    sent.map(|()| what).map_err(|fault| vec![fault])
}
