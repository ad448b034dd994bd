//! What is new in a plan, in sentences: a goal as it was known is held against the goal as it is now.

use std::collections::HashMap;
use std::sync::Arc;

use common_ground::home::CommonGround;
use common_ground::id::{GoalId, PersonId, RelationshipId};
use common_ground::plan::{Goal, Standing, Task, TaskOutcome, TaskState};
use common_ground::relationship::Relationship;

use crate::commands::difference;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::words::{Words, say};

/// The goals as they are known, and what is needed to tell of changes.
pub(crate) struct News {
    home: Arc<CommonGround>,
    words: Arc<Words>,
    screen: Arc<Screen>,
    with: HashMap<RelationshipId, Relationship>,
    known: HashMap<GoalId, Goal>,
}

impl News {
    /// Takes the plans as they are now for known.
    pub(crate) fn new(
        home: Arc<CommonGround>,
        words: Arc<Words>,
        screen: Arc<Screen>,
        with: &[Relationship],
    ) -> Result<Self, Failure> {
        let mut known = HashMap::new();
        for one in with {
            let plan = home.plan(one.id)?;
            for goal in plan.goals(true)? {
                known.insert(goal.id, plan.goal(goal.id)?);
            }
        }
        let with = with.iter().map(|one| (one.id, one.clone())).collect();
        Ok(Self { home, words, screen, with, known })
    }

    /// What is new about these goals; they are known afterwards.
    pub(crate) fn of(&mut self, relationship: RelationshipId, goals: &[GoalId]) -> Vec<String> {
        let Some(with) = self.with.get(&relationship).cloned() else { return Vec::new() };
        let Ok(plan) = self.home.plan(relationship) else { return Vec::new() };
        let mut lines = Vec::new();
        for id in goals {
            // A goal that cannot be read now is read with its next change.
            let Ok(goal) = plan.goal(*id) else { continue };
            let before = self.known.insert(*id, goal.clone());
            lines.extend(self.compare(&with, before.as_ref(), &goal));
        }
        lines
    }

    fn compare(&self, with: &Relationship, before: Option<&Goal>, now: &Goal) -> Vec<String> {
        let words = &self.words;
        let name = with.other.display_name.as_str();
        let title = now.summary.title.as_str();
        let Some(before) = before else {
            let mut lines = vec![say!(words, "news-goal", "name" => name, "title" => title)];
            lines.extend(self.tasks(with, &[], now));
            return lines;
        };
        let mut lines = Vec::new();
        if before.summary.title != title {
            let old = before.summary.title.as_str();
            lines.push(say!(words, "news-title", "name" => name, "before" => old, "title" => title));
        }
        if before.why != now.why {
            let text = difference(&self.screen, &before.why, &now.why);
            lines.push(say!(words, "news-why", "name" => name, "title" => title, "text" => text));
        }
        if success_of(before, with.other.person) != success_of(now, with.other.person) {
            lines.push(say!(words, "news-success", "name" => name, "title" => title));
        }
        let new_ratings =
            now.ratings.iter().filter(|rating| !before.ratings.iter().any(|old| old.id == rating.id));
        for rating in new_ratings.filter(|rating| rating.by == with.other.person) {
            let value = u32::from(rating.value);
            lines.push(say!(words, "news-rating", "name" => name, "title" => title, "value" => value));
        }
        lines.extend(self.tasks(with, &before.tasks, now));
        if now.summary.open_choice && !before.summary.open_choice {
            lines.push(say!(words, "news-choice", "title" => title));
        }
        if now.summary.archived_at.is_some() != before.summary.archived_at.is_some() {
            lines.push(if now.summary.archived_at.is_some() {
                say!(words, "news-archived", "name" => name, "title" => title)
            } else {
                say!(words, "news-unarchived", "name" => name, "title" => title)
            });
        }
        lines.extend(self.agreement(with, before, now));
        lines
    }

    fn agreement(&self, with: &Relationship, before: &Goal, now: &Goal) -> Option<String> {
        let words = &self.words;
        let name = with.other.display_name.as_str();
        let title = now.summary.title.as_str();
        let agreed = |goal: &Goal| goal.agreed_by.contains(&with.other.person);
        match (&before.summary.standing, &now.summary.standing) {
            (was, is) if was == is => (agreed(now) && (!agreed(before) || before.digest != now.digest))
                .then(|| say!(words, "news-agreed-by-other", "name" => name, "title" => title)),
            (_, Standing::Agreed { .. }) => Some(say!(words, "news-agreed", "title" => title)),
            (_, Standing::ChangedSinceAgreed { .. }) => Some(say!(words, "news-reopened", "title" => title)),
            (_, Standing::Withdrawn { .. }) => {
                Some(say!(words, "news-withdrawn", "name" => name, "title" => title))
            }
            (_, Standing::Proposed) => None,
        }
    }

    fn tasks(&self, with: &Relationship, before: &[Task], now: &Goal) -> Vec<String> {
        let words = &self.words;
        let name = with.other.display_name.as_str();
        let mut lines = Vec::new();
        for task in &now.tasks {
            let what = task.what.as_str();
            let old = before.iter().find(|old| old.id == task.id);
            match (old.map(|old| old.state), task.state) {
                (None, TaskState::Offered) if task.offered_by == with.other.person => {
                    lines.push(say!(words, "news-task-offered", "name" => name, "what" => what));
                }
                (None, _) => lines.push(say!(words, "news-task-added", "name" => name, "what" => what)),
                (Some(TaskState::Offered), TaskState::Accepted) => {
                    lines.push(say!(words, "news-task-accepted", "name" => name, "what" => what));
                }
                (Some(TaskState::Offered), TaskState::Declined) => {
                    lines.push(say!(words, "news-task-declined", "name" => name, "what" => what));
                }
                _ => {}
            }
            let logged = task.log.iter().filter(|log| {
                log.by == with.other.person
                    && !old.is_some_and(|old| old.log.iter().any(|known| known.id == log.id))
            });
            for log in logged {
                lines.push(match log.outcome {
                    TaskOutcome::Done => say!(words, "news-task-done", "name" => name, "what" => what),
                    TaskOutcome::Partly => say!(words, "news-task-partly", "name" => name, "what" => what),
                    TaskOutcome::NotThisTime => {
                        say!(words, "news-task-not-this-time", "name" => name, "what" => what)
                    }
                });
            }
        }
        lines
    }
}

fn success_of(goal: &Goal, person: PersonId) -> Option<&str> {
    goal.success.iter().find(|success| success.by == person).map(|success| success.text.as_str())
}
