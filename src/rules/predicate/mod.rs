//! Predicates: CEL over the attributes of the thing at hand, with the readings that SPEC 3 gives to
//! nulls, to yes and no, and to text that reads as a number. The `cel` crate parses; what an
//! expression means is decided here, because a null or a `Y` must never turn into an error.

mod parse;
mod unreadable;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use parse::Predicate;
pub use value::Subject;
pub use words::what_fails;

/// A parsed expression; `N` is what stands for an attribute: its name, or its symbol once bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr<N> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Box<str>),
    /// An attribute of the thing at hand.
    Attribute(N),
    /// The child's age on the day of the thing at hand.
    Age,
    /// `!a`
    Not(Box<Expr<N>>),
    /// `a && b`
    And(Box<[Expr<N>; 2]>),
    /// `a || b`
    Or(Box<[Expr<N>; 2]>),
    /// `a == b` and its like.
    Compare(Comparison, Box<[Expr<N>; 2]>),
    /// `a in [b, c]`
    In(Box<Expr<N>>, Box<[Expr<N>]>),
    /// `a ? b : c`
    If(Box<[Expr<N>; 3]>),
    /// `a + b` and its like.
    Arithmetic(Arithmetic, Box<[Expr<N>; 2]>),
    /// `-a`
    Negate(Box<Expr<N>>),
    /// `a.startsWith(b)` and its like.
    TextTest(TextTest, Box<[Expr<N>; 2]>),
    /// `size(a)`
    Size(Box<Expr<N>>),
}

/// An operator that compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// An operator that reckons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// A test of one text by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

impl<N> Expr<N> {
    /// The same expression with each attribute's name replaced by what `bind` makes of it.
    pub fn bind<M>(&self, bind: &mut impl FnMut(&N) -> M) -> Expr<M> {
        let mut two = |pair: &[Expr<N>; 2]| Box::new([pair[0].bind(bind), pair[1].bind(bind)]);
        match self {
            Expr::Null => Expr::Null,
            Expr::Bool(value) => Expr::Bool(*value),
            Expr::Int(value) => Expr::Int(*value),
            Expr::Float(value) => Expr::Float(*value),
            Expr::Text(value) => Expr::Text(value.clone()),
            Expr::Age => Expr::Age,
            Expr::And(pair) => Expr::And(two(pair)),
            Expr::Or(pair) => Expr::Or(two(pair)),
            Expr::Compare(how, pair) => Expr::Compare(*how, two(pair)),
            Expr::Arithmetic(how, pair) => Expr::Arithmetic(*how, two(pair)),
            Expr::TextTest(how, pair) => Expr::TextTest(*how, two(pair)),
            Expr::Attribute(name) => Expr::Attribute(bind(name)),
            Expr::Not(inner) => Expr::Not(Box::new(inner.bind(bind))),
            Expr::Negate(inner) => Expr::Negate(Box::new(inner.bind(bind))),
            Expr::Size(inner) => Expr::Size(Box::new(inner.bind(bind))),
            Expr::In(item, list) => Expr::In(
                Box::new(item.bind(bind)),
                list.iter().map(|e| e.bind(bind)).collect(),
            ),
            Expr::If(parts) => Expr::If(Box::new([
                parts[0].bind(bind),
                parts[1].bind(bind),
                parts[2].bind(bind),
            ])),
        }
    }

    /// Whether it asks for the child's age.
    pub fn reads_age(&self) -> bool {
        match self {
            Expr::Age => true,
            Expr::Null
            | Expr::Bool(_)
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Text(_)
            | Expr::Attribute(_) => false,
            Expr::Not(inner) | Expr::Negate(inner) | Expr::Size(inner) => inner.reads_age(),
            Expr::And(pair)
            | Expr::Or(pair)
            | Expr::Compare(_, pair)
            | Expr::Arithmetic(_, pair)
            | Expr::TextTest(_, pair) => pair.iter().any(Expr::reads_age),
            Expr::In(item, list) => item.reads_age() || list.iter().any(Expr::reads_age),
            Expr::If(parts) => parts.iter().any(Expr::reads_age),
        }
    }

    /// Whether it can only be a yes or a no, whatever the attributes are.
    fn is_boolean(&self) -> bool {
        matches!(
            self,
            Expr::Bool(_)
                | Expr::Not(_)
                | Expr::And(_)
                | Expr::Or(_)
                | Expr::Compare(..)
                | Expr::In(..)
                | Expr::TextTest(..)
        )
    }
}
