//! The board's report: how many duties fell due, were met, met late, missed, by rule, team and time
//! (SPEC 8). Pure: a report is made of what an evaluation gave; nothing here asks a database or a
//! clock. `docs/report.md` says in words what each figure counts.
//!
//! The way of a figure: [`Reckoner::add`] reduces the obligations of one child to tallies;
//! [`Reckoner::lines`] and its like turn tallies into [`Figures`]; what any form prints is a
//! [`Cell`] of a [`Line`] of the one [`Report`].
//!
//! To add a figure: a variant of [`Measure`], its place in [`Measure::ALL`], an arm in
//! [`Figures::cell`].

mod backlog;
mod book;
pub mod chart;
mod corrections;
mod figures;
pub mod forms;
mod lag;
mod measure;
mod model;
pub mod page;
mod period;
pub mod publish;
mod tally;
#[cfg(test)]
mod tests;
mod variations;
mod wilson;
pub mod words;

pub use backlog::{AGE_BANDS, AgeBand, Backlog};
pub use book::{Book, Reckoner};
pub use corrections::corrections;
pub use figures::Figures;
pub use measure::{Cell, MEASURES, Measure, Unit};
pub use model::{
    AuthorityReport, Correction, Line, OpenDuty, PackTitle, Quarantined, Report, RuleTitle,
    TeamTitle, UnmeasuredRule,
};
pub use period::{Month, Period, Quarter, Span};
pub use tally::Tally;
pub use wilson::wilson;
pub use words::Words;
