//! One rule in one period of one child as of one day: what counts there, what is booked, and how an
//! obligation ends. What the seven shapes have in common.

use std::borrow::Cow;

use crate::calendar::{Calendar, Day, Limit, Moment};
use crate::case::{Class, Event, Period, Symbol, Timeline};

use super::bind::{BoundRule, RuleSet};
use super::gathered::Gathered;
use super::model::{BoundPredicate, Selector};
use super::obligation::{Evidence, Obligation, State};
use super::verdicts::Verdicts;

pub(super) type BoundSelector = Selector<Symbol, BoundPredicate>;

/// See the module.
pub(super) struct Scope<'e, 't> {
    pub(super) rules: &'e RuleSet,
    pub(super) index: usize,
    pub(super) rule: &'e BoundRule,
    pub(super) calendar: &'e Calendar,
    pub(super) verdicts: &'e Verdicts,
    pub(super) gathered: &'e Gathered<'e, 't>,
    pub(super) timeline: &'e Timeline<'t>,
    pub(super) period: &'e Period<'t>,
    pub(super) today: Day,
    /// The period's first day less `lead`: from here on events count.
    pub(super) reach: Day,
    /// The period's last day, once it lies on or before today.
    pub(super) end: Option<Day>,
}

/// An event together with the day by which it is ordered: when it was held, or is booked for. Small,
/// because all that a rule looks at is gathered as these.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated<'e, 't> {
    pub(super) event: &'e Event<'t>,
    day: Day,
    pub(super) held: bool,
}

/// Events in order: mostly as they were gathered.
pub(super) type Events<'e, 't> = Cow<'e, [Dated<'e, 't>]>;

impl<'e, 't> Dated<'e, 't> {
    /// An event that was held by the end of `today`.
    pub(super) fn held(event: &'e Event<'t>, today: Day) -> Option<Self> {
        let day = event.held(today)?.day;
        let held = true;
        Some(Dated { event, day, held })
    }

    /// An event that is booked as of `today`.
    pub(super) fn booked(event: &'e Event<'t>, today: Day) -> Option<Self> {
        let day = event.booked(today)?.day;
        let held = false;
        Some(Dated { event, day, held })
    }

    pub(super) fn day(&self) -> Day {
        self.day
    }

    /// When it was held, or is booked for.
    pub(super) fn moment(&self) -> Moment {
        let moment = if self.held {
            self.event.occurred
        } else {
            self.event.scheduled
        };
        moment.unwrap_or(Moment::day(self.day))
    }

    /// Day, then time (none is first), then id (SPEC 3, Selectors).
    pub(super) fn order(&self) -> (Moment, &str, Symbol) {
        (self.moment(), self.event.id, self.event.kind)
    }

    /// Whether it is this event of the same timeline.
    pub(super) fn is(&self, event: &Event<'t>) -> bool {
        std::ptr::eq(self.event, event)
    }
}

/// What opened an obligation, or what it is ahead of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor<'t> {
    pub(super) class: Class,
    pub(super) kind: Symbol,
    pub(super) id: &'t str,
}

impl<'t> Anchor<'t> {
    pub(super) fn event(event: &Event<'t>) -> Self {
        Anchor {
            class: Class::Event,
            kind: event.kind,
            id: event.id,
        }
    }

    pub(super) fn period(period: &Period<'t>) -> Self {
        Anchor {
            class: Class::Period,
            kind: period.kind,
            id: period.id,
        }
    }

    pub(super) fn is(&self, event: &Event<'_>) -> bool {
        self.class == Class::Event && self.kind == event.kind && self.id == event.id
    }
}

/// How an obligation ended, if it has.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// Answered on a day, in time or not.
    Answered(Day, bool),
    /// Its period or its window ended.
    Ended(Day),
    /// The thing can no longer be done.
    Impossible(Day),
    /// It is open.
    Open,
}

/// An obligation before its state is reckoned.
pub(super) struct Draft<'t> {
    pub(super) anchor: Anchor<'t>,
    pub(super) opened: Moment,
    pub(super) limit: Limit,
    pub(super) end: End,
    pub(super) booked: Option<Day>,
    pub(super) evidence: Evidence<'t>,
    /// From when it is due soon, where the shape and not `remind` says it.
    pub(super) soon_from: Option<Day>,
}

impl<'e, 't> Scope<'e, 't> {
    /// The name of the kind of period that the rule runs in.
    pub(super) fn period_kind_name(&self) -> String {
        self.rules.name(self.period.kind).to_owned()
    }

    /// The child's birth, where the rule looks at it: nothing opens before it.
    pub(super) fn birth(&self) -> Option<Day> {
        self.timeline.child.born.filter(|_| self.rule.born)
    }

    /// Whether nothing of the rule opens on `day`, because it lies before the birth.
    pub(super) fn unborn(&self, day: Day) -> bool {
        self.birth().is_some_and(|birth| day < birth)
    }

    /// Whether `day` lies in the period, both ends and `lead` included.
    pub(super) fn contains(&self, day: Day) -> bool {
        day >= self.reach && self.end.is_none_or(|end| day <= end)
    }

    fn matches(&self, predicate: Option<&BoundPredicate>, event: &Event<'t>, day: Day) -> bool {
        predicate.is_none_or(|predicate| self.holds(predicate, event, day))
    }

    /// Whether a predicate holds for an event on the day it was held or is booked for.
    pub(super) fn holds(&self, predicate: &BoundPredicate, event: &Event<'t>, day: Day) -> bool {
        let row = (event.attribute_set, event.attributes);
        let born = self.timeline.child.born;
        self.verdicts.holds(predicate, row, day, born)
    }

    /// Whether a predicate holds for a period, on its first day.
    pub(super) fn holds_for_period(&self, predicate: &BoundPredicate, period: &Period<'t>) -> bool {
        let row = (period.attribute_set, period.attributes);
        let born = self.timeline.child.born;
        self.verdicts.holds(predicate, row, period.from, born)
    }

    pub(super) fn is_cancelled(&self, event: &Event<'t>) -> bool {
        self.verdicts.any_cancelled() && self.holds(&self.rules.cancelled, event, Day::default())
    }

    /// Whether an event fits a selector and is not cancelled.
    fn suits(&self, selector: &BoundSelector, dated: &Dated<'_, 't>) -> bool {
        self.matches(selector.matching.as_ref(), dated.event, dated.day)
            && !self.is_cancelled(dated.event)
    }

    /// Every held event that a selector's kind and predicate fit, wherever it lies, in order.
    pub(super) fn held_anywhere(&self, selector: &BoundSelector) -> &'e [Dated<'e, 't>] {
        self.gathered.held(selector)
    }

    /// Every event that a selector fits and that is booked as of today, wherever it lies.
    pub(super) fn booked_anywhere(
        &self,
        selector: &'e BoundSelector,
    ) -> impl Iterator<Item = Dated<'e, 't>> + use<'_, 'e, 't> {
        self.gathered
            .not_held(selector)
            .iter()
            .filter_map(|event| Dated::booked(event, self.today))
            .filter(move |dated| self.suits(selector, dated))
    }

    /// Whether a selector's kind and predicate fit an event.
    pub(super) fn fits(&self, selector: &BoundSelector, dated: &Dated<'_, 't>) -> bool {
        selector.event == dated.event.kind
            && self.matches(selector.matching.as_ref(), dated.event, dated.day())
    }

    /// The events that count for a selector, in order; only the n-th where it says so.
    pub(super) fn counting(&self, selector: &BoundSelector) -> &'e [Dated<'e, 't>] {
        self.counting_from(selector, self.reach)
    }

    /// As [`Scope::counting`], from a day of the shape's own on.
    pub(super) fn counting_from(&self, selector: &BoundSelector, from: Day) -> &'e [Dated<'e, 't>] {
        let first = from.max(self.reach);
        let held = self.gathered.held(selector);
        let held = &held[held.partition_point(|dated| dated.day < first)..];
        // What is held was so by today.
        let counting = match self.end {
            Some(end) => &held[..held.partition_point(|dated| dated.day <= end)],
            None => held,
        };
        match selector.nth {
            Some(nth) => only_nth(counting, nth),
            None => counting,
        }
    }

    /// The events that count for any one of several selectors, in order.
    pub(super) fn counting_any(&self, selectors: &[BoundSelector]) -> Events<'e, 't> {
        let [only] = selectors else {
            let mut events: Vec<Dated<'e, 't>> = selectors
                .iter()
                .flat_map(|s| self.counting(s))
                .copied()
                .collect();
            events.sort_by(|a, b| a.order().cmp(&b.order()));
            events.dedup_by(|a, b| a.is(b.event));
            return Cow::Owned(events);
        };
        Cow::Borrowed(self.counting(only))
    }

    /// The earliest day from today on for which an event is booked that a selector fits, that would
    /// count, and that `answers` takes.
    pub(super) fn earliest_booking(
        &self,
        selectors: &'e [BoundSelector],
        answers: impl Fn(&Dated<'e, 't>) -> bool,
    ) -> Option<Day> {
        selectors
            .iter()
            .flat_map(|selector| self.booked_anywhere(selector))
            .filter(|dated| {
                dated.day() >= self.today && self.contains(dated.day()) && answers(dated)
            })
            .map(|dated| dated.day())
            .min()
    }

    /// The state and the figures of a draft as of today (SPEC 3, State).
    #[inline]
    pub(super) fn conclude(&self, draft: Draft<'t>) -> Obligation<'t> {
        let due = draft.limit.due;
        let booked = draft.booked.filter(|_| matches!(draft.end, End::Open));
        let (state, closed) = match draft.end {
            End::Answered(day, true) => (State::Met, Some(day)),
            End::Answered(day, false) => (State::MetLate, Some(day)),
            End::Impossible(day) => (State::Missed, Some(day)),
            End::Ended(day) if day > due => (State::Missed, Some(day)),
            End::Ended(day) => (State::Cancelled, Some(day)),
            End::Open if self.today > due => (State::Overdue, None),
            End::Open => {
                let soon_from = draft.soon_from.or_else(|| {
                    let remind = self.rule.remind?;
                    Some(self.calendar.before(due, remind))
                });
                let in_window = soon_from.is_some_and(|from| self.today >= from);
                let booked_late = booked.is_some_and(|day| day > due);
                if in_window || booked_late {
                    (State::DueSoon, None)
                } else {
                    (State::Pending, None)
                }
            }
        };
        let days_over = if state == State::Met {
            0
        } else {
            closed.unwrap_or(self.today).since(due).max(0)
        };
        Obligation {
            rule: self.index,
            period: self.period.id,
            anchor: draft.anchor.id,
            anchor_class: draft.anchor.class,
            anchor_kind: draft.anchor.kind,
            opened: draft.opened,
            due,
            due_at: draft.limit.at,
            state,
            booked,
            closed,
            days_over,
            evidence: draft.evidence,
        }
    }
}

/// Only the n-th, from 1.
pub(super) fn only_nth<'a, 'e, 't>(items: &'a [Dated<'e, 't>], nth: u32) -> &'a [Dated<'e, 't>] {
    let place = nth as usize - 1;
    items.get(place..=place).unwrap_or_default()
}

/// Of several on one day the first in order, the held before the booked.
pub(super) fn one_a_day<'a, 'e, 't>(events: &'a [Dated<'e, 't>]) -> Cow<'a, [Dated<'e, 't>]> {
    let in_order = events.iter().all(|dated| dated.held);
    if in_order && events.windows(2).all(|two| two[0].day < two[1].day) {
        return Cow::Borrowed(events);
    }
    let mut events = events.to_vec();
    events.sort_by(|a, b| (a.day(), !a.held, a.order()).cmp(&(b.day(), !b.held, b.order())));
    events.dedup_by_key(|dated| dated.day());
    Cow::Owned(events)
}

/// A limit by days alone.
pub(super) fn by_day(due: Day) -> Limit {
    Limit { due, at: None }
}
