//! The tasks of the plan on the terminal.

use chrono::TimeDelta;
use common_ground::clock::LocalDate;
use common_ground::error::Thing;
use common_ground::id::TaskId;
use common_ground::plan::{
    DueTask, NewTask, Plan, RecurrenceEdit, Task, TaskEdit, TaskOutcome, TaskOwner, TaskState,
};
use common_ground::relationship::{Relationship, Role};
use serde::Serialize;

use super::states::today;
use super::{goals, rhythm, values};
use crate::args::{TaskCommand, TasksArgs};
use crate::desk::{Desk, pick};
use crate::failure::{Exit, Failure};
use crate::words::say;

#[derive(Serialize)]
struct Tasks {
    tasks: Vec<Task>,
}

pub(super) fn list(desk: &Desk, which: &TasksArgs) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if which.due {
        return due(desk);
    }
    let (with, plan) = desk.plan()?;
    // Numbers are those of the whole list, so that they mean the same in every command.
    let all: Vec<_> = plan.tasks(which.archived)?.iter().map(|task| task.id).collect();
    let mut tasks = if which.offers { plan.offers()? } else { plan.tasks(which.archived)? };
    if which.promises {
        tasks.retain(|task| task.owner != TaskOwner::Client);
    }
    if desk.json() {
        return screen.document(&Tasks { tasks });
    }
    if tasks.is_empty() && which.offers {
        return screen.text(0, &say!(words, "tasks-none-offered"));
    }
    if tasks.is_empty() {
        return screen.text(0, &say!(words, "tasks-empty"));
    }
    for task in &tasks {
        let number = all.iter().position(|id| *id == task.id).map(|index| index + 1);
        print(desk, number, task, &with)?;
    }
    let mut shown = desk.shown.borrow_mut();
    shown.tasks = Some(all);
    shown.task.extend(tasks.into_iter().map(|task| (task.id, task)));
    Ok(())
}

#[derive(Serialize)]
struct Due {
    due: Vec<DueTask>,
}

/// What is due today or was before, with nothing noted for it.
fn due(desk: &Desk) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (_, plan) = desk.plan()?;
    let due = plan.due_tasks(today())?;
    if desk.json() {
        return screen.document(&Due { due });
    }
    if due.is_empty() {
        return screen.text(0, &say!(words, "tasks-none-due"));
    }
    let all: Vec<_> = plan.tasks(false)?.iter().map(|task| task.id).collect();
    for one in &due {
        let number = all.iter().position(|id| *id == one.task).map(|index| (index + 1).to_string());
        screen.line(&format!("{:>4}  {}", number.unwrap_or_default(), one.what))?;
        screen.text(6, &screen.faint(&say!(words, "task-due-since", "day" => words.date(one.day))))?;
    }
    desk.shown.borrow_mut().tasks = Some(all);
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
    screen.text(6, &screen.faint(&facts(desk, task, with).join(" · ")))?;
    if let Some(why) = &task.declined_why {
        screen.text(6, &say!(words, "task-declined-why", "text" => why.as_str()))?;
    }
    for log in &task.log {
        let outcome = values::outcome(words, log.outcome);
        let note = log.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        screen.text(6, &format!("{}  {outcome}{note}", words.date(log.on)))?;
    }
    Ok(())
}

/// Whose it is, where it stands and when.
pub(super) fn facts(desk: &Desk, task: &Task, with: &Relationship) -> Vec<String> {
    let words = &desk.words;
    let mut facts = vec![values::owner(words, task.owner, with), state_in_words(desk, task, with)];
    facts.extend(task.due.map(|due| say!(words, "task-due", "day" => words.date(due))));
    facts.extend(task.repeats.as_ref().map(|recurrence| rhythm::in_words(words, recurrence)));
    if task.archived_at.is_some() {
        facts.push(say!(words, "task-put-away"));
    }
    facts
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
pub(crate) fn find(desk: &Desk, plan: &Plan, wanted: &str) -> Result<Task, Failure> {
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
        TaskCommand::Add { goal, what, owner, due, repeats } => {
            let own = match with.other.role {
                Role::Client => TaskOwner::Therapist,
                Role::Therapist => TaskOwner::Client,
            };
            let owner = owner.map_or(own, Into::into);
            let goal = goals::find(desk, &plan, &goal)?;
            let repeats = rhythm::asked(desk, &repeats)?;
            let task = plan.add_task(goal, NewTask { what: what.join(" "), owner, due, repeats })?;
            done(desk, &task, &added(desk, &task, name))
        }
        TaskCommand::Edit { task, what, due, repeats, once, shown } => {
            let task = find(desk, &plan, &task)?;
            let version = match shown {
                Some(version) => version.parse()?,
                None => task.version.clone(),
            };
            let repeats = if once {
                Some(RecurrenceEdit::Nothing)
            } else {
                rhythm::asked(desk, &repeats)?.map(|recurrence| RecurrenceEdit::Recurrence { recurrence })
            };
            let edit = TaskEdit { what, due: due.map(Into::into), repeats };
            let task = plan.edit_task(task.id, version, edit)?;
            done(desk, &task, &added(desk, &task, name))
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
        TaskCommand::TakeBack { task } => {
            let task = plan.take_back_answer(find(desk, &plan, &task)?.id)?;
            done(desk, &task, &say!(words, "taken-back"))
        }
        TaskCommand::Done { task, undo: true, on, .. } => take_back_log(desk, &plan, &task, on),
        TaskCommand::Done { task, outcome, note, on, undo: false } => {
            log(desk, &plan, &task, (&outcome).into(), note, on)
        }
        TaskCommand::Days { task, from, to } => days(desk, &plan, &task, from, to),
        TaskCommand::Archive { task, undo } => {
            let id = find(desk, &plan, &task)?.id;
            if undo {
                plan.unarchive_task(id)?;
                return done(desk, &now(&plan, id)?, &say!(words, "task-unarchived"));
            }
            desk.confirm(&say!(words, "ask-archive-task", "name" => name))?;
            plan.archive_task(id)?;
            done(desk, &now(&plan, id)?, &say!(words, "task-archived"))
        }
    }
}

/// What is said of a task that was put up or changed: whether it is an offer now.
fn added(desk: &Desk, task: &Task, name: &str) -> String {
    let words = &desk.words;
    match task.state {
        TaskState::Offered => say!(words, "task-was-offered", "name" => name),
        TaskState::Accepted | TaskState::Declined => say!(words, "task-was-added"),
    }
}

fn log(
    desk: &Desk,
    plan: &Plan,
    wanted: &str,
    outcome: TaskOutcome,
    note: Option<String>,
    on: Option<LocalDate>,
) -> Result<(), Failure> {
    let words = &desk.words;
    let id = find(desk, plan, wanted)?.id;
    plan.log_task(id, on.unwrap_or_else(today), outcome, note)?;
    let sentence = match outcome {
        TaskOutcome::Done => say!(words, "task-noted-done"),
        TaskOutcome::Partly => say!(words, "task-noted-partly"),
        TaskOutcome::NotThisTime => say!(words, "task-noted-not-this-time"),
    };
    done(desk, &now(plan, id)?, &sentence)
}

/// Takes back what one noted last, or last for a day.
fn take_back_log(desk: &Desk, plan: &Plan, wanted: &str, on: Option<LocalDate>) -> Result<(), Failure> {
    let me = desk.me()?.person;
    let id = find(desk, plan, wanted)?.id;
    let task = now(plan, id)?;
    let own = task.log.iter().filter(|log| log.by == me && on.is_none_or(|day| log.on == day));
    // Ids rise with the time at which they were made.
    let last = own.max_by_key(|log| (log.on, log.id)).map(|log| log.id);
    plan.take_back_log(last.ok_or(common_ground::Error::NotFound { what: Thing::Note })?)?;
    done(desk, &now(plan, id)?, &say!(desk.words, "taken-back"))
}

#[derive(Serialize)]
struct Days {
    days: Vec<LocalDate>,
}

/// The days of a task that is done again and again.
fn days(
    desk: &Desk,
    plan: &Plan,
    wanted: &str,
    from: Option<LocalDate>,
    to: Option<LocalDate>,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let task = find(desk, plan, wanted)?;
    let from = from.unwrap_or_else(today);
    let to = to.unwrap_or_else(|| from.checked_add_signed(TimeDelta::weeks(4)).unwrap_or(from));
    let days = plan.occurrences(task.id, from, to)?;
    if desk.json() {
        return screen.document(&Days { days });
    }
    if days.is_empty() {
        return Err(Failure::told(Exit::NotFound, say!(words, "task-no-days")));
    }
    days.iter().try_for_each(|day| screen.line(&format!("  {}", words.date(*day))))
}

/// The task as it is now.
fn now(plan: &Plan, id: TaskId) -> Result<Task, Failure> {
    let task = plan.tasks(true)?.into_iter().find(|task| task.id == id);
    task.ok_or(Failure::Core(common_ground::Error::NotFound { what: Thing::Task }))
}
