//! Tasks: who does what for a goal. Put on the other person a task is an offer, and only its owner can
//! accept it.

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ReadDoc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::clock::LocalDate;
use crate::error::Thing;
use crate::id::{GoalId, LogId, PersonId, RelationshipId, TaskId};
use crate::relationship::{Role, people};
use crate::store::Micros;
use crate::{Error, Result};

use super::canonical::Writer;
use super::goal::{collection, line, map_of, prose, put_archived};
use super::parties::Parties;
use super::policy::{PROSE, is_prose};
use super::read::TaskRead;
use super::shared_plan::Pen;
use super::view::{
    NewTask, PlanVersion, Recurrence, Task, TaskLog, TaskOutcome, TaskOwner, TaskState, WordingDigest,
};
use super::{goal, moment, wording};

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

    fn includes(self, role: Role) -> bool {
        match self {
            Self::Client => role == Role::Client,
            Self::Therapist => role == Role::Therapist,
            Self::Both => true,
        }
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

/// An answer to an offered task. It is bound to what was offered: if that changes, it is open again.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) accepted: bool,
    pub(super) digest: WordingDigest,
    pub(super) why: Option<String>,
}

impl Answer {
    /// As the plan writes it: the word, the digest and perhaps why.
    fn write(&self) -> String {
        let word = if self.accepted { "accepted" } else { "declined" };
        match &self.why {
            Some(why) => format!("{word} {} {why}", self.digest),
            None => format!("{word} {}", self.digest),
        }
    }

    /// As the plan wrote it.
    pub(super) fn read(text: &str) -> Option<Self> {
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

/// The answers to a task that count: of those whose task it is, to the task as it reads now.
pub(super) struct Answers {
    owners: Vec<PersonId>,
    given: Vec<(PersonId, bool)>,
}

impl Answers {
    pub(super) fn of(task: &TaskRead, digest: &WordingDigest, parties: &Parties) -> Self {
        let both = parties.both().into_iter();
        let owners: Vec<_> =
            both.filter(|party| task.owner.includes(party.role)).map(|party| party.person).collect();
        let counts = |(by, answer): &&(PersonId, Answer)| owners.contains(by) && answer.digest == *digest;
        let given = task.answers.iter().filter(counts).map(|(by, answer)| (*by, answer.accepted)).collect();
        Self { owners, given }
    }

    /// Whether this person still has to answer.
    pub(super) fn waits_for(&self, person: PersonId) -> bool {
        self.owners.contains(&person) && self.given.iter().all(|(by, _)| *by != person)
    }

    pub(super) fn state(&self) -> TaskState {
        if self.given.iter().any(|(_, accepted)| !accepted) {
            TaskState::Declined
        } else if self.owners.iter().any(|owner| self.waits_for(*owner)) {
            TaskState::Offered
        } else {
            TaskState::Accepted
        }
    }
}

/// Adds a task. Whoever puts it on themselves has accepted it with that.
pub(super) fn add(pen: &mut Pen<'_>, goal: &GoalId, task: &NewTask) -> Result<TaskId> {
    map_of(pen, goal)?;
    if task.repeats.is_some() {
        pen.needs_level(2)?;
    }
    let what = line("what", &task.what)?;
    let id = TaskId::from_bytes(pen.new_item()?);
    let (tasks, now, me) = (collection(pen, "tasks")?, moment::write(&pen.now), pen.parties().me.clone());
    let read = TaskRead {
        goal: *goal,
        what,
        owner: task.owner,
        offered: pen.now.clone(),
        due: task.due,
        repeats: task.repeats.clone(),
        answers: Vec::new(),
        archived: None,
        choices: Vec::new(),
    };
    if read.repeats.as_ref().is_some_and(|repeats| !repeats.is_sound()) {
        return Err(Error::malformed("repeats", "a rhythm within its bounds"));
    }
    let accepted = Answer { accepted: true, digest: digest(&id, &read), why: None };
    pen.change(|transaction| {
        let map = transaction.put_object(&tasks, id.to_string(), ObjType::Map)?;
        transaction.put(&map, "goal", goal.to_string())?;
        transaction.put(&map, "what", read.what)?;
        transaction.put(&map, "owner", task.owner.word())?;
        transaction.put(&map, "offered", now)?;
        let answers = transaction.put_object(&map, "answers", ObjType::Map)?;
        if let Some(due) = task.due {
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

/// Accepts or declines a task of one's own, as it was shown.
pub(super) fn answer(
    pen: &mut Pen<'_>,
    id: &TaskId,
    shown: &WordingDigest,
    accepted: bool,
    why: Option<String>,
) -> Result<()> {
    let (map, me) = (map_of_task(pen, id)?, pen.parties().me.clone());
    let task = pen.reading().task(id).ok_or(Error::not_found(Thing::Task))?;
    if !task.owner.includes(me.role) {
        return Err(Error::NotAllowed { rule: "tasks/*/answers/@".to_owned() });
    }
    if digest(id, &task) != *shown {
        return Err(Error::Changed { what: Thing::Task });
    }
    let why = why.map(|why| prose("why", why.trim(), PROSE)).transpose()?.filter(|why| !why.is_empty());
    let answer = Answer { accepted, digest: *shown, why };
    if task.answers.iter().any(|(by, said)| *by == me.person && *said == answer) {
        return Ok(());
    }
    let answers = match pen.document().get(&map, "answers") {
        Ok(Some((_, answers))) => answers,
        _ => return Err(Error::internal("a task without a place for answers")),
    };
    pen.put(&answers, &me.person.to_string(), answer.write())
}

/// Notes how a task of one's own went on a day.
pub(super) fn log(
    pen: &mut Pen<'_>,
    id: &TaskId,
    on: LocalDate,
    outcome: TaskOutcome,
    note: Option<&str>,
) -> Result<LogId> {
    let task = pen.reading().task(id).ok_or(Error::not_found(Thing::Task))?;
    if !task.owner.includes(pen.parties().me.role) {
        return Err(Error::NotAllowed { rule: "logs/*".to_owned() });
    }
    let note =
        note.map(|note| prose("note", note.trim(), PROSE)).transpose()?.filter(|note| !note.is_empty());
    let log = LogId::from_bytes(pen.new_item()?);
    let (logs, now) = (collection(pen, "logs")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&logs, log.to_string(), ObjType::Map)?;
        transaction.put(&map, "task", id.to_string())?;
        transaction.put(&map, "on", on.to_string())?;
        transaction.put(&map, "outcome", outcome.word())?;
        transaction.put(&map, "at", now)?;
        if let Some(note) = note {
            transaction.put(&map, "note", note)?;
        }
        Ok(())
    })?;
    Ok(log)
}

/// Puts a task away.
pub(super) fn archive(pen: &mut Pen<'_>, id: &TaskId) -> Result<()> {
    let map = map_of_task(pen, id)?;
    put_archived(pen, &map, true)
}

fn map_of_task(pen: &Pen<'_>, id: &TaskId) -> Result<ObjId> {
    pen.reading().item("tasks", id.as_bytes()).ok_or(Error::not_found(Thing::Task))
}

const TASK: &str = "
    SELECT id, goal, what, owner, due, offered_by, archived_at, digest, repeats, state, waits_for_client,
           waits_for_therapist
    FROM task
    WHERE relationship = :relationship";

/// Every task of a plan, those of one goal together, oldest first.
pub(super) fn list(
    connection: &Connection,
    relationship: RelationshipId,
    archived: bool,
) -> Result<Vec<Task>> {
    let tasks = connection
        .prepare_cached(&format!(
            "{TASK} AND (:archived OR archived_at IS NULL) ORDER BY goal, offered_at, id"
        ))?
        .query_map(named_params! { ":relationship": relationship, ":archived": archived }, read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    complete(connection, relationship, tasks)
}

/// The tasks of a goal, oldest first.
pub(super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<Task>> {
    let tasks = connection
        .prepare_cached(&format!("{TASK} AND goal = :goal ORDER BY archived_at IS NOT NULL, offered_at, id"))?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    complete(connection, relationship, tasks)
}

/// One task.
pub(super) fn show(connection: &Connection, relationship: RelationshipId, id: &TaskId) -> Result<Task> {
    let task = connection
        .prepare_cached(&format!("{TASK} AND id = :id"))?
        .query_row(named_params! { ":relationship": relationship, ":id": id }, read)
        .optional()?
        .ok_or(Error::not_found(Thing::Task))?;
    complete(connection, relationship, vec![task])?.pop().ok_or(Error::not_found(Thing::Task))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    let (owner, due, state): (String, Option<String>, String) = (row.get(3)?, row.get(4)?, row.get(9)?);
    let repeats: Option<String> = row.get(8)?;
    Ok(Task {
        id: row.get(0)?,
        version: PlanVersion::of(Vec::new()),
        goal: row.get(1)?,
        what: row.get(2)?,
        owner: TaskOwner::read(&owner).unwrap_or(TaskOwner::Both),
        due: due.and_then(|day| moment::read_day(&day)),
        repeats: repeats.and_then(|text| Recurrence::read(&text)),
        offered_by: row.get(5)?,
        state: TaskState::read(&state).unwrap_or(TaskState::Offered),
        waits_for: Vec::new(),
        declined_why: None,
        digest: WordingDigest(row.get(7)?),
        log: Vec::new(),
        archived_at: row.get::<_, Option<Micros>>(6)?.map(|at| at.0),
    })
}

/// Adds the version, answers and logs, of those whose task it is.
fn complete(
    connection: &Connection,
    relationship: RelationshipId,
    mut tasks: Vec<Task>,
) -> Result<Vec<Task>> {
    if tasks.is_empty() {
        return Ok(tasks);
    }
    let version = goal::version(connection, relationship)?;
    let (me, other) = (people::me(connection)?, people::other(connection, relationship)?);
    let two = [(me.person, me.role), (other.person, other.role)];
    for task in &mut tasks {
        task.version = version.clone();
        let owners: Vec<PersonId> =
            two.iter().filter(|(_, role)| task.owner.includes(*role)).map(|(person, _)| *person).collect();
        let mut answers = answers(connection, relationship, &task.id)?;
        answers.retain(|(by, answer)| owners.contains(by) && answer.digest == task.digest);
        let declined = answers.iter().find(|(_, answer)| !answer.accepted);
        task.declined_why = declined.and_then(|(_, answer)| answer.why.clone());
        task.waits_for =
            owners.iter().filter(|owner| answers.iter().all(|(by, _)| by != *owner)).copied().collect();
        task.log = logs(connection, relationship, &task.id)?;
        task.log.retain(|log| owners.contains(&log.by));
    }
    Ok(tasks)
}

fn answers(
    connection: &Connection,
    relationship: RelationshipId,
    task: &TaskId,
) -> Result<Vec<(PersonId, Answer)>> {
    connection
        .prepare_cached(
            "SELECT person, accepted, digest, why FROM task_answer
             WHERE relationship = :relationship AND task = :task ORDER BY person",
        )?
        .query_map(named_params! { ":relationship": relationship, ":task": task }, |row| {
            let answer =
                Answer { accepted: row.get(1)?, digest: WordingDigest(row.get(2)?), why: row.get(3)? };
            Ok((row.get(0)?, answer))
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn logs(connection: &Connection, relationship: RelationshipId, task: &TaskId) -> Result<Vec<TaskLog>> {
    connection
        .prepare_cached(
            "SELECT id, person, on_day, outcome, note FROM task_log
             WHERE relationship = :relationship AND task = :task ORDER BY on_day, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":task": task }, |row| {
            let (day, outcome): (String, String) = (row.get(2)?, row.get(3)?);
            Ok(TaskLog {
                id: row.get(0)?,
                by: row.get(1)?,
                on: moment::read_day(&day).unwrap_or_default(),
                outcome: TaskOutcome::read(&outcome).unwrap_or(TaskOutcome::NotThisTime),
                note: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
