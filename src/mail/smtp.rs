//! One connection to a mail server, and what it says at each stage: the high-level client of lettre
//! hides whether the recipient or the message was refused, and that decides what is for good.

use std::fmt;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};

use super::route::{Protection, Smtp};

/// The stages of a try, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Connecting, the greeting, and TLS where it comes first.
    Connecting,
    /// STARTTLS and the greeting after it.
    Protecting,
    /// User name and password.
    LoggingIn,
    /// MAIL FROM.
    Sender,
    /// RCPT TO: a 5xx here is for good, for the address.
    Recipient,
    /// DATA and the message: a 5xx here is for good, for the message.
    Message,
}

/// What went wrong in a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where.
    pub(super) stage: Stage,
    /// Whether a reply of 5xx was given.
    pub(super) for_good: bool,
    /// What happened; from the recipient on the server's text is left out, since it may name them.
    pub(super) cause: String,
}

impl Fault {
    fn of(stage: Stage, error: &Error) -> Fault {
        let reply = error.status().map(|code| code.to_string());
        // A server may repeat what it was sent: no password, no address of a recipient is shown.
        let may_name = stage >= Stage::Recipient || stage == Stage::LoggingIn;
        let cause = match reply {
            Some(code) if may_name => code,
            _ => with_sources(error),
        };
        Fault {
            stage,
            for_good: error.is_permanent(),
            cause,
        }
    }

    /// The server said something, and not what it should have.
    fn unexpected(stage: Stage, response: &Response) -> Fault {
        Fault {
            stage,
            for_good: false,
            cause: format!("it answered {}, out of turn", response.code()),
        }
    }
}

/// What happened, for people: what, and where to look.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = &self.cause;
        match self.stage {
            Stage::Connecting => write!(
                f,
                "the mail server cannot be reached ({cause}); check [mail] host, port and tls"
            ),
            Stage::Protecting => write!(
                f,
                "the mail server gives no protected connection ({cause}); check [mail] tls and ca"
            ),
            Stage::LoggingIn => write!(
                f,
                "the mail server did not accept the login ({cause}); check [mail] username and its \
                 password"
            ),
            Stage::Sender => write!(
                f,
                "the mail server did not accept the sender ({cause}); check [mail] from"
            ),
            Stage::Recipient => write!(f, "the mail server did not accept the recipient ({cause})"),
            Stage::Message => write!(f, "the mail server did not take the message ({cause})"),
        }
    }
}

/// An error with what lies behind it, in one line.
fn with_sources(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    super::view::one_line(&text)
}

/// A connection that is ready for a message.
pub(super) struct Session(AsyncSmtpConnection);

impl Session {
    /// Connects, protects the connection and logs in. It may wait for ever: the caller sets the
    /// time-out, and reads in `stage` how far it came.
    pub(super) async fn open(server: &Smtp, stage: &mut Stage) -> Result<Session, Fault> {
        *stage = Stage::Connecting;
        let implicit = match &server.protection {
            Protection::Implicit(tls) => Some(tls.clone()),
            Protection::Starttls(_) | Protection::None => None,
        };
        let place = (server.host.trim_matches(['[', ']']), server.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, None, &server.hello, implicit, None)
                .await
                .map_err(|error| Fault::of(Stage::Connecting, &error))?;
        crash_point!(ServerGreeted);
        if let Protection::Starttls(tls) = &server.protection {
            *stage = Stage::Protecting;
            connection
                .starttls(tls.clone(), &server.hello)
                .await
                .map_err(|error| Fault::of(Stage::Protecting, &error))?;
        }
        if let Some(login) = &server.login {
            *stage = Stage::LoggingIn;
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], login)
                .await
                .map_err(|error| Fault::of(Stage::LoggingIn, &error))?;
        }
        Ok(Session(connection))
    }

    /// Hands over one message to one recipient. After a fault the connection is not to be used again.
    pub(super) async fn send(
        &mut self,
        from: &lettre::Address,
        to: &lettre::Address,
        message: &str,
        stage: &mut Stage,
    ) -> Result<(), Fault> {
        *stage = Stage::Sender;
        let parameters = self.parameters(from, to, message)?;
        let mail = Mail::new(Some(from.clone()), parameters);
        let answer = self.0.command(mail).await;
        expect(Stage::Sender, answer, Severity::PositiveCompletion)?;
        crash_point!(SenderAccepted);

        *stage = Stage::Recipient;
        let answer = self.0.command(Rcpt::new(to.clone(), Vec::new())).await;
        expect(Stage::Recipient, answer, Severity::PositiveCompletion)?;
        crash_point!(RecipientAccepted);

        *stage = Stage::Message;
        let answer = self.0.command(Data).await;
        expect(Stage::Message, answer, Severity::PositiveIntermediate)?;
        crash_point!(ContentAwaited);
        let answer = self.0.command(Content(message)).await;
        expect(Stage::Message, answer, Severity::PositiveCompletion)?;
        crash_point!(MessageTaken);
        Ok(())
    }

    /// What must be asked of the server for an address or a message that is not plain ASCII.
    fn parameters(
        &self,
        from: &lettre::Address,
        to: &lettre::Address,
        message: &str,
    ) -> Result<Vec<MailParameter>, Fault> {
        let server = self.0.server_info();
        let lacks = |what: &str| Fault {
            stage: Stage::Sender,
            for_good: false,
            cause: format!("it lacks {what}, which the message needs"),
        };
        let mut parameters = Vec::new();
        let text = |address: &lettre::Address| AsRef::<str>::as_ref(address).is_ascii();
        if !text(from) || !text(to) {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(lacks("SMTPUTF8"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() {
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(lacks("8BITMIME"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    /// Says goodbye. It may wait for ever: the caller sets the time-out.
    pub(super) async fn close(mut self) {
        self.0.abort().await;
    }
}

/// A message as it goes over the line: dots at the start of a line doubled, a dot alone at the end.
/// In one piece: the client of lettre sends the end apart, and then waits 40 ms a message for the
/// server's system to acknowledge what came before.
struct Content<'m>(&'m str);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split_inclusive("\r\n") {
            if line.starts_with('.') {
                f.write_str(".")?;
            }
            f.write_str(line)?;
        }
        f.write_str(if self.0.ends_with("\r\n") {
            ".\r\n"
        } else {
            "\r\n.\r\n"
        })
    }
}

/// Only the reply that the protocol asks for is a yes; a server that is a reply ahead or behind says
/// nothing of this message.
fn expect(stage: Stage, answer: Result<Response, Error>, wanted: Severity) -> Result<(), Fault> {
    match answer {
        Ok(response) if response.code().severity == wanted => Ok(()),
        Ok(response) => Err(Fault::unexpected(stage, &response)),
        Err(error) => Err(Fault::of(stage, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_one_dot_in_a_message_does_not_end_it() {
        let sent = |message| Content(message).to_string();
        assert_eq!(sent("a\r\n.\r\n..b\r\n"), "a\r\n..\r\n...b\r\n.\r\n");
        assert_eq!(sent("a"), "a\r\n.\r\n");
    }
}
