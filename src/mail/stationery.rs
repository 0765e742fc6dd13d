//! What messages are written with: words and templates of each language, those of a site in the place
//! of the built-in ones. A site's are checked before anything is sent: read, and laid out with made-up
//! letters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minijinja::{Error, ErrorKind};

use super::letter::Letter;
use super::render::{PARTS, Rendered, Renderer, TEMPLATES, WriteError, environment, layout, words};
use super::samples;
use crate::document::{Document, Fault, Faults, Place, Table, nearest};
use crate::words::{Catalogue, CatalogueError, Language, Phrase, Plural};

/// A site's words for a kind of event or period begin so; any kind may have them.
const WORDS_OF_KIND: &str = "do_";
/// What a template may name besides what it is given: functions, and what those that include it set.
const ALWAYS_KNOWN: [&str; 6] = ["say", "range", "dict", "debug", "level", "loop"];

/// The words and templates of an installation.
#[derive(Debug)]
pub struct Stationery {
    english: Renderer,
    welsh: Renderer,
}

/// A folder of a site's own words and templates.
struct Folder<'f> {
    path: &'f Path,
    templates: BTreeMap<String, String>,
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

    fn renderer(&self, language: Language) -> &Renderer {
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

impl Folder<'_> {
    /// The names of its files; hidden ones are no business of ours.
    fn names(&self) -> Result<Vec<String>, Faults> {
        let unreadable = |error: std::io::Error| {
            Faults::from(Fault::new(
                Place::whole(self.path.display().to_string()),
                format!("the folder of templates cannot be read: {error}"),
                "check `templates` under [mail], and that corewatch may read it",
            ))
        };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn file(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }

    fn place(&self, name: &str, line: usize) -> Place {
        Place {
            file: self.file(name),
            line: line.max(1),
            column: 0,
        }
    }

    /// Built-in words or templates that do not go with the folder's.
    fn broken(&self, error: &dyn std::fmt::Display) -> Faults {
        Fault::plain(
            Place::whole(self.path.display().to_string()),
            error.to_string(),
        )
        .into()
    }

    fn faults_of_syntax(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, source) in &self.templates {
            let parsed = environment()
                .and_then(|templates| templates.template_from_named_str(name, source).map(drop));
            faults.extend(parsed.err().map(|error| self.fault(name, &error)));
        }
        faults
    }

    /// What an error of a template says, where the file of the folder has it; else at the template
    /// that was laid out.
    fn fault(&self, laid_out: &str, error: &Error) -> Fault {
        let mut place = None;
        let mut innermost = error;
        let mut at: Option<&Error> = Some(error);
        while let Some(error) = at {
            innermost = error;
            let name = error
                .name()
                .filter(|name| self.templates.contains_key(*name));
            if let (Some(name), Some(line)) = (name, error.line()) {
                place = Some(self.place(name, line));
            }
            at = std::error::Error::source(error).and_then(|source| source.downcast_ref());
        }
        let what = match (innermost.kind(), innermost.detail()) {
            (ErrorKind::UndefinedError, None) => "names something that is not there".to_owned(),
            (kind, None) => kind.to_string(),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
        };
        Fault::new(
            place.unwrap_or_else(|| self.place(laid_out, 1)),
            what,
            "compare it with the built-in template in docs/mail.md",
        )
    }

    /// What shows only in use: names that nothing has, parts that are not said, cases in a subject.
    fn faults_of_use(&self, stationery: &Stationery) -> Result<Faults, Faults> {
        let mut faults = BTreeSet::new();
        for language in Language::ALL {
            let renderer = stationery.renderer(language);
            let letters = samples::all(language);
            for name in self.templates.keys() {
                let unknown = self.unknown_names(renderer, &letters, name);
                faults.extend(unknown.map_err(|error| self.broken(&error))?);
            }
            if !faults.is_empty() {
                continue;
            }
            for letter in &letters {
                for part in PARTS {
                    let name = format!("{}.{part}", layout(letter.kind));
                    match renderer.part(letter, part) {
                        Err(WriteError::Layout(error)) => {
                            faults.insert(self.fault(&name, &error));
                        }
                        Err(error) => return Err(self.broken(&error)),
                        Ok(said) => {
                            let place = self.place_of_part(&name, part);
                            let lacking = lacking(letter, part, &said, renderer.words());
                            let lacking = lacking.map_err(|error| self.broken(&error))?;
                            faults.extend(
                                lacking
                                    .into_iter()
                                    .map(|(what, remedy)| Fault::new(place.clone(), what, remedy)),
                            );
                        }
                    }
                }
            }
        }
        Ok(Faults(faults.into_iter().collect()))
    }

    /// The template that is to blame for what a part lacks: that of the message, where the site has
    /// it, else one that it includes.
    fn place_of_part(&self, name: &str, part: &str) -> Place {
        let ending = format!(".{part}");
        let included = self.templates.keys().find(|own| own.ends_with(&ending));
        match (self.templates.contains_key(name), included) {
            (false, Some(included)) => self.place(included, 1),
            _ if self.templates.contains_key(name) => self.place(name, 1),
            _ => Place::whole(self.path.display().to_string()),
        }
    }

    /// Names of a template that no letter gives it, with the line on which they first stand.
    fn unknown_names(
        &self,
        renderer: &Renderer,
        letters: &[Letter],
        name: &str,
    ) -> Result<Vec<Fault>, WriteError> {
        let mut known: BTreeSet<String> = ALWAYS_KNOWN.map(str::to_owned).into();
        let mut of_entries = BTreeSet::new();
        for letter in letters {
            let values = renderer.values(letter)?;
            known.extend(keys(&values));
            let sections = values.get_attr("sections")?;
            for section in sections.try_iter()? {
                for entry in section.get_attr("entries")?.try_iter()? {
                    of_entries.extend(keys(&entry));
                }
            }
        }
        // Included once for each entry.
        if name.starts_with("entry.") || name.starts_with("listed.") {
            known.insert("entry".to_owned());
        }
        let template = renderer.template(name)?;
        let mut faults = Vec::new();
        for asked in template.undeclared_variables(true) {
            let mut path = asked.split('.');
            let first = path.next().unwrap_or_default();
            let (unknown, near) = if !known.contains(first) {
                (first, nearest(first, known.iter().map(String::as_str)))
            } else if first == "entry" {
                match path.next().filter(|second| !of_entries.contains(*second)) {
                    Some(second) => {
                        let near = nearest(second, of_entries.iter().map(String::as_str));
                        (second, near)
                    }
                    None => continue,
                }
            } else {
                continue;
            };
            let source = self.templates.get(name).map_or("", String::as_str);
            let line = source.lines().position(|line| line.contains(unknown));
            let remedy = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "docs/mail.md lists what a template is given".to_owned(),
            };
            faults.push(Fault::new(
                self.place(name, line.map_or(1, |line| line + 1)),
                format!("nothing is known as `{asked}`"),
                remedy,
            ));
        }
        Ok(faults)
    }
}

/// The keys of a value that has some.
fn keys(value: &minijinja::Value) -> Vec<String> {
    value.try_iter().map_or_else(
        |_| Vec::new(),
        |keys| {
            keys.filter_map(|key| key.as_str().map(str::to_owned))
                .collect()
        },
    )
}

/// What a part of a message must say and does not, or says and must not: what, and what to do.
fn lacking(
    letter: &Letter,
    part: &str,
    said: &str,
    words: &Catalogue,
) -> Result<Vec<(String, String)>, CatalogueError> {
    if part == "subject" {
        return Ok(wrong_subject(letter, said).into_iter().collect());
    }
    let said = said.to_lowercase();
    let mut lacking = Vec::new();
    let mut need = |what: &str, text: &str, by: &str| {
        if !said.contains(&text.to_lowercase()) {
            lacking.push((
                format!("a message laid out by it does not say {what}"),
                format!("write {{{{ {by} }}}} where it belongs"),
            ));
        }
    };
    for notice in &letter.notices {
        need("what is amiss", &notice.what, "notice.what");
        for line in &notice.detail {
            need("what is known of it", line, "notice.detail");
        }
    }
    for entry in &letter.entries {
        need("which case it is", &entry.case_ref, "entry.case");
        need("which duty it is", &entry.title, "entry.title");
        need("the due day", &words.date(entry.due)?, "entry.facts");
        need("the clause", &entry.clause, "entry.facts");
        need("the reference", &entry.obligation, "entry.reference");
    }
    Ok(lacking)
}

/// What is wrong with a subject: it says nothing, or it names a case, where everybody reads it who
/// looks over a shoulder.
fn wrong_subject(letter: &Letter, said: &str) -> Option<(String, String)> {
    if said.trim().is_empty() {
        return Some((
            "a subject laid out by it says nothing".to_owned(),
            "write {{ subject }} where it belongs".to_owned(),
        ));
    }
    let mut cases = letter.entries.iter();
    cases.any(|entry| said.contains(&entry.case_ref)).then(|| {
        (
            "a subject laid out by it names a case".to_owned(),
            "leave the case out: a subject is read over shoulders".to_owned(),
        )
    })
}
