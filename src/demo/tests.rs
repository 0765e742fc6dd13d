//! The made-up authority is the same for the same seed and day, and lies within its months.

use super::*;
use crate::calendar::{BankHolidays, Day, Nation, Zone};
use crate::store::Store;

fn ashmere(seed: u64, children: usize) -> Tables {
    let holidays = BankHolidays::shipped().unwrap();
    let calendar = Calendar::new(Zone::LONDON, Nation::EnglandAndWales, holidays, &[]);
    let wish = Wish {
        seed,
        children,
        months: 18,
        today: Day::from_ymd(2026, 11, 21).unwrap(),
    };
    made_up(wish, calendar, |_| ())
}

#[test]
fn the_same_seed_on_the_same_day_makes_the_same_authority() {
    let first = format!("{:?}", ashmere(1, 40));
    assert_eq!(first, format!("{:?}", ashmere(1, 40)));
    assert_ne!(first, format!("{:?}", ashmere(2, 40)));
}

#[tokio::test]
async fn its_tables_take_all_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("cases.db").display());
    let database = Store::connect(&url).await.unwrap();
    let tables = ashmere(7, 300);
    let rows = tables.rows();
    tables.write(&database, |_| ()).await.unwrap();
    let mut tx = database.snapshot().await.unwrap();
    let children = tx.row("SELECT count(*) FROM ssd_person", []).await.unwrap();
    assert!(children.unwrap().int(0).unwrap() >= 300);
    // Nothing has happened that lies ahead.
    let ahead = tx
        .row(
            "SELECT count(*) FROM ssd_cp_visits WHERE cppv_cp_visit_date > '2026-11-22'",
            [],
        )
        .await
        .unwrap();
    assert_eq!(ahead.unwrap().int(0).unwrap(), 0);
    assert!(rows > 10_000, "{rows} rows");
}
