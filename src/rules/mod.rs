//! Rules: packs of them, and the obligations that follow from a timeline. Pure: no database, no
//! clock; SPEC 3.

mod bind;
mod evaluate;
mod example;
mod explain;
mod gathered;
mod in_words;
#[cfg(test)]
mod in_words_tests;
mod model;
mod next_change;
mod obligation;
mod pack;
mod predicate;
mod scope;
mod severity;
mod shapes;
mod trial;
mod verdicts;
mod wording;

pub use bind::{PackHeader, RuleSet, Unmeasured};
pub use evaluate::Evaluator;
pub use example::{Example, ExampleEvent, ExamplePeriod, Expected};
pub use explain::{Counting, Explanation, LeftOut, LookedAt, explain};
pub use model::{
    CheckOn, Pack, PackWords, Part, Procedure, Rule, RuleWords, SHAPES, Selector, Shape,
};
pub use obligation::{Evidence, Obligation, State, obligation_id};
pub use pack::{load_kept_packs, load_packs, parse_pack, shipped_pack_ids, survey_packs};
pub use predicate::{Arithmetic, Comparison, Expr, Predicate, TextTest};
pub use severity::Severity;
pub use trial::{Outcome, Trial, try_examples};
pub use wording::wrapped;
