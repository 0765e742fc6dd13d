//! The data dictionary: what each column of the comma-separated values holds, in words.

use super::FormError;
use super::csv::FIELDS;
use crate::report::Measure;
use crate::report::words::Words;

/// The dictionary as comma-separated values: column, name, meaning, unit.
///
/// # Errors
/// Where the language lacks a phrase.
pub fn write(words: &Words) -> Result<Vec<u8>, FormError> {
    let wrong = |error: csv::Error| FormError::made("csv", error);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["column", "name", "meaning", "unit"])
        .map_err(wrong)?;
    for field in FIELDS {
        let meaning = words.say(&format!("field_{field}"), &[])?;
        let unit = match field {
            "from" | "to" | "as_at" => "unit_day",
            _ => "unit_text",
        };
        out.write_record([field, "", &meaning, &words.say(unit, &[])?])
            .map_err(wrong)?;
    }
    let kept_back = words.say("field_kept_back", &[])?;
    for measure in Measure::ALL {
        let meaning = format!("{} {kept_back}", words.meaning(measure)?);
        let unit = words.unit(measure.unit())?;
        out.write_record([measure.name(), &words.name(measure)?, &meaning, &unit])
            .map_err(wrong)?;
    }
    out.into_inner()
        .map_err(|error| FormError::made("csv", error))
}
