//! Ratings: one person's judgement of progress on a goal, 0 to 10. The other can neither change nor
//! hide it.

use automerge::ObjType;
use automerge::transaction::Transactable;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::clock::{LocalDate, Moment};
use crate::error::{Problem, Thing};
use crate::id::{GoalId, PersonId, RatingId, RelationshipId};
use crate::relationship::{Role, people};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::goal::{collection, map_of, prose};
use super::super::moment;
use super::super::policy::PROSE;
use super::super::shared_plan::Pen;
use super::super::task::WORKED_ON;
use super::super::view::{FlatGoal, GoalProgress, NewRating, Rating, RatingGap, RatingPoint, RatingTrend};

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

/// Takes back a rating of one's own.
pub(in super::super) fn take_back(pen: &mut Pen<'_>, id: &RatingId) -> Result<()> {
    super::take_back(pen, "ratings", id.as_bytes())
}

/// How the ratings of a goal went: the series of each who has rated, and how far the two are apart.
pub(in super::super) fn progress(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<GoalProgress> {
    must_be_there(connection, relationship, goal)?;
    let two = the_two(connection, relationship)?;
    let ratings = of_goal(connection, relationship, goal)?;
    let latest = two.map(|person| ratings.iter().rfind(|rating| rating.by == person));
    let gap = match latest {
        [Some(client), Some(therapist)] => Some(RatingGap {
            client: client.value,
            therapist: therapist.value,
            gap: difference(client.value, therapist.value),
        }),
        _ => None,
    };
    let trends = two.into_iter().filter_map(|person| trend(person, &ratings)).collect();
    Ok(GoalProgress { goal: *goal, trends, gap })
}

/// The client and the therapist.
fn the_two(connection: &Connection, relationship: RelationshipId) -> Result<[PersonId; 2]> {
    let (me, other) = (people::me(connection)?, people::other(connection, relationship)?);
    Ok(match me.role {
        Role::Client => [me.person, other.person],
        Role::Therapist => [other.person, me.person],
    })
}

fn must_be_there(connection: &Connection, relationship: RelationshipId, goal: &GoalId) -> Result<()> {
    let is_there: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM goal WHERE relationship = :relationship AND id = :goal)",
        )?
        .query_row(named_params! { ":relationship": relationship, ":goal": goal }, |row| row.get(0))?;
    if is_there { Ok(()) } else { Err(Error::not_found(Thing::Goal)) }
}

/// One person's ratings among these, where there are any.
fn trend(person: PersonId, ratings: &[Rating]) -> Option<RatingTrend> {
    let points: Vec<_> = ratings
        .iter()
        .filter(|rating| rating.by == person)
        .map(|rating| RatingPoint { rating: rating.id, on: rating.at.local_date(), value: rating.value })
        .collect();
    let (first, last) = (points.first()?.value, points.last()?.value);
    let same = points.iter().rev().take_while(|point| point.value == last).count();
    Some(RatingTrend {
        by: person,
        change: (points.len() > 1).then(|| difference(last, first)),
        same_in_a_row: u32::try_from(same).unwrap_or(u32::MAX),
        points,
    })
}

/// Ratings go to 10, so that this fits.
fn difference(one: u8, other: u8) -> i8 {
    one.cast_signed().wrapping_sub(other.cast_signed())
}

/// Goals that are worked on and of which one's last ratings, at least so many, are all the same.
pub(in super::super) fn flat(
    connection: &Connection,
    relationship: RelationshipId,
    ratings: u32,
) -> Result<Vec<FlatGoal>> {
    if ratings < 2 {
        return Err(Error::invalid("ratings", Problem::OutOfRange { from: 2, to: u32::MAX.into() }));
    }
    let goals: Vec<(GoalId, String)> = connection
        .prepare_cached(&format!(
            "SELECT id, title FROM goal WHERE relationship = :relationship AND {WORKED_ON} ORDER BY place, id"
        ))?
        .query_map(named_params! { ":relationship": relationship }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let two = the_two(connection, relationship)?;
    let mut flat = Vec::new();
    for (goal, title) in &goals {
        for person in two {
            let found = latest_same(connection, relationship, goal, person)?;
            flat.extend(found.filter(|run| run.length >= ratings).map(|run| FlatGoal {
                goal: *goal,
                title: title.clone(),
                by: person,
                value: run.value,
                same_in_a_row: run.length,
                since: run.since,
            }));
        }
    }
    Ok(flat)
}

/// Ratings in a row with the same value.
struct Run {
    value: u8,
    length: u32,
    since: LocalDate,
}

/// The last ratings of one person that are all the same. They are read from the end of the index, and no further than
/// to the first that differs.
fn latest_same(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    person: PersonId,
) -> Result<Option<Run>> {
    let mut statement =
        connection.prepare_cached(&format!("{RATING} AND person = :person ORDER BY at DESC, id DESC"))?;
    let mut rows =
        statement.query(named_params! { ":relationship": relationship, ":goal": goal, ":person": person })?;
    let mut run: Option<Run> = None;
    while let Some(row) = rows.next()? {
        let rating = read(row)?;
        let since = rating.at.local_date();
        run = match run {
            None => Some(Run { value: rating.value, length: 1, since }),
            Some(run) if run.value == rating.value => Some(Run { length: run.length + 1, since, ..run }),
            differs => {
                run = differs;
                break;
            }
        };
    }
    Ok(run)
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
