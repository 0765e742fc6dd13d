//! Rules: packs of them, and the obligations that follow from a timeline. Pure: no database, no
//! clock; SPEC 3.

mod bind;
mod evaluate;
mod example;
mod model;
mod obligation;
<<<<<<< HEAD
mod pack;
mod predicate;
mod scope;
mod shapes;
mod trial;
=======
mod severity;
>>>>>>> mail

pub use bind::{PackHeader, RuleSet, Unmeasured};
pub use evaluate::Evaluator;
pub use example::{Example, ExampleEvent, ExamplePeriod, Expected};
pub use model::{CheckOn, Pack, Part, Rule, SHAPES, Selector, Severity, Shape};
pub use obligation::{Obligation, State, obligation_id};
<<<<<<< HEAD
pub use pack::{load_packs, parse_pack, shipped_pack_ids};
pub use predicate::{Arithmetic, Comparison, Expr, Predicate, TextTest};
pub use trial::{Outcome, Trial, try_examples};
=======
pub use severity::Severity;
>>>>>>> mail
