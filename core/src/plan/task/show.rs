//! Tasks as screens see them, from the tables alone.

use rusqlite::{Connection, Row, ToSql, named_params};

use crate::error::Thing;
use crate::id::{GoalId, PersonId, RelationshipId, TaskId};
use crate::relationship::{Role, people};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::view::{PlanVersion, Recurrence, Task, TaskOwner, TaskState, WordingDigest};
use super::super::{goal, moment};
use super::log::logs;

const TASK: &str = "
    SELECT task.id, task.goal, task.what, task.owner, task.due, task.offered_by, task.archived_at, task.digest,
           task.repeats, task.state, task.waits_for_client, task.waits_for_therapist
    FROM task";

/// Every task of a plan, those of one goal together, oldest first.
pub(in super::super) fn list(
    connection: &Connection,
    relationship: RelationshipId,
    archived: bool,
) -> Result<Vec<Task>> {
    let sql = "WHERE relationship = :relationship AND (:archived OR archived_at IS NULL)
               ORDER BY goal, offered_at, id";
    find(
        connection,
        relationship,
        sql,
        named_params! { ":relationship": relationship, ":archived": archived },
    )
}

/// The tasks of a goal, oldest first.
pub(in super::super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<Task>> {
    let sql = "WHERE relationship = :relationship AND goal = :goal
               ORDER BY archived_at IS NOT NULL, offered_at, id";
    find(connection, relationship, sql, named_params! { ":relationship": relationship, ":goal": goal })
}

/// The tasks that wait for somebody's answer: first those that wait for one's own, then the oldest. Those that are
/// put away, with their goal or alone, wait for nobody.
pub(in super::super) fn offers(connection: &Connection, relationship: RelationshipId) -> Result<Vec<Task>> {
    let waits_for_me = match people::me(connection)?.role {
        Role::Client => "waits_for_client",
        Role::Therapist => "waits_for_therapist",
    };
    let sql = format!(
        "JOIN goal ON goal.relationship = task.relationship AND goal.id = task.goal
         WHERE task.relationship = :relationship AND task.state = 'offered'
           AND task.archived_at IS NULL AND goal.archived_at IS NULL
         ORDER BY task.{waits_for_me} DESC, task.offered_at, task.id"
    );
    find(connection, relationship, &sql, named_params! { ":relationship": relationship })
}

/// One task.
pub(in super::super) fn show(
    connection: &Connection,
    relationship: RelationshipId,
    id: &TaskId,
) -> Result<Task> {
    let sql = "WHERE relationship = :relationship AND id = :id";
    let params = named_params! { ":relationship": relationship, ":id": id };
    find(connection, relationship, sql, params)?.pop().ok_or(Error::not_found(Thing::Task))
}

/// The two people with their roles, oneself first.
type Two = [(PersonId, Role); 2];

/// The tasks of which this is true, with the version and the log of those whose task it is.
fn find(
    connection: &Connection,
    relationship: RelationshipId,
    which: &str,
    params: &[(&str, &dyn ToSql)],
) -> Result<Vec<Task>> {
    let (me, other) = (people::me(connection)?, people::other(connection, relationship)?);
    let two = [(me.person, me.role), (other.person, other.role)];
    let mut tasks = connection
        .prepare_cached(&format!("{TASK} {which}"))?
        .query_map(params, |row| read(row, &two))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if tasks.is_empty() {
        return Ok(tasks);
    }
    let version = goal::version(connection, relationship)?;
    for task in &mut tasks {
        task.version = version.clone();
        task.declined_why = declined_why(connection, relationship, task, &two)?;
        task.log = logs(connection, relationship, &task.id)?;
        task.log.retain(|log| is_owner(task.owner, log.by, &two));
    }
    Ok(tasks)
}

fn is_owner(owner: TaskOwner, person: PersonId, two: &Two) -> bool {
    two.iter().any(|(one, role)| *one == person && owner.includes(*role))
}

fn read(row: &Row<'_>, two: &Two) -> rusqlite::Result<Task> {
    let (owner, due, state): (String, Option<String>, String) = (row.get(3)?, row.get(4)?, row.get(9)?);
    let repeats: Option<String> = row.get(8)?;
    let (client, therapist): (bool, bool) = (row.get(10)?, row.get(11)?);
    let waits = |role| match role {
        Role::Client => client,
        Role::Therapist => therapist,
    };
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
        waits_for: two.iter().filter(|(_, role)| waits(*role)).map(|(person, _)| *person).collect(),
        declined_why: None,
        digest: WordingDigest(row.get(7)?),
        log: Vec::new(),
        archived_at: row.get::<_, Option<Micros>>(6)?.map(|at| at.0),
    })
}

/// Why a task was declined, where it is and they said.
fn declined_why(
    connection: &Connection,
    relationship: RelationshipId,
    task: &Task,
    two: &Two,
) -> Result<Option<String>> {
    if task.state != TaskState::Declined {
        return Ok(None);
    }
    let answers: Vec<(PersonId, Option<String>)> = connection
        .prepare_cached(
            "SELECT person, why FROM task_answer
             WHERE relationship = :relationship AND task = :task AND NOT accepted AND digest = :digest
             ORDER BY person",
        )?
        .query_map(
            named_params! { ":relationship": relationship, ":task": task.id, ":digest": task.digest.0 },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(answers.into_iter().filter(|(by, _)| is_owner(task.owner, *by, two)).find_map(|(_, why)| why))
}
