//! The tasks of the plan on the terminal.

use chrono::Local;
use common_ground::error::Thing;
use common_ground::id::TaskId;
use common_ground::plan::{NewTask, Plan, Task, TaskOutcome, TaskOwner, TaskState};
use common_ground::relationship::{Relationship, Role};
use serde::Serialize;

use super::goals;
use crate::args::TaskCommand;
use crate::desk::{Desk, pick};
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Tasks {
    tasks: Vec<Task>,
}

pub(super) fn list(desk: &Desk, archived: bool) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let tasks = plan.tasks(archived)?;
    if desk.json() {
        return screen.document(&Tasks { tasks });
    }
    if tasks.is_empty() {
        return screen.text(0, &say!(words, "tasks-empty"));
    }
    for (n, task) in tasks.iter().enumerate() {
        print(desk, Some(n + 1), task, &with)?;
    }
    let mut shown = desk.shown.borrow_mut();
    shown.tasks = Some(tasks.iter().map(|task| task.id).collect());
    shown.task.extend(tasks.into_iter().map(|task| (task.id, task)));
    Ok(())
}

/// One task, with its number in `tasks` where it is there.
pub(super) fn print(
    desk: &Desk,
    number: Option<usize>,
    task: &Task,
    with: &Relationship,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let number = number.map(|number| number.to_string()).unwrap_or_default();
    screen.line(&format!("{number:>4}  {}", task.what))?;
    let mut facts = vec![owner_name(desk, task.owner, with), state_in_words(desk, task, with)];
    if let Some(due) = task.due {
        facts.push(say!(words, "task-due", "day" => words.date(due)));
    }
    if task.archived_at.is_some() {
        facts.push(say!(words, "task-put-away"));
    }
    screen.text(6, &screen.faint(&facts.join(" · ")))?;
    if let Some(why) = &task.declined_why {
        screen.text(6, &say!(words, "task-declined-why", "text" => why.as_str()))?;
    }
    for log in &task.log {
        let outcome = match log.outcome {
            TaskOutcome::Done => say!(words, "outcome-done"),
            TaskOutcome::Partly => say!(words, "outcome-partly"),
            TaskOutcome::NotThisTime => say!(words, "outcome-not-this-time"),
        };
        let note = log.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        screen.text(6, &format!("{}  {outcome}{note}", words.date(log.on)))?;
    }
    Ok(())
}

fn owner_name(desk: &Desk, owner: TaskOwner, with: &Relationship) -> String {
    let words = &desk.words;
    let of_other = matches!(
        (owner, with.other.role),
        (TaskOwner::Client, Role::Client) | (TaskOwner::Therapist, Role::Therapist)
    );
    match owner {
        TaskOwner::Both => say!(words, "task-of-both"),
        _ if of_other => say!(words, "task-of-other", "name" => with.other.display_name.as_str()),
        _ => say!(words, "task-of-you"),
    }
}

fn state_in_words(desk: &Desk, task: &Task, with: &Relationship) -> String {
    let words = &desk.words;
    match task.state {
        TaskState::Accepted => say!(words, "task-accepted"),
        TaskState::Declined => say!(words, "task-declined"),
        TaskState::Offered => {
            let waits: Vec<_> = task.waits_for.iter().map(|person| desk.name_of(*person, with)).collect();
            say!(words, "task-offered", "names" => waits.join(", "))
        }
    }
}

/// The task that is meant: by number in the list that was shown last, or the list as it is now.
pub(super) fn find(desk: &Desk, plan: &Plan, wanted: &str) -> Result<Task, Failure> {
    let missing = Failure::Core(common_ground::Error::NotFound { what: Thing::Task });
    let now = plan.tasks(true)?;
    let by_number = wanted.len() <= 6 && wanted.parse::<usize>().is_ok();
    let list: Vec<TaskId> = match desk.shown.borrow().tasks.clone() {
        Some(shown) if by_number => shown,
        _ if by_number => plan.tasks(false)?.iter().map(|task| task.id).collect(),
        _ => now.iter().map(|task| task.id).collect(),
    };
    let id = pick(wanted, &list).or_tell(desk, wanted, missing)?;
    if let Some(task) = desk.shown.borrow().task.get(&id) {
        return Ok(task.clone());
    }
    let task = now.into_iter().find(|task| task.id == id);
    task.ok_or(Failure::Core(common_ground::Error::NotFound { what: Thing::Task }))
}

fn done(desk: &Desk, task: &Task, sentence: &str) -> Result<(), Failure> {
    desk.shown.borrow_mut().task.insert(task.id, task.clone());
    if desk.json() { desk.screen.document(task) } else { desk.screen.text(0, sentence) }
}

pub(super) fn task(desk: &Desk, command: TaskCommand) -> Result<(), Failure> {
    let words = &desk.words;
    let (with, plan) = desk.plan()?;
    let name = with.other.display_name.as_str();
    match command {
        TaskCommand::Add { goal, what, owner, due } => {
            let own = match with.other.role {
                Role::Client => TaskOwner::Therapist,
                Role::Therapist => TaskOwner::Client,
            };
            let owner = owner.map_or(own, Into::into);
            let goal = goals::find(desk, &plan, &goal)?;
            let task = plan.add_task(goal, NewTask { what: what.join(" "), owner, due, repeats: None })?;
            let sentence = match task.state {
                TaskState::Offered => say!(words, "task-was-offered", "name" => name),
                TaskState::Accepted | TaskState::Declined => say!(words, "task-was-added"),
            };
            done(desk, &task, &sentence)
        }
        TaskCommand::Accept { task } => {
            let task = find(desk, &plan, &task)?;
            let task = plan.accept_task(task.id, task.digest)?;
            done(desk, &task, &say!(words, "task-was-accepted"))
        }
        TaskCommand::Decline { task, why } => {
            let task = find(desk, &plan, &task)?;
            let task = plan.decline_task(task.id, task.digest, why)?;
            done(desk, &task, &say!(words, "task-was-declined", "name" => name))
        }
        TaskCommand::Done { task, partly, not_this_time, note, on } => {
            let outcome = match (partly, not_this_time) {
                (true, _) => TaskOutcome::Partly,
                (_, true) => TaskOutcome::NotThisTime,
                _ => TaskOutcome::Done,
            };
            let id = find(desk, &plan, &task)?.id;
            plan.log_task(id, on.unwrap_or_else(|| Local::now().date_naive()), outcome, note)?;
            let sentence = match outcome {
                TaskOutcome::Done => say!(words, "task-noted-done"),
                TaskOutcome::Partly => say!(words, "task-noted-partly"),
                TaskOutcome::NotThisTime => say!(words, "task-noted-not-this-time"),
            };
            done(desk, &now(&plan, id)?, &sentence)
        }
        TaskCommand::Archive { task } => {
            let id = find(desk, &plan, &task)?.id;
            desk.confirm(&say!(words, "ask-archive-task", "name" => name))?;
            plan.archive_task(id)?;
            done(desk, &now(&plan, id)?, &say!(words, "task-archived"))
        }
    }
}

/// The task as it is now.
fn now(plan: &Plan, id: TaskId) -> Result<Task, Failure> {
    let task = plan.tasks(true)?.into_iter().find(|task| task.id == id);
    task.ok_or(Failure::Core(common_ground::Error::NotFound { what: Thing::Task }))
}
