//! Tasks, the answers to them, and their logs.

use rusqlite::named_params;

use crate::Result;
use crate::id::{GoalId, TaskId};
use crate::relationship::Role;
use crate::store::Micros;

use super::super::task;
use super::Projection;

impl Projection<'_> {
    pub(super) fn task(&self, id: &TaskId) -> Result<Option<GoalId>> {
        let (Some(task), Some(offered_by)) = (self.reading.task(id), self.parties.creator(id.as_bytes()))
        else {
            return Ok(None);
        };
        let digest = task::digest(id, &task);
        let answers = task::Answers::of(&task, &digest, self.parties);
        let waits = |role| answers.waits_for(self.parties.with_role(role).person);
        self.transaction
            .prepare_cached(
                "INSERT INTO task (relationship, id, goal, what, owner, due, repeats, offered_by, offered_at,
                                   archived_at, digest, state, waits_for_client, waits_for_therapist)
                 VALUES (:relationship, :id, :goal, :what, :owner, :due, :repeats, :offered_by, :offered_at,
                         :archived_at, :digest, :state, :waits_for_client, :waits_for_therapist)
                 ON CONFLICT (relationship, id) DO UPDATE SET
                    goal = excluded.goal, what = excluded.what, owner = excluded.owner, due = excluded.due,
                    repeats = excluded.repeats, offered_at = excluded.offered_at,
                    archived_at = excluded.archived_at, digest = excluded.digest, state = excluded.state,
                    waits_for_client = excluded.waits_for_client,
                    waits_for_therapist = excluded.waits_for_therapist",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":goal": task.goal, ":what": task.what,
                ":owner": task.owner.word(), ":due": task.due.map(|day| day.to_string()),
                ":repeats": task.repeats.as_ref().map(|repeats| repeats.write()), ":offered_by": offered_by,
                ":offered_at": Micros(task.offered.at),
                ":archived_at": task.archived.as_ref().map(|at| Micros(at.at)), ":digest": digest.0,
                ":state": answers.state().word(), ":waits_for_client": waits(Role::Client),
                ":waits_for_therapist": waits(Role::Therapist),
            })?;
        self.forget("task_answer", "task", id.as_bytes())?;
        for (person, answer) in &task.answers {
            self.transaction
                .prepare_cached(
                    "INSERT INTO task_answer (relationship, task, person, accepted, digest, why)
                     VALUES (:relationship, :task, :person, :accepted, :digest, :why)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":task": id, ":person": person,
                    ":accepted": answer.accepted, ":digest": answer.digest.0, ":why": answer.why,
                })?;
        }
        self.choices(id.as_bytes(), &task.goal, &task.choices)?;
        Ok(Some(task.goal))
    }

    pub(super) fn log(&self, id: &[u8; 16]) -> Result<Option<GoalId>> {
        let (Some(log), Some(person)) = (self.reading.log(id), self.parties.creator(id)) else {
            return Ok(None);
        };
        self.forget("task_log", "id", id)?;
        if !log.taken_back {
            self.transaction
                .prepare_cached(
                    "INSERT INTO task_log (relationship, id, task, person, on_day, outcome, note)
                     VALUES (:relationship, :id, :task, :person, :on_day, :outcome, :note)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":id": id, ":task": log.task, ":person": person,
                    ":on_day": log.on.to_string(), ":outcome": log.outcome.word(), ":note": log.note,
                })?;
        }
        Ok(self.reading.task(&log.task).map(|task| task.goal))
    }
}
