//! What came into being: goals, tasks, ratings and the rest, each with all that was written of it at once.

use automerge::ScalarValue;

use crate::id::{StepId, TaskId};

use super::super::super::moment;
use super::super::super::view::{AttainmentLevel, HistoryWhat, OwnNote, TaskOutcome, TaskOwner};
use super::{Put, Teller, Told};

/// The parts of an item that came into being.
struct Parts<'p, 'c>(&'p [&'p Put<'c>]);

impl<'p> Parts<'p, '_> {
    fn value(&self, key: &str) -> Option<&'p ScalarValue> {
        self.0.iter().find(|put| put.key == key)?.value()
    }

    fn text(&self, key: &str) -> Option<&'p str> {
        self.value(key)?.as_str()
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    fn number(&self, key: &str) -> Option<u8> {
        self.value(key)?.as_u64().and_then(|number| u8::try_from(number).ok())
    }
}

impl Teller<'_> {
    /// What came into being.
    pub(super) fn put_up(&self, told: &Told<'_>, made: &Put<'_>, parts: &[&Put<'_>]) -> Option<HistoryWhat> {
        let parts = Parts(parts);
        let (collection, id) = made.item;
        Some(match collection {
            "goals" => HistoryWhat::Proposed { title: parts.owned("title")? },
            "tasks" => HistoryWhat::PutUpTask {
                task: TaskId::from_bytes(id),
                what: parts.owned("what")?,
                owner: TaskOwner::read(parts.text("owner")?)?,
            },
            "ratings" => HistoryWhat::Rated {
                value: parts.number("value")?,
                helped: parts.owned("helped"),
                hindered: parts.owned("hindered"),
            },
            "logs" => {
                let task: TaskId = parts.text("task")?.parse().ok()?;
                HistoryWhat::LoggedTask {
                    task,
                    what: self.word_then(told, "tasks", task.as_bytes()),
                    on: moment::read_day(parts.text("on")?)?,
                    outcome: TaskOutcome::read(parts.text("outcome")?)?,
                    note: parts.owned("note"),
                }
            }
            "attainments" => HistoryWhat::Attained {
                level: AttainmentLevel::read(parts.text("level")?)?,
                note: parts.owned("note"),
            },
            "steps" => HistoryWhat::PutUpStep { what: parts.owned("what")? },
            "tries" => {
                let step: StepId = parts.text("step")?.parse().ok()?;
                HistoryWhat::TriedStep {
                    what: self.word_then(told, "steps", step.as_bytes()),
                    on: moment::read_day(parts.text("on")?)?,
                    outcome: TaskOutcome::read(parts.text("outcome")?)?,
                    fear: parts.number("fear"),
                    learned: parts.owned("learned"),
                }
            }
            "strategies" => HistoryWhat::PutUpStrategy { what: parts.owned("what")? },
            _ => return None,
        })
    }

    /// What a task or a step read when somebody wrote about it.
    pub(super) fn word_then(&self, told: &Told<'_>, collection: &str, id: &[u8; 16]) -> String {
        let heads = [told.hash];
        self.reading.at(&heads).word(collection, id, "what").unwrap_or_default()
    }

    /// A note of somebody's own that was taken back, or brought back.
    pub(super) fn own_note(&self, told: &Told<'_>, put: &Put<'_>) -> Option<OwnNote> {
        let (collection, id) = put.item;
        Some(match collection {
            "ratings" => OwnNote::Rating { value: self.reading.rating(&id)?.value },
            "attainments" => OwnNote::Attainment { level: self.reading.attainment(&id)?.level },
            "logs" => {
                let log = self.reading.log(&id)?;
                let what = self.word_then(told, "tasks", log.task.as_bytes());
                OwnNote::Log { task: log.task, what, on: log.on }
            }
            "tries" => {
                let tried = self.reading.step_try(&id)?;
                OwnNote::Try { what: self.word_then(told, "steps", tried.step.as_bytes()), on: tried.on }
            }
            _ => return None,
        })
    }
}
