//! What messages are written with: words and templates of each language, those of a site in the place
//! of the built-in ones. A site's are checked before anything is sent: read, and laid out with made-up
//! letters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::folder::Folder;
use super::letter::Letter;
use super::render::{Rendered, Renderer, TEMPLATES, WriteError, words};
use crate::document::{Document, Fault, Faults, Place, Table, nearest};
use crate::words::{Catalogue, Language, Phrase, Plural};

/// A site's words for a kind of event or period begin so; any kind may have them.
const WORDS_OF_KIND: &str = "do_";

/// The words and templates of an installation.
#[derive(Debug)]
pub struct Stationery {
    english: Renderer,
    welsh: Renderer,
}

impl Stationery {
    /// The built-in words and templates.
    ///
    /// # Errors
    /// Where they do not read, which a test rules out.
    pub fn built_in() -> Result<Stationery, WriteError> {
        let none = BTreeMap::new();
        Ok(Stationery {
            english: Renderer::new(words(Language::English)?, &none)?,
            welsh: Renderer::new(words(Language::Welsh)?, &none)?,
        })
    }

    /// The built-in words and templates under those of a site's folder: a file has the name of the
    /// one that it stands for (`now.txt`, `welsh.toml`).
    ///
    /// # Errors
    /// All that is wrong with the folder's files, with file and line.
    pub fn of_folder(path: &Path) -> Result<Stationery, Faults> {
        let mut faults = Faults::default();
        let mut folder = Folder {
            path,
            templates: BTreeMap::new(),
        };
        let mut catalogues = BTreeMap::new();
        for language in Language::ALL {
            let built_in = words(language).map_err(|error| folder.broken(&error))?;
            catalogues.insert(language, built_in);
        }
        let known = known_names(catalogues.values());
        for name in folder.names()? {
            let file = path.join(&name);
            let language = Language::ALL
                .into_iter()
                .find(|language| file_of(*language) == name);
            if let Some(catalogue) = language.and_then(|language| catalogues.get_mut(&language)) {
                let read = Document::read(&file)
                    .and_then(|text| text.parse(|top| read_words(top, &known, catalogue)));
                faults.0.extend(read.err().unwrap_or_default().0);
            } else if TEMPLATES.iter().any(|(known, _)| *known == name) {
                match Document::read(&file) {
                    Ok(document) => {
                        let text = document.text().to_owned();
                        folder.templates.insert(name, text);
                    }
                    Err(more) => faults.0.extend(more.0),
                }
            } else {
                faults.0.push(unknown_file(&file, &name));
            }
        }
        faults.0.extend(folder.faults_of_syntax());
        faults.or(())?;
        let mut renderer = |language: Language| -> Result<Renderer, Faults> {
            let words = match catalogues.remove(&language) {
                Some(words) => words,
                None => words(language).map_err(|error| folder.broken(&error))?,
            };
            Renderer::new(words, &folder.templates).map_err(|error| folder.broken(&error))
        };
        let stationery = Stationery {
            english: renderer(Language::English)?,
            welsh: renderer(Language::Welsh)?,
        };
        let faults = folder.faults_of_use(&stationery)?;
        faults.or(stationery)
    }

    /// A letter in words.
    pub(super) fn render(&self, letter: &Letter) -> Result<Rendered, WriteError> {
        self.renderer(letter.language).render(letter)
    }

    /// The words of a language.
    pub fn words(&self, language: Language) -> &Catalogue {
        self.renderer(language).words()
    }

    pub(super) fn renderer(&self, language: Language) -> &Renderer {
        match language {
            Language::English => &self.english,
            Language::Welsh => &self.welsh,
        }
    }
}

/// The file of a language's words.
fn file_of(language: Language) -> &'static str {
    match language {
        Language::English => "english.toml",
        Language::Welsh => "welsh.toml",
    }
}

fn unknown_file(file: &Path, name: &str) -> Fault {
    let known = TEMPLATES
        .iter()
        .map(|(name, _)| *name)
        .chain(Language::ALL.map(file_of));
    let known: Vec<&str> = known.collect();
    let remedy = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the folder may hold {}", known.join(", ")),
    };
    let what = "is neither a template nor a file of words";
    Fault::new(Place::whole(file.display().to_string()), what, remedy)
}

/// The names that each phrase may have filled in: those that it has in any language.
fn known_names<'c>(
    catalogues: impl Iterator<Item = &'c Catalogue>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, phrase) in catalogues.flat_map(Catalogue::phrases) {
        known.entry(key.clone()).or_default().extend(phrase.names());
    }
    known
}

/// Puts a file's phrases into a catalogue, each checked for the names that it wants filled in.
fn read_words(
    top: &mut Table<'_>,
    known: &BTreeMap<String, BTreeSet<String>>,
    catalogue: &mut Catalogue,
) -> Option<()> {
    top.table("phrase", |table| {
        for key in table.keys() {
            let names = match known.get(&key) {
                Some(names) => names.clone(),
                None if key.starts_with(WORDS_OF_KIND) => BTreeSet::new(),
                // Never asked for: reported as unknown, with the nearest of those that were.
                None => continue,
            };
            if let Some(phrase) = read_phrase(table, &key, &names) {
                catalogue.put(key, phrase);
            }
        }
        for key in known.keys() {
            table.has(key);
        }
        Some(())
    })
}

fn read_phrase(table: &mut Table<'_>, key: &str, known: &BTreeSet<String>) -> Option<Phrase> {
    let place = table.place_of(key);
    let phrase = if known.contains("n") && table.is_table(key) {
        table.table(key, |forms| {
            let mut read = |form: &str| forms.text(form).map(|text| text.value);
            let [zero, one, two, few, many, other] = Plural::FORMS.map(&mut read);
            if other.is_none() {
                forms.missing("other");
            }
            Some(Phrase::Plural(Plural {
                zero,
                one,
                two,
                few,
                many,
                other: other?,
            }))
        })?
    } else {
        Phrase::Plain(table.text(key)?.value)
    };
    let mut is_known = true;
    for name in phrase.names().difference(known) {
        is_known = false;
        let remedy = if known.is_empty() {
            "nothing is filled in here".to_owned()
        } else {
            let known: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
            format!("what can be filled in here is {}", known.join(", "))
        };
        let what = format!("`{key}`: nothing is known as {{{name}}}");
        table.fault(Fault::new(place.clone(), what, remedy));
    }
    is_known.then_some(phrase)
}
