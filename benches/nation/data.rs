//! The made-up nation: each child's rows once, from which both the copy's timelines and the tables of
//! the reporting database are made.

use std::collections::BTreeMap;
use std::fmt::Write;

use corewatch::calendar::{Calendar, Day, Moment};
use corewatch::case::{
    Catalogue, Class, EventRow, KindFacts, PeriodRow, Symbols, TimelineBuilder, Value,
};

/// The day on which everything is evaluated.
pub const TODAY: &str = "2026-11-20";

/// A date, or null.
fn cell(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

fn yes(flag: bool) -> Value<'static> {
    Value::Text(if flag { "Y" } else { "N" })
}

/// The rows of a reporting database, as CSV without a header, by table.
#[derive(Default)]
pub struct Tables(pub BTreeMap<&'static str, String>);

impl Tables {
    fn push(&mut self, table: &'static str, line: std::fmt::Arguments<'_>) {
        let text = self.0.entry(table).or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
}

/// Children as they are made, one after the other.
pub struct Nation {
    random: fastrand::Rng,
    today: Day,
    next_id: u32,
    /// The names of kinds and attributes.
    pub symbols: Symbols,
    /// The same rows as tables.
    pub tables: Tables,
    /// How many rows there are, children apart.
    pub rows: usize,
}

impl Nation {
    /// The same nation for the same seed.
    pub fn new(seed: u64, calendar: &Calendar) -> Nation {
        let today: Day = TODAY.parse().expect("a day");
        let mut tables = Tables::default();
        for back in -40..1_200 {
            let day = today.plus(-back);
            let [one, five, ten] = [1, 5, 10].map(|n| calendar.working_days_after(day, n));
            tables.push("working", format_args!("{day},{one},{five},{ten}"));
        }
        Nation {
            random: fastrand::Rng::with_seed(seed),
            today,
            next_id: 0,
            symbols: Symbols::default(),
            tables,
            rows: 0,
        }
    }

    fn id(&mut self) -> u32 {
        self.next_id += 1;
        self.rows += 1;
        self.next_id
    }

    fn event(&mut self, child: &mut TimelineBuilder, kind: &str, id: u32, row: Row<'_>) {
        let attributes: Vec<_> = row
            .attributes
            .iter()
            .map(|(name, value)| (self.symbols.intern(name), *value))
            .collect();
        let mut event = EventRow::new(self.symbols.intern(kind), &id.to_string(), attributes);
        event.occurred = row.held.map(Moment::day);
        event.scheduled = row.booked.map(Moment::day);
        event.recorded = row.held.map(|day| Moment::day(day.plus(2)));
        event.about = row.about.map(|about| about.to_string().into());
        child.events.push(event);
    }

    /// The next child: some 26 rows about a plan of up to a year and a half, half of them ended.
    pub fn child(&mut self, number: usize) -> TimelineBuilder {
        let child_id = format!("{number:07}");
        let mut child = TimelineBuilder::new(&child_id);
        let start = self.today.plus(-self.random.i64(10..620));
        let mut born = start.plus(-self.random.i64(100..6_000));
        if born.to_string().ends_with("02-29") {
            born = born.next();
        }
        child.born = Some(born);
        self.tables.push("child", format_args!("{number},{born}"));
        let ended = start.plus(self.random.i64(60..560));
        let ended = Some(ended).filter(|ended| *ended < self.today);
        let last = ended.unwrap_or(self.today);
        let id = self.id();
        let plan = self.symbols.intern("plan");
        let row = PeriodRow::new(plan, &id.to_string(), start, ended, []);
        child.periods.push(row);
        let to = cell(ended);
        self.tables
            .push("plan", format_args!("{id},{number},{start},{to}"));
        self.conferences(&mut child, number, start, last, ended.is_none());
        self.visits(&mut child, number, start, last);
        self.core_groups(&mut child, number, start, last, ended.is_none());
        self.others(&mut child, number, start);
        child
    }

    /// Adds a visit of today, of which the tables do not know: a change on the day.
    pub fn visit_today(&mut self, child: &mut TimelineBuilder) {
        let attributes = ["child_seen", "seen_alone", "bedroom_seen"].map(|name| (name, yes(true)));
        self.next_id += 1;
        let row = Row::held(self.today, &attributes);
        self.event(child, "visit", self.next_id, row);
    }

    fn conferences(
        &mut self,
        child: &mut TimelineBuilder,
        number: usize,
        start: Day,
        last: Day,
        open: bool,
    ) {
        let mut day = start.plus(self.random.i64(0..3));
        let mut kind = "initial";
        while day <= last {
            let id = self.id();
            let attributes = [("kind", Value::Text(kind))];
            self.event(child, "conference", id, Row::held(day, &attributes));
            self.tables
                .push("conference", format_args!("{id},{number},{kind},{day},"));
            day = day.plus(if kind == "initial" {
                self.random.i64(78..100)
            } else {
                self.random.i64(150..200)
            });
            kind = "review";
        }
        if open && day > self.today && self.random.u8(0..3) > 0 {
            let id = self.id();
            let attributes = [("kind", Value::Text(kind))];
            self.event(child, "conference", id, Row::booked(day, &attributes));
            self.tables
                .push("conference", format_args!("{id},{number},{kind},,{day}"));
        }
    }

    fn visits(&mut self, child: &mut TimelineBuilder, number: usize, start: Day, last: Day) {
        let mut day = start.plus(self.random.i64(1..14));
        let mut failures = 0;
        while day <= last {
            let id = self.id();
            let seen = self.random.u8(0..100) < 72;
            let alone = self.random.u8(0..100) < 60;
            let bedroom = seen && self.random.u8(0..100) < 30;
            let attributes = [
                ("child_seen", yes(seen)),
                ("seen_alone", yes(alone)),
                ("bedroom_seen", yes(bedroom)),
            ];
            self.event(child, "visit", id, Row::held(day, &attributes));
            self.tables.push(
                "visit",
                format_args!("{id},{number},{day},{seen},{alone},{bedroom}"),
            );
            failures = if seen { 0 } else { failures + 1 };
            if failures == 2 && self.random.u8(0..100) < 70 {
                let day = day.plus(self.random.i64(0..4));
                let id = self.id();
                self.event(child, "action_agreed", id, Row::held(day, &[]));
                self.tables
                    .push("action_agreed", format_args!("{id},{number},{day}"));
            }
            day = day.plus(self.random.i64(12..40));
        }
    }

    fn core_groups(
        &mut self,
        child: &mut TimelineBuilder,
        number: usize,
        start: Day,
        last: Day,
        open: bool,
    ) {
        let mut day = start.plus(self.random.i64(4..20));
        while day <= last {
            let id = self.id();
            self.event(child, "core_group", id, Row::held(day, &[]));
            self.tables
                .push("core_group", format_args!("{id},{number},{day},"));
            let minutes = day.plus(self.random.i64(0..12));
            if minutes <= self.today && self.random.u8(0..100) < 88 {
                let about = id;
                let id = self.id();
                let row = Row {
                    about: Some(about),
                    ..Row::held(minutes, &[])
                };
                self.event(child, "minutes_circulated", id, row);
                self.tables
                    .push("minutes", format_args!("{id},{number},{minutes},{about}"));
            }
            day = day.plus(self.random.i64(34..78));
        }
        if open && day > self.today && self.random.bool() {
            let id = self.id();
            self.event(child, "core_group", id, Row::booked(day, &[]));
            self.tables
                .push("core_group", format_args!("{id},{number},,{day}"));
        }
    }

    /// What a case database holds besides, and none of the rules reads.
    fn others(&mut self, child: &mut TimelineBuilder, number: usize, start: Day) {
        for kind in [
            "referral",
            "strategy_discussion",
            "assessment_completed",
            "enquiry",
        ] {
            let id = self.id();
            let day = start.plus(-self.random.i64(1..60));
            self.event(child, kind, id, Row::held(day, &[]));
            self.tables
                .push("other_row", format_args!("{id},{number},{kind},{day}"));
        }
        let key_worker = self.symbols.intern("key_worker");
        let person = self.symbols.intern("person_id");
        let id = self.id();
        let worker = format!("W{}", number / 20);
        let attributes = [(person, Value::Text(&worker))];
        let row = PeriodRow::new(key_worker, &id.to_string(), start, None, attributes);
        child.periods.push(row);
        self.tables.push(
            "other_row",
            format_args!("{id},{number},key_worker,{start}"),
        );
    }

    /// What a reading of these rows would know of them.
    pub fn catalogue(&self) -> Catalogue {
        let kinds: [(Class, &str, &[&str]); 11] = [
            (Class::Period, "plan", &[]),
            (Class::Period, "key_worker", &["person_id"]),
            (Class::Event, "conference", &["kind"]),
            (
                Class::Event,
                "visit",
                &["child_seen", "seen_alone", "bedroom_seen"],
            ),
            (Class::Event, "core_group", &[]),
            (Class::Event, "minutes_circulated", &[]),
            (Class::Event, "action_agreed", &[]),
            (Class::Event, "referral", &[]),
            (Class::Event, "strategy_discussion", &[]),
            (Class::Event, "assessment_completed", &[]),
            (Class::Event, "enquiry", &[]),
        ];
        let facts = |names: &[&str]| KindFacts {
            rows: 1,
            columns: names.iter().map(|name| (*name).to_owned()).collect(),
            carried: names.iter().map(|name| ((*name).to_owned(), 1)).collect(),
            about: 1,
        };
        let kinds = kinds.map(|(class, kind, names)| ((class, kind.to_owned()), facts(names)));
        Catalogue {
            kinds: kinds.into(),
        }
    }
}

/// What an event's row carries beside its kind and id.
#[derive(Clone, Copy)]
struct Row<'a> {
    held: Option<Day>,
    booked: Option<Day>,
    about: Option<u32>,
    attributes: &'a [(&'a str, Value<'a>)],
}

impl<'a> Row<'a> {
    fn held(day: Day, attributes: &'a [(&'a str, Value<'a>)]) -> Self {
        Row {
            held: Some(day),
            booked: None,
            about: None,
            attributes,
        }
    }

    fn booked(day: Day, attributes: &'a [(&'a str, Value<'a>)]) -> Self {
        Row {
            held: None,
            booked: Some(day),
            ..Row::held(day, attributes)
        }
    }
}
