//! An expression in words, and which part of it does not hold.

use std::fmt;

use super::{Arithmetic, Comparison, Expr, Subject, TextTest};
use crate::case::{Symbol, Value, reads_as_yes_or_no};

impl fmt::Display for Expr<String> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Null => f.write_str("nothing"),
            Expr::Bool(value) => write!(f, "{value}"),
            Expr::Int(value) => write!(f, "{value}"),
            Expr::Float(value) => write!(f, "{value}"),
            Expr::Text(text) => write!(f, "'{text}'"),
            Expr::Attribute(name) => f.write_str(&name.replace('_', " ")),
            Expr::Age => f.write_str("the child's age"),
            Expr::Not(inner) => write!(f, "not {}", Inner(inner)),
            Expr::And(pair) => write!(f, "{} and {}", Inner(&pair[0]), Inner(&pair[1])),
            Expr::Or(pair) => write!(f, "{} or {}", Inner(&pair[0]), Inner(&pair[1])),
            Expr::Compare(how, pair) => {
                let how = match how {
                    Comparison::Equal => "is",
                    Comparison::NotEqual => "is not",
                    Comparison::Less => "is less than",
                    Comparison::LessOrEqual => "is at most",
                    Comparison::Greater => "is more than",
                    Comparison::GreaterOrEqual => "is at least",
                };
                write!(f, "{} {how} {}", Inner(&pair[0]), Inner(&pair[1]))
            }
            Expr::In(item, list) => {
                write!(f, "{} is one of ", Inner(item))?;
                for (i, one) in list.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{one}")?;
                }
                Ok(())
            }
            Expr::If(parts) => write!(
                f,
                "{} where {}, else {}",
                Inner(&parts[1]),
                Inner(&parts[0]),
                Inner(&parts[2])
            ),
            Expr::Arithmetic(how, pair) => {
                let how = match how {
                    Arithmetic::Add => "+",
                    Arithmetic::Subtract => "-",
                    Arithmetic::Multiply => "times",
                    Arithmetic::Divide => "divided by",
                    Arithmetic::Remainder => "modulo",
                };
                write!(f, "{} {how} {}", Inner(&pair[0]), Inner(&pair[1]))
            }
            Expr::Negate(inner) => write!(f, "minus {}", Inner(inner)),
            Expr::TextTest(how, pair) => {
                let how = match how {
                    TextTest::StartsWith => "starts with",
                    TextTest::EndsWith => "ends with",
                    TextTest::Contains => "contains",
                };
                write!(f, "{} {how} {}", Inner(&pair[0]), Inner(&pair[1]))
            }
            Expr::Size(inner) => write!(f, "the length of {}", Inner(inner)),
        }
    }
}

/// An operand, in brackets where it has operands of its own.
struct Inner<'e>(&'e Expr<String>);

impl fmt::Display for Inner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::And(_) | Expr::Or(_) | Expr::If(_) => write!(f, "({})", self.0),
            other => other.fmt(f),
        }
    }
}

/// The parts of a predicate, joined by `&&`, that do not hold for a subject, in words, with what is
/// recorded where that is a flag or a number: nothing else of a record is shown.
pub fn what_fails(
    named: &Expr<String>,
    bound: &Expr<Symbol>,
    subject: &Subject<'_>,
) -> Vec<String> {
    match (named, bound) {
        (Expr::And(named), Expr::And(bound)) => {
            let mut fails = what_fails(&named[0], &bound[0], subject);
            fails.extend(what_fails(&named[1], &bound[1], subject));
            fails
        }
        _ if bound.holds(subject) => Vec::new(),
        (Expr::Attribute(name), Expr::Attribute(symbol)) => {
            let name = name.replace('_', " ");
            vec![match subject.attributes.get(*symbol) {
                None => format!("whether {name} is not recorded"),
                Some(value) => format!("{name} is recorded as {}", shown(value)),
            }]
        }
        (Expr::Not(named), Expr::Not(bound)) if matches!(**bound, Expr::Attribute(_)) => {
            vec![format!("{named} holds")]
        }
        _ => vec![format!("it is not so that {named}")],
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
            None => "something that is neither yes nor no".to_owned(),
        },
    }
}
