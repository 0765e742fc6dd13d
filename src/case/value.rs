//! Attribute values as the source gave them, kept encoded and read only when a predicate asks.

use super::Symbol;
use super::encoding::{Reader, put_int, put_text, put_uint};

/// A value of an attribute. Null is the absence of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A boolean of the source.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; never NaN.
    Float(f64),
    /// Text; never empty.
    Text(&'a str),
}

impl<'a> Value<'a> {
    /// Read as a yes or no: a boolean, 0/1, Y/N, yes/no, true/false in any case (SPEC 4). `None` for
    /// what is neither.
    pub fn yes_or_no(self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(value),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            Value::Int(_) => None,
            Value::Float(0.0) => Some(false),
            Value::Float(1.0) => Some(true),
            Value::Float(_) => None,
            Value::Text(text) => reads_as_yes_or_no(text),
        }
    }

    /// Read as a number: a number, or text that reads as one.
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Int(value) => Some(value as f64),
            Value::Float(value) => Some(value),
            Value::Text(text) => reads_as_number(text),
            Value::Bool(_) => None,
        }
    }

    /// The text, where it is one.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Text as a yes or no, in any case.
pub fn reads_as_yes_or_no(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        t if ["y", "yes", "true"]
            .iter()
            .any(|w| t.eq_ignore_ascii_case(w)) =>
        {
            Some(true)
        }
        t if ["n", "no", "false"]
            .iter()
            .any(|w| t.eq_ignore_ascii_case(w)) =>
        {
            Some(false)
        }
        _ => None,
    }
}

/// Text as a number: digits with an optional sign and decimal point, as a database writes one.
pub fn reads_as_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'))
    {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The attributes of a row, still encoded; reading one walks the few there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Attributes<'a>(pub(super) &'a [u8]);

impl<'a> Attributes<'a> {
    /// The value of an attribute; `None` where it is null.
    pub fn get(self, name: Symbol) -> Option<Value<'a>> {
        self.iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value)
    }

    /// All that are not null, in the order of their symbols.
    pub fn iter(self) -> impl Iterator<Item = (Symbol, Value<'a>)> {
        let mut reader = Reader::new(self.0);
        std::iter::from_fn(move || {
            let name = Symbol(reader.uint().ok()? as u32);
            let value = read_value(&mut reader)?;
            Some((name, value))
        })
    }

    /// The encoded bytes: equal bytes are equal attributes.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

fn read_value<'a>(reader: &mut Reader<'a>) -> Option<Value<'a>> {
    Some(match reader.byte().ok()? {
        0 => Value::Bool(false),
        1 => Value::Bool(true),
        2 => Value::Int(reader.int().ok()?),
        3 => Value::Float(f64::from_bits(reader.uint().ok()?)),
        _ => Value::Text(reader.text().ok()?),
    })
}

pub(super) fn put_attribute(out: &mut Vec<u8>, name: Symbol, value: Value<'_>) {
    put_uint(out, u64::from(name.0));
    match value {
        Value::Bool(value) => out.push(u8::from(value)),
        Value::Int(value) => {
            out.push(2);
            put_int(out, value);
        }
        Value::Float(value) => {
            out.push(3);
            put_uint(out, value.to_bits());
        }
        Value::Text(text) => {
            out.push(4);
            put_text(out, text);
        }
    }
}
