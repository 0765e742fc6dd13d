//! A pack as TOML text: read for cases by hand, written for the crate.

use serde::{Deserialize, Serialize};

use crate::model::Rule;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pack {
    #[serde(default)]
    pub pack: Header,
    pub rule: Vec<Rule>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    pub id: String,
    pub title: String,
    pub source: String,
}

impl Default for Header {
    fn default() -> Header {
        Header {
            id: "reference".to_owned(),
            title: "Made up".to_owned(),
            source: "The SPEC".to_owned(),
        }
    }
}

impl Pack {
    pub fn read(text: &str) -> Pack {
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    pub fn new(rules: &[Rule]) -> Pack {
        Pack {
            pack: Header::default(),
            rule: rules.to_vec(),
        }
    }

    pub fn text(&self) -> String {
        toml::to_string(self).expect("a pack can be written")
    }
}
