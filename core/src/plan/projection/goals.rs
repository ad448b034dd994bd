//! Goals and what stands right below them.

use chrono::{Datelike, Days};
use rusqlite::named_params;

use crate::Result;
use crate::clock::LocalDate;
use crate::id::GoalId;
use crate::relationship::Role;
use crate::store::Micros;

use super::super::agreement;
use super::super::read::GoalRead;
use super::super::view::{AttainmentLevel, WordingDigest};
use super::super::wording::Wording;
use super::Projection;
use super::agreements::StandingRow;

impl Projection<'_> {
    pub(super) fn goal(&self, id: &GoalId) -> Result<()> {
        let Some(goal) = self.reading.goal(id) else { return Ok(()) };
        let Some(proposed_by) = self.parties.creator(id.as_bytes()) else { return Ok(()) };
        let digest = Wording::of(*id, &goal, self.reading.level()).digest();
        let standing = self.standing(id, &goal)?;
        let state = goal.state.as_ref();
        self.transaction
            .prepare_cached(
                "INSERT INTO goal (relationship, id, title, why, place, proposed_by, proposed_at, archived_at,
                                   digest, standing, standing_at, standing_by, in_force, known_by, by_when,
                                   first_step, state, state_at, state_by, state_why, priority, review_every,
                                   reviewed, review_due, descent, descends_from, importance, difficulty,
                                   wording_waits_for)
                 VALUES (:relationship, :id, :title, :why, :place, :proposed_by, :proposed_at, :archived_at,
                         :digest, :standing, :standing_at, :standing_by, :in_force, :known_by, :by_when,
                         :first_step, :state, :state_at, :state_by, :state_why, :priority, :review_every,
                         :reviewed, :review_due, :descent, :descends_from, :importance, :difficulty,
                         :wording_waits_for)
                 ON CONFLICT (relationship, id) DO UPDATE SET
                    title = excluded.title, why = excluded.why, place = excluded.place,
                    proposed_at = excluded.proposed_at, archived_at = excluded.archived_at,
                    digest = excluded.digest, standing = excluded.standing, standing_at = excluded.standing_at,
                    standing_by = excluded.standing_by, in_force = excluded.in_force,
                    known_by = excluded.known_by, by_when = excluded.by_when, first_step = excluded.first_step,
                    state = excluded.state, state_at = excluded.state_at, state_by = excluded.state_by,
                    state_why = excluded.state_why, priority = excluded.priority,
                    review_every = excluded.review_every, reviewed = excluded.reviewed,
                    review_due = excluded.review_due, descent = excluded.descent,
                    descends_from = excluded.descends_from, importance = excluded.importance,
                    difficulty = excluded.difficulty, wording_waits_for = excluded.wording_waits_for",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":title": goal.title.shown, ":why": goal.why,
                ":place": goal.order, ":proposed_by": proposed_by, ":proposed_at": Micros(goal.proposed.at),
                ":archived_at": goal.archived.as_ref().map(|at| Micros(at.at)), ":digest": digest.0,
                ":standing": standing.word, ":standing_at": standing.at.map(Micros), ":standing_by": standing.by,
                ":in_force": standing.in_force.map(|digest| digest.0), ":known_by": goal.known_by.shown,
                ":by_when": text_of(goal.by_when.shown), ":first_step": goal.first_step,
                ":state": state.map_or("open", |state| state.shown.word),
                ":state_at": state.map(|state| Micros(state.shown.at.at)),
                ":state_by": state.map(|state| self.writer(state.by)),
                ":state_why": state.and_then(|state| state.shown.why.as_ref()),
                ":priority": goal.priority.map(|priority| priority.word()), ":review_every": goal.review_every,
                ":reviewed": text_of(goal.reviewed), ":review_due": text_of(review_due(&goal)),
                ":descent": goal.descent.map(|descent| descent.kind.word()),
                ":descends_from": goal.descent.map(|descent| descent.from),
                ":importance": goal.importance, ":difficulty": goal.difficulty,
                ":wording_waits_for": self.wording_waits_for(id, &digest, &standing)?,
            })?;
        self.words(id, &goal)?;
        self.choices(id.as_bytes(), id, &goal.choices)
    }

    /// Who has not agreed to the wording as it stands, where the other has.
    fn wording_waits_for(
        &self,
        id: &GoalId,
        now: &WordingDigest,
        standing: &StandingRow,
    ) -> Result<Option<Role>> {
        if standing.word == "agreed" {
            return Ok(None);
        }
        let agreed = agreement::agreed_by(self.transaction, self.relationship(), id, now)?;
        let [only] = agreed.as_slice() else { return Ok(None) };
        Ok(self.parties.both().into_iter().find(|party| party.person != *only).map(|party| party.role))
    }

    /// What each of the two has written of one's own, and the scale.
    fn words(&self, id: &GoalId, goal: &GoalRead) -> Result<()> {
        for table in ["goal_success", "goal_scale", "goal_hold", "goal_stance"] {
            self.forget(table, "goal", id.as_bytes())?;
        }
        for (person, text) in &goal.success {
            self.transaction
                .prepare_cached(
                    "INSERT INTO goal_success (relationship, goal, person, text)
                     VALUES (:relationship, :goal, :person, :text)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":goal": id, ":person": person, ":text": text,
                })?;
        }
        for (level, text) in AttainmentLevel::ALL.into_iter().zip(&goal.scale) {
            let Some(text) = text.shown.as_ref().filter(|text| !text.is_empty()) else { continue };
            self.transaction
                .prepare_cached(
                    "INSERT INTO goal_scale (relationship, goal, level, text)
                     VALUES (:relationship, :goal, :level, :text)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":goal": id, ":level": level.value(), ":text": text,
                })?;
        }
        for (person, hold) in goal.holds.iter().filter(|(_, hold)| hold.word == "held") {
            self.transaction
                .prepare_cached(
                    "INSERT INTO goal_hold (relationship, goal, person, at, why)
                     VALUES (:relationship, :goal, :person, :at, :why)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":goal": id, ":person": person,
                    ":at": Micros(hold.at.at), ":why": hold.why,
                })?;
        }
        for (person, stance) in &goal.stances {
            self.transaction
                .prepare_cached(
                    "INSERT INTO goal_stance (relationship, goal, person, stance, digest, at, why)
                     VALUES (:relationship, :goal, :person, :stance, :digest, :at, :why)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":goal": id, ":person": person,
                    ":stance": stance.kind.word(), ":digest": stance.digest.0, ":at": Micros(stance.at.at),
                    ":why": stance.why,
                })?;
        }
        Ok(())
    }
}

/// So many days after it was last looked at together, or was proposed.
fn review_due(goal: &GoalRead) -> Option<LocalDate> {
    let since = goal.reviewed.unwrap_or_else(|| goal.proposed.local_date());
    let due = since.checked_add_days(Days::new(goal.review_every?.into()))?;
    // Beyond the year 9999 days do not compare as texts.
    (due.year() <= 9999).then_some(due)
}

fn text_of(day: Option<LocalDate>) -> Option<String> {
    day.map(|day| day.to_string())
}
