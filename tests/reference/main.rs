//! A second evaluator of SPEC 2 and 3: slow, obvious, sharing no code with the crate, and the crate's
//! own held against it over random cases.

mod asking;
mod by_hand;
mod calendar;
mod cel;
mod evaluate;
mod judged;
mod model;
mod pack;
mod rows;
mod shapes;
