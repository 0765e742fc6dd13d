//! Servers of a test's own, which it may kill: those of `tests/run` serve all tests.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::{execute, execute_mariadb, free_port};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// A command as another user, where that can be: PostgreSQL refuses to run as root.
fn as_user(user: &str, program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--", program]);
    command
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A folder that a user may write.
fn folder_of(user: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), everybody).expect("its rights");
    if is_root() {
        succeeds(Command::new("chown").arg(user).arg(folder.path()));
    }
    folder
}

/// A PostgreSQL of the test's own.
pub struct Postgres {
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Starts one.
    pub fn start() -> Postgres {
        let server = Postgres {
            folder: folder_of("postgres"),
            port: free_port(),
        };
        succeeds(server.program("initdb").args([
            "--username=corewatch",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]));
        server.start_again();
        server
    }

    /// One of PostgreSQL's own programs, of the newest version installed, for this server's data.
    fn program(&self, name: &str) -> Command {
        let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
        let mut versions: Vec<PathBuf> = versions.map(|v| v.expect("a folder").path()).collect();
        versions.sort();
        let program = versions.pop().expect("a version").join("bin").join(name);
        let mut command = as_user("postgres", program.to_str().expect("a path"));
        command.arg("--pgdata").arg(self.folder.path().join("data"));
        command
    }

    /// Starts it after it was stopped.
    pub fn start_again(&self) {
        let folder = self.folder.path().display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off",
            self.port
        );
        let log = format!("{folder}/server.log");
        let mut start = self.program("pg_ctl");
        start.args(["--wait", "--silent", "--log", &log, "--options", &options]);
        // What it leaves running must not hold this program's outputs open.
        start.stdout(Stdio::null()).stderr(Stdio::null());
        let status = start.arg("start").stdin(Stdio::null()).status();
        assert!(status.expect("pg_ctl runs").success(), "it does not start");
    }

    /// Stops it at once, as a machine that goes down does.
    pub fn stop_at_once(&self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["--mode=immediate", "--wait", "--silent", "stop"]);
        succeeds(&mut stop);
    }

    /// A new, empty database of it, by its address.
    pub fn database(&self, name: &str, options: &str) -> String {
        let place = format!("postgres://corewatch@127.0.0.1:{}", self.port);
        execute(
            &format!("{place}/postgres"),
            &format!("CREATE DATABASE {name} {options}"),
        );
        format!("{place}/{name}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["--mode=immediate", "--wait", "--silent", "stop"]);
        let _ = stop.stdin(Stdio::null()).output();
    }
}

/// A MariaDB of the test's own.
pub struct MariaDb {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl MariaDb {
    /// Starts one.
    pub fn start() -> MariaDb {
        let folder = folder_of("mysql");
        let mut install = as_user("mysql", "mariadb-install-db");
        install.arg("--no-defaults").arg(data(&folder));
        install.args(["--skip-test-db", "--auth-root-authentication-method=normal"]);
        succeeds(&mut install);
        let port = free_port();
        let process = started(&folder, port);
        MariaDb {
            folder,
            port,
            process,
        }
    }

    /// A new, empty database of it, by its address.
    pub fn database(&self, name: &str) -> String {
        let place = format!("mysql://root@127.0.0.1:{}", self.port);
        execute_mariadb(
            &format!("{place}/mysql"),
            &format!("CREATE DATABASE {name}"),
        );
        format!("{place}/{name}")
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Starts it after it was killed.
    pub fn start_again(&mut self) {
        let _ = self.process.kill();
        self.process.wait().expect("it has ended");
        self.process = started(&self.folder, self.port);
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn data(folder: &TempDir) -> String {
    format!("--datadir={}/data", folder.path().display())
}

/// Starts the server and waits until it answers.
fn started(folder: &TempDir, port: u16) -> Child {
    let mut command = Command::new("/usr/sbin/mariadbd");
    command.arg("--no-defaults").arg(data(folder)).args([
        format!("--port={port}"),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--socket={}/socket", folder.path().display()),
        // What was committed outlives the process.
        "--innodb-flush-log-at-trx-commit=2".to_owned(),
    ]);
    if is_root() {
        command.arg("--user=mysql");
    }
    let log = std::fs::File::create(folder.path().join("log")).expect("a log");
    let process = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("mariadbd runs");
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < PATIENCE, "MariaDB does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
    process
}

/// Kills a process as the kernel does: it has no say in it.
pub fn kill(process: u32) {
    succeeds(Command::new("kill").args(["-KILL", &process.to_string()]));
}

/// A file system of a few megabytes, mounted at a folder; it goes with the test.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts one that a user may write.
    pub fn mount(megabytes: u32, user: &str) -> SmallDisk {
        let folder = folder_of(user);
        let options = format!("size={megabytes}m,mode=0777");
        let mut mount = as_root("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]);
        succeeds(mount.arg(folder.path()));
        SmallDisk { folder }
    }

    /// From now on nobody can write there, root neither.
    pub fn close(&self) {
        let mut mount = as_root("mount");
        mount.args(["-o", "remount,ro"]);
        succeeds(mount.arg(self.folder.path()));
    }

    /// A path on it.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// Leaves so many kilobytes free.
    pub fn fill_but(&self, kilobytes: u64) {
        let path = self.path("ballast");
        let file = std::fs::File::create(&path).expect("a file");
        let mut ballast = std::io::BufWriter::with_capacity(4096, file);
        // It ends when nothing more goes in.
        let _ = std::io::copy(&mut std::io::repeat(0), &mut ballast);
        let (file, _what_did_not_go_in) = ballast.into_parts();
        let length = file.metadata().expect("its length").len();
        file.set_len(length.saturating_sub(kilobytes * 1024))
            .expect("it is cut off");
    }

    /// Frees what was filled.
    pub fn free(&self) {
        std::fs::remove_file(self.path("ballast")).expect("the ballast");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is about to end may still have it open.
        let _ = as_root("umount")
            .arg("--lazy")
            .arg(self.folder.path())
            .output();
    }
}

fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}
