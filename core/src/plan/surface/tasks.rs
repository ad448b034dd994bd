//! Tasks and progress.

use crate::Result;
use crate::clock::LocalDate;
use crate::id::{LogId, TaskId};

use super::super::{DueTask, Plan, PlanVersion, Task, TaskEdit, task};

#[uniffi::export]
impl Plan {
    /// Changes a task. `shown` is the version the screen showed: what was written meanwhile stays beside it, to be
    /// chosen from. Another *what* or *when* makes it an offer again. Whoever does the task has accepted what they
    /// write themselves, as when adding; the other's answer is never presumed.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`] for a rhythm, [`crate::Error::Locked`].
    pub fn edit_task(&self, id: TaskId, shown: PlanVersion, edit: TaskEdit) -> Result<Task> {
        self.write(|pen| task::edit(pen, &id, &shown, &edit))?;
        self.task(id)
    }

    /// Takes a task out of the archive.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn unarchive_task(&self, id: TaskId) -> Result<()> {
        self.write(|pen| task::archive(pen, &id, false))
    }

    /// Takes back one's own answer to a task: it waits for it again.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::NotAllowed`] when it is not one's own, [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn take_back_answer(&self, id: TaskId) -> Result<Task> {
        self.write(|pen| task::take_back_answer(pen, &id))?;
        self.task(id)
    }

    /// The tasks that wait for somebody's answer: first those that wait for one's own, then the oldest. Those that
    /// are put away, with their goal or alone, wait for nobody.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn offers(&self) -> Result<Vec<Task>> {
        self.read(task::offers)
    }

    /// The tasks of both that are due on a day or were before, the longest due first: the therapist's promises as
    /// well as the client's homework. Only those that were taken on count, of goals that are worked on.
    ///
    /// A task is due on its day, or on each day of its rhythm until its day. A log on or after such a day settles it
    /// and all before it, whatever it says; so after a week off there is one day to say something about, not seven.
    /// A task that is done once is also settled when it was done before its day.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn due_tasks(&self, on: LocalDate) -> Result<Vec<DueTask>> {
        let on = task::day_of("on", on)?;
        self.read(|connection, relationship| task::due_on(connection, relationship, on))
    }

    /// The days of a task's rhythm (or its due day) from one day to another, both included; at most the first 366.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn occurrences(&self, id: TaskId, from: LocalDate, to: LocalDate) -> Result<Vec<LocalDate>> {
        let task = self.task(id)?;
        Ok(task::occurrences(task.due, task.repeats.as_ref(), from, to))
    }

    /// Takes back a line of a task's log, if it is one's own.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::NotAllowed`] when it is the other's, [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn take_back_log(&self, id: LogId) -> Result<()> {
        self.write(|pen| task::take_back_log(pen, &id))
    }
}
