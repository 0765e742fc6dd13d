//! Rows gathered from all queries: decoded one by one as they come, kept as bytes, so that millions
//! fit where a structure for each would not.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::cell::{Cell, CellFault, Clock};
use super::columns::{Layout, at, contract_name};
use super::database::More;
use super::profile::Subject;
use super::unfit::{Reason, Unfit};
use crate::calendar::{Day, Duration, Moment};
use crate::case::{
    AttributeBuffer, Class, Event, Period, Person, RowBuffer, Symbol, Symbols, Team, UNNUMBERED,
    Value,
};

/// The kind of period by which another frequency is agreed, and the attribute that says which.
const VARIATION: &str = "variation";
const EVERY: &str = "every";

/// A child as gathered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct GatheredChild {
    pub(super) id: Box<str>,
    pub(super) case_ref: Option<Box<str>>,
    pub(super) team_id: Option<Box<str>>,
    pub(super) born: Option<Day>,
    /// Whether a row of the children is there for it; without one it is only named by others.
    pub(super) known: bool,
    pub(super) query: u16,
    pub(super) row: u32,
}

impl GatheredChild {
    /// Whether both say the same of the child.
    pub(super) fn same_as(&self, other: &GatheredChild) -> bool {
        (&self.id, &self.case_ref, &self.team_id, self.born)
            == (&other.id, &other.case_ref, &other.team_id, other.born)
    }
}

/// Where a gathered row lies; in the order of their offsets rows are as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Of class, kind and id.
    pub(super) hash: u64,
    /// In [`Gathered::rows`].
    pub(super) offset: u32,
    /// Index of its child.
    pub(super) child: u32,
}

/// A member of staff or a team, with the row that it came from.
#[derive(Debug, Clone)]
pub(super) struct GatheredStaff<T> {
    pub(super) value: T,
    pub(super) query: u16,
    pub(super) row: u32,
}

/// What is the same for all rows of a query.
#[derive(Debug, Clone)]
pub(super) struct Frame<'q> {
    pub(super) query: u16,
    pub(super) subject: Subject,
    pub(super) kind: Option<Symbol>,
    pub(super) layout: &'q Layout,
    pub(super) clock: Clock,
    pub(super) today: Day,
}

/// Everything that one reading brought.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) children: Vec<GatheredChild>,
    by_id: FxHashMap<Box<str>, u32>,
    /// Rows of children whose id had come before.
    pub(super) children_again: Vec<GatheredChild>,
    /// Periods and events, each under the number of its query.
    pub(super) rows: RowBuffer,
    pub(super) entries: Vec<Entry>,
    pub(super) unfit: Vec<Unfit>,
    pub(super) people: Vec<GatheredStaff<Person>>,
    pub(super) teams: Vec<GatheredStaff<Team>>,
    /// Whether more came than can be held.
    pub(super) full: bool,
    attributes: AttributeBuffer,
    scratch: String,
}

/// The hash under which a row is known.
pub(super) fn row_hash(class: Class, kind: Symbol, id: &str) -> u64 {
    let mut hasher = FxHasher::default();
    (class, kind, id).hash(&mut hasher);
    hasher.finish()
}

impl Gathered {
    /// The index of a child, which is made where nothing named it before.
    pub(super) fn child(&mut self, id: &str) -> u32 {
        if let Some(index) = self.by_id.get(id) {
            return *index;
        }
        let index = self.children.len() as u32;
        self.children.push(GatheredChild {
            id: id.into(),
            ..GatheredChild::default()
        });
        self.by_id.insert(id.into(), index);
        index
    }

    /// Whether a row of the children is there for a child.
    pub(super) fn knows(&self, id: &str) -> bool {
        let index = self.by_id.get(id);
        index.is_some_and(|index| self.children[*index as usize].known)
    }

    /// Takes the row with this number of a query.
    pub(super) fn take(
        &mut self,
        frame: &Frame<'_>,
        symbols: &mut Symbols,
        number: u32,
        cells: &[Cell<'_>],
    ) -> More {
        let row = Row { frame, cells };
        let mut unfit = Unfit {
            query: frame.query,
            row: number,
            id: None,
            kind: frame.kind,
            waits_for_child: None,
            waits_for_day: None,
            reason: Reason::NoDay,
        };
        let taken = match frame.subject {
            Subject::Children => self.take_child(&row, &mut unfit),
            Subject::Periods => self.take_period(&row, symbols, &mut unfit),
            Subject::Events => self.take_event(&row, symbols, &mut unfit),
            Subject::People => self.take_person(&row, &mut unfit),
            Subject::Teams => self.take_team(&row, &mut unfit),
        };
        if let Err(reason) = taken {
            unfit.reason = reason;
            self.unfit.push(unfit);
        }
        if self.full { More::No } else { More::Yes }
    }

    fn take_child(&mut self, row: &Row<'_>, unfit: &mut Unfit) -> Result<(), Reason> {
        let id = row.own_id(unfit)?;
        let child = GatheredChild {
            born: row.day(at::BORN)?,
            case_ref: row.id(at::CASE_REF)?,
            team_id: row.id(at::CHILD_TEAM)?,
            known: true,
            query: unfit.query,
            row: unfit.row,
            id,
        };
        let index = self.child(&child.id) as usize;
        if self.children[index].known {
            self.children_again.push(child);
        } else {
            self.children[index] = child;
        }
        Ok(())
    }

    fn take_period(
        &mut self,
        row: &Row<'_>,
        symbols: &mut Symbols,
        unfit: &mut Unfit,
    ) -> Result<(), Reason> {
        let id = row.own_id(unfit)?;
        let kind = row.kind(symbols, unfit)?;
        let child = row.child()?;
        let from = row
            .day(at::FROM)?
            .ok_or(Reason::Missing(row.name(at::FROM)))?;
        let to = row.day(at::TO)?;
        if to.is_some_and(|to| to < from) {
            return Err(Reason::EndBeforeStart);
        }
        self.read_attributes(row)?;
        if symbols.name(kind) == VARIATION && !self.says_how_often(symbols) {
            return Err(Reason::NoEvery);
        }
        let child = self.child(&child);
        let offset = self.rows.push_period(
            u32::from(unfit.query),
            &Period {
                kind,
                id: &id,
                from,
                to,
                attributes: self.attributes.attributes(),
                attribute_set: UNNUMBERED,
            },
        );
        self.enter(row_hash(Class::Period, kind, &id), offset, child);
        Ok(())
    }

    fn take_event(
        &mut self,
        row: &Row<'_>,
        symbols: &mut Symbols,
        unfit: &mut Unfit,
    ) -> Result<(), Reason> {
        let id = row.own_id(unfit)?;
        let kind = row.kind(symbols, unfit)?;
        let child = row.child()?;
        let occurred = row.moment(at::OCCURRED)?;
        let scheduled = row.moment(at::SCHEDULED)?;
        let recorded = row.moment(at::RECORDED)?;
        if let Some(ahead) = occurred.filter(|occurred| occurred.day > row.frame.today) {
            unfit.waits_for_day = Some(ahead.day);
            return Err(Reason::NotYet);
        }
        if occurred.or(scheduled).is_none() {
            return Err(Reason::NoDay);
        }
        let about = row.id(at::ABOUT)?;
        self.read_attributes(row)?;
        let child = self.child(&child);
        let offset = self.rows.push_event(
            u32::from(unfit.query),
            &Event {
                kind,
                id: &id,
                occurred,
                scheduled,
                recorded,
                about: about.as_deref(),
                attributes: self.attributes.attributes(),
                attribute_set: UNNUMBERED,
            },
        );
        self.enter(row_hash(Class::Event, kind, &id), offset, child);
        Ok(())
    }

    fn take_person(&mut self, row: &Row<'_>, unfit: &mut Unfit) -> Result<(), Reason> {
        let person = Person {
            person_id: row.own_id(unfit)?.into(),
            name: row.text(at::NAME)?,
            email: row.text(at::EMAIL)?,
            role: row.text(at::ROLE)?,
            team_id: row.text(at::STAFF_TEAM)?,
            manager_id: row.text(at::MANAGER)?,
            language: row.text(at::LANGUAGE)?,
        };
        self.people.push(GatheredStaff {
            value: person,
            query: unfit.query,
            row: unfit.row,
        });
        Ok(())
    }

    fn take_team(&mut self, row: &Row<'_>, unfit: &mut Unfit) -> Result<(), Reason> {
        let team = Team {
            team_id: row.own_id(unfit)?.into(),
            name: row.text(at::NAME)?,
            parent_id: row.text(at::PARENT)?,
            manager_id: row.text(at::MANAGER)?,
        };
        self.teams.push(GatheredStaff {
            value: team,
            query: unfit.query,
            row: unfit.row,
        });
        Ok(())
    }

    fn read_attributes(&mut self, row: &Row<'_>) -> Result<(), Reason> {
        self.attributes.clear();
        for attribute in &row.frame.layout.attributes {
            let wrong = |fault| Reason::Attribute(attribute.name, fault);
            let Some(cell) = row.cells.get(attribute.column) else {
                continue;
            };
            if attribute.is_id {
                if let Some(id) = cell.id().map_err(wrong)? {
                    self.attributes.put(attribute.name, Value::Text(&id));
                }
            } else if let Some(value) = cell
                .attribute(row.frame.clock, &mut self.scratch)
                .map_err(wrong)?
            {
                self.attributes.put(attribute.name, value);
            }
        }
        Ok(())
    }

    /// Whether the row in hand carries a frequency.
    fn says_how_often(&self, symbols: &Symbols) -> bool {
        symbols
            .get(EVERY)
            .and_then(|every| self.attributes.attributes().get(every))
            .and_then(Value::text)
            .is_some_and(|every| every.parse::<Duration>().is_ok())
    }

    pub(super) fn enter(&mut self, hash: u64, offset: usize, child: u32) {
        match u32::try_from(offset) {
            Ok(offset) => self.entries.push(Entry {
                hash,
                offset,
                child,
            }),
            Err(_) => self.full = true,
        }
    }
}

/// A row in hand.
struct Row<'r> {
    frame: &'r Frame<'r>,
    cells: &'r [Cell<'r>],
}

impl<'r> Row<'r> {
    fn name(&self, place: usize) -> &'static str {
        contract_name(self.frame.subject, place)
    }

    /// The cell of a column of the contract, read by `read`; null where there is no such column.
    fn read<T>(
        &self,
        place: usize,
        read: impl FnOnce(&'r Cell<'r>) -> Result<Option<T>, CellFault>,
    ) -> Result<Option<T>, Reason> {
        match self.frame.layout.contract[place].and_then(|column| self.cells.get(column)) {
            None => Ok(None),
            Some(cell) => read(cell).map_err(|fault| Reason::Contract(self.name(place), fault)),
        }
    }

    fn id(&self, place: usize) -> Result<Option<Box<str>>, Reason> {
        Ok(self.read(place, Cell::id)?.map(Into::into))
    }

    fn text(&self, place: usize) -> Result<Option<String>, Reason> {
        Ok(self.read(place, Cell::id)?.map(Into::into))
    }

    /// The row's own id, which also goes into the note that would be made of it.
    fn own_id(&self, unfit: &mut Unfit) -> Result<Box<str>, Reason> {
        let id = self.id(at::ID)?.ok_or(Reason::Missing(self.name(at::ID)))?;
        unfit.id = Some(id.clone());
        Ok(id)
    }

    fn child(&self) -> Result<Box<str>, Reason> {
        self.id(at::CHILD)?
            .ok_or(Reason::Missing(self.name(at::CHILD)))
    }

    /// The file's kind, or the row's own.
    fn kind(&self, symbols: &mut Symbols, unfit: &mut Unfit) -> Result<Symbol, Reason> {
        if let Some(kind) = self.frame.kind {
            return Ok(kind);
        }
        let kind = self
            .read(at::KIND, Cell::id)?
            .ok_or(Reason::Missing(self.name(at::KIND)))?;
        let kind = symbols.intern(&kind);
        unfit.kind = Some(kind);
        Ok(kind)
    }

    fn moment(&self, place: usize) -> Result<Option<Moment>, Reason> {
        self.read(place, |cell| cell.moment(self.frame.clock))
    }

    fn day(&self, place: usize) -> Result<Option<Day>, Reason> {
        self.read(place, |cell| cell.day(self.frame.clock))
    }
}
