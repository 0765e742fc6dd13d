//! A folder of a site's own templates, and what is wrong with them: what does not read, and what shows
//! only when made-up letters are laid out with them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minijinja::{Error, ErrorKind};

use super::letter::Letter;
use super::render::{PARTS, Renderer, WriteError, environment, layout};
use super::samples;
use super::stationery::Stationery;
use crate::document::{Fault, Faults, Place, nearest};
use crate::words::{Catalogue, CatalogueError, Language};

/// What a template may name besides what it is given: functions, and what those that include it set.
const ALWAYS_KNOWN: [&str; 6] = ["say", "range", "dict", "debug", "level", "loop"];

/// A folder of a site's own words and templates.
pub(super) struct Folder<'f> {
    /// Where it is.
    pub(super) path: &'f Path,
    /// Its templates, by file name.
    pub(super) templates: BTreeMap<String, String>,
}

impl Folder<'_> {
    /// The names of its files; hidden ones are no business of ours.
    pub(super) fn names(&self) -> Result<Vec<String>, Faults> {
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
    pub(super) fn broken(&self, error: &dyn std::fmt::Display) -> Faults {
        Fault::plain(
            Place::whole(self.path.display().to_string()),
            error.to_string(),
        )
        .into()
    }

    /// Templates that do not read.
    pub(super) fn faults_of_syntax(&self) -> Vec<Fault> {
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
    pub(super) fn faults_of_use(&self, stationery: &Stationery) -> Result<Faults, Faults> {
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
