//! Staff and teams as the source gave them.

use crate::case::{Person, Staff, Team};
use crate::store::{StoreError, Transaction};

/// All staff and teams of an authority.
///
/// # Errors
/// What the database says.
pub async fn staff(tx: &mut Transaction, authority: &str) -> Result<Staff, StoreError> {
    let mut staff = Staff::default();
    let rows = tx
        .rows(
            "SELECT person_id, name, email, role, team_id, manager_id, language \
             FROM copy_person WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    for row in &rows {
        let person = Person {
            person_id: row.text(0)?,
            name: row.optional_text(1)?,
            email: row.optional_text(2)?,
            role: row.optional_text(3)?,
            team_id: row.optional_text(4)?,
            manager_id: row.optional_text(5)?,
            language: row.optional_text(6)?,
        };
        staff.people.insert(person.person_id.clone(), person);
    }
    let rows = tx
        .rows(
            "SELECT team_id, name, parent_id, manager_id FROM copy_team WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    for row in &rows {
        let team = Team {
            team_id: row.text(0)?,
            name: row.optional_text(1)?,
            parent_id: row.optional_text(2)?,
            manager_id: row.optional_text(3)?,
        };
        staff.teams.insert(team.team_id.clone(), team);
    }
    Ok(staff)
}

/// Keeps these staff and teams in place of those that the copy holds.
///
/// # Errors
/// What the database says.
pub async fn put_staff(
    tx: &mut Transaction,
    authority: &str,
    staff: &Staff,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM copy_person WHERE authority = $1",
        [authority.into()],
    )
    .await?;
    tx.execute(
        "DELETE FROM copy_team WHERE authority = $1",
        [authority.into()],
    )
    .await?;
    let people = staff
        .people
        .values()
        .map(|person| {
            vec![
                authority.into(),
                (&person.person_id).into(),
                person.name.clone().into(),
                person.email.clone().into(),
                person.role.clone().into(),
                person.team_id.clone().into(),
                person.manager_id.clone().into(),
                person.language.clone().into(),
            ]
        })
        .collect();
    tx.insert_many(
        "copy_person (authority, person_id, name, email, role, team_id, manager_id, language)",
        "",
        people,
    )
    .await?;
    let teams = staff
        .teams
        .values()
        .map(|team| {
            vec![
                authority.into(),
                (&team.team_id).into(),
                team.name.clone().into(),
                team.parent_id.clone().into(),
                team.manager_id.clone().into(),
            ]
        })
        .collect();
    tx.insert_many(
        "copy_team (authority, team_id, name, parent_id, manager_id)",
        "",
        teams,
    )
    .await?;
    Ok(())
}
