//! What was written at a single place.

use automerge::ReadDoc;
use automerge::ScalarValue;
use rusqlite::named_params;

use crate::Result;
use crate::id::{GoalId, StatementId, StepId, StrategyId, TaskId};

use super::super::super::goal::operation_of;
use super::super::super::policy::HOLDS;
use super::super::super::read::raw;
use super::super::super::register::{Marked, Stance};
use super::super::super::statement::{Kind, Statement};
use super::super::super::task::Answer;
use super::super::super::view::{FieldValue, HistoryWhat, PlanField, PlanItem, PlanRun, TaskState};
use super::{Put, Teller, Told};

impl Teller<'_> {
    /// What somebody said at a place.
    pub(super) fn said(&self, told: &Told<'_>, put: &Put<'_>) -> Result<Option<HistoryWhat>> {
        if put.place.path() == "statements/*" {
            return self.stated(told, put);
        }
        Ok(self.said_plainly(told, put))
    }

    fn said_plainly(&self, told: &Told<'_>, put: &Put<'_>) -> Option<HistoryWhat> {
        let is_something = put.text().is_some();
        match (put.place.path(), put.key) {
            ("holds/*@", _) => {
                let said = Marked::read(put.text()?, &HOLDS)?;
                let is_held = said.word == "held";
                Some(if is_held { HistoryWhat::Held { why: said.why } } else { HistoryWhat::Released })
            }
            ("stances/*@", _) => Some(match put.text().map(Stance::read) {
                Some(stance) => {
                    let stance = stance?;
                    HistoryWhat::TookStance { stance: Some(stance.kind), why: stance.why }
                }
                None => HistoryWhat::TookStance { stance: None, why: None },
            }),
            ("tasks/*/answers/@", _) => self.answered(told, put),
            ("goals/*/success/@", _) => {
                let before =
                    self.standing(told, put).into_iter().next().and_then(|value| raw(&value)).flatten();
                let difference =
                    PlanRun::between(&before.unwrap_or_default(), put.text().unwrap_or_default());
                Some(HistoryWhat::WroteSuccess { difference })
            }
            (_, "order") => Some(HistoryWhat::Moved { of: plan_item(put)? }),
            (_, "archived") => {
                let of = plan_item(put)?;
                Some(if is_something { HistoryWhat::PutAway { of } } else { HistoryWhat::TookOut { of } })
            }
            (_, "taken_back") => {
                let of = self.own_note(told, put)?;
                Some(if is_something {
                    HistoryWhat::TookBack { of }
                } else {
                    HistoryWhat::BroughtBack { of }
                })
            }
            (_, key) => self.wrote(told, put, PlanField::of(key)?),
        }
    }

    fn answered(&self, told: &Told<'_>, put: &Put<'_>) -> Option<HistoryWhat> {
        let (_, id) = put.item;
        let (answer, why) = match put.text().map(Answer::read) {
            None => (TaskState::Offered, None),
            Some(answer) => {
                let answer = answer?;
                let state = if answer.accepted { TaskState::Accepted } else { TaskState::Declined };
                (state, answer.why)
            }
        };
        let what = self.word_then(told, "tasks", &id);
        Some(HistoryWhat::AnsweredTask { task: TaskId::from_bytes(id), what, answer, why })
    }

    /// A plain value: written, or chosen among several.
    fn wrote(&self, told: &Told<'_>, put: &Put<'_>, field: PlanField) -> Option<HistoryWhat> {
        let meaning = |value: &ScalarValue| Some(field.value(raw(value)?.as_deref()));
        let of = plan_item(put)?;
        let after = meaning(put.value()?)?;
        let standing: Vec<FieldValue> = self.standing(told, put).iter().filter_map(meaning).collect();
        let before = standing.first().cloned().unwrap_or(FieldValue::Nothing);
        Some(if standing.iter().any(|value| *value != before) {
            HistoryWhat::Chose { of, field, value: after }
        } else {
            HistoryWhat::Set { of, field, before, after }
        })
    }

    /// What stood there and was replaced, as the writer knew it; what showed comes first.
    fn standing(&self, told: &Told<'_>, put: &Put<'_>) -> Vec<ScalarValue> {
        let standing = self.reading.document().get_all_at(&put.map, put.key, &told.change.deps);
        let replaced = standing.unwrap_or_default().into_iter().rev().filter(|(_, id)| {
            operation_of(id).is_some_and(|id| put.operation.pred.iter().any(|replaced| *replaced == id))
        });
        replaced.filter_map(|(value, _)| value.into_scalar().ok()).collect()
    }

    fn stated(&self, told: &Told<'_>, put: &Put<'_>) -> Result<Option<HistoryWhat>> {
        let Some(ScalarValue::Bytes(bytes)) = put.value() else { return Ok(None) };
        let Some(said) = Statement::verified(bytes).filter(|said| self.reading.counts(said, &told.actor))
        else {
            return Ok(None);
        };
        let wording = said.digest;
        Ok(Some(match said.kind {
            Kind::Withdraw => HistoryWhat::Withdrew { wording },
            Kind::Agree => HistoryWhat::Agreed { wording, sealed: self.seals(told, &said)? },
        }))
    }

    /// Whether the writer knew of an agreement by the other one to the same wording.
    fn seals(&self, told: &Told<'_>, said: &Statement) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id FROM statement
             WHERE relationship = :relationship AND goal = :goal AND digest = :digest AND person <> :by AND agrees",
        )?;
        let params = named_params! {
            ":relationship": said.relationship, ":goal": said.goal, ":digest": said.digest.0, ":by": said.by,
        };
        let mut by_other = statement.query(params)?;
        while let Some(row) = by_other.next()? {
            let id: StatementId = row.get(0)?;
            if self.reading.at(&told.change.deps).has("statements", id.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The item that a place belongs to, of those that both write.
fn plan_item(put: &Put<'_>) -> Option<PlanItem> {
    let (collection, id) = put.item;
    Some(match collection {
        "goals" => PlanItem::Goal { id: GoalId::from_bytes(id) },
        "tasks" => PlanItem::Task { id: TaskId::from_bytes(id) },
        "steps" => PlanItem::Step { id: StepId::from_bytes(id) },
        "strategies" => PlanItem::Strategy { id: StrategyId::from_bytes(id) },
        _ => return None,
    })
}
