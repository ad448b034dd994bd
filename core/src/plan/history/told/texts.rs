//! Texts that both write. A long one is written as several changes in a row: they are told as one.

use automerge::legacy::{Key, ObjectId, OpId};
use automerge::{ChangeHash, ExpandedChange, ReadDoc};

use super::super::super::view::{HistoryWhat, PlanRun};
use super::{Teller, Told, object_id};

impl Teller<'_> {
    /// What became of a text. Nothing where the next change goes on with it, or where it came into being with the
    /// change before: then that is what is told.
    pub(super) fn reworded(&self, told: &Told<'_>, text: &OpId) -> Option<HistoryWhat> {
        let next = told.change.seq.checked_add(1)?;
        if let Some(next) = self.neighbour(told, next)
            && goes_on(told.hash, told.change, &next, text)
        {
            return None;
        }
        let first = self.first(told, text)?;
        let (text, document) = (object_id(text), self.reading.document());
        let before = document.text_at(&text, &first).unwrap_or_default();
        let after = document.text_at(&text, &[told.hash]).unwrap_or_default();
        Some(HistoryWhat::Reworded { difference: PlanRun::between(&before, &after) })
    }

    /// Upon what the first of the changes builds that wrote this text one after the other; nothing where the text
    /// came into being with it.
    fn first(&self, told: &Told<'_>, text: &OpId) -> Option<Vec<ChangeHash>> {
        let mut first = told.change.clone();
        loop {
            if makes(&first, text) {
                return None;
            }
            let before = self.neighbour(told, first.seq - 1);
            match (before, first.deps.as_slice()) {
                (Some(before), [hash]) if goes_on(*hash, &before, &first, text) => first = before,
                _ => return Some(first.deps),
            }
        }
    }

    /// A change of the same actor, if it belongs to what is asked about.
    fn neighbour(&self, told: &Told<'_>, seq: u64) -> Option<ExpandedChange> {
        let hash = self.ledger.at(&told.actor, seq).filter(|_| told.within.contains(&seq))?;
        // Nearly always its time tells that it is another edit; that costs less than reading it.
        let meta = self.reading.document().get_change_meta_by_hash(&hash)?;
        if meta.timestamp != told.change.time {
            return None;
        }
        Some(self.change(&hash)?.decode())
    }
}

/// Whether a change goes on with the text that the one before wrote, in one edit.
fn goes_on(hash: ChangeHash, before: &ExpandedChange, change: &ExpandedChange, text: &OpId) -> bool {
    change.seq == before.seq + 1
        && change.time == before.time
        && change.deps == [hash]
        && writes(change, text)
        && (writes(before, text) || makes(before, text))
}

fn writes(change: &ExpandedChange, text: &OpId) -> bool {
    change.operations.iter().any(|operation| {
        matches!((&operation.obj, &operation.key), (ObjectId::Id(object), Key::Seq(_)) if object == text)
    })
}

/// Whether the text came into being with this change.
fn makes(change: &ExpandedChange, text: &OpId) -> bool {
    *text.actor() == change.actor_id
        && text.counter() >= change.start_op.get()
        && text.counter() < change.start_op.get() + change.operations.len() as u64
}
