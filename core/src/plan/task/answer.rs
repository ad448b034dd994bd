//! Answers to tasks that were offered: each one's own word, bound to what was offered.

use automerge::{ReadDoc, ScalarValue};

use crate::error::Thing;
use crate::id::{PersonId, TaskId};
use crate::{Error, Result};

use super::super::goal::prose;
use super::super::parties::Parties;
use super::super::policy::{PROSE, is_prose};
use super::super::read::TaskRead;
use super::super::shared_plan::Pen;
use super::super::view::{TaskState, WordingDigest};
use super::{digest, map_of_task};

/// An answer to an offered task. It is bound to what was offered: if that changes, it is open again.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) struct Answer {
    pub(in super::super) accepted: bool,
    pub(in super::super) digest: WordingDigest,
    pub(in super::super) why: Option<String>,
}

impl Answer {
    /// As the plan writes it: the word, the digest and perhaps why.
    pub(super) fn write(&self) -> String {
        let word = if self.accepted { "accepted" } else { "declined" };
        match &self.why {
            Some(why) => format!("{word} {} {why}", self.digest),
            None => format!("{word} {}", self.digest),
        }
    }

    /// As the plan wrote it.
    pub(in super::super) fn read(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ')?;
        let (digest, why) = match rest.split_once(' ') {
            Some((digest, why)) => (digest, Some(why)),
            None => (rest, None),
        };
        let accepted = match word {
            "accepted" => true,
            "declined" => false,
            _ => return None,
        };
        if why.is_some_and(|why| !is_prose(why, PROSE)) {
            return None;
        }
        Some(Self { accepted, digest: digest.parse().ok()?, why: why.map(str::to_owned) })
    }
}

/// The answers to a task that count: of those whose task it is, to the task as it reads now. While it is open
/// which of two readings holds, none does.
pub(in super::super) struct Answers {
    owners: Vec<PersonId>,
    given: Vec<(PersonId, bool)>,
}

impl Answers {
    pub(in super::super) fn of(task: &TaskRead, digest: &WordingDigest, parties: &Parties) -> Self {
        let owners = task.owner.people(parties);
        let is_clear = task.choices.is_empty();
        let counts =
            |(by, answer): &&(PersonId, Answer)| is_clear && owners.contains(by) && answer.digest == *digest;
        let given = task.answers.iter().filter(counts).map(|(by, answer)| (*by, answer.accepted)).collect();
        Self { owners, given }
    }

    /// Whether this person still has to answer.
    pub(in super::super) fn waits_for(&self, person: PersonId) -> bool {
        self.owners.contains(&person) && self.given.iter().all(|(by, _)| *by != person)
    }

    pub(in super::super) fn state(&self) -> TaskState {
        if self.given.iter().any(|(_, accepted)| !accepted) {
            TaskState::Declined
        } else if self.owners.iter().any(|owner| self.waits_for(*owner)) {
            TaskState::Offered
        } else {
            TaskState::Accepted
        }
    }
}

/// Accepts or declines a task of one's own, as it was shown.
pub(in super::super) fn answer(
    pen: &mut Pen<'_>,
    id: &TaskId,
    shown: &WordingDigest,
    accepted: bool,
    why: Option<String>,
) -> Result<()> {
    let task = own_task(pen, id)?;
    if digest(id, &task) != *shown {
        return Err(Error::Changed { what: Thing::Task });
    }
    if !task.choices.is_empty() {
        return Err(Error::OpenChoice);
    }
    let why = why.map(|why| prose("why", why.trim(), PROSE)).transpose()?.filter(|why| !why.is_empty());
    write(pen, id, Answer { accepted, digest: *shown, why }.write())
}

/// Takes one's own answer back: the task waits for it again.
pub(in super::super) fn take_back(pen: &mut Pen<'_>, id: &TaskId) -> Result<()> {
    let (task, me) = (own_task(pen, id)?, pen.parties().me.person);
    if task.answers.iter().all(|(by, _)| *by != me) {
        return Ok(());
    }
    pen.needs_level(2)?;
    write(pen, id, ScalarValue::Null)
}

/// Accepts what one has just written oneself, if that is how the task reads now and it is one's own.
pub(super) fn accept_own_words(pen: &mut Pen<'_>, id: &TaskId, written: &TaskRead) -> Result<()> {
    let now = pen.reading().task(id).ok_or(Error::not_found(Thing::Task))?;
    let digest = digest(id, written);
    let reads_so = now.choices.is_empty() && super::digest(id, &now) == digest;
    if !reads_so || !now.owner.includes(pen.parties().me.role) {
        return Ok(());
    }
    write(pen, id, Answer { accepted: true, digest, why: None }.write())
}

/// A task of one's own.
fn own_task(pen: &Pen<'_>, id: &TaskId) -> Result<TaskRead> {
    let task = pen.reading().task(id).ok_or(Error::not_found(Thing::Task))?;
    if task.owner.includes(pen.parties().me.role) {
        Ok(task)
    } else {
        Err(Error::NotAllowed { rule: "tasks/*/answers/@".to_owned() })
    }
}

fn write(pen: &mut Pen<'_>, id: &TaskId, answer: impl Into<ScalarValue>) -> Result<()> {
    let (map, me) = (map_of_task(pen, id)?, pen.parties().me.person);
    match pen.document().get(&map, "answers") {
        Ok(Some((_, answers))) => pen.put(&answers, &me.to_string(), answer),
        _ => Err(Error::internal("a task without a place for answers")),
    }
}
