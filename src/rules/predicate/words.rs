//! An expression in words, and which part of it does not hold.

use std::fmt;

use super::{Arithmetic, Comparison, Expr, Subject, TextTest};
use crate::case::{Symbol, Value, reads_as_yes_or_no};

/// An expression as a condition: `child_seen && reason != null` is "child seen is yes and reason is
/// recorded".
impl fmt::Display for Expr<String> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Null => f.write_str("never"),
            Expr::Bool(true) => f.write_str("always"),
            Expr::Bool(false) => f.write_str("never"),
            Expr::Attribute(_) => write!(f, "{} is yes", Operand(self)),
            Expr::Not(inner) => match &**inner {
                Expr::Attribute(_) => write!(f, "{} is not yes", Operand(inner)),
                other => write!(f, "it is not so that {}", part(other, false)),
            },
            Expr::And(pair) => {
                let [a, b] = pair.each_ref().map(|e| part(e, matches!(e, Expr::And(_))));
                write!(f, "{a} and {b}")
            }
            Expr::Or(pair) => {
                let [a, b] = pair.each_ref().map(|e| part(e, matches!(e, Expr::Or(_))));
                write!(f, "{a} or {b}")
            }
            Expr::Compare(how, pair) => write!(
                f,
                "{} {} {}",
                Operand(&pair[0]),
                verb(*how, &pair[1]),
                Compared(&pair[1])
            ),
            Expr::In(item, list) => {
                write!(f, "{} is {}", Operand(item), one_of(list))
            }
            Expr::If(parts) => {
                let [asked, yes, no] = parts.each_ref().map(|e| part(e, false));
                write!(f, "{yes} where {asked}, else {no}")
            }
            Expr::TextTest(how, pair) => {
                let how = match how {
                    TextTest::StartsWith => "starts with",
                    TextTest::EndsWith => "ends with",
                    TextTest::Contains => "contains",
                };
                write!(f, "{} {how} {}", Operand(&pair[0]), Operand(&pair[1]))
            }
            other => write!(f, "{} is yes", Operand(other)),
        }
    }
}

/// A condition within another: in brackets where it joins parts of its own, unless as the outer one
/// does.
fn part(expr: &Expr<String>, alike: bool) -> String {
    match expr {
        Expr::And(_) | Expr::Or(_) | Expr::If(_) if !alike => format!("({expr})"),
        other => other.to_string(),
    }
}

/// An expression as a value: the name of an attribute, a number, a text.
struct Operand<'e>(&'e Expr<String>);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Null => f.write_str("nothing"),
            Expr::Bool(true) => f.write_str("yes"),
            Expr::Bool(false) => f.write_str("no"),
            Expr::Int(value) => write!(f, "{value}"),
            Expr::Float(value) => write!(f, "{value}"),
            Expr::Text(text) => write!(f, "'{text}'"),
            Expr::Attribute(name) => f.write_str(&name.replace('_', " ")),
            Expr::Age => f.write_str("the child's age"),
            Expr::Arithmetic(how, pair) => {
                let how = match how {
                    Arithmetic::Add => "+",
                    Arithmetic::Subtract => "-",
                    Arithmetic::Multiply => "times",
                    Arithmetic::Divide => "divided by",
                    Arithmetic::Remainder => "modulo",
                };
                write!(f, "{} {how} {}", Operand(&pair[0]), Operand(&pair[1]))
            }
            Expr::Negate(inner) => write!(f, "minus {}", Operand(inner)),
            Expr::Size(inner) => write!(f, "the length of {}", Operand(inner)),
            condition => write!(f, "({condition})"),
        }
    }
}

/// The right side of a comparison: a null is said by the verb.
struct Compared<'e>(&'e Expr<String>);

impl fmt::Display for Compared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Null => f.write_str("recorded"),
            other => Operand(other).fmt(f),
        }
    }
}

fn verb(how: Comparison, right: &Expr<String>) -> &'static str {
    match (how, right) {
        (Comparison::Equal, Expr::Null) => "is not",
        (Comparison::NotEqual, Expr::Null) => "is",
        (Comparison::Equal, _) => "is",
        (Comparison::NotEqual, _) => "is not",
        (Comparison::Less, _) => "is less than",
        (Comparison::LessOrEqual, _) => "is at most",
        (Comparison::Greater, _) => "is more than",
        (Comparison::GreaterOrEqual, _) => "is at least",
    }
}

fn one_of(list: &[Expr<String>]) -> String {
    let items: Vec<String> = list.iter().map(|one| Operand(one).to_string()).collect();
    match items.as_slice() {
        [only] => only.clone(),
        items => format!("one of {}", items.join(", ")),
    }
}

/// The parts of a predicate, joined by `&&`, that do not hold for a subject, in words, with what is
/// recorded where that is a flag or a number: nothing else of a record is shown.
pub fn what_fails(
    named: &Expr<String>,
    bound: &Expr<Symbol>,
    subject: &Subject<'_>,
) -> Vec<String> {
    if bound.holds(subject) {
        return Vec::new();
    }
    match (named, bound) {
        (Expr::And(named), Expr::And(bound)) => {
            let mut fails = what_fails(&named[0], &bound[0], subject);
            fails.extend(what_fails(&named[1], &bound[1], subject));
            fails
        }
        // All of its parts fail: one of them would do.
        (Expr::Or(named), Expr::Or(bound)) => {
            let mut fails = what_fails(&named[0], &bound[0], subject);
            fails.extend(what_fails(&named[1], &bound[1], subject));
            vec![fails.join(" and ")]
        }
        (Expr::Attribute(_), Expr::Attribute(symbol)) => {
            let name = Operand(named);
            vec![match subject.attributes.get(*symbol) {
                None => format!("{name} is not recorded"),
                Some(value) => format!("{name} is {}", shown(value)),
            }]
        }
        (Expr::Not(named), Expr::Not(bound)) if matches!(**bound, Expr::Attribute(_)) => {
            vec![format!("{} is yes", Operand(named))]
        }
        (Expr::Compare(how, named), Expr::Compare(_, bound)) => {
            vec![comparison_fails(*how, named, &bound[0], subject)]
        }
        (Expr::In(named, list), Expr::In(bound, _)) => vec![match absent(bound, subject) {
            Some(what) => format!("{} {what}", Operand(named)),
            None => format!("{} is not {}", Operand(named), one_of(list)),
        }],
        _ => vec![format!("it is not so that {}", part(named, false))],
    }
}

/// A comparison that does not hold, with the number that is recorded.
fn comparison_fails(
    how: Comparison,
    named: &[Expr<String>; 2],
    left: &Expr<Symbol>,
    subject: &Subject<'_>,
) -> String {
    let [name, right] = named;
    match (how, right) {
        (Comparison::Equal, Expr::Null) => return format!("{} is recorded", Operand(name)),
        (Comparison::NotEqual, Expr::Null) => return format!("{} is not recorded", Operand(name)),
        _ => {}
    }
    if let Some(what) = absent(left, subject) {
        return format!("{} {what}", Operand(name));
    }
    if how == Comparison::NotEqual {
        return format!("{} is {}", Operand(name), Operand(right));
    }
    if let Expr::Age = left {
        let opposite = match how {
            Comparison::Less => Comparison::GreaterOrEqual,
            Comparison::LessOrEqual => Comparison::Greater,
            Comparison::Greater => Comparison::LessOrEqual,
            Comparison::GreaterOrEqual => Comparison::Less,
            Comparison::Equal | Comparison::NotEqual => Comparison::NotEqual,
        };
        return format!(
            "{} {} {}",
            Operand(name),
            verb(opposite, right),
            Operand(right)
        );
    }
    let wanted = verb(how, right).trim_start_matches("is").trim_start();
    let recorded = match left {
        Expr::Attribute(symbol) => subject.attributes.get(*symbol),
        _ => None,
    };
    let number = match recorded {
        Some(Value::Int(_) | Value::Float(_)) if !matches!(right, Expr::Bool(_)) => {
            recorded.map_or_else(String::new, |value| format!("{}, ", shown(value)))
        }
        _ => String::new(),
    };
    let space = if wanted.is_empty() { "" } else { " " };
    format!(
        "{} is {number}not {wanted}{space}{}",
        Operand(name),
        Operand(right)
    )
}

/// That there is nothing to compare, where it is so.
fn absent(side: &Expr<Symbol>, subject: &Subject<'_>) -> Option<&'static str> {
    match side {
        Expr::Attribute(symbol) if subject.attributes.get(*symbol).is_none() => {
            Some("is not recorded")
        }
        Expr::Age if subject.born.is_none() => Some("is not known"),
        _ => None,
    }
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => match reads_as_yes_or_no(text) {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => "neither yes nor no".to_owned(),
        },
    }
}
