//! Makes a disagreement small: drops children, rules, rows and options for as long as the two still
//! disagree.

use chrono::NaiveDate;

use crate::engine::World;
use crate::model::Rule;

/// The smallest world found in which `disagrees` still holds as of `t`.
pub fn shrink(world: &World, t: NaiveDate, disagrees: impl Fn(&World, NaiveDate) -> bool) -> World {
    let mut smallest = world.clone();
    loop {
        match smaller(&smallest).into_iter().find(|w| disagrees(w, t)) {
            Some(found) => smallest = found,
            None => return smallest,
        }
    }
}

/// Every world that has one thing less.
fn smaller(world: &World) -> Vec<World> {
    let mut found = Vec::new();
    for place in 0..world.cases.len() {
        found.push(with(world, |w| drop(w.cases.remove(place))));
    }
    for place in 0..world.rules.len() {
        if world.rules.len() > 1 {
            found.push(with(world, |w| drop(w.rules.remove(place))));
        }
        for rule in simpler(&world.rules[place]) {
            found.push(with(world, |w| w.rules[place] = rule));
        }
    }
    for (child, case) in world.cases.iter().enumerate() {
        if case.born.is_some() {
            found.push(with(world, |w| w.cases[child].born = None));
        }
        for (place, row) in case.periods.iter().enumerate() {
            found.push(with(world, |w| drop(w.cases[child].periods.remove(place))));
            if row.to.is_some() {
                found.push(with(world, |w| w.cases[child].periods[place].to = None));
            }
            for name in row.attributes.keys() {
                found.push(with(world, |w| {
                    w.cases[child].periods[place].attributes.remove(name);
                }));
            }
        }
        for (place, row) in case.events.iter().enumerate() {
            found.push(with(world, |w| drop(w.cases[child].events.remove(place))));
            if row.about.is_some() {
                found.push(with(world, |w| w.cases[child].events[place].about = None));
            }
            if row.scheduled.is_some() {
                found.push(with(world, |w| {
                    w.cases[child].events[place].scheduled = None
                }));
            }
            if row.occurred.is_some() {
                found.push(with(world, |w| {
                    w.cases[child].events[place].occurred = None
                }));
            }
            if row.occurred.is_some_and(|o| o.at.is_some()) {
                found.push(with(world, |w| {
                    if let Some(occurred) = &mut w.cases[child].events[place].occurred {
                        occurred.at = None;
                    }
                }));
            }
            for name in row.attributes.keys() {
                found.push(with(world, |w| {
                    w.cases[child].events[place].attributes.remove(name);
                }));
            }
        }
    }
    found
}

fn with(world: &World, change: impl FnOnce(&mut World)) -> World {
    let mut changed = world.clone();
    change(&mut changed);
    changed
}

/// The rule without one of its keys, or with one item less in a list, wherever that is a rule still.
fn simpler(rule: &Rule) -> Vec<Rule> {
    let whole = toml::Value::try_from(rule).expect("a rule is a table");
    let mut changed = Vec::new();
    without_one(&whole, &mut |value| changed.push(value));
    changed
        .into_iter()
        .filter_map(|value| value.try_into().ok())
        .filter(|simpler| simpler != rule)
        .collect()
}

fn without_one(value: &toml::Value, found: &mut dyn FnMut(toml::Value)) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                let mut less = table.clone();
                less.remove(key);
                found(toml::Value::Table(less));
                without_one(inner, &mut |changed| {
                    let mut other = table.clone();
                    other.insert(key.clone(), changed);
                    found(toml::Value::Table(other));
                });
            }
        }
        toml::Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                if items.len() > 1 {
                    let mut less = items.clone();
                    less.remove(place);
                    found(toml::Value::Array(less));
                }
                without_one(inner, &mut |changed| {
                    let mut other = items.clone();
                    other[place] = changed;
                    found(toml::Value::Array(other));
                });
            }
        }
        toml::Value::Boolean(true) => found(toml::Value::Boolean(false)),
        _ => {}
    }
}
