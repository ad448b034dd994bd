//! The values and places of a plan, in words.

use common_ground::id::PersonId;
use common_ground::plan::{
    AttainmentLevel, FieldValue, GoalMark, GoalPriority, PlanField, StanceKind, StrategyVerdict, TaskOutcome,
    TaskOwner,
};
use common_ground::relationship::{Relationship, Role};

use super::rhythm;
use crate::words::{Words, say};

/// Whose picture of success.
pub(super) fn success_of(words: &Words, person: PersonId, with: &Relationship) -> String {
    if person == with.other.person {
        say!(words, "heading-success-of", "name" => with.other.display_name.as_str())
    } else {
        say!(words, "heading-success-yours")
    }
}

pub(super) fn mark(words: &Words, mark: GoalMark) -> String {
    match mark {
        GoalMark::Open => say!(words, "state-open"),
        GoalMark::Paused => say!(words, "state-paused"),
        GoalMark::Reached => say!(words, "state-reached"),
        GoalMark::Maintained => say!(words, "state-maintained"),
        GoalMark::SetAside => say!(words, "state-set-aside"),
        GoalMark::Declined => say!(words, "state-declined"),
    }
}

pub(super) fn priority(words: &Words, priority: GoalPriority) -> String {
    match priority {
        GoalPriority::High => say!(words, "priority-high"),
        GoalPriority::Medium => say!(words, "priority-medium"),
        GoalPriority::Low => say!(words, "priority-low"),
    }
}

pub(super) fn verdict(words: &Words, verdict: StrategyVerdict) -> String {
    match verdict {
        StrategyVerdict::Trying => say!(words, "verdict-trying"),
        StrategyVerdict::Keep => say!(words, "verdict-keep"),
        StrategyVerdict::Change => say!(words, "verdict-change"),
        StrategyVerdict::Drop => say!(words, "verdict-drop"),
    }
}

pub(super) fn stance(words: &Words, stance: StanceKind) -> String {
    match stance {
        StanceKind::NotYet => say!(words, "stance-not-yet"),
        StanceKind::Disagree => say!(words, "stance-disagree"),
    }
}

pub(super) fn outcome(words: &Words, outcome: TaskOutcome) -> String {
    match outcome {
        TaskOutcome::Done => say!(words, "outcome-done"),
        TaskOutcome::Partly => say!(words, "outcome-partly"),
        TaskOutcome::NotThisTime => say!(words, "outcome-not-this-time"),
    }
}

pub(super) fn level(words: &Words, level: AttainmentLevel) -> String {
    let name = match level {
        AttainmentLevel::MuchLess => say!(words, "level-much-less"),
        AttainmentLevel::Less => say!(words, "level-less"),
        AttainmentLevel::Expected => say!(words, "level-expected"),
        AttainmentLevel::More => say!(words, "level-more"),
        AttainmentLevel::MuchMore => say!(words, "level-much-more"),
    };
    format!("{name} ({:+})", level.value())
}

/// Whose task it is.
pub(super) fn owner(words: &Words, owner: TaskOwner, with: &Relationship) -> String {
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

/// The name of a place, as it stands in a sentence as what was changed.
pub(super) fn field(words: &Words, field: PlanField) -> String {
    match field {
        PlanField::Title => say!(words, "field-title"),
        PlanField::KnownBy => say!(words, "field-known-by"),
        PlanField::ByWhen => say!(words, "field-by-when"),
        PlanField::FirstStep => say!(words, "field-first-step"),
        PlanField::State => say!(words, "field-state"),
        PlanField::Priority => say!(words, "field-priority"),
        PlanField::ReviewEvery => say!(words, "field-review-every"),
        PlanField::Reviewed => say!(words, "field-reviewed"),
        PlanField::ScaleMuchLess => say!(words, "field-scale", "level" => "-2"),
        PlanField::ScaleLess => say!(words, "field-scale", "level" => "-1"),
        PlanField::ScaleExpected => say!(words, "field-scale", "level" => "0"),
        PlanField::ScaleMore => say!(words, "field-scale", "level" => "+1"),
        PlanField::ScaleMuchMore => say!(words, "field-scale", "level" => "+2"),
        PlanField::Importance => say!(words, "field-importance"),
        PlanField::Difficulty => say!(words, "field-difficulty"),
        PlanField::What => say!(words, "field-what"),
        PlanField::Due => say!(words, "field-due"),
        PlanField::Repeats => say!(words, "field-repeats"),
        PlanField::ExpectedFear => say!(words, "field-expected-fear"),
        PlanField::Verdict => say!(words, "field-verdict"),
    }
}

/// A value of such a place, in a few words.
pub(super) fn value(words: &Words, place: PlanField, value: &FieldValue) -> String {
    let with_why = |text: String, why: &Option<String>| match why {
        Some(why) => format!("{text} ({why})"),
        None => text,
    };
    match value {
        FieldValue::Nothing => say!(words, "value-nothing"),
        FieldValue::Text { text } => text.clone(),
        FieldValue::Day { day } => words.date(*day),
        FieldValue::Number { number } if place == PlanField::ReviewEvery => {
            say!(words, "value-every-days", "count" => *number)
        }
        FieldValue::Number { number } => number.to_string(),
        FieldValue::State { mark: one, why } => with_why(mark(words, *one), why),
        FieldValue::Priority { priority: one } => priority(words, *one),
        FieldValue::Recurrence { recurrence } => rhythm::in_words(words, recurrence),
        FieldValue::Verdict { verdict: one, why } => with_why(verdict(words, *one), why),
    }
}
