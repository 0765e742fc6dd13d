//! A message that tells nothing, to try the route with: `corewatch check --send-test`.

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, SinglePart};
use lettre::{Address, Message};

use super::courier::silent;
use super::deliver::Limits;
use super::directory;
use super::route::Route;
use super::smtp::{Fault, Session, Stage};
use crate::calendar::Instant;

const SUBJECT: &str = "A test of the way that mail takes";
const TEXT: &str = "`corewatch check --send-test` has sent this message, to try the way that mail takes.\r\n\
                    It tells of no case, and nothing needs to be done.\r\n";

/// Sends a message that tells nothing to one address, at once and past the queue.
///
/// # Errors
/// One line: what, where, what to do.
pub async fn send_test(
    route: &Route,
    limits: &Limits,
    from: &str,
    to: &Address,
    now: Instant,
) -> Result<(), String> {
    let (message_id, bytes) = message(from, to, now)
        .ok_or_else(|| "[mail] from: is not a sender; write Name <name@domain>".to_owned())?;
    match route {
        Route::Directory(folder) => directory::put(folder, &message_id, &bytes).map_err(|error| {
            format!(
                "[mail] directory: {} cannot be written ({error}); check that it may be written by \
                 corewatch",
                folder.display()
            )
        }),
        Route::Smtp(server) => {
            let mut stage = Stage::Connecting;
            let text = String::from_utf8_lossy(&bytes);
            let attempt = async {
                let mut session = Session::open(server, &mut stage).await?;
                session.send(&server.from, to, &text, &mut stage).await?;
                Ok::<Session, Fault>(session)
            };
            let place = format!("[mail] {}:{}", server.host, server.port);
            match tokio::time::timeout(limits.message, attempt).await {
                Ok(Ok(session)) => {
                    // The message is taken: what the server answers to a goodbye changes nothing.
                    let _ = tokio::time::timeout(limits.goodbye, session.close()).await;
                    Ok(())
                }
                Ok(Err(fault)) => Err(format!("{place}: {fault}")),
                Err(_) => Err(format!("{place}: {}", silent(stage, limits))),
            }
        }
    }
}

/// The message and its Message-ID; `None` where the sender does not read.
fn message(from: &str, to: &Address, now: Instant) -> Option<(String, Vec<u8>)> {
    let from: Mailbox = from.trim().parse().ok()?;
    let message_id = format!("<test-{}@{}>", now.0, from.email.domain());
    let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
    let body = Body::dangerous_pre_encoded(TEXT.into(), ContentTransferEncoding::SevenBit);
    let message = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to.clone()))
        .subject(SUBJECT)
        .date(now.utc().into())
        .message_id(Some(message_id.clone()))
        .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
        .singlepart(
            SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .body(body),
        )
        .ok()?;
    Some((message_id, message.formatted()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_one_file_in_a_folder_and_names_no_case() {
        let folder = tempfile::tempdir().unwrap();
        let route = Route::Directory(folder.path().to_owned());
        let to = "ict@example.gov.uk".parse().unwrap();
        let now = "2026-11-21T09:30:00Z".parse().unwrap();
        let from = "Timescales <timescales@example.gov.uk>";
        send_test(&route, &Limits::default(), from, &to, now)
            .await
            .unwrap();
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 1);
        let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
        insta::assert_snapshot!(text.replace('\r', ""), @"
        From: Timescales <timescales@example.gov.uk>
        To: ict@example.gov.uk
        Subject: A test of the way that mail takes
        Date: Sat, 21 Nov 2026 09:30:00 +0000
        Message-ID: <test-1795253400000000@example.gov.uk>
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        `corewatch check --send-test` has sent this message, to try the way that mail takes.
        It tells of no case, and nothing needs to be done.
        ");
    }
}
