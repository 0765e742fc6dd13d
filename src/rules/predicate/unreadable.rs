//! A condition that is no CEL: where it goes wrong, and what people mostly meant.

use super::parse::at;
use crate::document::{Fault, Text};

/// What may be written, where nothing nearer can be said.
const SEE: &str = "docs/packs.md says under Conditions what may be written";

/// The fault of a condition that the parser gave up on at a character.
pub(super) fn unreadable(text: &Text, gave_up_at: usize) -> Fault {
    let condition = text.value.trim();
    if condition.is_empty() {
        return Fault::new(
            text.place.clone(),
            "the condition is empty",
            "leave it out, or say what must hold",
        );
    }
    let bare = outside_quotes(&text.value);
    let what = format!("`{condition}` cannot be read as a condition");
    for (offset, remedy) in [
        (
            curly_quote(&text.value),
            "write straight quotes, as in kind == 'initial'",
        ),
        (
            single_equals(&bare),
            "`==` compares, as in kind == 'initial'",
        ),
        (
            word(&bare, &["and", "or", "not"]),
            "write && for and, || for or, ! for not",
        ),
        (pair(&bare, "<>"), "`!=` is for what is not the same"),
    ] {
        if let Some(offset) = offset {
            return Fault::new(at(text, offset), what, remedy);
        }
    }
    let rest: String = text.value.chars().skip(gave_up_at).collect();
    let what = match rest.trim() {
        "" => format!("{what}: it ends too early"),
        rest => format!("{what} from `{rest}` on"),
    };
    Fault::new(at(text, gave_up_at), what, SEE)
}

/// The characters, with a blank for each that stands in quotes.
fn outside_quotes(text: &str) -> Vec<char> {
    let mut quote = None;
    let mut bare = Vec::new();
    for c in text.chars() {
        let quoted = quote.is_some();
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
        bare.push(if quoted || quote.is_some() { ' ' } else { c });
    }
    bare
}

fn curly_quote(text: &str) -> Option<usize> {
    text.chars().position(|c| ['“', '”', '‘', '’'].contains(&c))
}

/// An `=` with none of `=!<>` beside it.
fn single_equals(bare: &[char]) -> Option<usize> {
    (0..bare.len()).find(|&i| {
        let before = i.checked_sub(1).and_then(|i| bare.get(i));
        let joined = |c: Option<&char>| c.is_some_and(|c| "=!<>".contains(*c));
        bare[i] == '=' && !joined(before) && bare.get(i + 1) != Some(&'=')
    })
}

/// One of some words, whatever its case, standing by itself.
fn word(bare: &[char], words: &[&str]) -> Option<usize> {
    let of_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let mut start = 0;
    while start < bare.len() {
        let length = bare[start..].iter().take_while(|c| of_word(c)).count();
        let this: String = bare[start..start + length].iter().collect();
        if words.contains(&this.to_lowercase().as_str()) {
            return Some(start);
        }
        start += length.max(1);
    }
    None
}

fn pair(bare: &[char], pair: &str) -> Option<usize> {
    let pair: Vec<char> = pair.chars().collect();
    bare.windows(2).position(|two| two == pair)
}
