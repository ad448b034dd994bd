//! Tasks: who does what for a goal. Put on the other person a task is an offer, and only its owner can
//! accept it.

mod answer;
mod due;
mod log;
mod recurrence;
mod show;

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ScalarValue};

use crate::clock::LocalDate;
use crate::error::Thing;
use crate::id::{GoalId, PersonId, TaskId};
use crate::relationship::Role;
use crate::{Error, Result};

use super::canonical::Writer;
use super::goal::{collection, heads_shown, line, map_of, put_archived, put_as_seen_at, written_day};
use super::parties::Parties;
use super::read::TaskRead;
use super::shared_plan::Pen;
use super::view::{
    DayEdit, NewTask, PlanVersion, Recurrence, RecurrenceEdit, TaskEdit, TaskOutcome, TaskOwner, TaskState,
    WordingDigest,
};
use super::{moment, wording};
pub(super) use answer::{Answer, Answers, answer, take_back as take_back_answer};
pub(super) use due::{Noted, WORKED_ON, due_on, next_due, occurrences};
pub(super) use log::{log, take_back as take_back_log};
pub(super) use show::{list, of_goal, offers, show};

/// Tags and versions of what is accepted or declined: done once, and done again and again.
const TAGS: [&str; 2] = ["common-ground task 1", "common-ground task 2"];

impl TaskOwner {
    /// As the plan writes it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Therapist => "therapist",
            Self::Both => "both",
        }
    }

    /// As the plan wrote it.
    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::Client, Self::Therapist, Self::Both].into_iter().find(|owner| owner.word() == word)
    }

    /// Whether a person of this role does it, alone or with the other.
    pub(super) fn includes(self, role: Role) -> bool {
        match self {
            Self::Client => role == Role::Client,
            Self::Therapist => role == Role::Therapist,
            Self::Both => true,
        }
    }

    /// Those of the two who do it.
    pub(super) fn people(self, parties: &Parties) -> Vec<PersonId> {
        let both = parties.both().into_iter();
        both.filter(|party| self.includes(party.role)).map(|party| party.person).collect()
    }
}

impl TaskOutcome {
    /// As the plan writes it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::NotThisTime => "not_this_time",
        }
    }

    /// As the plan wrote it.
    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::Done, Self::Partly, Self::NotThisTime].into_iter().find(|outcome| outcome.word() == word)
    }
}

impl TaskState {
    /// As the tables have it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
        }
    }

    /// As the tables had it.
    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::Offered, Self::Accepted, Self::Declined].into_iter().find(|state| state.word() == word)
    }
}

/// The digest of what is to be accepted: the task, what, by whom, until when and how often. A task that is done
/// once has the digest it had before tasks could repeat.
pub(super) fn digest(id: &TaskId, task: &TaskRead) -> WordingDigest {
    let writer = Writer::new(TAGS[usize::from(task.repeats.is_some())])
        .field(id.as_bytes())
        .field(task.what.as_bytes())
        .field(task.owner.word().as_bytes())
        .field(task.due.map(|day| day.to_string()).unwrap_or_default().as_bytes());
    let writer = match &task.repeats {
        Some(repeats) => writer.field(repeats.write().as_bytes()),
        None => writer,
    };
    wording::digest(&writer.finish())
}

/// Adds a task. Whoever puts it on themselves has accepted it with that.
pub(super) fn add(pen: &mut Pen<'_>, goal: &GoalId, task: &NewTask) -> Result<TaskId> {
    map_of(pen, goal)?;
    if task.repeats.is_some() {
        pen.needs_level(2)?;
    }
    let id = TaskId::from_bytes(pen.new_item()?);
    let (tasks, now, me) = (collection(pen, "tasks")?, moment::write(&pen.now), pen.parties().me.clone());
    let read = TaskRead {
        goal: *goal,
        what: line("what", &task.what)?,
        owner: task.owner,
        offered: pen.now.clone(),
        due: task.due.map(|day| day_of("due", day)).transpose()?,
        repeats: task.repeats.as_ref().map(sound).transpose()?,
        answers: Vec::new(),
        archived: None,
        choices: Vec::new(),
    };
    let accepted = Answer { accepted: true, digest: digest(&id, &read), why: None };
    pen.change(|transaction| {
        let map = transaction.put_object(&tasks, id.to_string(), ObjType::Map)?;
        transaction.put(&map, "goal", goal.to_string())?;
        transaction.put(&map, "what", read.what)?;
        transaction.put(&map, "owner", task.owner.word())?;
        transaction.put(&map, "offered", now)?;
        let answers = transaction.put_object(&map, "answers", ObjType::Map)?;
        if let Some(due) = read.due {
            transaction.put(&map, "due", due.to_string())?;
        }
        if let Some(repeats) = &read.repeats {
            transaction.put(&map, "repeats", repeats.write())?;
        }
        if task.owner.includes(me.role) {
            transaction.put(&answers, me.person.to_string(), accepted.write())?;
        }
        Ok(())
    })?;
    Ok(id)
}

/// Edits what the person changed of the version shown, and nothing else. Another *what* or *when* makes a task an
/// offer again, because it has another digest. Whoever does the task, alone or with the other, has accepted what
/// they wrote themselves, as when adding; the other's answer is never presumed. If the task reads otherwise than
/// the editor could see, because the other wrote meanwhile, nobody has accepted that.
pub(super) fn edit(pen: &mut Pen<'_>, id: &TaskId, shown: &PlanVersion, edit: &TaskEdit) -> Result<()> {
    let map = map_of_task(pen, id)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).task(id).ok_or(Error::not_found(Thing::Task))?;
    let wanted = edited(&before, edit)?;
    if wanted == before {
        return Ok(());
    }
    if wanted.what != before.what {
        put_as_seen_at(pen, &map, "what", wanted.what.as_str(), &heads)?;
    }
    if wanted.due != before.due {
        let value = wanted.due.map_or(ScalarValue::Null, |day| day.to_string().into());
        put_as_seen_at(pen, &map, "due", value, &heads)?;
    }
    if wanted.repeats != before.repeats {
        pen.needs_level(2)?;
        let value = wanted.repeats.as_ref().map_or(ScalarValue::Null, |repeats| repeats.write().into());
        put_as_seen_at(pen, &map, "repeats", value, &heads)?;
    }
    answer::accept_own_words(pen, id, &wanted)
}

/// The task as it should read.
fn edited(before: &TaskRead, edit: &TaskEdit) -> Result<TaskRead> {
    let mut wanted = before.clone();
    if let Some(what) = &edit.what {
        wanted.what = line("what", what)?;
    }
    if let Some(due) = edit.due {
        wanted.due = written_day("due", due)?;
    }
    match &edit.repeats {
        Some(RecurrenceEdit::Recurrence { recurrence }) => wanted.repeats = Some(sound(recurrence)?),
        Some(RecurrenceEdit::Nothing) => wanted.repeats = None,
        None => {}
    }
    Ok(wanted)
}

/// A rhythm within its bounds, in the order in which it is written.
fn sound(repeats: &Recurrence) -> Result<Recurrence> {
    Recurrence::read(&repeats.write())
        .ok_or_else(|| Error::malformed("repeats", "a rhythm within its bounds"))
}

/// Puts a task away, or takes it back.
pub(super) fn archive(pen: &mut Pen<'_>, id: &TaskId, away: bool) -> Result<()> {
    let map = map_of_task(pen, id)?;
    put_archived(pen, &map, away)
}

fn map_of_task(pen: &Pen<'_>, id: &TaskId) -> Result<ObjId> {
    pen.reading().item("tasks", id.as_bytes()).ok_or(Error::not_found(Thing::Task))
}

/// A day on which something was done.
pub(super) fn day_of(field: &str, day: LocalDate) -> Result<LocalDate> {
    written_day(field, DayEdit::Day { day })?.ok_or_else(|| Error::internal("a day that is none"))
}
