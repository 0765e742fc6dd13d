//! Statistical process control of a share, month by month: which changes are more than chance.
//!
//! The limits and rules are those that the NHS teaches boards ("Making Data Count"): a point beyond
//! the limits, seven in a row on one side of the mean, seven in a row that rise or fall, two of three
//! beyond two thirds of the way to a limit. `docs/report.md` says them in words.

/// How few months give a mean and limits that mean anything.
pub const FEWEST_POINTS: usize = 12;
/// Where some month has fewer cases than this, its limits come of its number of cases.
pub const FEWEST_CASES: u64 = 20;
/// So many in a row on one side of the mean, or rising, or falling, are a signal.
const RUN: usize = 7;
/// Turns the mean moving range into three standard deviations (3 / 1.128).
const MOVING_RANGE: f64 = 2.66;

/// The cases of one month, and how many of them were on time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// On time.
    pub part: u64,
    /// In all; more than none.
    pub whole: u64,
}

impl Observation {
    /// Between 0 and 1.
    pub fn share(self) -> f64 {
        self.part as f64 / self.whole as f64
    }
}

/// Where the limits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// From how much the share moves from one month to the next: the usual one.
    MovingRange,
    /// From each month's number of cases (a p-chart): few cases give wide limits.
    Cases,
}

/// Better or worse than what went before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More was on time.
    Better,
    /// Less was.
    Worse,
}

/// What makes points more than chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// One point lies beyond a limit.
    Beyond,
    /// Seven or more in a row lie on one side of the mean.
    Shift,
    /// Seven or more in a row rise, or fall.
    Trend,
    /// Two of three in a row lie near the same limit.
    NearLimit,
}

/// One change that chance alone would hardly bring about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// Which rule says so.
    pub cause: Cause,
    /// Which way.
    pub direction: Direction,
    /// Its first point, from 0.
    pub first: usize,
    /// Its last point.
    pub last: usize,
}

/// A mean, limits, and what lies outside chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// Where the limits come from.
    pub method: Method,
    /// Between 0 and 1.
    pub mean: f64,
    /// The lower and the upper limit of each point, between 0 and 1.
    pub limits: Vec<(f64, f64)>,
    /// In the order of their first points.
    pub signals: Vec<Signal>,
    /// For each point, whether it is part of a signal, and which way.
    pub marks: Vec<Option<Direction>>,
}

/// The mean, the limits and the signals of a series in order of time; `None` of too few points.
pub fn control(points: &[Observation]) -> Option<Control> {
    if points.len() < FEWEST_POINTS {
        return None;
    }
    let method = if points.iter().any(|point| point.whole < FEWEST_CASES) {
        Method::Cases
    } else {
        Method::MovingRange
    };
    let shares: Vec<f64> = points.iter().map(|point| point.share()).collect();
    let (mean, reaches) = match method {
        Method::MovingRange => by_moving_range(&shares),
        Method::Cases => by_cases(points),
    };
    let mut signals = beyond(&shares, mean, &reaches);
    signals.extend(shifts(&shares, mean));
    signals.extend(trends(&shares));
    let (near, near_points) = near_limit(&shares, mean, &reaches);
    signals.extend(near);
    signals.sort_by_key(|signal| (signal.first, signal.cause, signal.last));
    let mut marks = vec![None; points.len()];
    for signal in signals.iter().rev() {
        for (place, mark) in marks.iter_mut().enumerate().take(signal.last + 1) {
            let part = signal.cause != Cause::NearLimit || near_points[place];
            if place >= signal.first && part {
                *mark = Some(signal.direction);
            }
        }
    }
    let limit = |reach: &f64| ((mean - reach).max(0.0), (mean + reach).min(1.0));
    Some(Control {
        method,
        mean,
        limits: reaches.iter().map(limit).collect(),
        signals,
        marks,
    })
}

/// The mean, and how far the limits lie from it at each point.
fn by_moving_range(shares: &[f64]) -> (f64, Vec<f64>) {
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let moves = shares.windows(2).map(|two| (two[1] - two[0]).abs());
    let reach = MOVING_RANGE * moves.sum::<f64>() / (shares.len() - 1) as f64;
    (mean, vec![reach; shares.len()])
}

/// As [`by_moving_range`], from the number of cases.
fn by_cases(points: &[Observation]) -> (f64, Vec<f64>) {
    let part: u64 = points.iter().map(|point| point.part).sum();
    let whole: u64 = points.iter().map(|point| point.whole).sum();
    let mean = part as f64 / whole as f64;
    let reach = |point: &Observation| 3.0 * (mean * (1.0 - mean) / point.whole as f64).sqrt();
    (mean, points.iter().map(reach).collect())
}

/// On which side of the mean; what lies within rounding of it lies on neither.
fn side(share: f64, mean: f64) -> Option<Direction> {
    if (share - mean).abs() < 1e-9 {
        None
    } else if share > mean {
        Some(Direction::Better)
    } else {
        Some(Direction::Worse)
    }
}

fn beyond(shares: &[f64], mean: f64, reaches: &[f64]) -> Vec<Signal> {
    let outside = |(place, (share, reach)): (usize, (&f64, &f64))| {
        let direction = side(*share, mean)?;
        ((share - mean).abs() > reach + 1e-9).then_some(Signal {
            cause: Cause::Beyond,
            direction,
            first: place,
            last: place,
        })
    };
    let each = shares.iter().zip(reaches).enumerate();
    each.filter_map(outside).collect()
}

/// The longest stretches over which `of` gives the same direction, as (first, last, direction).
fn stretches(
    length: usize,
    of: impl Fn(usize) -> Option<Direction>,
) -> Vec<(usize, usize, Direction)> {
    let mut found: Vec<(usize, usize, Direction)> = Vec::new();
    for place in 0..length {
        let Some(direction) = of(place) else { continue };
        match found.last_mut() {
            Some((_, last, same)) if *last + 1 == place && *same == direction => *last = place,
            _ => found.push((place, place, direction)),
        }
    }
    found
}

fn shifts(shares: &[f64], mean: f64) -> Vec<Signal> {
    let sides = stretches(shares.len(), |place| side(shares[place], mean));
    let long = sides
        .into_iter()
        .filter(|(first, last, _)| last - first + 1 >= RUN);
    long.map(|(first, last, direction)| Signal {
        cause: Cause::Shift,
        direction,
        first,
        last,
    })
    .collect()
}

fn trends(shares: &[f64]) -> Vec<Signal> {
    let steps = stretches(shares.len() - 1, |place| {
        side(shares[place + 1], shares[place])
    });
    // Seven points are six steps.
    let long = steps
        .into_iter()
        .filter(|(first, last, _)| last - first + 2 >= RUN);
    long.map(|(first, last, direction)| Signal {
        cause: Cause::Trend,
        direction,
        first,
        last: last + 1,
    })
    .collect()
}

/// Two of three near the same limit; and which points are near one so.
fn near_limit(shares: &[f64], mean: f64, reaches: &[f64]) -> (Vec<Signal>, Vec<bool>) {
    let near: Vec<Option<Direction>> = (0..shares.len())
        .map(|place| {
            let off = (shares[place] - mean).abs();
            let reach = reaches[place];
            (reach > 1e-9 && off > reach * 2.0 / 3.0 + 1e-9)
                .then(|| side(shares[place], mean))
                .flatten()
        })
        .collect();
    let mut signals: Vec<Signal> = Vec::new();
    let mut points = vec![false; shares.len()];
    for first in 0..shares.len().saturating_sub(2) {
        for direction in [Direction::Better, Direction::Worse] {
            let here: Vec<usize> = (first..first + 3)
                .filter(|place| near[*place] == Some(direction))
                .collect();
            let [from, .., to] = here[..] else {
                continue;
            };
            for place in here {
                points[place] = true;
            }
            let same = signals
                .iter_mut()
                .rev()
                .find(|signal| signal.direction == direction && signal.last >= from);
            match same {
                Some(signal) => signal.last = signal.last.max(to),
                None => signals.push(Signal {
                    cause: Cause::NearLimit,
                    direction,
                    first: from,
                    last: to,
                }),
            }
        }
    }
    (signals, points)
}
