//! One message at a time to the mail server or the folder: over one connection as long as it holds,
//! never longer than the limits, and with a word on whose fault it was.

use std::time::{Duration, Instant as Stopwatch};

use super::deliver::Limits;
use super::directory;
use super::route::{Route, Smtp};
use super::smtp::{Fault, Session, Stage};
use crate::store::mail::Claimed;

/// A try in vain.
#[derive(Debug)]
pub(super) struct Failure {
    /// Whose fault it is.
    pub(super) refusal: Refusal,
    /// What happened, for people, without a name or an address.
    pub(super) line: String,
}

/// Whose fault it is, and whether it is for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// To be tried again; it counts against the address where the server had accepted the sender.
    NotNow { of_address: bool },
    /// The address, for good.
    Address,
    /// The message, for good.
    Message,
}

/// Carries messages, and knows when to give up on a server.
pub(super) struct Courier<'r> {
    route: &'r Route,
    limits: &'r Limits,
    session: Option<Session>,
    /// Messages in a row that the server did not answer.
    in_a_row: u32,
    /// What was spent on waiting in vain.
    silence: Duration,
}

impl<'r> Courier<'r> {
    pub(super) fn new(route: &'r Route, limits: &'r Limits) -> Courier<'r> {
        Courier {
            route,
            limits,
            session: None,
            in_a_row: 0,
            silence: Duration::ZERO,
        }
    }

    /// Whether the server is to be left alone for this time.
    pub(super) fn gives_up(&self) -> bool {
        self.in_a_row >= self.limits.in_a_row
            || self.silence + self.limits.message > self.limits.silence
    }

    pub(super) async fn carry(&mut self, message: &Claimed) -> Result<(), Failure> {
        match self.route {
            Route::Directory(folder) => {
                let folder = folder.clone();
                let message_id = message.message_id.clone();
                let body = message.body.clone();
                let put = move || directory::put(&folder, &message_id, &body);
                let written = match tokio::task::spawn_blocking(put).await {
                    Ok(written) => written,
                    Err(_) => Err(std::io::Error::other("the writing was broken off")),
                };
                self.in_a_row = if written.is_ok() {
                    0
                } else {
                    self.in_a_row + 1
                };
                written.map_err(|error| Failure {
                    refusal: Refusal::NotNow { of_address: false },
                    line: format!(
                        "the folder for messages cannot be written ({error}); check [mail] directory"
                    ),
                })
            }
            Route::Smtp(server) => self.over_smtp(server, message).await,
        }
    }

    async fn over_smtp(&mut self, server: &Smtp, message: &Claimed) -> Result<(), Failure> {
        let Ok(to) = message.recipient.parse::<lettre::Address>() else {
            return Err(Failure {
                refusal: Refusal::Address,
                line: "an address in the queue does not read as one".to_owned(),
            });
        };
        // As everywhere in a message: what is not ASCII has been encoded.
        let body = String::from_utf8_lossy(&message.body);
        let mut stage = Stage::Connecting;
        let begun = Stopwatch::now();
        // Dropped where it times out, connection and all: a late answer would be read as the answer
        // to the next message.
        let session = self.session.take();
        let try_it = attempt(server, session, &to, &body, &mut stage);
        let result = tokio::time::timeout(self.limits.message, try_it).await;
        let fault = match result {
            Ok(Ok(session)) => {
                self.in_a_row = 0;
                self.session = Some(session);
                return Ok(());
            }
            Ok(Err(fault)) => {
                self.in_a_row = if fault.stage <= Stage::Sender {
                    self.in_a_row + 1
                } else {
                    0
                };
                let refusal = match (fault.stage, fault.for_good) {
                    (Stage::Recipient, true) => Refusal::Address,
                    (Stage::Message, true) => Refusal::Message,
                    (stage, _) => Refusal::NotNow {
                        of_address: stage >= Stage::Recipient,
                    },
                };
                return Err(Failure {
                    refusal,
                    line: fault.to_string(),
                });
            }
            Err(_) => silent(stage, self.limits),
        };
        self.in_a_row += 1;
        self.silence += begun.elapsed();
        Err(Failure {
            refusal: Refusal::NotNow {
                of_address: stage >= Stage::Recipient,
            },
            line: fault.to_string(),
        })
    }

    pub(super) async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            // What it answers to a goodbye, or whether it does, changes nothing.
            let _ = tokio::time::timeout(self.limits.goodbye, session.close()).await;
        }
    }
}

/// One try, over the connection that is open or a new one. Where an open one does not accept even the
/// sender any more (the server closed it, or takes only so many messages over one), a new one is made.
async fn attempt(
    server: &Smtp,
    session: Option<Session>,
    to: &lettre::Address,
    message: &str,
    stage: &mut Stage,
) -> Result<Session, Fault> {
    if let Some(mut session) = session {
        match session.send(&server.from, to, message, stage).await {
            Ok(()) => return Ok(session),
            Err(fault) if fault.stage > Stage::Sender => return Err(fault),
            Err(_) => {}
        }
    }
    let mut session = Session::open(server, stage).await?;
    session.send(&server.from, to, message, stage).await?;
    Ok(session)
}

/// The server did not answer in time.
pub(super) fn silent(stage: Stage, limits: &Limits) -> Fault {
    Fault {
        stage,
        for_good: false,
        cause: format!("no answer within {} s", limits.message.as_secs_f32()),
    }
}
