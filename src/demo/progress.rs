//! How far a long step has come: a bar on a terminal, a plain line when it is done elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a step that cannot say how far it has come moves.
const TICK: Duration = Duration::from_millis(100);

/// Where progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// As bars that move.
    Bars,
    /// As a line for each step that is done.
    Lines,
    /// Nowhere.
    Silent,
}

impl Progress {
    /// Bars where standard error is a terminal, else lines.
    pub fn on_standard_error() -> Self {
        if std::io::stderr().is_terminal() {
            Progress::Bars
        } else {
            Progress::Lines
        }
    }

    /// A step that nobody can say how far it has come.
    pub fn step(self, what: &'static str) -> Bar {
        let bar = match self {
            Progress::Bars => ProgressBar::new_spinner(),
            Progress::Lines | Progress::Silent => ProgressBar::hidden(),
        };
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        self.begun(bar, what)
    }

    /// A step with so many things to do.
    pub fn bar(self, what: &'static str, of: usize) -> Bar {
        let bar = match self {
            Progress::Bars => ProgressBar::new(of as u64),
            Progress::Lines | Progress::Silent => ProgressBar::hidden(),
        };
        // Shown as it is where the template does not parse.
        if let Ok(style) = ProgressStyle::with_template("{msg:24} {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        self.begun(bar, what)
    }

    fn begun(self, bar: ProgressBar, what: &'static str) -> Bar {
        Bar {
            bar,
            what,
            began: Instant::now(),
            progress: self,
        }
    }
}

/// One step under way.
pub struct Bar {
    bar: ProgressBar,
    what: &'static str,
    began: Instant,
    progress: Progress,
}

impl Bar {
    /// So many are done.
    pub fn reached(&self, done: usize) {
        self.bar.set_position(done as u64);
    }

    /// All are done.
    pub fn done(self) {
        self.bar.finish_and_clear();
        if self.progress != Progress::Silent {
            let of = self.bar.length();
            let of = of.map_or_else(String::new, |all| format!(" {all},"));
            let seconds = self.began.elapsed().as_secs_f64();
            eprintln!("{}:{of} {seconds:.1} s", self.what);
        }
    }
}
