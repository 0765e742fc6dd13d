//! Random predicates over the attributes of a kind.

use fastrand::Rng;

use super::{Holds, one_in, pick};
use crate::cel::Predicate;

pub fn predicate(rng: &mut Rng, kind: &str, vocabulary: super::Vocabulary) -> Predicate {
    let text = expression(rng, kind, vocabulary, 2);
    Predicate::new(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn expression(rng: &mut Rng, kind: &str, vocabulary: super::Vocabulary, depth: u32) -> String {
    if depth > 0 && one_in(rng, 4) {
        let left = expression(rng, kind, vocabulary, depth - 1);
        let right = expression(rng, kind, vocabulary, depth - 1);
        return match rng.u32(..7) {
            0 => format!("({left}) && ({right})"),
            1 => format!("({left}) || ({right})"),
            // By CEL's own precedence.
            2 => format!("{left} && {right}"),
            3 => format!("{left} || {right}"),
            4 => format!("!({left})"),
            5 => format!("({left}) != false"),
            _ => format!("({left}) == true"),
        };
    }
    if one_in(rng, 6) {
        let of_age = [
            "age >= 1",
            "age < 1",
            "age == -1",
            "age != null",
            "age == null",
            "age == 0",
            "age in [0, 2]",
            "!(age > 1)",
            "age != 0",
            "age",
        ];
        return (*pick(rng, &of_age)).to_owned();
    }
    let attributes = vocabulary
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or(&[][..], |(_, attributes)| attributes);
    let (name, holds) = *pick(rng, attributes);
    let (other, _) = *pick(rng, attributes);
    if one_in(rng, 14) {
        let sign = pick(rng, &["==", "!="]);
        return format!("{name} {sign} {other}");
    }
    let forms: &[&str] = match holds {
        Holds::YesOrNo => &[
            "?",
            "?",
            "!?",
            "? == true",
            "? == false",
            "? != true",
            "? != false",
            "? == null",
            "? != null",
            "? == 'Y'",
            "? == 1",
            "? != 1",
            "true == ?",
            "? in ['Y', 'no']",
            "!? == true",
            "false != ?",
            "? in [true]",
            "null != ?",
        ],
        Holds::Number => &[
            "? > 1",
            "? >= 2",
            "? < 10",
            "? == 1",
            "? != 2",
            "? in [1, 2]",
            "? == '1'",
            "? <= 2",
            "1 < ?",
            "? == null",
            "?",
            "? > 2.4",
            "? == -1",
            "? != '2.5'",
            "? < -0.5",
            "? == true",
        ],
        Holds::Word => &[
            "? == 'x'",
            "? != 'x'",
            "? in ['x', 'y']",
            "? != null",
            "? == 10",
            "? < 'y'",
            "?",
            "? == 'x' || ? == 'y'",
            "? != 3",
            "'x' == ?",
        ],
    };
    pick(rng, forms).replace('?', name)
}
