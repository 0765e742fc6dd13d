//! A mail server that does what it is told to: refuses, goes mute, answers late, hangs up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it does with one connection; on the messages after the first it accepts.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Takes what comes.
    Accept,
    /// Answers the command at this point so, and goes on.
    Answer(Point, &'static str),
    /// Says nothing any more from this point on, with the line open.
    Mute(Point),
    /// Hangs up at this point without an answer.
    HangUp(Point),
    /// Answers as is usual at this point, and hangs up.
    AnswerAndHangUp(Point),
    /// Begins an answer at this point, and never ends it.
    HalfAnAnswer(Point),
    /// Answers at this point with line after line, for ever.
    EndlessAnswer(Point),
    /// Answers at this point, but only after this long.
    Late(Point, Duration),
    /// Takes what comes, and thinks so long over each message.
    Slow(Duration),
    /// Takes one message, and none after it over the same connection.
    OneMessage,
}

/// A point of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Greeting,
    Hello,
    /// STARTTLS, which is only offered to who is to come to grief at it: it speaks no TLS.
    Starttls,
    /// A login, which is only asked for by who is to refuse it.
    Login,
    Mail,
    Rcpt,
    Data,
    /// The message is there, and waits for its answer.
    Content,
}

/// A message that arrived whole, whether or not it was taken.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub to: String,
    pub bytes: Vec<u8>,
    /// Whether the server said 250.
    pub taken: bool,
}

#[derive(Default)]
struct State {
    manners: VecDeque<Manner>,
    /// Addresses with an answer of their own to RCPT.
    addresses: Vec<(String, &'static str)>,
    arrived: Vec<Arrived>,
    connections: usize,
}

/// The server; it ends with the test.
pub struct FakeServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeServer {
    /// Treats the connections one after the other in these manners, and accepts after them.
    pub async fn start(manners: impl IntoIterator<Item = Manner>) -> FakeServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            manners: manners.into_iter().collect(),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let manner = {
                    let mut state = shared.lock().unwrap();
                    state.connections += 1;
                    state.manners.pop_front().unwrap_or(Manner::Accept)
                };
                // What breaks a connection off is the client's affair.
                tokio::spawn(converse(stream, manner, Arc::clone(&shared)));
            }
        });
        FakeServer { port, state, task }
    }

    /// Answers RCPT for this address so, on every connection.
    pub fn answer_for(&self, address: &str, answer: &'static str) {
        let mut state = self.state.lock().unwrap();
        state.addresses.retain(|(known, _)| known != address);
        state.addresses.push((address.to_owned(), answer));
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.state.lock().unwrap().arrived.clone()
    }

    /// The messages that it said it took.
    pub fn taken(&self) -> Vec<Arrived> {
        let mut arrived = self.arrived();
        arrived.retain(|message| message.taken);
        arrived
    }

    /// What arrived since the last time this was asked.
    pub fn take_arrived(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.state.lock().unwrap().arrived)
    }

    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

/// What to do at a point.
enum Turn {
    Say(String),
    SayAndLeave(String),
    SayHalf,
    SayForEver,
    Nothing,
    Leave,
}

impl Manner {
    /// The point at which it does something of its own.
    fn point(&self) -> Option<Point> {
        match self {
            Manner::Accept | Manner::OneMessage | Manner::Slow(_) => None,
            Manner::Answer(at, _)
            | Manner::Mute(at)
            | Manner::HangUp(at)
            | Manner::AnswerAndHangUp(at)
            | Manner::HalfAnAnswer(at)
            | Manner::EndlessAnswer(at)
            | Manner::Late(at, _) => Some(*at),
        }
    }

    /// What it says to EHLO: a lie about the size, and what it is to be asked for.
    fn offers(&self) -> String {
        let more = match self.point() {
            Some(Point::Starttls) => "250-STARTTLS\r\n",
            Some(Point::Login) => "250-AUTH PLAIN LOGIN\r\n",
            _ => "",
        };
        format!("250-fake.example.org\r\n250-SIZE 10\r\n{more}250 8BITMIME")
    }
}

async fn turn(manner: &mut Manner, point: Point, usual: &str) -> Turn {
    if manner.point() != Some(point) {
        return Turn::Say(usual.to_owned());
    }
    match std::mem::replace(manner, Manner::Accept) {
        Manner::Accept | Manner::OneMessage | Manner::Slow(_) => Turn::Say(usual.to_owned()),
        Manner::Answer(_, answer) => Turn::Say(answer.to_owned()),
        Manner::Mute(_) => Turn::Nothing,
        Manner::HangUp(_) => Turn::Leave,
        Manner::AnswerAndHangUp(_) => Turn::SayAndLeave(usual.to_owned()),
        Manner::HalfAnAnswer(_) => Turn::SayHalf,
        Manner::EndlessAnswer(_) => Turn::SayForEver,
        Manner::Late(_, wait) => {
            tokio::time::sleep(wait).await;
            Turn::Say(usual.to_owned())
        }
    }
}

async fn converse(
    stream: TcpStream,
    mut manner: Manner,
    state: Arc<Mutex<State>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    let mut point = Point::Greeting;
    let mut usual = "220 fake.example.org ready".to_owned();
    loop {
        let offers = manner.offers();
        let mut leaves = false;
        let said = match turn(&mut manner, point, &usual).await {
            Turn::Say(said) => said,
            Turn::SayAndLeave(said) => {
                leaves = true;
                said
            }
            Turn::SayForEver => loop {
                stream.get_mut().write_all(b"250-and so on\r\n").await?;
            },
            Turn::Leave => return Ok(()),
            quiet @ (Turn::Nothing | Turn::SayHalf) => {
                if matches!(quiet, Turn::SayHalf) {
                    stream.get_mut().write_all(b"250-wai").await?;
                }
                // Reads on, and says nothing more.
                let mut line = String::new();
                while stream.read_line(&mut line).await? > 0 {
                    line.clear();
                }
                return Ok(());
            }
        };
        if point == Point::Content
            && let Some(message) = state.lock().unwrap().arrived.last_mut()
        {
            message.taken = said.starts_with("250");
        }
        stream
            .get_mut()
            .write_all(format!("{said}\r\n").as_bytes())
            .await?;
        if leaves {
            return Ok(());
        }
        let reads_content = point == Point::Data && said.starts_with("354");
        if reads_content {
            let bytes = content(&mut stream).await?;
            state.lock().unwrap().arrived.push(Arrived {
                to: to.clone(),
                bytes,
                taken: false,
            });
            if let Manner::Slow(wait) = &manner {
                tokio::time::sleep(*wait).await;
            }
            point = Point::Content;
            usual = "250 2.0.0 taken".to_owned();
            continue;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let command = line.split([' ', ':']).next().unwrap_or("").to_uppercase();
        (point, usual) = match command.as_str() {
            "EHLO" => (Point::Hello, offers),
            "STARTTLS" => (Point::Starttls, "220 go on".to_owned()),
            "AUTH" => (Point::Login, "235 2.7.0 welcome".to_owned()),
            "MAIL" if matches!(manner, Manner::OneMessage) && !to.is_empty() => {
                stream
                    .get_mut()
                    .write_all(b"421 4.7.0 one is enough\r\n")
                    .await?;
                return Ok(());
            }
            "MAIL" => (Point::Mail, "250 2.1.0 sender ok".to_owned()),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                let state = state.lock().unwrap();
                let own = state.addresses.iter().find(|(address, _)| *address == to);
                let answer = own.map_or("250 2.1.5 recipient ok", |(_, answer)| answer);
                (Point::Rcpt, answer.to_owned())
            }
            "DATA" => (Point::Data, "354 go on".to_owned()),
            "QUIT" => {
                stream.get_mut().write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => (Point::Hello, "502 what?".to_owned()),
        };
    }
}

/// The message, up to the line with nothing but a dot, with the dots that were doubled single again.
async fn content(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(bytes);
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        bytes.extend_from_slice(line);
    }
}
