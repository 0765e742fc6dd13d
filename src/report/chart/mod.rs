//! The charts of a report: what they say (pure), and how they are drawn (SVG with title, description
//! and shapes that hold without colour; the numbers stand in a table beside each).

mod control;
mod draw;
#[cfg(test)]
mod tests;

pub use control::{
    Cause, Control, Direction, FEWEST_CASES, FEWEST_POINTS, Method, Observation, Signal, control,
};
pub use draw::{
    AgeRow, Caption, ControlWords, MonthPoint, QuarterBar, age_chart, control_chart, quarter_chart,
};
