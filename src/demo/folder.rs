//! The folder of a demo: made whole or not at all, and never made anew where there is one.

use std::io;
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::{Wish, made_up};
use crate::calendar::{BankHolidays, Calendar, Day, Instant, Nation, Zone};
use crate::document::Faults;
use crate::store::{Store, StoreError};

/// How the configuration of every demo begins: a folder without it is not a demo's.
const MARK: &str = "# Made by `corewatch demo`";
/// The configuration, in the demo's folder.
const CONFIG: &str = "corewatch.toml";
/// The case database, in the demo's folder.
const CASES: &str = "cases.db";

/// When a council is at work, in hours of the day: within the sending hours of the demo, also on the
/// two days of the year that have an hour more or less.
const OPENS: i64 = 9;
const CLOSES: i64 = 16;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder holds something else.
    #[error("{0}: is there and is not a demo's; name another folder with --dir, or move it away")]
    NotADemo(PathBuf),
    /// A file or folder cannot be written.
    #[error("{path}: cannot be written ({cause}); name another folder with --dir")]
    Files {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The case database cannot be written.
    #[error(transparent)]
    Cases(#[from] StoreError),
    /// The calendars that come with the program cannot be read.
    #[error(transparent)]
    Calendars(#[from] Faults),
}

/// A folder with a demo in it.
#[derive(Debug)]
pub struct Folder {
    /// Its configuration file.
    pub config: PathBuf,
    /// Whether it was there already, and is gone on from.
    pub found: bool,
}

/// The demo in `folder`: the one that is there, else a new one as wished.
///
/// # Errors
/// Where the folder holds something else, or cannot be written.
pub async fn prepare(folder: &Path, wish: Wish, progress: &Progress) -> Result<Folder, DemoError> {
    let config = folder.join(CONFIG);
    if is_demo(folder) {
        return Ok(Folder {
            config,
            found: true,
        });
    }
    if !is_free(folder) {
        return Err(DemoError::NotADemo(folder.to_owned()));
    }
    let unfinished = beside(folder);
    let files = |path: &Path| {
        let path = path.to_owned();
        move |cause| DemoError::Files { path, cause }
    };
    // What a run that was cut off left behind.
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).map_err(files(&unfinished))?;
    }
    write_site(&unfinished, wish).map_err(files(&unfinished))?;
    write_cases(&unfinished.join(CASES), wish, progress).await?;
    std::fs::rename(&unfinished, folder).map_err(files(folder))?;
    Ok(Folder {
        config,
        found: false,
    })
}

fn is_demo(folder: &Path) -> bool {
    let ours =
        std::fs::read_to_string(folder.join(CONFIG)).is_ok_and(|text| text.starts_with(MARK));
    ours && folder.join(CASES).is_file()
}

/// Whether nothing is there, or an empty folder.
fn is_free(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Where the folder is made before it takes its place.
fn beside(folder: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or("demo".as_ref()));
    name.push(".unfinished");
    folder.with_file_name(name)
}

/// The files that a site would write.
fn write_site(folder: &Path, wish: Wish) -> io::Result<()> {
    let closures = closures(wish.today.year()).map(|day| format!("\"{day}\""));
    let closures = format!("[{}]", closures.join(", "));
    let config = include_str!("site/corewatch.toml").replace("CLOSURES", &closures);
    std::fs::create_dir_all(folder.join("packs"))?;
    for (file, text) in [
        (CONFIG, config.as_str()),
        ("source.toml", include_str!("site/source.toml")),
        ("ladders.toml", include_str!("site/ladders.toml")),
        (
            "packs/ashmere.toml",
            include_str!("site/packs/ashmere.toml"),
        ),
    ] {
        std::fs::write(folder.join(file), text)?;
    }
    Ok(())
}

/// The days between the years on which Ashmere is closed besides.
fn closures(year: i32) -> [Day; 2] {
    [29, 30].map(|day| Day::from_ymd(year, 12, day).unwrap_or_default())
}

/// The calendar by which Ashmere works, in a year and the one before.
fn calendar(today: Day) -> Result<Calendar, DemoError> {
    let year = today.year();
    let closures = [closures(year - 1), closures(year)].concat();
    let holidays = BankHolidays::shipped()?;
    Ok(Calendar::new(
        Zone::LONDON,
        Nation::EnglandAndWales,
        holidays,
        &closures,
    ))
}

/// The latest instant until `now` at which a council is at work. A demo begins there: mail goes out
/// in sending hours only, and who tries it on a Sunday wants to see some.
///
/// # Errors
/// Where the calendars that come with the program cannot be read.
pub fn latest_office_hour(now: Instant) -> Result<Instant, DemoError> {
    let zone = Zone::LONDON;
    let today = zone.day_of(now);
    let calendar = calendar(today)?;
    let at = |day: Day, hour| zone.start_of(day).plus_hours(hour);
    let day = if calendar.is_working(today) && now >= at(today, OPENS) {
        today
    } else {
        calendar.working_days_before(today, 1)
    };
    Ok(now.min(at(day, CLOSES)))
}

async fn write_cases(file: &Path, wish: Wish, progress: &Progress) -> Result<(), DemoError> {
    let calendar = calendar(wish.today)?;
    let bar = progress.bar("making up children", wish.children);
    let tables = made_up(wish, calendar, |children| bar.reached(children));
    bar.done();
    let rows = tables.rows();
    let bar = progress.bar("writing rows", rows);
    // `?` and `%` have a meaning in the address of an SQLite file.
    let path = file
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3F");
    let database = Store::connect(&format!("sqlite:{path}")).await?;
    tables.write(&database, |rows| bar.reached(rows)).await?;
    database.close().await;
    bar.done();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Day;

    fn wish() -> Wish {
        Wish {
            seed: 1,
            children: 5,
            months: 3,
            today: Day::from_ymd(2026, 11, 21).unwrap(),
        }
    }

    #[tokio::test]
    async fn a_demo_that_is_there_is_gone_on_from() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("demo");
        let made = prepare(&folder, wish(), &Progress::Silent).await.unwrap();
        assert!(!made.found);
        std::fs::write(folder.join("ladders.toml"), "changed by hand").unwrap();
        let again = prepare(&folder, wish(), &Progress::Silent).await.unwrap();
        assert!(again.found);
        let ladders = std::fs::read_to_string(folder.join("ladders.toml")).unwrap();
        assert_eq!(ladders, "changed by hand");
        // Nothing is left beside it.
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_demo_begins_when_a_council_is_at_work() {
        let begins = |now: &str| {
            latest_office_hour(now.parse().unwrap())
                .unwrap()
                .to_string()
        };
        // A Wednesday at noon; a Sunday; a Monday before nine, after the clocks went back.
        assert_eq!(
            begins("2026-11-18T12:00:00Z"),
            "2026-11-18T12:00:00.000000Z"
        );
        assert_eq!(
            begins("2026-11-22T12:00:00Z"),
            "2026-11-20T16:00:00.000000Z"
        );
        assert_eq!(
            begins("2026-10-26T07:00:00Z"),
            "2026-10-23T15:00:00.000000Z"
        );
        // The thirtieth of December, on which Ashmere is closed.
        assert_eq!(
            begins("2026-12-30T12:00:00Z"),
            "2026-12-24T16:00:00.000000Z"
        );
    }

    #[tokio::test]
    async fn a_folder_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("corewatch.toml"), "[store]\n").unwrap();
        let refused = prepare(folder.path(), wish(), &Progress::Silent).await;
        let told = refused.unwrap_err().to_string();
        assert!(told.ends_with(
            ": is there and is not a demo's; name another folder with --dir, or move it away"
        ));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
