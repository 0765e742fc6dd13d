//! The life of an alert as one state machine: from what is so, what was told and what is
//! acknowledged, to what is told now and what is remembered. Pure; SPEC 7, When and The end.
//!
//! ```text
//!             a step falls            answered, ended, withdrawn, switched off
//!  (nothing) ─────────────► open ───────────────────────────────────────────► closed
//!                           │  ▲ ▲                                              │
//!              flood guard  │  │ └────────────── is open again ─────────────────┘
//!                           ▼  │ released, or told as a baseline
//!                          held
//! ```
//! Closed or open, what one recipient cannot be told before their next digest waits in the standing.

use std::collections::BTreeSet;

use super::alert::{Alert, Before, Duty, Hold, Item, Phase, Standing, Waiting, is_among};
use super::climb::Round;
use super::falls::{Fall, falls, turns};
use super::hours::is_sending_time;
use super::ladder::{Ladder, To};
use super::look::{next_look, next_look_at_closed};
use super::recipients::{Reached, StepPeople, key_of};
use crate::calendar::{Calendar, Day, Instant};
use crate::config::Hours;
use crate::mail::{Address, Closing};
use crate::rules::State;

/// The pass in which alerts advance.
#[derive(Debug, Clone, Copy)]
pub struct Tick<'a> {
    /// The authority's calendar.
    pub calendar: &'a Calendar,
    /// The pass's instant.
    pub now: Instant,
    /// Its local day.
    pub today: Day,
    /// Whether it lies in sending hours.
    pub in_hours: bool,
    /// Sending hours.
    pub hours: Hours,
    /// Who has had a digest today, by [`key_of`] their addresses.
    pub served: &'a BTreeSet<String>,
}

impl<'a> Tick<'a> {
    /// A pass at `now`.
    pub fn new(
        calendar: &'a Calendar,
        hours: Hours,
        now: Instant,
        served: &'a BTreeSet<String>,
    ) -> Self {
        Tick {
            calendar,
            now,
            today: calendar.zone.day_of(now),
            in_hours: is_sending_time(hours, now, calendar),
            hours,
            served,
        }
    }
}

/// How something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// In the digest of the day.
    Digest,
    /// As a message of its own.
    Now,
    /// In a digest of what was overdue before it was watched, or is released.
    Baseline,
}

/// What one recipient is told of one obligation in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Where.
    pub address: Address,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// How.
    pub mode: Mode,
    /// What, the highest step last.
    pub items: Vec<Item>,
}

/// A step, or a role of one, that reaches nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The step's number.
    pub step: u32,
    /// The roles that reach nobody.
    pub roles: Vec<To>,
    /// What follows from it.
    pub instead: Instead,
}

/// Who is told where a role or a step reaches nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// The others of the step.
    Others,
    /// The people of a step above.
    Above(u32),
    /// Nobody above either: operations.
    Operations,
}

/// A step that was told and has reached nobody: every address refused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The step's number.
    pub step: u32,
    /// The number of the repeat in the record.
    pub repeat: u32,
    /// The addresses that were tried, by [`key_of`].
    pub tried: BTreeSet<String>,
    /// Whether it was told as part of a baseline.
    pub baseline: bool,
}

/// What is known beside the obligation and the alert.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks<'a> {
    /// The day until which it is acknowledged, that day included.
    pub acknowledged: Option<Day>,
    /// Steps that were told and have reached nobody.
    pub unreached: &'a [Unreached],
    /// Addresses that refused every message about it, by [`key_of`].
    pub refused: Option<&'a BTreeSet<String>>,
}

/// What follows from a pass for one obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What to remember.
    pub alert: Alert,
    /// What to tell.
    pub tellings: Vec<Telling>,
    /// What operations should know.
    pub holes: Vec<Hole>,
    /// When to look again, if nothing in the record changes.
    pub next: Option<Instant>,
}

/// Advances the alert of an obligation that is open, on a ladder.
pub fn advance(
    duty: &Duty,
    ladder: &Ladder,
    previous: Option<Alert>,
    marks: &Marks<'_>,
    tick: &Tick<'_>,
) -> Outcome {
    let mut alert = previous.unwrap_or_else(|| Alert::new(duty));
    let falls = falls(ladder, &duty.span, tick.calendar);
    let turns = fallen_turns(ladder, &falls, tick);
    reopen(&mut alert);
    follow_ladder(&mut alert.standing, ladder, turns);
    follow_due_day(&mut alert, duty, ladder, &falls, turns, tick);
    refresh(&mut alert, duty);
    if duty.state != State::Overdue {
        alert.hold = None;
    }
    let holes = holes(ladder, &falls, &duty.people, &alert.standing, tick);
    let mut round = Round::new(alert, ladder, &duty.people, tick);
    if round.alert.hold != Some(Hold::Flood) {
        let acknowledged = marks.acknowledged.is_some_and(|until| until >= tick.today);
        round.climb(&falls, turns, acknowledged, marks.unreached);
        round.tell_waiting(acknowledged);
    }
    let mut outcome = round.finish(holes);
    outcome.next = next_look(&outcome.alert, ladder, &falls, marks, tick);
    outcome
}

/// Advances the alert of an obligation that is closed, or gone: then without a duty.
pub fn close(
    alert: Alert,
    (reason, day): (Closing, Day),
    duty: Option<&Duty>,
    marks: &Marks<'_>,
    ladder: Option<&Ladder>,
    tick: &Tick<'_>,
) -> Outcome {
    let mut alert = alert;
    // Until somebody has heard of it, it is told as the record has it by then.
    let is_news = alert.phase == Phase::Open || alert.standing.closing_told.is_empty();
    if is_news && let Some(duty) = duty {
        follow_record(&mut alert, duty, ladder, tick);
    }
    if alert.phase == Phase::Open {
        alert.phase = Phase::Closed { reason, day };
        alert.overdue = false;
        alert.hold = None;
        end(&mut alert.standing, reason, marks);
    } else if is_news
        && (duty.is_some_and(|duty| duty.closed.is_some()) || !is_closed_as(&alert, reason))
    {
        alert.phase = Phase::Closed { reason, day };
        alert.standing.closing_reason = Some(reason.name().to_owned());
    }
    let nothing = Ladder::new("", false, Vec::new());
    let mut round = Round::new(alert, ladder.unwrap_or(&nothing), &[], tick);
    // A step that waits is told once the obligation is open again, and not before.
    round.tell_waiting(true);
    let mut outcome = round.finish(Vec::new());
    outcome.next = next_look_at_closed(&outcome.alert, tick);
    outcome
}

/// Takes over the due day and what else the record says of what is closed by now.
fn follow_record(alert: &mut Alert, duty: &Duty, ladder: Option<&Ladder>, tick: &Tick<'_>) {
    match ladder {
        Some(ladder) => {
            let falls = falls(ladder, &duty.span, tick.calendar);
            let turns = fallen_turns(ladder, &falls, tick);
            follow_due_day(alert, duty, ladder, &falls, turns, tick);
        }
        None => alert.due = duty.span.due,
    }
    refresh(alert, duty);
    alert.overdue = false;
}

fn is_closed_as(alert: &Alert, reason: Closing) -> bool {
    matches!(alert.phase, Phase::Closed { reason: known, .. } if known == reason)
}

/// Has the closing wait for the next digest of all that any step was told to; a step that waits goes on
/// waiting, should the obligation open again. Who was told of the last
/// one, and not yet that it was open again, knows already, unless it ended otherwise this time.
fn end(standing: &mut Standing, reason: Closing, marks: &Marks<'_>) {
    let told_so = standing.closing_reason.as_deref() == Some(reason.name());
    let waiting = std::mem::take(&mut standing.waiting).into_iter();
    let (steps, waiting): (Vec<Waiting>, Vec<Waiting>) =
        waiting.partition(|waiting| matches!(waiting.item, Item::Step { .. }));
    let know: Vec<Address> = waiting
        .into_iter()
        .filter(|waiting| waiting.item == Item::Reopened)
        .map(|waiting| waiting.address)
        .collect();
    let (know, otherwise) = match told_so {
        true => (know, Vec::new()),
        false => (Vec::new(), know),
    };
    let hear = standing.addresses.iter().filter(|address| {
        let refused = marks.refused;
        !refused.is_some_and(|refused| refused.contains(&key_of(address.as_str())))
            && !is_among(&know, address)
    });
    let closings = hear.map(|address| Waiting {
        address: address.clone(),
        name: None,
        item: Item::Closed,
    });
    standing.waiting = steps.into_iter().chain(closings).collect();
    standing.closing_told = know;
    standing.take_for_closed = otherwise;
    standing.closing_reason = Some(reason.name().to_owned());
}

/// One that is open again goes on where its ladder stood, and those who were told of the closing are
/// told so; who was not told of it yet never is.
fn reopen(alert: &mut Alert) {
    if alert.phase == Phase::Open {
        return;
    }
    alert.phase = Phase::Open;
    let standing = &mut alert.standing;
    let is_step = |waiting: &Waiting| matches!(waiting.item, Item::Step { .. });
    standing.waiting.retain(is_step);
    let mut told = std::mem::take(&mut standing.closing_told);
    for address in std::mem::take(&mut standing.take_for_closed) {
        if !is_among(&told, &address) {
            told.push(address);
        }
    }
    standing
        .waiting
        .extend(told.into_iter().map(|address| Waiting {
            address,
            name: None,
            item: Item::Reopened,
        }));
}

/// Where a ladder has changed, the steps up to the highest told count as told.
fn follow_ladder(standing: &mut Standing, ladder: &Ladder, turns: u32) {
    if standing.ladder == ladder.fingerprint {
        return;
    }
    if let Some(highest) = standing.told.last().copied() {
        let last = ladder.last();
        // Also beyond the last one: the ladder may be the old one again some day.
        standing.told = (1..=highest).collect();
        standing.turn = if highest >= last { turns } else { 0 };
        for before in &mut standing.before {
            before.turn = 0;
        }
    }
    standing.owed.clear();
    keep_waiting_steps_that_were_told(standing);
    if *standing != Standing::default() {
        standing.ladder.clone_from(&ladder.fingerprint);
    }
}

/// Where the due day has moved later, steps that by the new day fall after today are armed again;
/// where it has moved earlier, what now lies behind has fallen. What was told for a due day stays told
/// for it.
fn follow_due_day(
    alert: &mut Alert,
    duty: &Duty,
    ladder: &Ladder,
    falls: &[Fall],
    turns: u32,
    tick: &Tick<'_>,
) {
    let (from, to) = (alert.due, duty.span.due);
    alert.due = to;
    let standing = &mut alert.standing;
    if from == to || standing.told.is_empty() && standing.before.is_empty() {
        return;
    }
    standing.before.retain(|before| before.due != from);
    standing.before.push(Before {
        due: from,
        told: standing.told.clone(),
        turn: standing.turn,
    });
    if to > from {
        standing.told.retain(|step| {
            let fall = falls.get(*step as usize - 1);
            fall.is_none_or(|fall| fall.day <= tick.today)
        });
        standing.turn = standing.turn.min(turns);
    }
    if let Some(before) = standing.before.iter().find(|before| before.due == to) {
        standing.told.extend(before.told.iter());
        standing.turn = standing.turn.max(before.turn);
    }
    if !standing.told.contains(&ladder.last()) {
        standing.turn = 0;
    }
    keep_waiting_steps_that_were_told(standing);
}

fn keep_waiting_steps_that_were_told(standing: &mut Standing) {
    let told = &standing.told;
    standing.waiting.retain(|waiting| match &waiting.item {
        Item::Step { step, .. } => told.contains(step),
        Item::Closed | Item::Reopened => true,
    });
    standing.owed.retain(|owed| told.contains(&owed.step));
}

/// Takes over what the record says of it today.
fn refresh(alert: &mut Alert, duty: &Duty) {
    alert.case_ref.clone_from(&duty.case_ref);
    alert.team.clone_from(&duty.team);
    alert.opened = duty.span.opened.day;
    alert.overdue = duty.state == State::Overdue;
}

/// How many turns of the last step's repeat have fallen.
fn fallen_turns(ladder: &Ladder, falls: &[Fall], tick: &Tick<'_>) -> u32 {
    let repeat = ladder.steps.last().and_then(|step| step.repeat);
    match (repeat, falls.last()) {
        (Some(repeat), Some(fall)) if fall.at <= tick.now => {
            turns(fall.day, repeat, tick.today, tick.calendar).0
        }
        _ => 0,
    }
}

/// The steps that have fallen and reach nobody, or of which a role does. One that was told when it
/// reached all of its people is none, whoever has gone since.
fn holes(
    ladder: &Ladder,
    falls: &[Fall],
    people: &[StepPeople],
    standing: &Standing,
    tick: &Tick<'_>,
) -> Vec<Hole> {
    let mut holes = Vec::new();
    for (number, (fall, own)) in (1..=ladder.last()).zip(falls.iter().zip(people)) {
        let was_whole = standing.told.contains(&number) && !standing.holes.contains(&number);
        if fall.at > tick.now || own.empty.is_empty() || was_whole {
            continue;
        }
        let instead = if !own.reached.is_empty() {
            Instead::Others
        } else {
            match next_that_reaches(people, number) {
                Some((above, _)) => Instead::Above(above),
                None => Instead::Operations,
            }
        };
        holes.push(Hole {
            step: number,
            roles: own.empty.clone(),
            instead,
        });
    }
    holes
}

/// The next step above that reaches someone, and whom.
fn next_that_reaches(people: &[StepPeople], step: u32) -> Option<(u32, &[Reached])> {
    (step + 1..)
        .zip(people.get(step as usize..)?)
        .find(|(_, people)| !people.reached.is_empty())
        .map(|(number, people)| (number, people.reached.as_slice()))
}
