//! A letter as plain text and HTML: the words from the catalogue, the layout from the templates.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::catalogue::{Catalogue, CatalogueError};
use super::letter::{Language, Letter, LetterKind};
use super::view::view;

/// What cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The words fail.
    #[error(transparent)]
    Words(#[from] CatalogueError),
    /// A template fails.
    #[error("a message cannot be laid out: {0:#}")]
    Layout(#[from] Error),
    /// The sender in the configuration does not read.
    #[error("[mail] from: `{0}` is not a sender; write Name <name@domain>")]
    From(String),
    /// The message cannot be put together.
    #[error("a message cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
}

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without a name or a case reference.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The templates that are built in; the ending decides what is escaped.
const TEMPLATES: [(&str, &str); 11] = [
    ("entry.txt", include_str!("templates/entry.txt")),
    ("listed.txt", include_str!("templates/listed.txt")),
    ("now.txt", include_str!("templates/now.txt")),
    ("digest.txt", include_str!("templates/digest.txt")),
    ("operations.txt", include_str!("templates/operations.txt")),
    ("page.html", include_str!("templates/page.html")),
    ("entry.html", include_str!("templates/entry.html")),
    ("listed.html", include_str!("templates/listed.html")),
    ("now.html", include_str!("templates/now.html")),
    ("digest.html", include_str!("templates/digest.html")),
    ("operations.html", include_str!("templates/operations.html")),
];

/// The templates, with the words of one language.
#[derive(Debug)]
pub(super) struct Renderer {
    words: Catalogue,
    templates: Environment<'static>,
}

impl Renderer {
    /// The built-in templates with the words of a language.
    pub(super) fn new(language: Language) -> Result<Renderer, WriteError> {
        let words = Catalogue::of(language)?;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()?,
        );
        let said = words.clone();
        templates.add_function("say", move |key: &str| -> Result<Value, Error> {
            said.say(key, &[])
                .map(Value::from)
                .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
        });
        for (name, source) in TEMPLATES {
            templates.add_template(name, source)?;
        }
        Ok(Renderer { words, templates })
    }

    /// A letter in words.
    pub(super) fn render(&self, letter: &Letter) -> Result<Rendered, WriteError> {
        let view = view(letter, &self.words)?;
        let layout = match letter.kind {
            LetterKind::Now => "now",
            LetterKind::Digest | LetterKind::Baseline => "digest",
            LetterKind::Operations => "operations",
        };
        let value = Value::from(Serde(&view));
        let lay_out = |ending: &str| -> Result<String, WriteError> {
            let template = self.templates.get_template(&format!("{layout}.{ending}"))?;
            Ok(template.render(&value)?)
        };
        Ok(Rendered {
            text: lay_out("txt")?,
            html: lay_out("html")?,
            subject: view.subject,
        })
    }
}
