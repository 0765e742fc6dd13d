//! Charts as SVG: 360 units wide, so that on a telephone a unit is a pixel and on paper two stand side
//! by side. What a shape means never hangs on its colour alone.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;
use serde_json::json;

use super::control::{Control, Direction, Observation};

/// How wide and high a chart is; its text is 11 units high.
const WIDTH: f64 = 360.0;
/// See [`WIDTH`].
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 38.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 36.0;
/// A month is named under every so many points: more would run into each other.
const NAMED_EVERY: usize = 6;
/// The least part of the scale that is shown: less would make ripples look like waves.
const LEAST_SCALE: f64 = 0.2;
/// How high a row of the chart of ages is.
const ROW: f64 = 30.0;

/// What every chart carries for those who cannot see it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Caption<'a> {
    /// Unlike that of any other chart of the page: letters, digits and `-`.
    pub id: &'a str,
    /// What the chart is of.
    pub title: &'a str,
    /// What it shows, in a sentence or two.
    pub description: &'a str,
}

/// A month of a control chart, in order of time.
#[derive(Debug, Clone)]
pub struct MonthPoint {
    /// What it is called: "Jun 2026".
    pub name: String,
    /// Its cases; none where there were none or they are kept back.
    pub cases: Option<Observation>,
}

/// The words of a control chart.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ControlWords<'a> {
    /// "average".
    pub mean: &'a str,
    /// "limits of chance".
    pub limits: &'a str,
    /// "more than chance, better".
    pub better: &'a str,
    /// "more than chance, worse".
    pub worse: &'a str,
}

/// A quarter of the chart that compares them, in order of time.
#[derive(Debug, Clone)]
pub struct QuarterBar {
    /// What it is called, in one or two lines.
    pub name: [String; 2],
    /// The share and its 95 % interval, between 0 and 1; none where there is none to show.
    pub share: Option<(f64, f64, f64)>,
    /// What is written at its bar: "81%", or why there is none.
    pub label: String,
}

/// A row of the chart of ages.
#[derive(Debug, Clone)]
pub struct AgeRow {
    /// "8 to 28 days".
    pub name: String,
    /// How many; none where it is kept back.
    pub count: Option<u64>,
    /// What is written at its bar.
    pub label: String,
}

#[derive(Serialize)]
struct At {
    x: f64,
    y: f64,
    text: String,
}

/// Rounded to a tenth of a unit: what an eye can tell.
fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// The part of the scale that a chart shows, in tenths of the whole.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// A scale that holds all of these, between 0 and 1.
    fn around(values: impl Iterator<Item = f64>) -> Scale {
        let (least, most) = values.fold((1.0_f64, 0.0_f64), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        let low = ((least * 10.0 - 0.2).floor() / 10.0).max(0.0);
        let high = ((most * 10.0 + 0.2).ceil() / 10.0).min(1.0);
        let low = low.min(high - LEAST_SCALE).max(0.0);
        Scale {
            low,
            high: high.max(low + LEAST_SCALE),
        }
    }

    fn y(&self, share: f64) -> f64 {
        let part = (share - self.low) / (self.high - self.low);
        tenth(HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP))
    }

    /// Five lines at most, each a whole ten per cent.
    fn ticks(&self) -> Vec<At> {
        let tens = ((self.high - self.low) * 10.0).round() as usize;
        let step = tens.div_ceil(5);
        let lines = (0..=tens).step_by(step);
        lines
            .map(|ten| {
                let share = self.low + ten as f64 / 10.0;
                At {
                    x: LEFT - 5.0,
                    y: self.y(share),
                    text: format!("{:.0}", share * 100.0),
                }
            })
            .collect()
    }
}

/// A control chart of a share by month. `control` is of the months that have cases, in order; without
/// it only the points are drawn.
///
/// # Errors
/// Where the template does not render: never, for what the types allow.
pub fn control_chart(
    caption: Caption<'_>,
    months: &[MonthPoint],
    control: Option<&Control>,
    words: ControlWords<'_>,
) -> Result<String, minijinja::Error> {
    let shares = months.iter().filter_map(|month| month.cases);
    let ends = control.iter().flat_map(|c| &c.limits);
    let scale = Scale::around(
        shares
            .map(Observation::share)
            .chain(ends.flat_map(|(low, high)| [*low, *high])),
    );
    let step = (WIDTH - LEFT - RIGHT) / months.len().max(1) as f64;
    let x = |place: usize| tenth(LEFT + (place as f64 + 0.5) * step);
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    let (mut ordinary, mut better, mut worse) = (Vec::new(), Vec::new(), Vec::new());
    let (mut lower, mut upper) = (String::new(), String::new());
    let mut with_cases = 0;
    for (place, month) in months.iter().enumerate() {
        let Some(cases) = month.cases else {
            lines.push(Vec::new());
            continue;
        };
        let at = At {
            x: x(place),
            y: scale.y(cases.share()),
            text: String::new(),
        };
        if let Some(line) = lines.last_mut() {
            line.push(format!("{},{}", at.x, at.y));
        }
        match control.and_then(|c| c.marks[with_cases]) {
            None => ordinary.push(at),
            Some(Direction::Better) => better.push(at),
            Some(Direction::Worse) => worse.push(at),
        }
        if let Some((low, high)) = control.map(|c| c.limits[with_cases]) {
            let (from, to) = (tenth(x(place) - step / 2.0), tenth(x(place) + step / 2.0));
            for (path, limit) in [(&mut lower, low), (&mut upper, high)] {
                let pen = if path.is_empty() { "M" } else { "L" };
                let y = scale.y(limit);
                path.push_str(&format!("{pen}{from},{y} L{to},{y} "));
            }
        }
        with_cases += 1;
    }
    // Counted from the last month, which must be named whatever their number.
    let named = months
        .iter()
        .enumerate()
        .filter(|(place, _)| (months.len() - 1 - place).is_multiple_of(NAMED_EVERY) && *place > 0);
    let names: Vec<At> = named
        .map(|(place, month)| At {
            x: x(place),
            y: HEIGHT - BOTTOM + 14.0,
            text: month.name.clone(),
        })
        .collect();
    render(
        include_str!("templates/control.svg"),
        &json!({
            "caption": caption, "words": words, "names": names,
            "ordinary": ordinary, "better": better, "worse": worse,
            "width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT,
            "ticks": scale.ticks(),
            "lines": lines.iter().map(|line| line.join(" ")).collect::<Vec<_>>(),
            "lower": lower.trim_end(), "upper": upper.trim_end(),
            "mean": control.map(|c| scale.y(c.mean)),
        }),
    )
}

/// The share of each quarter beside the others', the last one dark.
///
/// # Errors
/// As [`control_chart`].
pub fn quarter_chart(
    caption: Caption<'_>,
    quarters: &[QuarterBar],
) -> Result<String, minijinja::Error> {
    let scale = Scale {
        low: 0.0,
        high: 1.0,
    };
    let step = (WIDTH - LEFT - RIGHT) / quarters.len().max(1) as f64;
    let bars: Vec<_> = quarters
        .iter()
        .enumerate()
        .map(|(place, quarter)| {
            let middle = tenth(LEFT + (place as f64 + 0.5) * step);
            let y = scale.y(quarter.share.map_or(0.0, |(share, ..)| share));
            let ends = quarter
                .share
                .map(|(_, low, high)| (scale.y(low), scale.y(high)));
            json!({
                "middle": middle, "y": y, "name": quarter.name, "label": quarter.label,
                "x": tenth(middle - step * 0.3), "wide": tenth(step * 0.6),
                "high": HEIGHT - BOTTOM - y,
                "low_end": ends.map(|(low, _)| low), "high_end": ends.map(|(_, high)| high),
                // Above the interval, so that it crosses no line.
                "label_y": ends.map_or(HEIGHT - BOTTOM - 6.0, |(_, high)| (high - 5.0).max(10.0)),
                "is_last": place + 1 == quarters.len(),
            })
        })
        .collect();
    render(
        include_str!("templates/quarters.svg"),
        &json!({
            "caption": caption, "bars": bars, "width": WIDTH, "height": HEIGHT, "left": LEFT,
            "right": WIDTH - RIGHT, "bottom": HEIGHT - BOTTOM, "ticks": scale.ticks(),
        }),
    )
}

/// How many are overdue, by how long.
///
/// # Errors
/// As [`control_chart`].
pub fn age_chart(caption: Caption<'_>, rows: &[AgeRow]) -> Result<String, minijinja::Error> {
    let most = rows.iter().filter_map(|row| row.count).max().unwrap_or(0);
    let (from, room) = (128.0, WIDTH - 128.0 - 56.0);
    let bars: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let part = row.count.unwrap_or(0) as f64 / most.max(1) as f64;
            json!({
                "name": row.name, "label": row.label, "x": from, "wide": tenth(part * room),
                "y": place as f64 * ROW + 6.0, "text_y": place as f64 * ROW + 20.0,
                "label_x": tenth(from + part * room + 6.0),
            })
        })
        .collect();
    render(
        include_str!("templates/ages.svg"),
        &json!({
            "caption": caption, "bars": bars, "width": WIDTH,
            "height": rows.len() as f64 * ROW + 6.0,
        }),
    )
}

fn render(template: &str, values: &serde_json::Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    // The name's ending turns escaping on.
    environment.add_template("chart.html", template)?;
    environment
        .get_template("chart.html")?
        .render(Value::from(Serde(values)))
}
