//! 2. **interval** `every`, `require`, optional `from`, `until`, `first`, `target`, `vary`.

use chrono::NaiveDate;

use crate::asking::{Asking, Seen};
use crate::calendar::{Limit, tomorrow};
use crate::evaluate::{Found, Outcome};
use crate::model::{PeriodRow, Shape, Span, Val};

pub fn obligations(asking: &Asking<'_>) -> Vec<Found> {
    let Shape::Interval {
        every,
        require,
        from,
        until,
        first,
        target,
        vary,
    } = &asking.rule.shape
    else {
        return Vec::new();
    };
    // "The first opens on the day of the first counting event that matches `from` (none yet: no
    // cycle), else on the period's first day"
    let opener: Option<Seen<'_>> = match from {
        Some(from) => match asking.counting(from).first() {
            Some(first) => Some(*first),
            None => return Vec::new(),
        },
        None => None,
    };
    let end = chain_end(asking, until.as_ref());
    let start = opener.map_or(asking.period_start(), |opener| opener.when);
    // "with `born`, on the birth if that is later (the anchor stays)"
    let Some(mut opened) = asking.opening_from_birth(start, end) else {
        return Vec::new();
    };
    let mut anchor = opener.map_or(asking.period_anchor(), |opener| opener.anchor());
    let answers = asking.counting_any(require.alternatives());
    let mut found = Vec::new();
    let mut is_first = true;
    // "no cycle opens on the day on which the chain ends"
    while end.is_none_or(|end| opened.day < end) {
        // "It is answered by the first counting event that matches `require` on or after its
        // opening day for the first cycle, later than it for the others"
        let answer = answers.iter().find(|answer| {
            let after_opening = if is_first {
                answer.when.day >= opened.day && !opener.is_some_and(|opener| answer.is(&opener))
            } else {
                answer.when.day > opened.day
            };
            // "whose own day still answers"
            after_opening && end.is_none_or(|end| answer.when.day <= end)
        });
        let base = match first {
            Some(first) if is_first => *first,
            _ => *every,
        };
        let variations = vary.as_ref().map_or(Vec::new(), |topic| {
            variations(asking, topic, answer.map(|answer| answer.when.day))
        });
        found.push(Found {
            anchor: anchor.clone(),
            opened,
            limit: Limit {
                due: due(asking, opened.day, base, &variations),
                at: None,
            },
            outcome: match (answer, end) {
                (Some(answer), _) => super::answered(answer, false),
                (None, Some(end)) => Outcome::Ended(end),
                (None, None) => Outcome::Open,
            },
            run: Vec::new(),
            // "`target`: due_soon from this long after the opening […]; it is not varied"
            soon_from: target.map(|target| asking.days_off.after(opened.day, target)),
        });
        // "the next cycle opens on that day"
        let Some(answer) = answer else {
            break;
        };
        opened = answer.when;
        anchor = answer.anchor();
        is_first = false;
    }
    found
}

// "The chain ends with the period, or on the day of the first counting event in the period that
// matches `until`" and "`lead` reaches neither the targets of `ahead` nor `until`"
fn chain_end(asking: &Asking<'_>, until: Option<&crate::model::Selector>) -> Option<NaiveDate> {
    let mut end = asking.end();
    if let Some(until) = until {
        for seen in asking.counting(&crate::model::Selector {
            nth: None,
            ..until.clone()
        }) {
            if seen.when.day >= asking.period.from {
                end = Some(end.map_or(seen.when.day, |end| end.min(seen.when.day)));
            }
        }
    }
    end
}

/// A variation that counts for a cycle, with its frequency.
struct Variation<'a> {
    row: &'a PeriodRow,
    every: Span,
}

// "A variation that starts before the period's first day less `lead`, or after the cycle was
// answered, does not count for it."
fn variations<'a>(
    asking: &Asking<'a>,
    topic: &str,
    answered: Option<NaiveDate>,
) -> Vec<Variation<'a>> {
    let mut found = Vec::new();
    for row in &asking.case.periods {
        let same_topic = row.attributes.get("topic") == Some(&Val::Text(topic.to_owned()));
        if row.kind != "variation" || !same_topic {
            continue;
        }
        if row.from < asking.earliest() || answered.is_some_and(|day| row.from > day) {
            continue;
        }
        // "A variation's frequency stands in its attribute `every`."
        let Some(Val::Text(every)) = row.attributes.get("every") else {
            continue;
        };
        if let Ok(every) = every.parse() {
            found.push(Variation { row, every });
        }
    }
    // "the latest-starting […] (of several that start on one day, the last by id)"
    found.sort_by(|a, b| {
        let key = |v: &Variation<'a>| (v.row.from, v.row.id.as_bytes());
        key(b).cmp(&key(a))
    });
    found
}

// "A cycle is due on the first day on which the time since its opening has reached the frequency in
// force that day"
fn due(
    asking: &Asking<'_>,
    opened: NaiveDate,
    base: Span,
    variations: &[Variation<'_>],
) -> NaiveDate {
    let mut day = opened;
    loop {
        let frequency = in_force(asking, opened, base, variations, day);
        if day >= asking.days_off.after(opened, frequency) {
            return day;
        }
        day = tomorrow(day);
    }
}

fn in_force(
    asking: &Asking<'_>,
    opened: NaiveDate,
    base: Span,
    variations: &[Variation<'_>],
    day: NaiveDate,
) -> Span {
    for variation in variations {
        // "that runs on that day", "read with all the days recorded for them, future ones too"
        let row = variation.row;
        if day < row.from || row.to.is_some_and(|to| day > to) {
            continue;
        }
        // "One that is longer (its due day, counted from the opening, later than by the rule's
        // `every`, or by `first` in the first cycle) is in force only where its `authorised_by` is
        // not empty; one that is not in force is passed over."
        let longer =
            asking.days_off.after(opened, variation.every) > asking.days_off.after(opened, base);
        let authorised = match row.attributes.get("authorised_by") {
            None => false,
            Some(Val::Text(text)) => !text.is_empty(),
            Some(_) => true,
        };
        if !longer || authorised {
            return variation.every;
        }
    }
    base
}
