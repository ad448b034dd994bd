//! Tasks, the answers to them, and their logs.

use rusqlite::{OptionalExtension, named_params};

use crate::Result;
use crate::id::{GoalId, TaskId};
use crate::relationship::Role;
use crate::store::Micros;

use super::super::moment;
use super::super::task::{self, Noted};
use super::Projection;

impl Projection<'_> {
    pub(super) fn task(&self, id: &TaskId) -> Result<()> {
        let (Some(task), Some(offered_by)) = (self.reading.task(id), self.parties.creator(id.as_bytes()))
        else {
            return Ok(());
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
        self.choices(id.as_bytes(), &task.goal, &task.choices)
    }

    /// Writes a line of a log; answers with the tasks that it was of before and is of now.
    pub(super) fn log(&self, id: &[u8; 16]) -> Result<Vec<TaskId>> {
        let (Some(log), Some(person)) = (self.reading.log(id), self.parties.creator(id)) else {
            return Ok(Vec::new());
        };
        let before: Option<TaskId> = self
            .transaction
            .prepare_cached("SELECT task FROM task_log WHERE relationship = :relationship AND id = :id")?
            .query_row(named_params! { ":relationship": self.relationship(), ":id": id }, |row| row.get(0))
            .optional()?;
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
        Ok(before.into_iter().chain([log.task]).collect())
    }

    /// Writes when a task is due next, once it and its log are written; answers with its goal.
    pub(super) fn next_due(&self, id: &TaskId) -> Result<Option<GoalId>> {
        let Some(task) = self.reading.task(id) else { return Ok(None) };
        let mut noted = Noted::default();
        for person in task.owner.people(self.parties) {
            let (last, done): (Option<String>, bool) = self
                .transaction
                .prepare_cached(
                    "SELECT max(on_day), ifnull(max(outcome = 'done'), 0) FROM task_log
                     WHERE relationship = :relationship AND task = :task AND person = :person",
                )?
                .query_row(
                    named_params! { ":relationship": self.relationship(), ":task": id, ":person": person },
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?;
            noted.last = noted.last.max(last.and_then(|day| moment::read_day(&day)));
            noted.done |= done;
        }
        let next = task::next_due(task.due, task.repeats.as_ref(), noted);
        self.transaction
            .prepare_cached(
                "UPDATE task SET next_due = :next_due
                 WHERE relationship = :relationship AND id = :id AND next_due IS NOT :next_due",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":next_due": next.map(|day| day.to_string()),
            })?;
        Ok(Some(task.goal))
    }
}
