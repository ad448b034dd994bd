//! What belongs to one of the two alone, and what the other can read of it.

use common_ground::error::Thing;
use common_ground::id::GoalId;
use common_ground::plan::{GoalState, NewTask, TaskOwner, TaskState};

use super::device::Device;
use super::{CLIENT, Story, THERAPIST, took};
use crate::commands::{Names, marked, sentence};
use crate::failure::Failure;
use crate::words::say;

/// So many of the last events are told.
const TOLD: u32 = 4;

impl Story<'_> {
    /// A hold that nobody else can undo, an offer declined with a why, and both in the history of the other.
    pub(super) fn own(&mut self, mira: &Device, jonas: &Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words, screen) = (self.desk, &self.desk.words, &self.desk.screen);
        self.begin(&say!(words, "demo-own"))?;
        let (here, there) = (mira.plan()?, jonas.plan()?);
        here.hold_goal(goal, Some(say!(words, "demo-own-hold-why")))?;
        let time = jonas.wait_until(desk, || Ok(there.goal(goal)?.summary.state == GoalState::Held))?;
        // Whatever comes of that, the hold is not his.
        let _ = there.release_goal(goal);
        self.check(
            there.goal(goal)?.summary.holds.len() == 1,
            &say!(words, "demo-own-held", "one" => CLIENT, "other" => THERAPIST, "time" => took(time)),
        )?;

        let what = say!(words, "demo-own-task");
        let task = NewTask { what, owner: TaskOwner::Client, due: None, repeats: None };
        let task = there.add_task(goal, task)?;
        mira.wait_until(desk, || Ok(here.goal(goal)?.tasks.iter().any(|one| one.id == task.id)))?;
        let offered = here.goal(goal)?.tasks.into_iter().find(|one| one.id == task.id);
        let offered = offered.ok_or(common_ground::Error::NotFound { what: Thing::Task })?;
        let why = say!(words, "demo-own-decline-why");
        here.decline_task(offered.id, offered.digest, Some(why.clone()))?;
        let declined = || {
            let tasks = there.goal(goal)?.tasks;
            Ok(tasks.iter().any(|one| one.id == task.id && one.state == TaskState::Declined))
        };
        jonas.wait_until(desk, declined)?;
        let seen = there.goal(goal)?.tasks.into_iter().find(|one| one.id == task.id);
        let whole = seen.is_some_and(|seen| seen.declined_why.as_ref() == Some(&why));
        self.check(whole, &say!(words, "demo-own-declined", "one" => CLIENT, "other" => THERAPIST))?;

        let changed = there.changed_since_agreed(goal)?;
        self.tell(&say!(words, "demo-own-difference"))?;
        for difference in &changed {
            desk.screen.text(6, &marked(screen, &difference.runs))?;
        }
        let page = there.history(Some(goal), None, TOLD)?;
        let with = jonas.relationship()?;
        let names = Names::of(&there, &page.events);
        self.tell(&say!(words, "demo-own-history", "other" => THERAPIST))?;
        for event in page.events.iter().rev() {
            desk.screen.text(6, &sentence(words, screen, event, &names, &with))?;
        }
        let told = !changed.is_empty() && page.events.len() == TOLD as usize;
        self.check(told, &say!(words, "demo-own-told"))?;
        self.end()
    }
}
