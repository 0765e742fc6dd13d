//! A small reading of CEL with the SPEC's own rules for nulls, numbers and yes or no.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{Attributes, Val};

/// An expression as written, and as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Predicate {
    pub text: String,
    tree: Tree,
}

#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Null,
    Literal(V),
    Name(String),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    Compare(Box<Tree>, String, Box<Tree>),
    In(Box<Tree>, Vec<Tree>),
}

/// A value while it is being judged; null is `None` around it.
#[derive(Debug, Clone, PartialEq)]
enum V {
    Bool(bool),
    Number(f64),
    Text(String),
}

impl TryFrom<String> for Predicate {
    type Error = String;

    fn try_from(text: String) -> Result<Predicate, String> {
        Predicate::new(&text)
    }
}

impl From<Predicate> for String {
    fn from(predicate: Predicate) -> String {
        predicate.text
    }
}

impl Predicate {
    pub fn new(text: &str) -> Result<Predicate, String> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens, next: 0 };
        let tree = parser.or()?;
        if parser.next != parser.tokens.len() {
            return Err(format!("more than one expression: {text}"));
        }
        Ok(Predicate {
            text: text.to_owned(),
            tree,
        })
    }

    /// Whether it holds for a row; "a bare null is false".
    pub fn holds(&self, attributes: &Attributes, age: Option<i64>) -> bool {
        yes_or_no(self.tree.value(attributes, age)) == Some(true)
    }

    /// The attributes that it reads; "`age` […] not asked for".
    pub fn reads(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.tree.names(&mut names);
        names.remove("age");
        names
    }
}

impl Tree {
    fn names(&self, names: &mut BTreeSet<String>) {
        match self {
            Tree::Null | Tree::Literal(_) => {}
            Tree::Name(name) => {
                names.insert(name.clone());
            }
            Tree::Not(inner) => inner.names(names),
            Tree::And(left, right) | Tree::Or(left, right) | Tree::Compare(left, _, right) => {
                left.names(names);
                right.names(names);
            }
            Tree::In(left, list) => {
                left.names(names);
                list.iter().for_each(|item| item.names(names));
            }
        }
    }

    fn value(&self, attributes: &Attributes, age: Option<i64>) -> Option<V> {
        match self {
            Tree::Null => None,
            Tree::Literal(value) => Some(value.clone()),
            Tree::Name(name) if name == "age" => age.map(|age| V::Number(age as f64)),
            Tree::Name(name) => attributes.get(name).map(|value| match value {
                Val::Bool(value) => V::Bool(*value),
                Val::Int(value) => V::Number(*value as f64),
                Val::Float(value) => V::Number(*value),
                Val::Text(value) => V::Text(value.clone()),
            }),
            // "a bare null is false and its `!` true"
            Tree::Not(inner) => Some(V::Bool(
                yes_or_no(inner.value(attributes, age)) != Some(true),
            )),
            Tree::And(left, right) => {
                let left = yes_or_no(left.value(attributes, age)) == Some(true);
                let right = yes_or_no(right.value(attributes, age)) == Some(true);
                Some(V::Bool(left && right))
            }
            Tree::Or(left, right) => {
                let left = yes_or_no(left.value(attributes, age)) == Some(true);
                let right = yes_or_no(right.value(attributes, age)) == Some(true);
                Some(V::Bool(left || right))
            }
            Tree::Compare(left, sign, right) => {
                Some(V::Bool(judge(left, sign, right, attributes, age)))
            }
            Tree::In(left, list) => Some(V::Bool(
                list.iter()
                    .any(|item| judge(left, "==", item, attributes, age)),
            )),
        }
    }

    fn is_true_or_false(&self) -> bool {
        matches!(self, Tree::Literal(V::Bool(_)))
    }
}

fn judge(left: &Tree, sign: &str, right: &Tree, attributes: &Attributes, age: Option<i64>) -> bool {
    let mut a = left.value(attributes, age);
    let mut b = right.value(attributes, age);
    // "`== null` and `!= null` test for null"
    if *left == Tree::Null || *right == Tree::Null {
        let other = if *left == Tree::Null { b } else { a };
        return match sign {
            "==" => other.is_none(),
            "!=" => other.is_some(),
            _ => false,
        };
    }
    // "A value is read as yes or no where the rule uses it as one: […] or compared with `true` or
    // `false`"
    if left.is_true_or_false() || right.is_true_or_false() {
        a = yes_or_no(a).map(V::Bool);
        b = yes_or_no(b).map(V::Bool);
    }
    compare(a, sign, b)
}

// "every other comparison with a null, `!=` and `in` included, is false; […] text that reads as a
// number is one where it is compared with a number; any other comparison of values of different
// types is false"
fn compare(a: Option<V>, sign: &str, b: Option<V>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let order = match (a, b) {
        (V::Number(a), V::Number(b)) => a.partial_cmp(&b),
        (V::Number(a), V::Text(b)) => number(&b).and_then(|b| a.partial_cmp(&b)),
        (V::Text(a), V::Number(b)) => number(&a).and_then(|a| a.partial_cmp(&b)),
        (V::Text(a), V::Text(b)) => Some(a.cmp(&b)),
        (V::Bool(a), V::Bool(b)) => Some(a.cmp(&b)),
        _ => None,
    };
    let Some(order) = order else {
        return false;
    };
    match sign {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

// "A yes or no may arrive as a boolean, 0/1, Y/N, yes/no, true/false in any case" and "a value
// that is neither is null there"
pub fn yes_or_no_of(value: &Val) -> Option<bool> {
    yes_or_no(Some(match value {
        Val::Bool(value) => V::Bool(*value),
        Val::Int(value) => V::Number(*value as f64),
        Val::Float(value) => V::Number(*value),
        Val::Text(value) => V::Text(value.clone()),
    }))
}

fn yes_or_no(value: Option<V>) -> Option<bool> {
    match value? {
        V::Bool(value) => Some(value),
        V::Number(0.0) => Some(false),
        V::Number(1.0) => Some(true),
        V::Number(_) => None,
        V::Text(text) => match text.to_lowercase().as_str() {
            "1" | "y" | "yes" | "true" => Some(true),
            "0" | "n" | "no" | "false" => Some(false),
            _ => None,
        },
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let start = at;
        let letter = letters[at];
        let pair: String = letters[at..letters.len().min(at + 2)].iter().collect();
        if letter.is_whitespace() {
            at += 1;
            continue;
        } else if letter == '\'' {
            at += 1;
            while letters.get(at).is_some_and(|l| *l != '\'') {
                at += 1;
            }
            at += 1;
        } else if letter.is_alphabetic() || letter == '_' {
            while letters
                .get(at)
                .is_some_and(|l| l.is_alphanumeric() || *l == '_')
            {
                at += 1;
            }
        } else if letter.is_ascii_digit() || letter == '-' {
            at += 1;
            while letters
                .get(at)
                .is_some_and(|l| l.is_ascii_digit() || *l == '.')
            {
                at += 1;
            }
        } else if ["==", "!=", "<=", ">=", "&&", "||"].contains(&pair.as_str()) {
            at += 2;
        } else if "()[],<>!".contains(letter) {
            at += 1;
        } else {
            return Err(format!("`{letter}` in {text}"));
        }
        found.push(letters[start..at.min(letters.len())].iter().collect());
    }
    Ok(found)
}

struct Parser {
    tokens: Vec<String>,
    next: usize,
}

impl Parser {
    fn take(&mut self, token: &str) -> bool {
        let there = self.tokens.get(self.next).is_some_and(|t| t == token);
        self.next += usize::from(there);
        there
    }

    fn or(&mut self) -> Result<Tree, String> {
        let mut left = self.and()?;
        while self.take("||") {
            left = Tree::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Tree, String> {
        let mut left = self.comparison()?;
        while self.take("&&") {
            left = Tree::And(Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Tree, String> {
        let mut left = self.unary()?;
        loop {
            if self.take("in") {
                left = Tree::In(Box::new(left), self.list()?);
                continue;
            }
            let signs = ["==", "!=", "<=", ">=", "<", ">"];
            match signs.into_iter().find(|sign| self.take(sign)) {
                Some(sign) => {
                    left = Tree::Compare(Box::new(left), sign.to_owned(), Box::new(self.unary()?));
                }
                None => return Ok(left),
            }
        }
    }

    fn list(&mut self) -> Result<Vec<Tree>, String> {
        let mut items = Vec::new();
        if !self.take("[") {
            return Err("no list after in".to_owned());
        }
        while !self.take("]") {
            items.push(self.unary()?);
            self.take(",");
        }
        Ok(items)
    }

    fn unary(&mut self) -> Result<Tree, String> {
        if self.take("!") {
            return Ok(Tree::Not(Box::new(self.unary()?)));
        }
        if self.take("(") {
            let inner = self.or()?;
            return if self.take(")") {
                Ok(inner)
            } else {
                Err("no closing parenthesis".to_owned())
            };
        }
        let token = self.tokens.get(self.next).ok_or("nothing there")?.clone();
        self.next += 1;
        Ok(match token.as_str() {
            "null" => Tree::Null,
            "true" => Tree::Literal(V::Bool(true)),
            "false" => Tree::Literal(V::Bool(false)),
            quoted if quoted.starts_with('\'') => {
                Tree::Literal(V::Text(quoted.trim_matches('\'').to_owned()))
            }
            name if name.starts_with(|l: char| l.is_alphabetic() || l == '_') => {
                Tree::Name(name.to_owned())
            }
            digits => Tree::Literal(V::Number(number(digits).ok_or("no number")?)),
        })
    }
}
