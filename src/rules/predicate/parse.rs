//! From CEL text to an [`Expr`], with every fault at its column.

use cel::common::ast::{Expr as Ast, IdedExpr, LiteralValue, SourceInfo, operators as op};
use cel::parser::Parser;

use super::unreadable::unreadable;
use super::{Arithmetic, Comparison, Expr, TextTest};
use crate::document::{Fault, Faults, Place, Text};

/// How many brackets may stand in one another, and how many signs of operators in a predicate: each
/// is a step down the parser's stack, and a stack that overflows ends the program.
const DEEPEST: usize = 32;
const MOST_OPERATORS: usize = 500;
/// Up to here the stack of any thread is enough; beyond, the parser gets one of this many bytes.
const ON_ANY_STACK: usize = 4;
const STACK: usize = 64 << 20;

/// How much a predicate asks of the parser's stack.
struct Intricacy {
    depth: usize,
    operators: usize,
}

impl Intricacy {
    /// Counts outside of quotes, and rather too much than too little.
    fn of(text: &str) -> Self {
        let (mut depth, mut deepest, mut operators) = (0usize, 0, 0);
        let mut quote = None;
        let mut escaped = false;
        for c in text.chars() {
            if let Some(end) = quote {
                if escaped {
                    escaped = false;
                } else if c == '\\' {
                    escaped = true;
                } else if c == end {
                    quote = None;
                }
                continue;
            }
            match c {
                '\'' | '"' => quote = Some(c),
                '(' | '[' | '{' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '+' | '-' | '*' | '/' | '%' | '!' | '=' | '<' | '>' | '&' | '|' | '?' | '.' => {
                    operators += 1;
                }
                _ => {}
            }
        }
        Intricacy {
            depth: deepest,
            operators,
        }
    }
}

/// A predicate as it was written, with what it reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    /// The CEL text.
    pub text: String,
    /// Where it was written.
    pub place: Place,
    /// What it means.
    pub expr: Expr<String>,
    /// The attributes that it reads, each with its place, in the order of their first mention.
    pub reads: Vec<(String, Place)>,
}

impl Predicate {
    /// Parses a predicate.
    ///
    /// # Errors
    /// Where it cannot be read, or the first thing in it that a predicate cannot do.
    pub fn parse(text: &Text) -> Result<Self, Faults> {
        let intricacy = Intricacy::of(&text.value);
        if intricacy.depth > DEEPEST || intricacy.operators > MOST_OPERATORS {
            return Err(Fault::new(
                text.place.clone(),
                "the predicate is nested too deep, or too long",
                format!(
                    "at most {DEEPEST} brackets may stand in one another, and {MOST_OPERATORS} signs \
                     of operators in all; split the rule, or let a query yield an attribute for it"
                ),
            )
            .into());
        }
        if intricacy.depth <= ON_ANY_STACK {
            return Self::parse_here(text);
        }
        let thread = std::thread::Builder::new().stack_size(STACK);
        std::thread::scope(|scope| {
            let parsing = thread.spawn_scoped(scope, || Self::parse_here(text));
            let parsed = parsing.map(std::thread::ScopedJoinHandle::join);
            match parsed {
                Ok(Ok(parsed)) => parsed,
                Ok(Err(_)) | Err(_) => Err(Fault::new(
                    text.place.clone(),
                    "the predicate could not be taken apart",
                    "write it with fewer brackets",
                )
                .into()),
            }
        })
    }

    fn parse_here(text: &Text) -> Result<Self, Faults> {
        let (ast, source) = match Parser::default().parse_with_source_info(&text.value) {
            Ok(parsed) => parsed,
            Err(errors) => {
                let columns = errors
                    .errors
                    .iter()
                    .map(|error| error.pos.1.max(1) as usize - 1);
                return Err(unreadable(text, columns.min().unwrap_or(0)).into());
            }
        };
        let mut translation = Translation {
            text,
            source,
            reads: Vec::new(),
        };
        let expr = translation.expr(&ast)?;
        Ok(Predicate {
            text: text.value.clone(),
            place: text.place.clone(),
            expr,
            reads: translation.reads,
        })
    }
}

/// The place of a character of the predicate, which begins one after its opening quote.
pub(super) fn at(text: &Text, offset: usize) -> Place {
    Place {
        column: text.place.column + 1 + offset,
        ..text.place.clone()
    }
}

struct Translation<'t> {
    text: &'t Text,
    source: SourceInfo,
    reads: Vec<(String, Place)>,
}

impl Translation<'_> {
    fn place(&self, ast: &IdedExpr) -> Place {
        let offset = self.source.offset_for(ast.id).map_or(0, |(start, _)| start);
        at(self.text, offset as usize)
    }

    fn refuse(&self, ast: &IdedExpr, what: impl Into<String>) -> Fault {
        Fault::new(
            self.place(ast),
            what,
            "a predicate may use attributes, age, literals, == != < <= > >= in && || ! ?: + - * / %, \
             size(), startsWith(), endsWith() and contains()",
        )
    }

    fn expr(&mut self, ast: &IdedExpr) -> Result<Expr<String>, Fault> {
        match &ast.expr {
            Ast::Literal(literal) => self.literal(ast, literal),
            Ast::Ident(name) if name == "age" => Ok(Expr::Age),
            Ast::Ident(name) => {
                // As columns are: databases fold the case of names differently (SPEC 4).
                let name = &name.to_lowercase();
                if !self.reads.iter().any(|(known, _)| known == name) {
                    self.reads.push((name.clone(), self.place(ast)));
                }
                Ok(Expr::Attribute(name.clone()))
            }
            Ast::Call(call) => {
                let mut args: Vec<&IdedExpr> = call.target.iter().map(|t| &**t).collect();
                args.extend(&call.args);
                self.call(ast, &call.func_name, &args)
            }
            Ast::List(_) => Err(self.refuse(ast, "a list may only stand behind `in`")),
            _ => Err(self.refuse(ast, "this is more of CEL than a predicate may use")),
        }
    }

    fn literal(&self, ast: &IdedExpr, literal: &LiteralValue) -> Result<Expr<String>, Fault> {
        Ok(match literal {
            LiteralValue::Null => Expr::Null,
            LiteralValue::Boolean(value) => Expr::Bool(*value.inner()),
            LiteralValue::Int(value) => Expr::Int(*value.inner()),
            LiteralValue::UInt(value) => match i64::try_from(*value.inner()) {
                Ok(value) => Expr::Int(value),
                Err(_) => return Err(self.refuse(ast, "the number is too large")),
            },
            LiteralValue::Double(value) => Expr::Float(*value.inner()),
            LiteralValue::String(value) => Expr::Text(value.inner().into()),
            LiteralValue::Bytes(_) => return Err(self.refuse(ast, "bytes cannot be compared here")),
        })
    }

    fn call(
        &mut self,
        ast: &IdedExpr,
        name: &str,
        args: &[&IdedExpr],
    ) -> Result<Expr<String>, Fault> {
        let comparison = match name {
            op::EQUALS => Some(Comparison::Equal),
            op::NOT_EQUALS => Some(Comparison::NotEqual),
            op::LESS => Some(Comparison::Less),
            op::LESS_EQUALS => Some(Comparison::LessOrEqual),
            op::GREATER => Some(Comparison::Greater),
            op::GREATER_EQUALS => Some(Comparison::GreaterOrEqual),
            _ => None,
        };
        let arithmetic = match name {
            op::ADD => Some(Arithmetic::Add),
            op::SUBSTRACT => Some(Arithmetic::Subtract),
            op::MULTIPLY => Some(Arithmetic::Multiply),
            op::DIVIDE => Some(Arithmetic::Divide),
            op::MODULO => Some(Arithmetic::Remainder),
            _ => None,
        };
        let text_test = match name {
            "startsWith" => Some(TextTest::StartsWith),
            "endsWith" => Some(TextTest::EndsWith),
            "contains" => Some(TextTest::Contains),
            _ => None,
        };
        match (name, args) {
            (op::LOGICAL_NOT, [a]) => Ok(Expr::Not(Box::new(self.expr(a)?))),
            (op::LOGICAL_AND, [a, b]) => Ok(Expr::And(self.two(a, b)?)),
            (op::LOGICAL_OR, [a, b]) => Ok(Expr::Or(self.two(a, b)?)),
            (op::NEGATE, [a]) => Ok(Expr::Negate(Box::new(self.expr(a)?))),
            (op::CONDITIONAL, [a, b, c]) => Ok(Expr::If(Box::new([
                self.expr(a)?,
                self.expr(b)?,
                self.expr(c)?,
            ]))),
            (op::IN, [a, list]) => match &list.expr {
                Ast::List(list) => {
                    let item = Box::new(self.expr(a)?);
                    let list = list.elements.iter().map(|e| self.expr(e));
                    Ok(Expr::In(item, list.collect::<Result<_, _>>()?))
                }
                _ => Err(self.refuse(list, "behind `in` stands a list, as in ['a', 'b']")),
            },
            ("size", [a]) => Ok(Expr::Size(Box::new(self.expr(a)?))),
            (_, [a, b]) if comparison.is_some() => {
                let comparison = comparison.unwrap_or(Comparison::Equal);
                Ok(Expr::Compare(comparison, self.two(a, b)?))
            }
            (_, [a, b]) if arithmetic.is_some() => {
                let arithmetic = arithmetic.unwrap_or(Arithmetic::Add);
                Ok(Expr::Arithmetic(arithmetic, self.two(a, b)?))
            }
            (_, [a, b]) if text_test.is_some() => {
                let text_test = text_test.unwrap_or(TextTest::Contains);
                Ok(Expr::TextTest(text_test, self.two(a, b)?))
            }
            _ => Err(self.refuse(ast, format!("`{name}` is not known here"))),
        }
    }

    fn two(&mut self, a: &IdedExpr, b: &IdedExpr) -> Result<Box<[Expr<String>; 2]>, Fault> {
        Ok(Box::new([self.expr(a)?, self.expr(b)?]))
    }
}
