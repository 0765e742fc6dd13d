//! A site: a folder with its files, and the binary run in it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a daemon may take to say what a test waits for.
const PATIENCE: Duration = Duration::from_secs(90);

/// The binary under test.
const COREWATCH: &str = env!("CARGO_BIN_EXE_corewatch");

/// A folder that goes away with the test.
pub struct Site {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// How a run of the binary ended.
pub struct Run {
    /// Its exit status.
    pub code: Option<i32>,
    /// What it gave out.
    pub stdout: String,
    /// What it said besides.
    pub stderr: String,
}

impl Run {
    /// Fails the test, with all that was said, unless the run ended with this status.
    #[track_caller]
    pub fn ended_with(self, code: i32) -> Run {
        assert_eq!(
            self.code,
            Some(code),
            "\n-- standard output\n{}\n-- standard error\n{}",
            self.stdout,
            self.stderr
        );
        self
    }
}

impl Site {
    /// An empty folder.
    pub fn new() -> Site {
        // As the service's own folder is: nobody else may enter.
        let nobody_else = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(nobody_else).tempdir();
        Site {
            folder: folder.expect("a folder of its own"),
            environment: Vec::new(),
        }
    }

    /// With a variable in the environment of all that is run.
    pub fn with(mut self, variable: &str, value: &str) -> Site {
        self.environment
            .push((variable.to_owned(), value.to_owned()));
        self
    }

    /// The folder, or what lies in it.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// Writes a file, with the folders that it lies in.
    pub fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .envs(self.environment.iter().cloned())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary in the folder until it ends.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = self
            .command(COREWATCH, arguments)
            .output()
            .expect("the binary runs");
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Starts the binary in the folder; it is stopped with the test.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_program(COREWATCH, arguments)
    }

    /// Starts another program in the folder; it is stopped with the test.
    pub fn start_program(&self, program: &str, arguments: &[&str]) -> Running {
        let mut child = self
            .command(program, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let said = Arc::new(Mutex::new(String::new()));
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        listen(stdout.expect("its standard output"), &said);
        listen(stderr.expect("its standard error"), &said);
        Running { child, said }
    }
}

/// Keeps every line that a program says.
fn listen(stream: impl std::io::Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut said = said.lock().expect("nobody panicked");
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// A daemon that runs.
pub struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Running {
    /// All that it has said until now, on both of its outputs.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panicked").clone()
    }

    /// Waits for something to come true while it runs.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            let ended = self.child.try_wait().expect("its state");
            assert!(ended.is_none(), "ended before {what}:\n{}", self.said());
            assert!(began.elapsed() < PATIENCE, "no {what}:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until it ends by itself: its exit status, and all that it said.
    #[track_caller]
    pub fn ends(mut self) -> (Option<i32>, String) {
        let began = Instant::now();
        loop {
            if let Some(ended) = self.child.try_wait().expect("its state") {
                // What it said last may still be on its way.
                std::thread::sleep(Duration::from_millis(200));
                return (ended.code(), self.said());
            }
            assert!(began.elapsed() < PATIENCE, "it goes on:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends it a signal: `-HUP`.
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Asks it to stop, as a service manager does, and waits until it has: its exit status.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The files of a folder, in order; none where the folder is not there.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}
