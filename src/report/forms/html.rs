//! One page that holds everything it needs: words, figures, charts, style. No script, nothing fetched.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value};
use serde::Serialize;

use super::FormError;
use crate::report::Report;
use crate::report::page::{Page, page};
use crate::report::words::Words;

#[derive(Serialize)]
struct Filled<'p> {
    page: &'p Page,
    style: &'static str,
}

/// The report as HTML, UTF-8.
///
/// # Errors
/// Where the language lacks a phrase, or a chart cannot be drawn.
pub fn write(report: &Report, words: &Words) -> Result<Vec<u8>, FormError> {
    let page = page(report, words)?;
    let laid_out = lay_out(&page).map_err(|error| FormError::made("html", format!("{error:#}")))?;
    Ok(laid_out.into_bytes())
}

fn lay_out(page: &Page) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    environment.add_template("report.html", include_str!("templates/report.html"))?;
    environment
        .get_template("report.html")?
        .render(Value::from(Serde(&Filled {
            page,
            style: include_str!("templates/report.css"),
        })))
}
