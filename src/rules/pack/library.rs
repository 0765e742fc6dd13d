//! The packs of an authority: shipped ones by id, a site's own by path, with what they inherit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::document::{Document, Fault, Faults, Place, Text, nearest};

use super::super::model::{Pack, Rule};
use super::read::survey_pack;

/// The packs that are built in, by id.
const SHIPPED: &[(&str, &str)] = &[
    (
        "england",
        include_str!("../../../config/packs/england.toml"),
    ),
    ("wales", include_str!("../../../config/packs/wales.toml")),
    ("luton", include_str!("../../../config/packs/luton.toml")),
    (
        "denbighshire",
        include_str!("../../../config/packs/denbighshire.toml"),
    ),
    (
        "rochdale",
        include_str!("../../../config/packs/rochdale.toml"),
    ),
    ("hscb", include_str!("../../../config/packs/hscb.toml")),
    (
        "scotland",
        include_str!("../../../config/packs/scotland.toml"),
    ),
];

/// The ids of the packs that are built in.
pub fn shipped_pack_ids() -> Vec<&'static str> {
    SHIPPED.iter().map(|(id, _)| *id).collect()
}

/// Loads the packs of an authority: shipped ones by id, others by path relative to `base`, each with
/// the rules that it inherits. Where a name stands is where a pack that is not there is told.
///
/// # Errors
/// Every fault of every file at once; two packs with a rule of the same id among them.
pub fn load_packs(names: &[Text], base: &Path) -> Result<Vec<Pack>, Faults> {
    let (packs, faults) = survey_packs(names, base);
    faults.or(packs)
}

/// Loads the packs of an authority as far as they can be read, and every fault of them: a faulty rule
/// is left out, and so is a pack whose base cannot be read.
pub fn survey_packs(names: &[Text], base: &Path) -> (Vec<Pack>, Faults) {
    survey_on(Shelf::Installed, names, base)
}

/// Loads packs anew from the texts that they were once read from ([`Pack::texts`]).
///
/// # Errors
/// As [`load_packs`]; a text that is not among them.
pub fn load_kept_packs(
    names: &[String],
    base: &Path,
    texts: &BTreeMap<String, String>,
) -> Result<Vec<Pack>, Faults> {
    let named = |name: &String| Text {
        value: name.clone(),
        place: Place::whole("the store"),
    };
    let names: Vec<Text> = names.iter().map(named).collect();
    let (packs, faults) = survey_on(Shelf::Kept(texts), &names, base);
    faults.or(packs)
}

/// Where the texts of packs stand.
#[derive(Clone, Copy)]
enum Shelf<'s> {
    /// In this program, and in files.
    Installed,
    /// With whoever kept them.
    Kept(&'s BTreeMap<String, String>),
}

fn survey_on(shelf: Shelf<'_>, names: &[Text], base: &Path) -> (Vec<Pack>, Faults) {
    let mut faults = Faults::default();
    let packs: Vec<Pack> = names
        .iter()
        .filter_map(|name| survey(shelf, name, base, &[], &mut faults))
        .collect();
    for (i, pack) in packs.iter().enumerate() {
        for rule in &pack.rules {
            let twin = packs[..i]
                .iter()
                .find(|other| other.rules.iter().any(|r| r.id == rule.id));
            if let Some(twin) = twin {
                faults.0.push(Fault::new(
                    rule.place.clone(),
                    format!(
                        "the packs `{}` and `{}` both have a rule `{}`",
                        twin.id, pack.id, rule.id
                    ),
                    format!(
                        "an authority may have it once: leave one pack out, let one extend the \
                         other, or put `disable = [\"{}\"]` into one",
                        rule.id
                    ),
                ));
            }
        }
    }
    (packs, faults)
}

fn survey(
    shelf: Shelf<'_>,
    name: &Text,
    base: &Path,
    extending: &[Link],
    faults: &mut Faults,
) -> Option<Pack> {
    let (document, folder, key) = match find(shelf, name, base) {
        Ok(found) => found,
        Err(more) => {
            faults.0.extend(more.0);
            return None;
        }
    };
    let this = Link {
        file: std::fs::canonicalize(&key).unwrap_or_else(|_| PathBuf::from(&key)),
        key: key.clone(),
    };
    let extending = [extending, std::slice::from_ref(&this)].concat();
    if let Some(circle) = circle(&extending) {
        faults.0.push(Fault::new(
            name.place.clone(),
            format!("packs extend one another in a circle: {circle}"),
            "take one `extends` out",
        ));
        return None;
    }
    let (pack, own) = survey_pack(&document);
    faults.0.extend(own.0);
    let mut pack = pack?;
    pack.texts = vec![(key, document.text().to_owned())];
    if let Some(extends) = pack.extends.clone() {
        let before = faults.0.len();
        let parent = survey(shelf, &extends, &folder, &extending, faults)?;
        // Of a base with faults it is not known which rules it would have.
        if faults.0.len() == before {
            faults.0.extend(disabled_in_vain(&pack, &parent).0);
        }
        inherit(&mut pack, parent);
    } else if let Some(disabled) = pack.disable.first() {
        faults.0.push(Fault::new(
            disabled.place.clone(),
            "`disable` stands in a pack that extends no other",
            "take the rule out, or name the pack that it comes from in `extends`",
        ));
    }
    Some(pack)
}

/// A pack on the way from the one that was asked for to a base.
#[derive(Clone)]
struct Link {
    /// Its file, however it was named.
    file: PathBuf,
    /// What it is found under.
    key: String,
}

/// The circle that the last of these packs closes, if it does.
fn circle(extending: &[Link]) -> Option<String> {
    let (last, before) = extending.split_last()?;
    let first = before.iter().position(|one| one.file == last.file)?;
    let keys = extending[first..]
        .iter()
        .map(|one| format!("`{}`", one.key));
    Some(keys.collect::<Vec<_>>().join(" extends "))
}

/// A shipped pack by id, else a file by path; with the folder that its own paths are relative to, and
/// what it is kept under.
fn find(shelf: Shelf<'_>, name: &Text, base: &Path) -> Result<(Document, PathBuf, String), Faults> {
    let path = base.join(&name.value);
    let folder = path.parent().unwrap_or(base).to_owned();
    let by_path = path.display().to_string();
    if let Shelf::Kept(texts) = shelf {
        if let Some(text) = texts.get(&name.value) {
            let document = Document::new(&name.value, text);
            return Ok((document, base.to_owned(), name.value.clone()));
        }
        let Some(text) = texts.get(&by_path) else {
            let what = format!("the text of the pack `{}` was not kept", name.value);
            return Err(Fault::plain(name.place.clone(), what).into());
        };
        return Ok((Document::new(&by_path, text), folder, by_path));
    }
    if let Some((id, text)) = SHIPPED.iter().find(|(id, _)| *id == name.value) {
        return Ok((
            Document::new(format!("{id}.toml (shipped)"), *text),
            base.to_owned(),
            name.value.clone(),
        ));
    }
    if !path.exists() {
        let what = format!("there is no pack `{}`", name.value);
        let ids = shipped_pack_ids();
        let remedy = match nearest(&name.value, ids.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "name a shipped pack ({}) or a file ({} is not there)",
                ids.join(", "),
                path.display()
            ),
        };
        return Err(Fault::new(name.place.clone(), what, remedy).into());
    }
    Ok((Document::read(&path)?, folder, by_path))
}

/// What a pack disables and its base does not have.
fn disabled_in_vain(pack: &Pack, parent: &Pack) -> Faults {
    let mut faults = Faults::default();
    for disabled in &pack.disable {
        if parent.rules.iter().any(|rule| rule.id == disabled.value) {
            continue;
        }
        let what = format!(
            "`{}` has no rule `{}` to disable",
            parent.id, disabled.value
        );
        let known = parent.rules.iter().map(|rule| rule.id.as_str());
        faults.0.push(match nearest(&disabled.value, known) {
            Some(near) => Fault::new(
                disabled.place.clone(),
                what,
                format!("did you mean `{near}`?"),
            ),
            None => Fault::new(
                disabled.place.clone(),
                what,
                "`corewatch rules list` shows what a pack has",
            ),
        });
    }
    faults
}

/// Gives a pack the rules of the one it extends: those of the same id are replaced, those disabled
/// left out, and an inherited rule is the extending pack's own (SPEC 3).
fn inherit(pack: &mut Pack, parent: Pack) {
    let own = std::mem::take(&mut pack.rules);
    let kept = parent.rules.into_iter().filter(|rule| {
        !own.iter().any(|mine| mine.id == rule.id)
            && !pack
                .disable
                .iter()
                .any(|disabled| disabled.value == rule.id)
    });
    pack.rules = kept
        .map(|rule| Rule {
            pack: pack.id.clone(),
            ..rule
        })
        .collect();
    pack.rules.extend(own);
    pack.attributes.extend(parent.attributes);
    pack.texts.extend(parent.texts);
    pack.nation = pack.nation.or(parent.nation);
}
