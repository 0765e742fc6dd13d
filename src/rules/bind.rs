//! Packs made ready for one authority: names become symbols, unknown names are told, and what its
//! copy cannot judge is found out.

use std::collections::BTreeSet;

use crate::calendar::{Duration, Nation};
use crate::case::{Catalogue, Class, KindFacts, Symbol, Symbols};
use crate::document::{Fault, Faults, nearest};

use super::model::{BoundPredicate, CheckOn, Pack, PackWords, Part, Rule, Selector, Shape};
use super::obligation::{Obligation, obligation_id};
use super::predicate::{Expr, Predicate};
use super::verdicts::AGES;

/// The kind and the attributes of an agreed other frequency (SPEC 3, `vary`).
#[derive(Debug, Clone, Copy)]
pub(super) struct VariationSymbols {
    pub(super) kind: Symbol,
    pub(super) topic: Symbol,
    pub(super) every: Symbol,
    pub(super) authorised_by: Symbol,
}

/// A pack without its rules, for reports and lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackHeader {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The document.
    pub source: String,
    /// The nation that it was written for.
    pub nation: Option<Nation>,
    /// What it is called in other languages than English.
    pub translations: Vec<PackWords>,
}

/// A rule that the copy cannot judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmeasured {
    /// Its place in [`RuleSet::rules`].
    pub rule: usize,
    /// Why, in the words of the data: which kind has no row, which attribute no row carries.
    pub reasons: Vec<String>,
}

/// A rule with its names bound to an authority's symbols.
#[derive(Debug, Clone)]
pub(super) struct BoundRule {
    pub(super) measured: bool,
    pub(super) during: Symbol,
    pub(super) applies: Option<BoundPredicate>,
    pub(super) born: bool,
    pub(super) lead: Option<Duration>,
    pub(super) remind: Option<Duration>,
    pub(super) shape: Shape<Symbol, BoundPredicate>,
}

/// All rules of one authority, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// The rules, sorted by id.
    pub rules: Vec<Rule>,
    /// The packs that they come from.
    pub packs: Vec<PackHeader>,
    /// The rules among them that the copy cannot judge.
    pub unmeasured: Vec<Unmeasured>,
    pub(super) bound: Vec<BoundRule>,
    pub(super) cancelled: BoundPredicate,
    /// Verdicts that a set of attributes has.
    pub(super) slots: usize,
    pub(super) variation: VariationSymbols,
    pub(super) kind_names: Vec<String>,
}

impl RuleSet {
    /// Binds packs to an authority's copy.
    ///
    /// # Errors
    /// Every name that no query yields and no pack lists, with the nearest known one.
    pub fn bind(
        packs: &[Pack],
        symbols: &mut Symbols,
        catalogue: &Catalogue,
    ) -> Result<RuleSet, Faults> {
        Self::bind_with(packs, symbols, Some(catalogue))
    }

    /// Binds packs as if everything that they read were recorded: for their own examples.
    ///
    /// # Errors
    /// Every name that no pack lists.
    pub fn bind_all_measured(packs: &[Pack], symbols: &mut Symbols) -> Result<RuleSet, Faults> {
        Self::bind_with(packs, symbols, None)
    }

    /// The names that rules read and nobody knows, by the columns that the queries of a kind yield;
    /// where `columns` cannot say, nothing is said either.
    pub fn unknown_names(
        packs: &[Pack],
        columns: impl Fn(Class, &str) -> Option<BTreeSet<String>>,
    ) -> Faults {
        let mut faults = Faults::default();
        for (pack, rule) in packs
            .iter()
            .flat_map(|p| p.rules.iter().map(move |r| (p, r)))
        {
            for part in rule.parts() {
                if let Some(columns) = columns(part.class, part.kind) {
                    unknown_names(pack, &part, &columns, &mut faults);
                }
            }
        }
        faults.or(()).err().unwrap_or_default()
    }

    fn bind_with(
        packs: &[Pack],
        symbols: &mut Symbols,
        catalogue: Option<&Catalogue>,
    ) -> Result<RuleSet, Faults> {
        let mut faults = Faults::default();
        let mut rules: Vec<(&Pack, &Rule)> = packs
            .iter()
            .flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)))
            .collect();
        rules.sort_by(|a, b| a.1.id.cmp(&b.1.id));
        let mut binder = Binder { symbols, slots: 0 };
        let cancelled = binder.predicate_of(Expr::Attribute("cancelled".to_owned()));
        let no_columns = BTreeSet::new();
        let mut unmeasured = Vec::new();
        let mut bound = Vec::new();
        for (index, (pack, rule)) in rules.iter().enumerate() {
            let mut without_require = false;
            let mut reasons = BTreeSet::new();
            for part in rule.parts() {
                let facts = catalogue.and_then(|c| c.kind(part.class, part.kind));
                let columns = facts.map_or(&no_columns, |facts| &facts.columns);
                unknown_names(pack, &part, columns, &mut faults);
                let missing = catalogue.map_or_else(BTreeSet::new, |c| missing(&part, c));
                if part.dispensable {
                    without_require |= !missing.is_empty();
                } else {
                    reasons.extend(missing);
                }
            }
            bound.push(binder.rule(rule, reasons.is_empty(), without_require));
            if !reasons.is_empty() {
                unmeasured.push(Unmeasured {
                    rule: index,
                    reasons: reasons.into_iter().collect(),
                });
            }
        }
        let rule_set = RuleSet {
            rules: rules.iter().map(|(_, rule)| (*rule).clone()).collect(),
            packs: packs
                .iter()
                .map(|pack| PackHeader {
                    id: pack.id.clone(),
                    title: pack.title.clone(),
                    source: pack.source.clone(),
                    nation: pack.nation,
                    translations: pack.translations.clone(),
                })
                .collect(),
            unmeasured,
            bound,
            slots: binder.slots,
            cancelled,
            variation: VariationSymbols {
                kind: symbols.intern("variation"),
                topic: symbols.intern("topic"),
                every: symbols.intern("every"),
                authorised_by: symbols.intern("authorised_by"),
            },
            kind_names: symbols.names().to_vec(),
        };
        faults.or(rule_set)
    }

    /// The place of a rule in [`RuleSet::rules`].
    pub fn index(&self, rule_id: &str) -> Option<usize> {
        self.rules
            .binary_search_by(|rule| rule.id.as_str().cmp(rule_id))
            .ok()
    }

    /// The short name of an obligation that these rules gave for a child of an authority.
    pub fn obligation_id(
        &self,
        authority: &str,
        child: &str,
        obligation: &Obligation<'_>,
    ) -> String {
        let rule = &self.rules[obligation.rule];
        obligation_id(
            authority,
            &rule.id,
            child,
            (&rule.during, obligation.period),
            (
                obligation.anchor_class,
                self.name(obligation.anchor_kind),
                obligation.anchor,
            ),
        )
    }

    /// The name of a kind or attribute.
    pub fn name(&self, symbol: Symbol) -> &str {
        self.kind_names
            .get(symbol.0 as usize)
            .map_or("", String::as_str)
    }

    /// The symbol of a kind or attribute, where the copy or a rule knows it.
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        let place = self.kind_names.iter().position(|known| known == name)?;
        u32::try_from(place).ok().map(Symbol)
    }

    /// The title of the pack that a rule belongs to, and its document.
    pub fn pack_of(&self, rule: &Rule) -> Option<&PackHeader> {
        self.packs.iter().find(|pack| pack.id == rule.pack)
    }
}

/// Tells the names that a part reads and nobody knows: no query of the kind yields such a column and
/// the pack does not list it.
fn unknown_names(pack: &Pack, part: &Part<'_>, columns: &BTreeSet<String>, faults: &mut Faults) {
    let Some(predicate) = part.predicate else {
        return;
    };
    let listed = pack.attributes.iter().filter(|(kind, _)| kind == part.kind);
    let mut known: BTreeSet<&str> = listed
        .flat_map(|(_, names)| names.iter().map(String::as_str))
        .collect();
    known.extend(columns.iter().map(String::as_str));
    for (name, place) in &predicate.reads {
        if known.contains(name.as_str()) {
            continue;
        }
        let what = format!("`{}` has no attribute `{name}`", part.kind);
        let listing = format!("list it under [attributes] {} = […]", part.kind);
        faults.0.push(match nearest(name, known.iter().copied()) {
            Some(near) => Fault::new(
                place.clone(),
                what,
                format!("did you mean `{near}`? else {listing}"),
            ),
            None => Fault::new(
                place.clone(),
                what,
                format!("let a query of that kind yield such a column, or {listing}"),
            ),
        });
    }
}

/// What the copy lacks to judge a part.
fn missing(part: &Part<'_>, catalogue: &Catalogue) -> BTreeSet<String> {
    let mut reasons = BTreeSet::new();
    let facts: Option<&KindFacts> = catalogue.kind(part.class, part.kind);
    let Some(facts) = facts.filter(|facts| facts.rows > 0) else {
        let of = match part.class {
            Class::Period => "period",
            Class::Event => "event",
        };
        reasons.insert(format!("the copy holds no {of} of kind `{}`", part.kind));
        return reasons;
    };
    if part.about && facts.about == 0 {
        reasons.insert(format!("no `{}` says what it is `about`", part.kind));
    }
    for (name, _) in part.predicate.iter().flat_map(|p| &p.reads) {
        if facts.carried.get(name).is_none_or(|rows| *rows == 0) {
            reasons.insert(format!("no `{}` carries `{name}`", part.kind));
        }
    }
    reasons
}

/// Gives names their symbols and predicates their places.
struct Binder<'s> {
    symbols: &'s mut Symbols,
    slots: usize,
}

impl Binder<'_> {
    fn rule(&mut self, rule: &Rule, measured: bool, without_require: bool) -> BoundRule {
        let during = self.symbols.intern(&rule.during);
        let applies = rule.applies.as_ref().map(|p| self.predicate(p));
        let mut shape = self.shape(&rule.shape);
        if let (Shape::Run { require, .. }, true) = (&mut shape, without_require) {
            require.clear();
        }
        BoundRule {
            measured,
            during,
            applies,
            born: rule.born,
            lead: rule.lead,
            remind: rule.remind,
            shape,
        }
    }

    fn predicate(&mut self, predicate: &Predicate) -> BoundPredicate {
        self.predicate_of(predicate.expr.clone())
    }

    fn predicate_of(&mut self, expr: Expr<String>) -> BoundPredicate {
        let slot = self.slots;
        let reads_age = expr.reads_age();
        self.slots += if reads_age { AGES } else { 1 };
        BoundPredicate {
            expr: expr.bind(&mut |name: &String| self.symbols.intern(name)),
            slot,
            reads_age,
        }
    }

    fn selector(
        &mut self,
        selector: &Selector<String, Predicate>,
    ) -> Selector<Symbol, BoundPredicate> {
        Selector {
            event: self.symbols.intern(&selector.event),
            matching: self.optional(selector.matching.as_ref()),
            nth: selector.nth,
        }
    }

    fn selectors(
        &mut self,
        selectors: &[Selector<String, Predicate>],
    ) -> Vec<Selector<Symbol, BoundPredicate>> {
        selectors.iter().map(|s| self.selector(s)).collect()
    }

    fn optional(&mut self, predicate: Option<&Predicate>) -> Option<BoundPredicate> {
        predicate.map(|p| self.predicate(p))
    }

    fn shape(&mut self, shape: &Shape<String, Predicate>) -> Shape<Symbol, BoundPredicate> {
        match shape {
            Shape::Deadline {
                after,
                within,
                require,
                linked,
            } => Shape::Deadline {
                after: self.selector(after),
                within: *within,
                require: self.selectors(require),
                linked: *linked,
            },
            Shape::Interval {
                every,
                require,
                from,
                until,
                first,
                target,
                vary,
            } => Shape::Interval {
                every: *every,
                require: self.selectors(require),
                from: from.as_ref().map(|s| self.selector(s)),
                until: until.as_ref().map(|s| self.selector(s)),
                first: *first,
                target: *target,
                vary: vary.clone(),
            },
            Shape::Between {
                marks,
                require,
                latest,
            } => Shape::Between {
                marks: self.selector(marks),
                require: self.selectors(require),
                latest: latest.clone(),
            },
            Shape::Ahead {
                of,
                by,
                require,
                linked,
            } => Shape::Ahead {
                of: self.selector(of),
                by: *by,
                require: self.selectors(require),
                linked: *linked,
            },
            Shape::Run {
                over,
                failing,
                count,
                within,
                require,
                gap,
            } => Shape::Run {
                over: self.selector(over),
                failing: self.predicate(failing),
                count: *count,
                within: *within,
                require: self.selectors(require),
                gap: *gap,
            },
            Shape::Check { on, that, grace } => Shape::Check {
                on: match on {
                    CheckOn::Events(selector) => CheckOn::Events(self.selector(selector)),
                    CheckOn::Periods { period, matching } => CheckOn::Periods {
                        period: self.symbols.intern(period),
                        matching: self.optional(matching.as_ref()),
                    },
                },
                that: self.predicate(that),
                grace: *grace,
            },
            Shape::Cover {
                by,
                matching,
                grace,
            } => Shape::Cover {
                by: self.symbols.intern(by),
                matching: self.optional(matching.as_ref()),
                grace: *grace,
            },
        }
    }
}
