//! Ratings, judgements on scales, graded steps with their tries, and strategies.

use rusqlite::named_params;

use crate::Result;
use crate::id::{GoalId, StepId, StrategyId};
use crate::store::Micros;

use super::Projection;

impl Projection<'_> {
    pub(super) fn rating(&self, id: &[u8; 16]) -> Result<Option<GoalId>> {
        let (Some(rating), Some(person)) = (self.reading.rating(id), self.parties.creator(id)) else {
            return Ok(None);
        };
        self.forget("rating", "id", id)?;
        if !rating.taken_back {
            self.transaction
                .prepare_cached(
                    "INSERT INTO rating (relationship, id, goal, person, at, zone, offset_seconds, value, helped, hindered)
                     VALUES (:relationship, :id, :goal, :person, :at, :zone, :offset_seconds, :value, :helped, :hindered)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":id": id, ":goal": rating.goal, ":person": person,
                    ":at": Micros(rating.at.at), ":zone": rating.at.zone,
                    ":offset_seconds": rating.at.offset_seconds, ":value": rating.value,
                    ":helped": rating.helped, ":hindered": rating.hindered,
                })?;
        }
        Ok(Some(rating.goal))
    }

    pub(super) fn attainment(&self, id: &[u8; 16]) -> Result<Option<GoalId>> {
        let (Some(judged), Some(person)) = (self.reading.attainment(id), self.parties.creator(id)) else {
            return Ok(None);
        };
        self.forget("attainment", "id", id)?;
        if !judged.taken_back {
            self.transaction
                .prepare_cached(
                    "INSERT INTO attainment (relationship, id, goal, person, at, zone, offset_seconds, level, note)
                     VALUES (:relationship, :id, :goal, :person, :at, :zone, :offset_seconds, :level, :note)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":id": id, ":goal": judged.goal, ":person": person,
                    ":at": Micros(judged.at.at), ":zone": judged.at.zone,
                    ":offset_seconds": judged.at.offset_seconds, ":level": judged.level.value(),
                    ":note": judged.note,
                })?;
        }
        Ok(Some(judged.goal))
    }

    pub(super) fn step(&self, id: &StepId) -> Result<Option<GoalId>> {
        let (Some(step), Some(proposed_by)) = (self.reading.step(id), self.parties.creator(id.as_bytes()))
        else {
            return Ok(None);
        };
        self.forget("step", "id", id.as_bytes())?;
        self.transaction
            .prepare_cached(
                "INSERT INTO step (relationship, id, goal, what, place, proposed_by, expected_fear, archived_at)
                 VALUES (:relationship, :id, :goal, :what, :place, :proposed_by, :expected_fear, :archived_at)",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":goal": step.goal, ":what": step.what,
                ":place": step.order, ":proposed_by": proposed_by, ":expected_fear": step.expected_fear,
                ":archived_at": step.archived.as_ref().map(|at| Micros(at.at)),
            })?;
        self.choices(id.as_bytes(), &step.goal, &step.choices)?;
        Ok(Some(step.goal))
    }

    pub(super) fn step_try(&self, id: &[u8; 16]) -> Result<Option<GoalId>> {
        let (Some(tried), Some(person)) = (self.reading.step_try(id), self.parties.creator(id)) else {
            return Ok(None);
        };
        self.forget("step_try", "id", id)?;
        if !tried.taken_back {
            self.transaction
                .prepare_cached(
                    "INSERT INTO step_try (relationship, id, step, person, on_day, outcome, fear, learned)
                     VALUES (:relationship, :id, :step, :person, :on_day, :outcome, :fear, :learned)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":id": id, ":step": tried.step, ":person": person,
                    ":on_day": tried.on.to_string(), ":outcome": tried.outcome.word(), ":fear": tried.fear,
                    ":learned": tried.learned,
                })?;
        }
        Ok(self.reading.step(&tried.step).map(|step| step.goal))
    }

    pub(super) fn strategy(&self, id: &StrategyId) -> Result<Option<GoalId>> {
        let (Some(strategy), Some(begun_by)) =
            (self.reading.strategy(id), self.parties.creator(id.as_bytes()))
        else {
            return Ok(None);
        };
        let verdict = strategy.verdict.as_ref();
        self.forget("strategy", "id", id.as_bytes())?;
        self.transaction
            .prepare_cached(
                "INSERT INTO strategy (relationship, id, goal, what, begun_by, begun_at, verdict, verdict_at,
                                       verdict_by, verdict_why, archived_at)
                 VALUES (:relationship, :id, :goal, :what, :begun_by, :begun_at, :verdict, :verdict_at,
                         :verdict_by, :verdict_why, :archived_at)",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":goal": strategy.goal, ":what": strategy.what,
                ":begun_by": begun_by, ":begun_at": Micros(strategy.begun.at),
                ":verdict": verdict.map_or("trying", |verdict| verdict.shown.word),
                ":verdict_at": verdict.map(|verdict| Micros(verdict.shown.at.at)),
                ":verdict_by": verdict.map(|verdict| self.writer(verdict.by)),
                ":verdict_why": verdict.and_then(|verdict| verdict.shown.why.as_ref()),
                ":archived_at": strategy.archived.as_ref().map(|at| Micros(at.at)),
            })?;
        self.choices(id.as_bytes(), &strategy.goal, &strategy.choices)?;
        Ok(Some(strategy.goal))
    }
}
