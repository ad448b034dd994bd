//! The rows of private drafts of goals.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::GoalDraft;
use crate::clock::{Instant, LocalDate};
use crate::error::{Problem, Thing};
use crate::id::{GoalId, RelationshipId};
use crate::plan::{DescentKind, NewDescent, NewGoal};
use crate::store::Micros;
use crate::{Error, Result};

const MOST: i64 = 1_000;

const DRAFT: &str = "
    SELECT id, title, why, success, known_by, by_when, first_step, descent, descends_from, begun_at, saved_at
    FROM goal_draft";

pub(super) fn insert(file: &Transaction<'_>, draft: &GoalDraft) -> Result<()> {
    let count: i64 = file.query_row("SELECT count(*) FROM goal_draft", [], |row| row.get(0))?;
    if count >= MOST {
        let problem = Problem::TooLong { limit: MOST.unsigned_abs(), unit: "drafts".to_owned() };
        return Err(Error::invalid("drafts", problem));
    }
    file.execute(
        "INSERT INTO goal_draft (id, title, why, begun_at, saved_at) VALUES (:id, '', '', :begun_at, :begun_at)",
        named_params! { ":id": draft.id, ":begun_at": Micros(draft.begun_at) },
    )?;
    update(file, draft.id, &draft.content, draft.saved_at)
}

pub(super) fn update(file: &Transaction<'_>, id: GoalId, content: &NewGoal, now: Instant) -> Result<()> {
    let NewGoal { title, why, success, known_by, by_when, first_step, descent } = content;
    let updated = file.execute(
        "UPDATE goal_draft
         SET title = :title, why = :why, success = :success, known_by = :known_by, by_when = :by_when,
             first_step = :first_step, descent = :descent, descends_from = :descends_from, saved_at = :saved_at
         WHERE id = :id AND proposed_in IS NULL",
        named_params! {
            ":id": id, ":title": title, ":why": why, ":success": success, ":known_by": known_by,
            ":by_when": by_when.map(|day| day.to_string()), ":first_step": first_step,
            ":descent": descent.map(|descent| descent.kind.word()),
            ":descends_from": descent.map(|descent| descent.from), ":saved_at": Micros(now),
        },
    )?;
    if updated == 0 { Err(out_of_reach(file, id)) } else { Ok(()) }
}

/// Why a draft was not to be had: it is not there, or it is being proposed.
fn out_of_reach(file: &Connection, id: GoalId) -> Error {
    one(file, id).err().unwrap_or(Error::Changed { what: Thing::GoalDraft })
}

pub(super) fn one(file: &Connection, id: GoalId) -> Result<GoalDraft> {
    file.prepare_cached(&format!("{DRAFT} WHERE id = :id"))?
        .query_row(named_params! { ":id": id }, read)
        .optional()?
        .ok_or(Error::not_found(Thing::GoalDraft))
}

pub(super) fn all(file: &Connection) -> Result<Vec<GoalDraft>> {
    file.prepare_cached(&format!("{DRAFT} ORDER BY saved_at DESC, id DESC"))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Each draft with when it was changed last, and whether it was being proposed.
pub(super) fn all_with_claims(file: &Connection) -> Result<Vec<(GoalId, Instant, bool)>> {
    file.prepare_cached("SELECT id, saved_at, proposed_in IS NOT NULL FROM goal_draft ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, Micros>(1)?.0, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn read(row: &Row<'_>) -> rusqlite::Result<GoalDraft> {
    let by_when: Option<String> = row.get("by_when")?;
    let (kind, from): (Option<String>, Option<GoalId>) = (row.get("descent")?, row.get("descends_from")?);
    let descent = kind.and_then(|word| DescentKind::read(&word)).zip(from);
    Ok(GoalDraft {
        id: row.get("id")?,
        content: NewGoal {
            title: row.get("title")?,
            why: row.get("why")?,
            success: row.get("success")?,
            known_by: row.get("known_by")?,
            by_when: by_when.and_then(|text| text.parse::<LocalDate>().ok()),
            first_step: row.get("first_step")?,
            descent: descent.map(|(kind, from)| NewDescent { kind, from }),
        },
        begun_at: row.get::<_, Micros>("begun_at")?.0,
        saved_at: row.get::<_, Micros>("saved_at")?.0,
    })
}

/// Takes a draft away; answers whether it was there.
pub(super) fn remove(file: &Transaction<'_>, id: GoalId) -> Result<bool> {
    let removed = file.execute("DELETE FROM goal_draft WHERE id = :id", named_params! { ":id": id })?;
    Ok(removed > 0)
}

/// Notes that a draft is being proposed, so that nobody changes it meanwhile or proposes it elsewhere, and answers
/// with what it holds.
pub(super) fn claim(file: &Transaction<'_>, id: GoalId, relationship: RelationshipId) -> Result<NewGoal> {
    let claimed = file.execute(
        "UPDATE goal_draft SET proposed_in = :relationship
         WHERE id = :id AND (proposed_in IS NULL OR proposed_in = :relationship)",
        named_params! { ":id": id, ":relationship": relationship },
    )?;
    if claimed == 0 { Err(out_of_reach(file, id)) } else { Ok(one(file, id)?.content) }
}

pub(super) fn release(file: &Transaction<'_>, id: GoalId) -> Result<()> {
    file.execute("UPDATE goal_draft SET proposed_in = NULL WHERE id = :id", named_params! { ":id": id })?;
    Ok(())
}

pub(super) fn release_all(file: &Transaction<'_>) -> Result<()> {
    file.execute("UPDATE goal_draft SET proposed_in = NULL WHERE proposed_in IS NOT NULL", [])?;
    Ok(())
}

/// Makes a draft that of another goal.
pub(super) fn rename(file: &Transaction<'_>, id: GoalId, fresh: GoalId) -> Result<()> {
    file.execute(
        "UPDATE goal_draft SET id = :fresh WHERE id = :id",
        named_params! { ":id": id, ":fresh": fresh },
    )?;
    Ok(())
}
