//! Places at which different values were written at the same time.

use automerge::{ObjId, ScalarValue};

use crate::id::PersonId;

use super::super::moment;
use super::super::policy::{Holds, POLICY, STATES, VERDICTS, Who};
use super::super::register::Marked;
use super::super::view::{FieldValue, GoalMark, GoalPriority, PlanField, Recurrence, StrategyVerdict};
use super::Reading;

/// A choice that is open: the values with their writers, as the plan writes them; what shows comes first.
#[derive(Clone, PartialEq)]
pub(in super::super) struct ChoiceRead {
    pub(in super::super) field: PlanField,
    pub(in super::super) values: Vec<(Option<PersonId>, Option<String>)>,
}

impl Reading<'_> {
    /// The open choices of an item of this collection.
    pub(super) fn choices(&self, map: &ObjId, collection: &str) -> Vec<ChoiceRead> {
        fields_of(collection)
            .filter_map(|field| {
                let values = self.different(map, field);
                (values.len() > 1).then_some(ChoiceRead { field, values })
            })
            .collect()
    }

    /// The values at a place that say something different. The same written by both is no choice, nor is the same
    /// word said at another time.
    pub(in super::super) fn different(
        &self,
        map: &ObjId,
        field: PlanField,
    ) -> Vec<(Option<PersonId>, Option<String>)> {
        let standing = self.values(map, field.key());
        if standing.len() < 2 {
            return Vec::new();
        }
        let mut different: Vec<(Option<PersonId>, Option<String>)> = Vec::new();
        for (value, writer) in standing {
            let Some(raw) = value.as_scalar().and_then(raw) else { continue };
            let meaning = field.value(raw.as_deref());
            if different.iter().all(|(_, known)| field.value(known.as_deref()) != meaning) {
                different.push((self.writer(&writer), raw));
            }
        }
        different
    }
}

/// A plain value as text: nothing, a string or a number.
pub(in super::super) fn raw(value: &ScalarValue) -> Option<Option<String>> {
    match value {
        ScalarValue::Null => Some(None),
        ScalarValue::Str(text) => Some(Some(text.to_string())),
        ScalarValue::Uint(number) => Some(Some(number.to_string())),
        _ => None,
    }
}

/// The places of a collection's items that hold one value and may be written by both. Where something stands in a
/// list, and whether it is put away, is not asked: whoever looks can move it or take it out.
fn fields_of(collection: &str) -> impl Iterator<Item = PlanField> {
    POLICY.iter().filter_map(move |rule| {
        let (above, key) = rule.path.rsplit_once('/')?;
        let is_here = above.strip_suffix("/*") == Some(collection);
        let is_asked = rule.change == Who::Either
            && !matches!(rule.holds, Holds::Text | Holds::Order)
            && key != "archived";
        if is_here && is_asked { PlanField::of(key) } else { None }
    })
}

impl PlanField {
    /// Every such place.
    pub(in super::super) const ALL: [Self; 20] = [
        Self::Title,
        Self::KnownBy,
        Self::ByWhen,
        Self::FirstStep,
        Self::State,
        Self::Priority,
        Self::ReviewEvery,
        Self::Reviewed,
        Self::ScaleMuchLess,
        Self::ScaleLess,
        Self::ScaleExpected,
        Self::ScaleMore,
        Self::ScaleMuchMore,
        Self::Importance,
        Self::Difficulty,
        Self::What,
        Self::Due,
        Self::Repeats,
        Self::ExpectedFear,
        Self::Verdict,
    ];

    /// The last part of its path in the policy.
    pub(in super::super) fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::KnownBy => "known_by",
            Self::ByWhen => "by_when",
            Self::FirstStep => "first_step",
            Self::State => "state",
            Self::Priority => "priority",
            Self::ReviewEvery => "review_every",
            Self::Reviewed => "reviewed",
            Self::ScaleMuchLess => "scale_much_less",
            Self::ScaleLess => "scale_less",
            Self::ScaleExpected => "scale_expected",
            Self::ScaleMore => "scale_more",
            Self::ScaleMuchMore => "scale_much_more",
            Self::Importance => "importance",
            Self::Difficulty => "difficulty",
            Self::What => "what",
            Self::Due => "due",
            Self::Repeats => "repeats",
            Self::ExpectedFear => "expected_fear",
            Self::Verdict => "verdict",
        }
    }

    /// The field with this key.
    pub(in super::super) fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// What a plain value at this place says.
    pub(in super::super) fn value(self, raw: Option<&str>) -> FieldValue {
        let Some(raw) = raw else { return FieldValue::Nothing };
        let read = match self {
            Self::ByWhen | Self::Reviewed | Self::Due => {
                moment::read_day(raw).map(|day| FieldValue::Day { day })
            }
            Self::ReviewEvery | Self::Importance | Self::Difficulty | Self::ExpectedFear => {
                raw.parse().ok().map(|number| FieldValue::Number { number })
            }
            Self::State => Marked::read(raw, &STATES)
                .and_then(|said| Some(FieldValue::State { mark: GoalMark::read(said.word)?, why: said.why })),
            Self::Priority => GoalPriority::read(raw).map(|priority| FieldValue::Priority { priority }),
            Self::Repeats => Recurrence::read(raw).map(|recurrence| FieldValue::Recurrence { recurrence }),
            Self::Verdict => Marked::read(raw, &VERDICTS).and_then(|said| {
                Some(FieldValue::Verdict { verdict: StrategyVerdict::read(said.word)?, why: said.why })
            }),
            _ => None,
        };
        read.unwrap_or_else(|| FieldValue::Text { text: raw.to_owned() })
    }
}

impl GoalMark {
    /// As the plan writes it.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Reached => "reached",
            Self::Maintained => "maintained",
            Self::SetAside => "set_aside",
            Self::Declined => "declined",
        }
    }

    /// As the plan wrote it.
    pub(in super::super) fn read(word: &str) -> Option<Self> {
        [Self::Open, Self::Paused, Self::Reached, Self::Maintained, Self::SetAside, Self::Declined]
            .into_iter()
            .find(|mark| mark.word() == word)
    }
}

impl StrategyVerdict {
    /// As the plan writes it.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Keep => "keep",
            Self::Change => "change",
            Self::Drop => "drop",
        }
    }

    /// As the plan wrote it.
    pub(in super::super) fn read(word: &str) -> Option<Self> {
        [Self::Trying, Self::Keep, Self::Change, Self::Drop]
            .into_iter()
            .find(|verdict| verdict.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plain_place_that_both_write_can_be_chosen_about() {
        for rule in POLICY {
            let (above, key) = rule.path.rsplit_once('/').expect("a path");
            let is_plain = !matches!(rule.holds, Holds::Text | Holds::Order | Holds::Map);
            if rule.change == Who::Either && is_plain && key != "archived" {
                assert!(PlanField::of(key).is_some(), "{}", rule.path);
                let collection = above.strip_suffix("/*").expect("an item");
                assert!(fields_of(collection).any(|field| field.key() == key));
            }
        }
    }
}
