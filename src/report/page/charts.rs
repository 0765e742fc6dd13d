//! The charts of a duty, with what they say in words.

use super::{Chart, Maker, Table};
use crate::report::backlog::{AGE_BANDS, Backlog};
use crate::report::chart::{
    self, AgeRow, Caption, Cause, Control, ControlWords, Direction, MonthPoint, Observation,
    QuarterBar, Signal,
};
use crate::report::forms::FormError;
use crate::report::model::{AuthorityReport, Line};
use crate::report::period::Span;
use crate::report::{Cell, Measure};

impl Maker<'_> {
    /// The share on time by month, with what is more than chance; nothing where fewer than two have any.
    pub(super) fn control_chart(
        &self,
        anchor: &str,
        authority: &AuthorityReport,
        rule: usize,
    ) -> Result<Option<Chart>, FormError> {
        let words = self.words;
        // A month that is not over would look worse, or better, than it will be.
        let whole = |line: &&Line| {
            line.rule == rule
                && matches!(line.span, Span::Month(_))
                && !line.is_cut
                && line.days.to < self.report.as_at
        };
        let mut months = Vec::new();
        let mut names = Vec::new();
        let mut rows = Vec::new();
        for line in authority.series.iter().filter(whole) {
            let name = words.span(line.span, self.report.period)?;
            let short = match line.span {
                Span::Month(month) => words.short_month(month)?,
                _ => name.clone(),
            };
            let cases = observation(line);
            if cases.is_some() {
                names.push(name.clone());
            }
            months.push(MonthPoint { name: short, cases });
            let cells = [Measure::Due, Measure::Met, Measure::OnTime].map(|m| line.cell(m));
            let mut row = vec![name];
            for cell in cells {
                row.push(words.cell(cell)?);
            }
            rows.push(row);
        }
        // One month alone is no course of events.
        if names.len() < 2 {
            return Ok(None);
        }
        // What lies before the first month with cases is before the records began.
        let first = months.iter().position(|month| month.cases.is_some());
        let Some(first) = first else { return Ok(None) };
        months.drain(..first);
        rows.drain(..first);
        let points: Vec<Observation> = months.iter().filter_map(|month| month.cases).collect();
        let control = chart::control(&points);
        let says = self.control_says(control.as_ref(), &names)?;
        let title = words.say("chart_control", &[("title", &authority.rules[rule].title)])?;
        let [mean, limits, better, worse] =
            ["chart_mean", "chart_limits", "chart_better", "chart_worse"]
                .map(|key| words.say(key, &[]));
        let svg = chart::control_chart(
            Caption {
                id: &format!("{anchor}-control"),
                title: &title,
                description: &says.join(" "),
            },
            &months,
            control.as_ref(),
            ControlWords {
                mean: &mean?,
                limits: &limits?,
                better: &better?,
                worse: &worse?,
            },
        );
        let mut columns = vec![words.say("column_period", &[])?];
        for measure in [Measure::Due, Measure::Met, Measure::OnTime] {
            columns.push(words.name(measure)?);
        }
        Ok(Some(Chart {
            svg: svg.map_err(drawn)?,
            table: Table {
                caption: title,
                columns,
                links: vec![None; rows.len()],
                rows,
                text_columns: 1,
            },
            heading: words.say("chart_control_head", &[])?,
            says,
        }))
    }

    fn control_says(
        &self,
        control: Option<&Control>,
        names: &[String],
    ) -> Result<Vec<String>, FormError> {
        let words = self.words;
        let Some(control) = control else {
            let said = words.say(
                "control_too_few",
                &[("n", &names.len()), ("fewest", &chart::FEWEST_POINTS)],
            )?;
            return Ok(vec![said]);
        };
        let mean = words.cell(Cell::Share(control.mean))?;
        let mut said = vec![words.say("control_mean", &[("mean", &mean), ("n", &names.len())])?];
        for signal in &control.signals {
            said.push(words.say(
                signal_key(signal),
                &[
                    ("first", &names[signal.first]),
                    ("last", &names[signal.last]),
                    ("count", &(signal.last - signal.first + 1)),
                ],
            )?);
        }
        if control.signals.is_empty() {
            said.push(words.say("control_steady", &[])?);
        }
        Ok(said)
    }

    /// This quarter against the last four; nothing where fewer than two have any.
    pub(super) fn quarter_chart(
        &self,
        anchor: &str,
        authority: &AuthorityReport,
        rule: usize,
    ) -> Result<Option<Chart>, FormError> {
        let words = self.words;
        let of_rule = |line: &&Line| line.rule == rule && matches!(line.span, Span::Quarter(_));
        let mut bars = Vec::new();
        let mut rows = Vec::new();
        let measures = [
            Measure::Due,
            Measure::Met,
            Measure::OnTime,
            Measure::OnTimeLow,
            Measure::OnTimeHigh,
        ];
        for line in authority.series.iter().filter(of_rule) {
            let Span::Quarter(quarter) = line.span else {
                continue;
            };
            let number = |measure| line.cell(measure).number();
            let share = number(Measure::OnTime)
                .zip(number(Measure::OnTimeLow))
                .zip(number(Measure::OnTimeHigh))
                .map(|((share, low), high)| (share, low, high));
            bars.push(QuarterBar {
                name: [
                    words.say("quarter_number", &[("number", &quarter.number())])?,
                    quarter.year_name(),
                ],
                share,
                label: words.cell(line.cell(Measure::OnTime))?,
            });
            let span = words.span(line.span, self.report.period)?;
            let mut row = vec![if line.is_cut {
                words.say("cut", &[("span", &span)])?
            } else {
                span
            }];
            for measure in measures {
                row.push(words.cell(line.cell(measure))?);
            }
            rows.push(row);
        }
        if bars.iter().filter(|bar| bar.share.is_some()).count() < 2 {
            return Ok(None);
        }
        let title = words.say("chart_quarters", &[("title", &authority.rules[rule].title)])?;
        let says = vec![words.say("quarters_say", &[])?];
        let svg = chart::quarter_chart(
            Caption {
                id: &format!("{anchor}-quarters"),
                title: &title,
                description: &says.join(" "),
            },
            &bars,
        );
        let mut columns = vec![words.say("column_period", &[])?];
        for measure in measures {
            columns.push(words.name(measure)?);
        }
        Ok(Some(Chart {
            svg: svg.map_err(drawn)?,
            table: Table {
                caption: title,
                columns,
                links: vec![None; rows.len()],
                rows,
                text_columns: 1,
            },
            heading: words.say("chart_quarters_head", &[])?,
            says,
        }))
    }

    /// How long what is overdue has been so; nothing where nothing is.
    pub(super) fn age_chart(
        &self,
        anchor: &str,
        rule: &str,
        backlog: &Backlog,
    ) -> Result<Option<Chart>, FormError> {
        if backlog.total == Cell::Count(0) {
            return Ok(None);
        }
        let words = self.words;
        let mut bars = Vec::new();
        let mut rows = Vec::new();
        for (band, cell) in AGE_BANDS.iter().zip(backlog.bands) {
            let (name, label) = (words.say(band.name, &[])?, words.cell(cell)?);
            rows.push(vec![name.clone(), label.clone()]);
            bars.push(AgeRow {
                name,
                count: cell.count(),
                label,
            });
        }
        let title = words.say("chart_ages", &[("title", &rule)])?;
        let as_at = words.day(self.report.as_at)?;
        let says = vec![words.say("explain_backlog", &[("as_at", &as_at)])?];
        let svg = chart::age_chart(
            Caption {
                id: &format!("{anchor}-ages"),
                title: &title,
                description: &says.join(" "),
            },
            &bars,
        );
        Ok(Some(Chart {
            svg: svg.map_err(drawn)?,
            table: Table {
                caption: title,
                columns: self.said(&["column_days_over", "still_overdue_name"])?,
                links: vec![None; rows.len()],
                rows,
                text_columns: 1,
            },
            heading: words.say("chart_ages_head", &[])?,
            says,
        }))
    }
}

/// The cases of a month, where it has any and none are kept back.
fn observation(line: &Line) -> Option<Observation> {
    let (part, whole) = (
        line.cell(Measure::Met).count()?,
        line.cell(Measure::Due).count()?,
    );
    (whole > 0).then_some(Observation { part, whole })
}

/// The phrase that says a signal.
fn signal_key(signal: &Signal) -> &'static str {
    match (signal.cause, signal.direction) {
        (Cause::Beyond, Direction::Better) => "beyond_better",
        (Cause::Beyond, Direction::Worse) => "beyond_worse",
        (Cause::Shift, Direction::Better) => "shift_better",
        (Cause::Shift, Direction::Worse) => "shift_worse",
        (Cause::Trend, Direction::Better) => "trend_better",
        (Cause::Trend, Direction::Worse) => "trend_worse",
        (Cause::NearLimit, Direction::Better) => "near_better",
        (Cause::NearLimit, Direction::Worse) => "near_worse",
    }
}

fn drawn(error: minijinja::Error) -> FormError {
    FormError::made("chart", format!("{error:#}"))
}
