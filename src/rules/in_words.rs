//! What a rule says, in words: how somebody who does not read TOML sees whether it says what the
//! document means.

use super::model::{CheckOn, Rule, Selector, Shape};
use super::predicate::Predicate;
use super::wording::{a, capital, cited, describe, kind_where, ordinal, spoken};
use crate::calendar::Duration;

impl Rule {
    /// The clause with its document.
    pub fn cited(&self) -> String {
        cited(&self.procedure.source, &self.clause)
    }

    /// What it asks for, of whom, and from when it is due soon: a sentence each.
    pub fn in_words(&self) -> Vec<String> {
        let mut said = asked(&self.shape);
        let within = match &self.applies {
            None => format!("In each {}", spoken(&self.during)),
            Some(_) => format!(
                "In each {}",
                kind_where(&self.during, self.applies.as_ref())
            ),
        };
        let born = if self.born {
            ", and not before the birth"
        } else {
            ""
        };
        said.push(format!("{within}{born}."));
        if let Some(lead) = self.lead {
            said.push(format!(
                "What happened up to {lead} before the {} began counts too.",
                spoken(&self.during)
            ));
        }
        if let Some(remind) = self.remind {
            said.push(format!("Due soon from {remind} before the due day."));
        }
        said
    }
}

fn any_of(selectors: &[Selector<String, Predicate>]) -> String {
    let selectors: Vec<String> = selectors.iter().map(describe).collect();
    selectors.join(", or ")
}

fn about_it(linked: bool) -> &'static str {
    if linked {
        ", and about that very one"
    } else {
        ""
    }
}

/// Where a chain begins or ends: the first that fits, unless another is named.
fn first_of(selector: &Selector<String, Predicate>) -> String {
    describe(&Selector {
        nth: selector.nth.or(Some(1)),
        ..selector.clone()
    })
}

fn asked(shape: &Shape<String, Predicate>) -> Vec<String> {
    match shape {
        Shape::Deadline {
            after,
            within,
            require,
            linked,
        } => {
            let (what, about, after) = (any_of(require), about_it(*linked), describe(after));
            vec![match within.count {
                0 => capital(&format!("{what}, on the day of {after}{about}.")),
                _ => capital(&format!("{what}, within {within} of {after}{about}.")),
            }]
        }
        Shape::Interval {
            every,
            require,
            from,
            until,
            first,
            target,
            vary,
        } => {
            let mut text = format!("{}, at least every {every}", any_of(require));
            if let Some(first) = first {
                text.push_str(&format!(", the first time within {first}"));
            }
            if let Some(from) = from {
                text.push_str(&format!(", from {} on", first_of(from)));
            }
            if let Some(until) = until {
                text.push_str(&format!(", until {}", first_of(until)));
            }
            let mut said = vec![capital(&format!("{text}."))];
            said.extend(target.map(|target| format!("The target is {target}.")));
            said.extend(vary.as_ref().map(|topic| {
                let topic = spoken(topic);
                format!(
                    "Another frequency agreed for {topic} stands in its place; a longer one only \
                     where somebody authorised it."
                )
            }));
            said
        }
        Shape::Between {
            marks,
            require,
            latest,
        } => {
            let marks = describe(marks);
            let mark = marks.trim_start_matches("an ").trim_start_matches("a ");
            vec![
                capital(&format!(
                    "{}, between each {mark} and the next.",
                    any_of(require)
                )),
                longest(latest),
            ]
        }
        Shape::Ahead {
            of,
            by,
            require,
            linked,
        } => {
            let (what, about, of) = (any_of(require), about_it(*linked), describe(of));
            vec![match by.count {
                0 => capital(&format!("{what}, by the day of {of}{about}.")),
                _ => capital(&format!("{what}, {by} before {of}{about}.")),
            }]
        }
        Shape::Run {
            over,
            failing,
            count,
            within,
            require,
            gap,
        } => {
            let gap = gap.map_or_else(String::new, |gap| {
                format!("; each no more than {gap} after the one before")
            });
            let kind = a(&spoken(&over.event));
            let answer = match require.as_slice() {
                [] => format!("{kind} on which that is not so"),
                require => any_of(require),
            };
            let last = ordinal(*count);
            vec![
                format!(
                    "After {count} in a row: {}, on which {}{gap}.",
                    describe(over),
                    failing.expr
                ),
                capital(&format!(
                    "{answer}, within {within} of the {last} of these."
                )),
            ]
        }
        Shape::Check { on, that, grace } => {
            let on = match on {
                CheckOn::Events(selector) => match selector.nth {
                    Some(_) => describe(selector),
                    None => format!(
                        "each {}",
                        kind_where(&selector.event, selector.matching.as_ref())
                    ),
                },
                CheckOn::Periods { period, matching } => {
                    format!("each {}", kind_where(period, matching.as_ref()))
                }
            };
            let mut said = vec![format!("Of {on}: {}.", that.expr)];
            said.extend(allowed(*grace).map(|grace| format!("On record within {grace}.")));
            said
        }
        Shape::Cover {
            by,
            matching,
            grace,
        } => {
            let wanted = match matching {
                None => a(&spoken(by)),
                Some(matching) => format!("{} where {}", a(&spoken(by)), matching.expr),
            };
            let mut said = vec![capital(&format!("{wanted}, at all times."))];
            said.extend(allowed(*grace).map(|grace| format!("A gap may last {grace}.")));
            said
        }
    }
}

/// The time that is given, where there is any.
fn allowed(grace: Duration) -> Option<Duration> {
    (grace.count > 0).then_some(grace)
}

/// How long each may last while the next is not booked.
fn longest(latest: &[Duration]) -> String {
    let of_each = match latest {
        [only] => format!("within {only}"),
        several => {
            let each = several.iter().zip(1..).map(|(within, n)| {
                let later = if n as usize == several.len() {
                    " and later ones"
                } else {
                    ""
                };
                format!("within {within} of the {}{later}", ordinal(n))
            });
            each.collect::<Vec<_>>().join(", ")
        }
    };
    format!("While the next has no date: {of_each}.")
}
