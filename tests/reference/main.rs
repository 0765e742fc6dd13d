//! A second evaluator of SPEC 2 and 3: slow, obvious, sharing no code with the crate, each sentence of
//! the SPEC quoted above the loop that transcribes it; and the crate's engine held against it.
//!
//! - `by_hand`: cases worked out from single sentences, answered by both.
//! - `compare`: random authorities, both asked as of several days, line by line. A disagreement is
//!   shrunk and printed as pack, rows and day, in the notation of the cases by hand. More children:
//!   `COREWATCH_REFERENCE_CHILDREN=200000 COREWATCH_REFERENCE_SEED=1000 cargo test --test reference`.
//! - `properties`: what must hold of the engine whatever the rules are.
//! - `whole_program`: the same rows through a source file, a pass and `corewatch evaluate`.

mod asking;
mod by_hand;
mod calendar;
mod cel;
mod compare;
mod engine;
mod evaluate;
mod generate;
mod judged;
mod model;
mod pack;
mod properties;
mod rows;
mod shapes;
mod shrink;
mod whole_program;
