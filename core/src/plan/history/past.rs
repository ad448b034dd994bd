//! The plan as it was on a day.
//!
//! Times are claims, so a day is drawn through the history such that what stands there hangs together: a change
//! belongs to the day that it claims, if it can, and never to an earlier one than what it builds upon.

use std::collections::{BTreeMap, HashMap, HashSet};

use automerge::ChangeHash;
use chrono::{NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use data_encoding::HEXLOWER;
use rusqlite::{Connection, named_params};

use crate::clock::{Instant, LocalDate};
use crate::id::{GoalId, PersonId, StatementId, TaskId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::read::{GoalRead, Reading};
use super::super::shared_plan::Open;
use super::super::view::{
    AttainmentLevel, GoalMark, PastGoal, PastPlan, PastRating, PastTask, ScaleLevel, Success, WordingDigest,
};
use super::super::wording::Wording;
use super::claimed::Clock;

/// The plan as it was when that day ended in this zone.
pub(in super::super) fn on_day(
    open: &Open,
    connection: &Connection,
    now: Instant,
    zone: Tz,
    day: LocalDate,
) -> Result<PastPlan> {
    let heads = heads_before(open, now.timestamp(), end_of(day, zone));
    let reading = Reading::new(&open.loaded.document, &open.parties);
    let (clock, _) =
        open.loaded.ledger.above(&heads, 0).ok_or_else(|| Error::internal("a head of the plan"))?;
    let then = Then { reading: reading.at(&heads), open, connection, clock };
    Ok(PastPlan { on: day, goals: then.goals()? })
}

/// The second in which a day is over; nothing at the end of the calendar. Where a clock on the wall skips
/// midnight, the day ends when the next one begins.
fn end_of(day: LocalDate, zone: Tz) -> Option<i64> {
    let midnight = day.succ_opt()?.and_time(NaiveTime::MIN);
    let ends = (0..=4).find_map(|half_hours| {
        let later = midnight.checked_add_signed(TimeDelta::minutes(30 * half_hours))?;
        zone.from_local_datetime(&later).earliest()
    });
    Some(ends.map_or(midnight.and_utc().timestamp(), |ends| ends.timestamp()))
}

/// The heads of what was there before a second.
fn heads_before(open: &Open, now: i64, end: Option<i64>) -> Vec<ChangeHash> {
    let clock = Clock { now };
    // Of each change its own time, and from when on it counts. Parents come before what builds upon them.
    let mut times: HashMap<ChangeHash, (i64, i64)> = HashMap::new();
    let mut heads: HashSet<ChangeHash> = HashSet::new();
    for change in open.loaded.document.get_changes_meta(&[]) {
        let parents = || change.deps.iter().filter_map(|parent| times.get(parent));
        let claimed = clock.claimed(change.timestamp, parents().map(|(time, _)| *time));
        let not_before = parents().map(|(_, counts)| *counts).max().unwrap_or(i64::MIN);
        let counts = if claimed.can_be_right { change.timestamp.max(not_before) } else { not_before };
        times.insert(change.hash, (change.timestamp, counts));
        if end.is_none_or(|end| counts < end) {
            heads.retain(|head| !change.deps.contains(head));
            heads.insert(change.hash);
        }
    }
    let mut heads: Vec<_> = heads.into_iter().collect();
    heads.sort_unstable();
    heads
}

/// The plan at some heads.
struct Then<'a> {
    reading: Reading<'a>,
    open: &'a Open,
    connection: &'a Connection,
    /// For each actor how many of its changes there were.
    clock: Vec<u32>,
}

impl Then<'_> {
    fn goals(&self) -> Result<Vec<PastGoal>> {
        let level = self.reading.level();
        let (mut tasks, mut ratings) = (self.tasks(), self.ratings()?);
        let ids = self.reading.items("goals").into_iter().map(GoalId::from_bytes);
        let mut goals: Vec<(GoalId, GoalRead)> = ids
            .filter_map(|id| Some((id, self.reading.goal(&id)?)))
            .filter(|(_, goal)| goal.archived.is_none())
            .collect();
        goals.sort_by(|(one, a), (two, b)| (&a.order, one).cmp(&(&b.order, two)));
        goals
            .into_iter()
            .map(|(id, goal)| {
                let mut agreed = false;
                // What was sealed in an earlier version of the encoding is compared in it.
                for version in 1..=level {
                    agreed |= self.is_agreed(&id, &Wording::of(id, &goal, version).digest())?;
                }
                let (tasks, ratings) = (tasks.remove(&id), ratings.remove(&id));
                Ok(past_goal(id, goal, tasks.unwrap_or_default(), ratings.unwrap_or_default(), agreed))
            })
            .collect()
    }

    fn tasks(&self) -> HashMap<GoalId, Vec<PastTask>> {
        let ids = self.reading.items("tasks").into_iter();
        let mut read: Vec<_> = ids
            .filter_map(|id| Some((id, self.reading.task(&TaskId::from_bytes(id))?)))
            .filter(|(_, task)| task.archived.is_none())
            .collect();
        read.sort_by_key(|(id, task)| (task.offered.at, *id));
        let mut tasks: HashMap<GoalId, Vec<PastTask>> = HashMap::new();
        for (_, task) in read {
            let shown = PastTask { what: task.what, owner: task.owner, due: task.due };
            tasks.entry(task.goal).or_default().push(shown);
        }
        tasks
    }

    /// The latest rating of each on each goal. The tables know all but those that were taken back; these few are
    /// read as they were.
    fn ratings(&self) -> Result<HashMap<GoalId, Vec<PastRating>>> {
        let mut latest: BTreeMap<(GoalId, PersonId), (Instant, [u8; 16], u8)> = BTreeMap::new();
        let mut add = |goal: GoalId, by: PersonId, at: Instant, id: [u8; 16], value: u8| {
            let known = latest.get(&(goal, by)).map(|(at, id, _)| (*at, *id));
            if known.is_none_or(|known| known < (at, id)) {
                latest.insert((goal, by), (at, id, value));
            }
        };
        let mut in_tables = HashSet::new();
        let mut statement = self.connection.prepare_cached(
            "SELECT id, goal, person, at, value FROM rating WHERE relationship = :relationship",
        )?;
        let mut rows = statement.query(named_params! { ":relationship": self.open.parties.relationship })?;
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(0)?;
            in_tables.insert(id);
            if self.was_there("ratings", &id) {
                add(row.get(1)?, row.get(2)?, row.get::<_, Micros>(3)?.0, id, row.get(4)?);
            }
        }
        let now = Reading::new(&self.open.loaded.document, &self.open.parties);
        for id in now.items("ratings").into_iter().filter(|id| !in_tables.contains(id)) {
            let (Some(rating), Some(by)) = (self.reading.rating(&id), self.open.parties.creator(&id)) else {
                continue;
            };
            if !rating.taken_back {
                add(rating.goal, by, rating.at.at, id, rating.value);
            }
        }
        let mut ratings: HashMap<GoalId, Vec<PastRating>> = HashMap::new();
        for ((goal, by), (_, _, value)) in latest {
            ratings.entry(goal).or_default().push(PastRating { by, value });
        }
        Ok(ratings)
    }

    /// Whether an item had come into being by then.
    fn was_there(&self, collection: &str, id: &[u8; 16]) -> bool {
        let ledger = &self.open.loaded.ledger;
        ledger.collection(collection).is_some_and(|collection| {
            ledger.is_written(&self.clock, &(collection, HEXLOWER.encode(id).as_str().into()))
        })
    }

    /// Whether both agreed to a wording then, by the latest that each had said of it.
    fn is_agreed(&self, goal: &GoalId, digest: &WordingDigest) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, person, agrees FROM statement
             WHERE relationship = :relationship AND goal = :goal AND digest = :digest
             ORDER BY counter, agrees DESC",
        )?;
        let params = named_params! {
            ":relationship": self.open.parties.relationship, ":goal": goal, ":digest": digest.0,
        };
        let mut said = statement.query(params)?;
        let mut agreeing: HashSet<PersonId> = HashSet::new();
        while let Some(row) = said.next()? {
            let (id, by, agrees): (StatementId, PersonId, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if !self.was_there("statements", id.as_bytes()) {
                continue;
            }
            if agrees {
                agreeing.insert(by)
            } else {
                agreeing.remove(&by)
            };
        }
        Ok(agreeing.len() == 2)
    }
}

fn past_goal(
    id: GoalId,
    goal: GoalRead,
    tasks: Vec<PastTask>,
    ratings: Vec<PastRating>,
    agreed: bool,
) -> PastGoal {
    let written = AttainmentLevel::ALL.into_iter().zip(goal.scale);
    PastGoal {
        id,
        title: goal.title.shown,
        why: goal.why,
        success: goal.success.into_iter().map(|(by, text)| Success { by, text }).collect(),
        known_by: goal.known_by.shown,
        by_when: goal.by_when.shown,
        mark: goal.state.and_then(|state| GoalMark::read(state.shown.word)).unwrap_or(GoalMark::Open),
        held_by: goal.holds.iter().filter(|(_, hold)| hold.word == "held").map(|(by, _)| *by).collect(),
        scale: written.filter_map(|(level, text)| Some(ScaleLevel { level, text: text.shown? })).collect(),
        tasks,
        ratings,
        agreed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(day: &str, zone: Tz) -> String {
        let end = end_of(day.parse().expect("a day"), zone).expect("an end");
        chrono::DateTime::from_timestamp(end, 0).expect("a time").to_rfc3339()
    }

    #[test]
    fn a_day_ends_when_the_next_begins_where_one_is() {
        assert_eq!(end("2026-05-03", Tz::UTC), "2026-05-04T00:00:00+00:00");
        assert_eq!(end("2026-05-03", Tz::Europe__Berlin), "2026-05-03T22:00:00+00:00");
        // Midnight itself was skipped there, and in Samoa a whole day.
        assert_eq!(end("2018-11-03", Tz::America__Sao_Paulo), "2018-11-04T03:00:00+00:00");
        assert_eq!(end("2011-12-29", Tz::Pacific__Apia), "2011-12-30T00:00:00+00:00");
        assert_eq!(end_of(LocalDate::MAX, Tz::UTC), None);
    }
}
