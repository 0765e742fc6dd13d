//! Who holds a claim or a lease: a process on a machine, known well enough to tell whether it has
//! died.

use std::fmt;
use std::fs;

use sha2::{Digest, Sha256};

/// A process, as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The machine: its id and host name, hashed, so that clones and containers differ.
    machine: String,
    /// This start of the machine.
    boot: String,
    /// The namespace that the process number is of.
    namespace: String,
    /// The process.
    process: u32,
    /// When it started, in ticks since the machine did: numbers of processes are used again.
    started: String,
}

impl Holder {
    /// This process. Where the system does not say what it runs on (no `/proc`), no other process can
    /// tell whether it has died, and its claims lapse by time.
    pub fn this_process() -> Holder {
        let machine_id = read("/etc/machine-id");
        let host = read("/proc/sys/kernel/hostname");
        let digest = Sha256::digest(format!("{machine_id}\n{host}"));
        let machine: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let process = std::process::id();
        Holder {
            machine,
            boot: read("/proc/sys/kernel/random/boot_id"),
            namespace: namespace(),
            process,
            started: started(process).unwrap_or_default(),
        }
    }

    /// Whether this process can tell that the one that wrote `holder` has died. False where it runs,
    /// where it is another machine's, and where nothing can be told.
    pub fn knows_dead(&self, holder: &str) -> bool {
        let Some(other) = Holder::read(holder) else {
            return false;
        };
        if other.machine != self.machine || self.boot.is_empty() || other.boot.is_empty() {
            return false;
        }
        if other.boot != self.boot {
            return true;
        }
        if other.namespace != self.namespace || other.started.is_empty() {
            return false;
        }
        started(other.process).is_none_or(|started| started != other.started)
    }

    /// Whether this process can tell that the one that wrote `holder` still runs. False where it was
    /// stopped, where it is another machine's, and where nothing can be told.
    pub fn knows_running(&self, holder: &str) -> bool {
        let Some(other) = Holder::read(holder) else {
            return false;
        };
        let here = other.machine == self.machine
            && other.boot == self.boot
            && other.namespace == self.namespace
            && !other.started.is_empty();
        here && is_running(other.process, &other.started)
    }

    fn read(text: &str) -> Option<Holder> {
        let mut parts = text
            .split(' ')
            .map(|part| part.trim_matches('-').to_owned());
        Some(Holder {
            machine: parts.next()?,
            boot: parts.next()?,
            namespace: parts.next()?,
            process: parts.next()?.parse().ok()?,
            started: parts.next()?,
        })
    }
}

/// As it stands in the store: five words, `-` for one that is not known.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |text: &str| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text.to_owned()
            }
        };
        write!(
            f,
            "{} {} {} {} {}",
            word(&self.machine),
            word(&self.boot),
            word(&self.namespace),
            self.process,
            word(&self.started)
        )
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path)
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// "pid:[4026531836]" as "4026531836".
fn namespace() -> String {
    fs::read_link("/proc/self/ns/pid")
        .map(|link| {
            link.to_string_lossy()
                .chars()
                .filter(char::is_ascii_digit)
                .collect()
        })
        .unwrap_or_default()
}

/// Whether the process that started then runs, rather than being stopped.
fn is_running(process: u32, since: &str) -> bool {
    started(process).as_deref() == Some(since) && !matches!(state(process), Some('T' | 't'))
}

/// What a process does, by the letter of `/proc`.
fn state(process: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}

/// When a process started; none where there is no such process, or it has ended and only waits to be
/// collected.
fn started(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in brackets, may hold blanks and brackets; the state follows, field 3.
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_runs_is_not_known_dead_and_one_that_ended_is() {
        let this = Holder::this_process();
        assert!(!this.knows_dead(&this.to_string()));
        assert!(this.knows_running(&this.to_string()));

        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let other = Holder {
            process: child.id(),
            started: started(child.id()).unwrap(),
            ..this.clone()
        };
        assert!(!this.knows_dead(&other.to_string()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(this.knows_dead(&other.to_string()));
        assert!(!this.knows_running(&other.to_string()));
    }

    #[test]
    fn a_number_used_again_is_another_process() {
        let this = Holder::this_process();
        let former = Holder {
            started: "1".to_owned(),
            ..this.clone()
        };
        assert!(this.knows_dead(&former.to_string()));
    }

    #[test]
    fn of_another_machine_or_namespace_nothing_is_known() {
        let this = Holder::this_process();
        let gone = Holder {
            started: "1".to_owned(),
            ..this.clone()
        };
        let elsewhere = Holder {
            machine: "another".to_owned(),
            ..gone.clone()
        };
        assert!(!this.knows_dead(&elsewhere.to_string()));
        let contained = Holder {
            namespace: "1".to_owned(),
            ..gone.clone()
        };
        assert!(!this.knows_dead(&contained.to_string()));
        let before = Holder {
            boot: "before".to_owned(),
            ..gone
        };
        assert!(this.knows_dead(&before.to_string()));
        assert!(!this.knows_dead("what is this"));
    }
}
