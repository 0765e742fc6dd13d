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
    Nothing,
    Leave,
}

async fn turn(manner: &mut Manner, point: Point, usual: &str) -> Turn {
    let applies = match manner {
        Manner::Accept | Manner::OneMessage | Manner::Slow(_) => false,
        Manner::Answer(at, _) | Manner::Mute(at) | Manner::HangUp(at) | Manner::Late(at, _) => {
            *at == point
        }
    };
    if !applies {
        return Turn::Say(usual.to_owned());
    }
    match std::mem::replace(manner, Manner::Accept) {
        Manner::Accept | Manner::OneMessage | Manner::Slow(_) => Turn::Say(usual.to_owned()),
        Manner::Answer(_, answer) => Turn::Say(answer.to_owned()),
        Manner::Mute(_) => Turn::Nothing,
        Manner::HangUp(_) => Turn::Leave,
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
        let said = match turn(&mut manner, point, &usual).await {
            Turn::Say(said) => said,
            Turn::Leave => return Ok(()),
            Turn::Nothing => {
                // Reads on, and never says a word.
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
            // A lie about the size: what it takes is larger.
            "EHLO" => (
                Point::Hello,
                "250-fake.example.org\r\n250-SIZE 10\r\n250 8BITMIME".to_owned(),
            ),
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
