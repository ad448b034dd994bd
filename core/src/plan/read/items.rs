//! One item after the other, as the document holds it.

use automerge::{ObjId, ObjType, ROOT, ScalarValue};

use crate::id::{GoalId, PersonId, StepId, StrategyId, TaskId};

use super::super::moment;
use super::super::policy::{HOLDS, STATES, VERDICTS};
use super::super::register::{Descent, Marked, Stance};
use super::super::task::Answer;
use super::super::view::{AttainmentLevel, GoalPriority, Recurrence, TaskOutcome, TaskOwner};
use super::{
    AttainmentRead, GoalRead, LogRead, RatingRead, Reading, StepRead, StrategyRead, TaskRead, TryRead,
};

/// The keys of a scale, from the lowest level to the highest.
pub(in super::super) const SCALE_KEYS: [&str; 5] =
    ["scale_much_less", "scale_less", "scale_expected", "scale_more", "scale_much_more"];

/// A string.
fn text(value: &ScalarValue) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Reading<'_> {
    /// A goal.
    pub(in super::super) fn goal(&self, id: &GoalId) -> Option<GoalRead> {
        let maps = self.item_maps("goals", id.as_bytes());
        let map = maps.first()?;
        let state = self.shown(map, "state", |value| Marked::read(value.as_str()?, &STATES));
        Some(GoalRead {
            title: self.shown(map, "title", text)?,
            why: self.text_of(map, "why").map(|text| self.text(&text)).unwrap_or_default(),
            success: self.by_person(&maps, "success", |text| Some(text.to_owned())),
            order: self.string(map, "order")?,
            proposed: self.moment(map, "proposed")?,
            archived: self.moment(map, "archived"),
            known_by: self.optional(map, "known_by", text),
            by_when: self.optional(map, "by_when", |value| moment::read_day(value.as_str()?)),
            first_step: self.string(map, "first_step"),
            state,
            priority: self.string(map, "priority").and_then(|word| GoalPriority::read(&word)),
            review_every: self.number(map, "review_every"),
            reviewed: self.day(map, "reviewed"),
            descent: self.string(map, "descent").and_then(|text| Descent::read(&text)),
            scale: SCALE_KEYS.map(|key| self.optional(map, key, text)),
            importance: self.number(map, "importance"),
            difficulty: self.number(map, "difficulty"),
            holds: self.of_both("holds", id, |text| Marked::read(text, &HOLDS)),
            stances: self.of_both("stances", id, Stance::read),
            choices: self.choices(map, "goals"),
        })
    }

    /// A task.
    pub(in super::super) fn task(&self, id: &TaskId) -> Option<TaskRead> {
        let maps = self.item_maps("tasks", id.as_bytes());
        let map = maps.first()?;
        Some(TaskRead {
            goal: self.string(map, "goal")?.parse().ok()?,
            what: self.string(map, "what")?,
            owner: TaskOwner::read(&self.string(map, "owner")?)?,
            offered: self.moment(map, "offered")?,
            due: self.day(map, "due"),
            repeats: self.string(map, "repeats").and_then(|text| Recurrence::read(&text)),
            answers: self.by_person(&maps, "answers", Answer::read),
            archived: self.moment(map, "archived"),
            choices: self.choices(map, "tasks"),
        })
    }

    /// A rating.
    pub(in super::super) fn rating(&self, id: &[u8; 16]) -> Option<RatingRead> {
        let map = self.item("ratings", id)?;
        Some(RatingRead {
            goal: self.string(&map, "goal")?.parse().ok()?,
            value: self.number(&map, "value")?,
            at: self.moment(&map, "at")?,
            helped: self.string(&map, "helped"),
            hindered: self.string(&map, "hindered"),
            taken_back: self.is_taken_back(&map),
        })
    }

    /// A line of a task's log.
    pub(in super::super) fn log(&self, id: &[u8; 16]) -> Option<LogRead> {
        let map = self.item("logs", id)?;
        Some(LogRead {
            task: self.string(&map, "task")?.parse().ok()?,
            on: self.day(&map, "on")?,
            outcome: TaskOutcome::read(&self.string(&map, "outcome")?)?,
            note: self.string(&map, "note"),
            taken_back: self.is_taken_back(&map),
        })
    }

    /// A graded step.
    pub(in super::super) fn step(&self, id: &StepId) -> Option<StepRead> {
        let map = self.item("steps", id.as_bytes())?;
        Some(StepRead {
            goal: self.string(&map, "goal")?.parse().ok()?,
            what: self.string(&map, "what")?,
            order: self.string(&map, "order")?,
            expected_fear: self.number(&map, "expected_fear"),
            archived: self.moment(&map, "archived"),
            choices: self.choices(&map, "steps"),
        })
    }

    /// A try of a step.
    pub(in super::super) fn step_try(&self, id: &[u8; 16]) -> Option<TryRead> {
        let map = self.item("tries", id)?;
        Some(TryRead {
            step: self.string(&map, "step")?.parse().ok()?,
            on: self.day(&map, "on")?,
            outcome: TaskOutcome::read(&self.string(&map, "outcome")?)?,
            fear: self.number(&map, "fear"),
            learned: self.string(&map, "learned"),
            taken_back: self.is_taken_back(&map),
        })
    }

    /// A strategy.
    pub(in super::super) fn strategy(&self, id: &StrategyId) -> Option<StrategyRead> {
        let map = self.item("strategies", id.as_bytes())?;
        Some(StrategyRead {
            goal: self.string(&map, "goal")?.parse().ok()?,
            what: self.string(&map, "what")?,
            begun: self.moment(&map, "begun")?,
            verdict: self.shown(&map, "verdict", |value| Marked::read(value.as_str()?, &VERDICTS)),
            archived: self.moment(&map, "archived"),
            choices: self.choices(&map, "strategies"),
        })
    }

    /// A judgement on a goal's scale.
    pub(in super::super) fn attainment(&self, id: &[u8; 16]) -> Option<AttainmentRead> {
        let map = self.item("attainments", id)?;
        Some(AttainmentRead {
            goal: self.string(&map, "goal")?.parse().ok()?,
            level: AttainmentLevel::read(&self.string(&map, "level")?)?,
            at: self.moment(&map, "at")?,
            note: self.string(&map, "note"),
            taken_back: self.is_taken_back(&map),
        })
    }

    fn is_taken_back(&self, map: &ObjId) -> bool {
        self.moment(map, "taken_back").is_some()
    }

    /// What each of the two has written about an item in a collection of one's own words.
    fn of_both<T>(
        &self,
        collection: &str,
        item: &GoalId,
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<(PersonId, T)> {
        let Some(collection) = self.container(&ROOT, collection, ObjType::Map) else { return Vec::new() };
        let mut people = self.parties.both().map(|party| party.person);
        people.sort_unstable();
        people
            .into_iter()
            .filter_map(|person| {
                let written = self.string(&collection, &format!("{item}{person}"))?;
                Some((person, read(&written)?))
            })
            .collect()
    }
}

impl GoalPriority {
    /// As the plan writes it.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// As the plan wrote it.
    pub(in super::super) fn read(word: &str) -> Option<Self> {
        [Self::High, Self::Medium, Self::Low].into_iter().find(|priority| priority.word() == word)
    }
}

impl AttainmentLevel {
    /// As the plan writes it.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::MuchLess => "-2",
            Self::Less => "-1",
            Self::Expected => "0",
            Self::More => "+1",
            Self::MuchMore => "+2",
        }
    }

    /// As the plan wrote it.
    pub(in super::super) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}
