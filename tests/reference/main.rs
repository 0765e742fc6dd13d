//! A second evaluator of SPEC 2 and 3: slow, obvious, sharing no code with the crate, and the crate's
//! own held against it over random cases.

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
