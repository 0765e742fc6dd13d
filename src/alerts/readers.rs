//! Who reads at an address: by what name, and in which language they are written to (SPEC 7, Messages:
//! the text may name staff).

use std::collections::BTreeMap;

use super::recipients::key_of;
use crate::case::Staff;
use crate::mail::Address;
use crate::words::Language;

/// Who reads at an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reader {
    /// Their name, where the people table has one, and one person only at that address.
    pub name: Option<String>,
    /// The language that they are written to in.
    pub language: Language,
}

/// Who reads at each address of an authority.
#[derive(Debug)]
pub struct Readers {
    known: BTreeMap<String, Reader>,
    others: Reader,
}

impl Readers {
    /// The readers among an authority's staff; who has no language of their own, and who is not in the
    /// people table, reads `language`.
    pub fn new(staff: &Staff, language: Language) -> Readers {
        let mut known: BTreeMap<String, Reader> = BTreeMap::new();
        for person in staff.people.values() {
            let Some(email) = &person.email else {
                continue;
            };
            let own = person.language.as_deref().and_then(Language::understood);
            let reader = Reader {
                name: person.name.clone(),
                language: own.unwrap_or(language),
            };
            known
                .entry(key_of(email))
                .and_modify(|shared| {
                    if shared.name != reader.name {
                        shared.name = None;
                    }
                    if shared.language != reader.language {
                        shared.language = language;
                    }
                })
                .or_insert(reader);
        }
        let others = Reader {
            name: None,
            language,
        };
        Readers { known, others }
    }

    /// Who reads at an address.
    pub fn at(&self, address: &Address) -> &Reader {
        let known = self.known.get(&key_of(address.as_str()));
        known.unwrap_or(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Person;

    fn staff(people: &[(&str, &str, Option<&str>)]) -> Staff {
        let mut staff = Staff::default();
        for (id, email, language) in people {
            let person = Person {
                person_id: (*id).to_owned(),
                name: Some(format!("Name of {id}")),
                email: Some((*email).to_owned()),
                language: language.map(str::to_owned),
                ..Person::default()
            };
            staff.people.insert(person.person_id.clone(), person);
        }
        staff
    }

    #[test]
    fn each_reads_their_own_language_else_the_authoritys() {
        let staff = staff(&[
            ("anna", "Anna@example.org", Some("Cymraeg")),
            ("ben", "ben@example.org", None),
            ("cara", "cara@example.org", Some("Polish")),
        ]);
        let readers = Readers::new(&staff, Language::English);
        let at = |address: &str| readers.at(&address.parse().unwrap()).clone();
        assert_eq!(at("anna@example.org").language, Language::Welsh);
        assert_eq!(at("anna@example.org").name.unwrap(), "Name of anna");
        assert_eq!(at("ben@example.org").language, Language::English);
        assert_eq!(at("cara@example.org").language, Language::English);
        assert_eq!(at("duty@example.org"), Reader::default());
        let readers = Readers::new(&staff, Language::Welsh);
        let duty = "duty@example.org".parse().unwrap();
        assert_eq!(readers.at(&duty).language, Language::Welsh);
    }

    #[test]
    fn a_mailbox_that_two_share_has_no_name_and_the_authoritys_language() {
        let staff = staff(&[
            ("anna", "team@example.org", Some("cy")),
            ("ben", "TEAM@example.org", Some("en")),
        ]);
        let readers = Readers::new(&staff, Language::English);
        let shared = readers.at(&"team@example.org".parse().unwrap());
        assert_eq!(*shared, Reader::default());
    }
}
