//! What a predicate means, by SPEC 3, Predicates.

use super::*;
use crate::calendar::Day;
use crate::case::{EventRow, Symbols, Value};
use crate::document::{Place, Text};

fn parse(text: &str) -> Result<Predicate, crate::document::Faults> {
    Predicate::parse(&Text {
        value: text.to_owned(),
        place: Place {
            file: "p.toml".into(),
            line: 4,
            column: 9,
        },
    })
}

fn holds(text: &str, attributes: &[(&str, Value<'_>)], born: Option<&str>) -> bool {
    let mut symbols = Symbols::default();
    let attributes: Vec<_> = attributes
        .iter()
        .map(|(name, value)| (symbols.intern(name), *value))
        .collect();
    let kind = symbols.intern("visit");
    let row = EventRow::new(kind, "V", attributes);
    let expr = parse(text).unwrap().expr.bind(&mut |n| symbols.intern(n));
    expr.holds(&Subject {
        attributes: row.event().attributes,
        day: "2026-06-10".parse::<Day>().unwrap(),
        born: born.map(|born| born.parse().unwrap()),
    })
}

#[test]
fn values_mean_what_spec_3_says() {
    let row = [
        ("seen", Value::Text("Y")),
        ("alone", Value::Text("no")),
        ("count", Value::Int(3)),
        ("grade", Value::Text("07")),
        ("flag", Value::Bool(true)),
        ("maybe", Value::Text("maybe")),
        ("half", Value::Float(0.5)),
        ("long", Value::Text("9007199254740992")),
    ];
    let cases = [
        ("seen", true),
        ("!alone", true),
        ("seen == true", true),
        ("true == seen", true),
        ("alone == true", false),
        ("alone != true", true),
        ("seen == 'Y'", true),
        ("flag && seen", true),
        ("flag == seen == true", false),
        ("missing", false),
        ("!missing", true),
        ("missing == null", true),
        ("missing != null", false),
        ("seen != null", true),
        ("missing == 'x'", false),
        ("missing != 'x'", false),
        ("missing in ['x']", false),
        ("missing in ['x', null]", false),
        ("null in [missing]", false),
        ("null in [null]", false),
        ("long == 9007199254740992", true),
        ("long == 9007199254740993", false),
        ("long < 9007199254740993", true),
        ("grade == 7.0", true),
        ("missing == false", false),
        ("missing != false", false),
        ("maybe", false),
        ("!maybe", true),
        ("maybe == true", false),
        ("maybe != true", false),
        ("maybe == 'maybe'", true),
        ("count > 2", true),
        ("count == '3'", true),
        ("grade == 7", true),
        ("grade == '7'", false),
        ("grade < 8 && grade > 6.5", true),
        ("half < 1", true),
        ("count == 'three'", false),
        ("count != 'three'", false),
        ("flag == 'Y'", false),
        ("flag != 'Y'", false),
        ("seen in ['N', 'Y']", true),
        ("count in [1, 2, 3]", true),
        ("count + 1 == 4", true),
        ("count / 0 == 1", false),
        ("count > 2 ? seen : alone", true),
        ("seen.startsWith('Y') && size(maybe) == 5", true),
        ("missing < 3 || missing >= 3", false),
    ];
    for (text, expected) in cases {
        assert_eq!(holds(text, &row, None), expected, "{text}");
    }
}

#[test]
fn age_is_in_whole_years_and_null_without_a_birth() {
    assert!(holds("age == 2", &[], Some("2024-06-10")));
    assert!(holds("age == 1", &[], Some("2024-06-11")));
    assert!(holds("age == -1", &[], Some("2026-06-11")));
    assert!(holds("age == 0", &[], Some("2026-06-10")));
    assert!(!holds("age < 100", &[], None));
    assert!(holds("age == null", &[], None));
}

#[test]
fn faults_stand_at_their_column() {
    let line = |text: &str| parse(text).unwrap_err().to_string();
    let place_and_what = |text: &str| line(text).split(';').next().unwrap().to_owned();
    assert_eq!(
        place_and_what("seen && has(a.b)"),
        "p.toml:4:21: this is more of CEL than a predicate may use"
    );
    assert_eq!(
        line("kind in other"),
        "p.toml:4:18: behind `in` stands a list, as in ['a', 'b']; a predicate may use attributes, \
         age, literals, == != < <= > >= in && || ! ?: + - * / %, size(), startsWith(), endsWith() \
         and contains()"
    );
    assert!(line("seen &&").starts_with("p.toml:4:"));
}

#[test]
fn what_people_write_instead_of_cel_is_named() {
    let line = |text: &str| parse(text).unwrap_err().to_string();
    for (text, told) in [
        (
            "",
            "p.toml:4:9: the condition is empty; leave it out, or say what must hold",
        ),
        (
            "kind = 'a=b'",
            "p.toml:4:15: `kind = 'a=b'` cannot be read as a condition; `==` compares, as in kind == \
             'initial'",
        ),
        (
            "seen AND alone",
            "p.toml:4:15: `seen AND alone` cannot be read as a condition; write && for and, || for or, \
             ! for not",
        ),
        (
            "kind == ‘initial’",
            "p.toml:4:18: `kind == ‘initial’` cannot be read as a condition; write straight quotes, as \
             in kind == 'initial'",
        ),
        (
            "age <> 2",
            "p.toml:4:14: `age <> 2` cannot be read as a condition; `!=` is for what is not the same",
        ),
        (
            "age < 2 years",
            "p.toml:4:18: `age < 2 years` cannot be read as a condition from `years` on; docs/packs.md \
             says under Conditions what may be written",
        ),
        (
            "seen &&",
            "p.toml:4:17: `seen &&` cannot be read as a condition: it ends too early; docs/packs.md \
             says under Conditions what may be written",
        ),
    ] {
        assert_eq!(line(text), told);
    }
}

#[test]
fn a_predicate_that_no_stack_could_hold_is_told() {
    let nested = |n: usize| format!("{}seen{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&nested(32)).is_ok());
    for text in [
        nested(5000),
        format!("{}1{} == null", "[".repeat(200), "]".repeat(200)),
        format!("{}seen{}", "!(".repeat(200), ")".repeat(200)),
        format!("{}1 == 3", "1+".repeat(5000)),
        format!("seen{}", " == true".repeat(5000)),
        format!("{}true", "seen ? false : ".repeat(5000)),
    ] {
        let fault = parse(&text).unwrap_err().to_string();
        assert!(
            fault.starts_with("p.toml:4:9: the predicate is nested too deep, or too long;"),
            "{fault}"
        );
    }
    // What stands in quotes is no bracket.
    let quoted = format!("name == '{}'", "(".repeat(5000));
    assert!(parse(&quoted).is_ok());
    let many = format!("team in [{}]", vec!["'T1'"; 5000].join(", "));
    assert!(parse(&many).is_ok());
}
