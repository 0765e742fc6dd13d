//! What an expression means for one event or period: SPEC 3, Predicates.

use std::cmp::Ordering;

use super::{Arithmetic, Comparison, Expr, TextTest};
use crate::calendar::Day;
use crate::case::{Attributes, Symbol, Value, reads_as_number, reads_as_yes_or_no};

/// The thing at hand: its attributes, and the child's age on its day.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its attributes.
    pub attributes: Attributes<'a>,
    /// The event's day, a booking's scheduled day, or the period's first day.
    pub day: Day,
    /// The child's day of birth.
    pub born: Option<Day>,
}

/// A value on the way; no `Option`, so that nulls walk through like any other.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Val<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
}

impl Val<'_> {
    fn yes_or_no(self) -> Option<bool> {
        match self {
            Val::Null => None,
            Val::Bool(value) => Value::Bool(value).yes_or_no(),
            Val::Int(value) => Value::Int(value).yes_or_no(),
            Val::Float(value) => Value::Float(value).yes_or_no(),
            Val::Text(text) => reads_as_yes_or_no(text),
        }
    }
}

impl Expr<Symbol> {
    /// Whether it holds: a value that is neither yes nor no is null, and a null does not hold.
    pub fn holds(&self, subject: &Subject<'_>) -> bool {
        match self {
            Expr::Not(inner) => !inner.holds(subject),
            Expr::And(pair) => pair[0].holds(subject) && pair[1].holds(subject),
            Expr::Or(pair) => pair[0].holds(subject) || pair[1].holds(subject),
            Expr::Compare(how, pair) => compare(*how, &pair[0], &pair[1], subject),
            // Only `==` and `!=` ask for null.
            Expr::In(item, list) => list
                .iter()
                .filter(|one| !matches!((&**item, one), (Expr::Null, _) | (_, Expr::Null)))
                .any(|one| compare(Comparison::Equal, item, one, subject)),
            Expr::If(parts) => {
                let chosen = if parts[0].holds(subject) { 1 } else { 2 };
                parts[chosen].holds(subject)
            }
            Expr::TextTest(how, pair) => match (pair[0].value(subject), pair[1].value(subject)) {
                (Val::Text(text), Val::Text(part)) => match how {
                    TextTest::StartsWith => text.starts_with(part),
                    TextTest::EndsWith => text.ends_with(part),
                    TextTest::Contains => text.contains(part),
                },
                _ => false,
            },
            other => other.value(subject).yes_or_no().unwrap_or(false),
        }
    }

    fn value<'a>(&'a self, subject: &Subject<'a>) -> Val<'a> {
        match self {
            Expr::Null => Val::Null,
            Expr::Bool(value) => Val::Bool(*value),
            Expr::Int(value) => Val::Int(*value),
            Expr::Float(value) => Val::Float(*value),
            Expr::Text(text) => Val::Text(text),
            Expr::Age => subject
                .born
                .map_or(Val::Null, |born| Val::Int(subject.day.age(born))),
            Expr::Attribute(name) => match subject.attributes.get(*name) {
                None => Val::Null,
                Some(Value::Bool(value)) => Val::Bool(value),
                Some(Value::Int(value)) => Val::Int(value),
                Some(Value::Float(value)) => Val::Float(value),
                Some(Value::Text(text)) => Val::Text(text),
            },
            Expr::If(parts) => {
                let chosen = if parts[0].holds(subject) { 1 } else { 2 };
                parts[chosen].value(subject)
            }
            Expr::Arithmetic(how, pair) => {
                arithmetic(*how, pair[0].value(subject), pair[1].value(subject))
            }
            Expr::Negate(inner) => {
                arithmetic(Arithmetic::Subtract, Val::Int(0), inner.value(subject))
            }
            Expr::Size(inner) => match inner.value(subject) {
                Val::Text(text) => Val::Int(text.chars().count() as i64),
                _ => Val::Null,
            },
            boolean => Val::Bool(boolean.holds(subject)),
        }
    }
}

fn compare(
    how: Comparison,
    left: &Expr<Symbol>,
    right: &Expr<Symbol>,
    subject: &Subject<'_>,
) -> bool {
    let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
    if equality && (matches!(left, Expr::Null) || matches!(right, Expr::Null)) {
        let null = left.value(subject) == Val::Null && right.value(subject) == Val::Null;
        return null == (how == Comparison::Equal);
    }
    let (mut a, mut b) = (left.value(subject), right.value(subject));
    if left.is_boolean() || right.is_boolean() {
        a = a.yes_or_no().map_or(Val::Null, Val::Bool);
        b = b.yes_or_no().map_or(Val::Null, Val::Bool);
    }
    let Some(order) = order(a, b) else {
        return false;
    };
    match how {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }
}

/// The order of two values of one type; `None` where a null or two types meet.
fn order(a: Val<'_>, b: Val<'_>) -> Option<Ordering> {
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => Some(a.cmp(&b)),
        (Val::Int(a), Val::Int(b)) => Some(a.cmp(&b)),
        (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
        // Long ids are text in one column and numbers in another, and too long for a float.
        _ => match (whole(a), whole(b)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => number(a)?.partial_cmp(&number(b)?),
        },
    }
}

fn whole(value: Val<'_>) -> Option<i64> {
    match value {
        Val::Int(value) => Some(value),
        Val::Text(text) => text.trim().parse().ok(),
        Val::Float(_) | Val::Null | Val::Bool(_) => None,
    }
}

fn number(value: Val<'_>) -> Option<f64> {
    match value {
        Val::Int(value) => Some(value as f64),
        Val::Float(value) => Some(value),
        Val::Text(text) => reads_as_number(text),
        Val::Null | Val::Bool(_) => None,
    }
}

fn arithmetic<'a>(how: Arithmetic, a: Val<'a>, b: Val<'a>) -> Val<'a> {
    if let (Val::Int(a), Val::Int(b)) = (a, b) {
        let whole = match how {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Subtract => a.checked_sub(b),
            Arithmetic::Multiply => a.checked_mul(b),
            Arithmetic::Divide => a.checked_div(b),
            Arithmetic::Remainder => a.checked_rem(b),
        };
        return whole.map_or(Val::Null, Val::Int);
    }
    let (Some(a), Some(b)) = (number(a), number(b)) else {
        return Val::Null;
    };
    let result = match how {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => a % b,
    };
    if result.is_finite() {
        Val::Float(result)
    } else {
        Val::Null
    }
}
