//! Packs made ready for one authority: names become symbols, unknown names are told, and what its
//! copy cannot judge is found out.

mod binder;
mod names;

use std::collections::BTreeSet;

use crate::calendar::{Duration, Nation};
use crate::case::{Catalogue, Class, Symbol, Symbols};
use crate::document::Faults;

use super::gathered::Selections;
use super::model::{BoundPredicate, Pack, Rule, Shape};
use super::obligation::{Obligation, obligation_id};
use super::predicate::Expr;
use binder::Binder;
use names::{missing, unknown_names};

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
    /// What the rules select, each once.
    pub(super) selections: Selections,
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
        let mut binder = Binder::new(symbols);
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
        let (slots, selections) = binder.finish();
        let rule_set = RuleSet {
            rules: rules.iter().map(|(_, rule)| (*rule).clone()).collect(),
            packs: packs
                .iter()
                .map(|pack| PackHeader {
                    id: pack.id.clone(),
                    title: pack.procedure.title.clone(),
                    source: pack.procedure.source.clone(),
                    nation: pack.nation,
                })
                .collect(),
            unmeasured,
            bound,
            slots,
            selections,
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
}
