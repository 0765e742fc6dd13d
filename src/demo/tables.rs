//! Rows of the made-up case database, gathered by table and written in one transaction.

use crate::calendar::Day;
use crate::store::{Arg, Store, StoreError};

/// A row: as many values as the table has columns, in their order in `schema.sql`.
pub(super) type Row = Vec<Arg>;

/// A row of values of several kinds.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$(crate::store::Arg::from($value)),*] };
}
pub(super) use row;

macro_rules! tables {
    ($($field:ident: $table:literal;)*) => {
        /// All rows, by table.
        #[derive(Debug, Default, Clone)]
        pub struct Tables {
            $(pub(super) $field: Vec<Row>,)*
        }

        impl Tables {
            /// How many rows there are in all tables.
            pub fn rows(&self) -> usize {
                0 $(+ self.$field.len())*
            }

            /// Makes the tables in an empty database and writes all rows, in one transaction;
            /// `written` is told how many there are so far.
            ///
            /// # Errors
            /// What the database says; nothing is written then.
            pub async fn write(
                self,
                database: &Store,
                written: impl Fn(usize),
            ) -> Result<(), StoreError> {
                let mut tx = database.begin().await?;
                for statement in schema() {
                    tx.execute(statement, []).await?;
                }
                let mut rows = 0;
                $(
                    rows += self.$field.len();
                    tx.insert_many($table, "", self.$field).await?;
                    written(rows);
                )*
                tx.commit().await
            }
        }
    };
}

tables! {
    persons: "ssd_person";
    addresses: "ssd_address";
    assessments: "ssd_cin_assessments";
    enquiries: "ssd_s47_enquiry";
    initial_conferences: "ssd_initial_cp_conference";
    plans: "ssd_cp_plans";
    visits: "ssd_cp_visits";
    reviews: "ssd_cp_reviews";
    involvements: "ssd_involvements";
    professionals: "ssd_professionals";
    departments: "ssd_department";
    review_diary: "ashmere_review_diary";
    conference_forms: "ashmere_conference_forms";
    core_groups: "ashmere_core_groups";
    papers: "ashmere_papers";
    visit_forms: "ashmere_visit_forms";
    visit_diary: "ashmere_visit_diary";
    case_steps: "ashmere_case_steps";
    frequencies: "ashmere_frequencies";
    absences: "ashmere_absences";
    cover: "ashmere_cover";
    staff: "ashmere_staff";
    team_managers: "ashmere_team_managers";
}

/// The statements that make the tables.
fn schema() -> impl Iterator<Item = &'static str> {
    include_str!("schema.sql").split(';')
}

/// A day as the dataset writes it: a timestamp at midnight.
pub(super) fn midnight(day: Day) -> String {
    format!("{day} 00:00:00")
}

/// A day and a time of day.
pub(super) fn at(day: Day, (hour, minute): (u32, u32)) -> String {
    format!("{day} {hour:02}:{minute:02}:00")
}

/// A flag as the dataset writes it.
pub(super) fn flag(yes: bool) -> &'static str {
    if yes { "Y" } else { "N" }
}
