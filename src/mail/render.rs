//! A letter as plain text and HTML: the words from the catalogue, the layout from the templates.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, Template, UndefinedBehavior, Value};

use super::letter::{Letter, LetterKind};
use super::view::{one_line, view};
use crate::words::{Catalogue, CatalogueError, Language};

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
pub(super) const TEMPLATES: [(&str, &str); 14] = [
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
    ("now.subject", include_str!("templates/now.subject")),
    ("digest.subject", include_str!("templates/digest.subject")),
    (
        "operations.subject",
        include_str!("templates/operations.subject"),
    ),
];

/// The parts of a message; each kind of message has a template for each.
pub(super) const PARTS: [&str; 3] = ["subject", "txt", "html"];

/// The name of a kind of message among the templates.
pub(super) fn layout(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Now => "now",
        LetterKind::Digest | LetterKind::Baseline => "digest",
        LetterKind::Operations => "operations",
    }
}

/// The built-in words of a language.
pub(super) fn words(language: Language) -> Result<Catalogue, CatalogueError> {
    let own = match language {
        Language::English => include_str!("words/english.toml"),
        Language::Welsh => include_str!("words/welsh.toml"),
    };
    Catalogue::of(language, own)
}

/// Where templates are read and laid out: a name that is not there is a fault.
pub(super) fn environment() -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    Ok(templates)
}

/// The templates, with the words of one language.
#[derive(Debug)]
pub(super) struct Renderer {
    words: Catalogue,
    templates: Environment<'static>,
}

impl Renderer {
    /// These words, laid out by the built-in templates but for those that `own` has in their place.
    pub(super) fn new(
        words: Catalogue,
        own: &BTreeMap<String, String>,
    ) -> Result<Renderer, WriteError> {
        let mut templates = environment()?;
        let said = words.clone();
        templates.add_function("say", move |key: &str| -> Result<Value, Error> {
            said.say(key, &[])
                .map(Value::from)
                .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
        });
        for (name, built_in) in TEMPLATES {
            match own.get(name) {
                Some(source) => templates.add_template_owned(name, source.clone())?,
                None => templates.add_template(name, built_in)?,
            }
        }
        Ok(Renderer { words, templates })
    }

    /// Its words.
    pub(super) fn words(&self) -> &Catalogue {
        &self.words
    }

    /// A letter in words.
    pub(super) fn render(&self, letter: &Letter) -> Result<Rendered, WriteError> {
        let value = self.values(letter)?;
        let layout = layout(letter.kind);
        let lay_out = |part: &str| -> Result<String, WriteError> {
            let template = self.templates.get_template(&format!("{layout}.{part}"))?;
            Ok(template.render(value.clone())?)
        };
        Ok(Rendered {
            subject: one_line(&lay_out("subject")?),
            text: lay_out("txt")?,
            html: lay_out("html")?,
        })
    }

    /// What the templates of a letter can name.
    pub(super) fn values(&self, letter: &Letter) -> Result<Value, CatalogueError> {
        Ok(Value::from(Serde(&view(letter, &self.words)?)))
    }

    /// One part of a letter, for a check of its template.
    pub(super) fn part(&self, letter: &Letter, part: &str) -> Result<String, WriteError> {
        let template = self
            .templates
            .get_template(&format!("{}.{part}", layout(letter.kind)))?;
        Ok(template.render(self.values(letter)?)?)
    }

    /// A template of it.
    pub(super) fn template(&self, name: &str) -> Result<Template<'_, '_>, Error> {
        self.templates.get_template(name)
    }
}
