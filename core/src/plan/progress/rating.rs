//! Ratings: one person's judgement of progress on a goal, 0 to 10. The other can neither change nor
//! hide it.

use automerge::ObjType;
use automerge::transaction::Transactable;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::clock::Moment;
use crate::error::Problem;
use crate::id::{GoalId, PersonId, RatingId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::goal::{collection, map_of, prose};
use super::super::moment;
use super::super::policy::PROSE;
use super::super::shared_plan::Pen;
use super::super::view::{NewRating, Rating};

/// The highest rating.
const HIGHEST: u8 = 10;

/// Writes a rating of one's own.
pub(in super::super) fn add(pen: &mut Pen<'_>, goal: &GoalId, rating: &NewRating) -> Result<RatingId> {
    map_of(pen, goal)?;
    if rating.value > HIGHEST {
        return Err(Error::invalid("value", Problem::OutOfRange { from: 0, to: HIGHEST.into() }));
    }
    let helped = rating.helped.as_deref().map(|text| prose("helped", text, PROSE)).transpose()?;
    let hindered = rating.hindered.as_deref().map(|text| prose("hindered", text, PROSE)).transpose()?;
    let id = RatingId::from_bytes(pen.new_item()?);
    let (ratings, now) = (collection(pen, "ratings")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&ratings, id.to_string(), ObjType::Map)?;
        transaction.put(&map, "goal", goal.to_string())?;
        transaction.put(&map, "value", u64::from(rating.value))?;
        transaction.put(&map, "at", now)?;
        for (key, text) in [("helped", helped), ("hindered", hindered)] {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                transaction.put(&map, key, text)?;
            }
        }
        Ok(())
    })?;
    Ok(id)
}

const RATING: &str = "
    SELECT id, person, at, zone, offset_seconds, value, helped, hindered FROM rating
    WHERE relationship = :relationship AND goal = :goal";

/// The latest rating of each of these people who has rated a goal, in their order.
pub(in super::super) fn latest(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    people: &[PersonId],
) -> Result<Vec<Rating>> {
    // One look at the end of the index for each person, however many ratings there are.
    let mut statement = connection
        .prepare_cached(&format!("{RATING} AND person = :person ORDER BY at DESC, id DESC LIMIT 1"))?;
    let mut ratings = Vec::new();
    for person in people {
        let params = named_params! { ":relationship": relationship, ":goal": goal, ":person": person };
        ratings.extend(statement.query_row(params, read).optional()?);
    }
    Ok(ratings)
}

/// All ratings of a goal, oldest first.
pub(in super::super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<Rating>> {
    connection
        .prepare_cached(&format!("{RATING} ORDER BY at, id"))?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, read)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Rating> {
    Ok(Rating {
        id: row.get(0)?,
        by: row.get(1)?,
        at: Moment { at: row.get::<_, Micros>(2)?.0, zone: row.get(3)?, offset_seconds: row.get(4)? },
        value: row.get(5)?,
        helped: row.get(6)?,
        hindered: row.get(7)?,
    })
}
