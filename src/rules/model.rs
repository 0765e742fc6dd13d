//! What a rule says, as its pack says it: SPEC 3.

use std::sync::Arc;

use super::example::Example;
use super::predicate::{Expr, Predicate};
use super::severity::Severity;
use crate::calendar::{Duration, Nation};
use crate::case::Class;
use crate::document::{Place, Text};
use crate::words::Language;

/// The rules of one procedure document.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Its id, by which other packs and configurations name it.
    pub id: String,
    /// The document that its own rules are from.
    pub procedure: Arc<Procedure>,
    /// The nation that it was written for.
    pub nation: Option<Nation>,
    /// The pack whose rules it inherits.
    pub extends: Option<Text>,
    /// Rules of that pack that it leaves out.
    pub disable: Vec<Text>,
    /// Attributes that its rules may read though no query yields them, by kind.
    pub attributes: Vec<(String, Vec<String>)>,
    /// Its rules, inherited ones among them once it is loaded.
    pub rules: Vec<Rule>,
    /// The texts that it was read from, its base's among them, each by what it is found under: a shipped
    /// pack by its id, another by its path.
    pub texts: Vec<(String, String)>,
    /// Where it was written.
    pub place: Place,
}

/// A procedure document, as the head of its pack names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Procedure {
    /// What people call the pack.
    pub title: String,
    /// The document, with version and year.
    pub source: String,
    /// What both are called in other languages than English.
    pub translations: Vec<PackWords>,
}

impl Procedure {
    /// The document in a language, where the pack names it there.
    pub fn source_in(&self, language: Language) -> Option<&str> {
        let mut translations = self.translations.iter();
        let words = translations.find(|words| words.language == language)?;
        words.source.as_deref()
    }
}

/// One duty with a timescale.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id, unique within an authority.
    pub id: String,
    /// The duty in a few words.
    pub title: String,
    /// The clause of the document.
    pub clause: String,
    /// What is to be done to meet it, as words after "Do this now:"; without them the shape says.
    pub asked: Option<String>,
    /// Its words in other languages than English.
    pub translations: Vec<RuleWords>,
    /// How much hangs on it.
    pub severity: Severity,
    /// Who is told; nobody where there is none.
    pub ladder: Option<String>,
    /// The kind of period that it runs in.
    pub during: String,
    /// To which of those periods it applies.
    pub applies: Option<Predicate>,
    /// Whether nothing of it counts before the birth.
    pub born: bool,
    /// How long before the period's first day events count too.
    pub lead: Option<Duration>,
    /// From how long before the due day it is due soon.
    pub remind: Option<Duration>,
    /// What it asks for.
    pub shape: Shape<String, Predicate>,
    /// Examples that it carries.
    pub examples: Vec<Example>,
    /// The pack whose rule it is; for an inherited one the pack that inherits.
    pub pack: String,
    /// The document that its clause stands in: that of the pack whose file writes it, whichever
    /// inherits it.
    pub procedure: Arc<Procedure>,
    /// Where it was written.
    pub place: Place,
}

/// What a pack is called in a language other than English; what is not there is said in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackWords {
    /// The language.
    pub language: Language,
    /// What people call it.
    pub title: Option<String>,
    /// The document, with version and year.
    pub source: Option<String>,
}

/// The words of a rule in a language other than English; what is not there is said in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleWords {
    /// The language.
    pub language: Language,
    /// The duty in a few words.
    pub title: Option<String>,
    /// The clause of the document.
    pub clause: Option<String>,
    /// What is to be done to meet it.
    pub asked: Option<String>,
}

/// Which events: a kind, and what must hold for them. `K` stands for a kind (its name, or its symbol
/// once bound), `P` for a predicate.
#[derive(Debug, Clone)]
pub struct Selector<K, P> {
    /// The kind of event.
    pub event: K,
    /// What must hold for it.
    pub matching: Option<P>,
    /// Only the n-th, from 1, of those that match.
    pub nth: Option<u32>,
    /// Its number among what an authority's rules select, `nth` apart; 0 until it is bound.
    pub(super) place: usize,
}

/// What a rule asks for: one of the seven shapes of SPEC 3.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the keys of SPEC 3")]
pub enum Shape<K, P> {
    /// Something within a time of something else.
    Deadline {
        after: Selector<K, P>,
        within: Duration,
        require: Vec<Selector<K, P>>,
        linked: bool,
    },
    /// Something again and again.
    Interval {
        every: Duration,
        require: Vec<Selector<K, P>>,
        from: Option<Selector<K, P>>,
        until: Option<Selector<K, P>>,
        first: Option<Duration>,
        target: Option<Duration>,
        vary: Option<String>,
    },
    /// Something between each two marks.
    Between {
        marks: Selector<K, P>,
        require: Vec<Selector<K, P>>,
        latest: Vec<Duration>,
    },
    /// Something ahead of something else.
    Ahead {
        of: Selector<K, P>,
        by: Duration,
        require: Vec<Selector<K, P>>,
        linked: bool,
    },
    /// So many failures in a row.
    Run {
        over: Selector<K, P>,
        failing: P,
        count: u32,
        within: Duration,
        require: Vec<Selector<K, P>>,
        gap: Option<Duration>,
    },
    /// A record that is as it must be.
    Check {
        on: CheckOn<K, P>,
        that: P,
        grace: Duration,
    },
    /// Somebody at all times.
    Cover {
        by: K,
        matching: Option<P>,
        grace: Duration,
    },
}

/// What a check looks at.
#[derive(Debug, Clone)]
pub enum CheckOn<K, P> {
    /// Each event.
    Events(Selector<K, P>),
    /// Each period of a kind that overlaps.
    Periods {
        /// The kind.
        period: K,
        /// What must hold for it to be looked at.
        matching: Option<P>,
    },
}

/// The name of each shape, as a pack writes it.
pub const SHAPES: [&str; 7] = [
    "deadline", "interval", "between", "ahead", "run", "check", "cover",
];

impl<K, P> Shape<K, P> {
    /// Its name, as a pack writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Shape::Deadline { .. } => "deadline",
            Shape::Interval { .. } => "interval",
            Shape::Between { .. } => "between",
            Shape::Ahead { .. } => "ahead",
            Shape::Run { .. } => "run",
            Shape::Check { .. } => "check",
            Shape::Cover { .. } => "cover",
        }
    }
}

/// A part of a rule that reads the copy: it can be judged only where the copy holds what it reads
/// (SPEC 3, Unmeasured).
#[derive(Debug, Clone)]
pub struct Part<'r> {
    /// Whether it reads periods or events.
    pub class: Class,
    /// Of which kind.
    pub kind: &'r str,
    /// With which predicate.
    pub predicate: Option<&'r Predicate>,
    /// Whether it reads what an event is `about`.
    pub about: bool,
    /// Whether the rule can go on without it: a run's `require`.
    pub dispensable: bool,
}

impl Rule {
    /// The kinds of event or period that answer it, each once; none for a check.
    pub fn answered_by(&self) -> Vec<&str> {
        let kinds: Vec<&str> = match &self.shape {
            Shape::Deadline { require, .. }
            | Shape::Interval { require, .. }
            | Shape::Between { require, .. }
            | Shape::Ahead { require, .. }
            | Shape::Run { require, .. } => require.iter().map(|s| s.event.as_str()).collect(),
            Shape::Check { .. } => Vec::new(),
            Shape::Cover { by, .. } => vec![by],
        };
        let mut once: Vec<&str> = Vec::new();
        for kind in kinds {
            if !once.contains(&kind) {
                once.push(kind);
            }
        }
        once
    }

    /// The parts of the rule that read the copy.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        if self.applies.is_some() {
            parts.push(Part::of_period(&self.during, self.applies.as_ref()));
        }
        match &self.shape {
            Shape::Deadline {
                after,
                require,
                linked,
                ..
            } => {
                parts.push(Part::of_event(after));
                parts.extend(require.iter().map(|s| Part::of_event(s).about(*linked)));
            }
            Shape::Interval {
                require,
                from,
                until,
                ..
            } => {
                parts.extend(require.iter().map(Part::of_event));
                parts.extend(from.iter().chain(until).map(Part::of_event));
            }
            Shape::Between { marks, require, .. } => {
                parts.push(Part::of_event(marks));
                parts.extend(require.iter().map(Part::of_event));
            }
            Shape::Ahead {
                of,
                require,
                linked,
                ..
            } => {
                parts.push(Part::of_event(of));
                parts.extend(require.iter().map(|s| Part::of_event(s).about(*linked)));
            }
            Shape::Run {
                over,
                failing,
                require,
                ..
            } => {
                parts.push(Part::of_event(over));
                parts.push(Part {
                    predicate: Some(failing),
                    ..Part::of_event(over)
                });
                parts.extend(require.iter().map(|s| Part {
                    dispensable: true,
                    ..Part::of_event(s)
                }));
            }
            Shape::Check { on, that, .. } => {
                let looked_at = match on {
                    CheckOn::Events(selector) => Part::of_event(selector),
                    CheckOn::Periods { period, matching } => {
                        Part::of_period(period, matching.as_ref())
                    }
                };
                parts.push(Part {
                    predicate: Some(that),
                    ..looked_at.clone()
                });
                parts.push(looked_at);
            }
            Shape::Cover { by, matching, .. } => {
                parts.push(Part::of_period(by, matching.as_ref()));
            }
        }
        parts
    }
}

impl<'r> Part<'r> {
    fn of_event(selector: &'r Selector<String, Predicate>) -> Self {
        Part {
            class: Class::Event,
            kind: &selector.event,
            predicate: selector.matching.as_ref(),
            about: false,
            dispensable: false,
        }
    }

    pub(super) fn of_period(kind: &'r str, predicate: Option<&'r Predicate>) -> Self {
        Part {
            class: Class::Period,
            kind,
            predicate,
            about: false,
            dispensable: false,
        }
    }

    fn about(mut self, linked: bool) -> Self {
        self.about = linked;
        self
    }
}

/// A predicate once its attributes are symbols.
#[derive(Debug, Clone)]
pub(super) struct BoundPredicate {
    pub(super) expr: Expr<crate::case::Symbol>,
    /// Where its verdicts begin among those of a set of attributes.
    pub(super) slot: usize,
    /// Whether it asks for more than the attributes.
    pub(super) reads_age: bool,
}
