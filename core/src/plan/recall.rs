//! The ledger of a document that lies in our own file, recalled from the columns it was saved in. That
//! takes a fraction of what it takes to have every change built anew and read once more, and it is what
//! the first edit after opening waits for.

use std::collections::HashSet;

use automerge::{Automerge, ChangeHash, ChangeMetadata};

use crate::exchange::Actor;

use super::columns::{self, Row, Saved};
use super::genesis;
use super::ledger::{Known, Ledger, Object, Op, Site};

/// The ledger of a document, and nothing where it cannot be told from the columns alone. `saved` is what
/// the document was loaded from: a snapshot, and behind it the changes since.
pub(super) fn recall(document: &Automerge, saved: &[u8]) -> Option<Ledger> {
    let saved = Saved::read(saved)?;
    let since = document.get_changes(&saved.heads);
    let mut recalling = Recalling::begin()?;
    recalling.changes(document, &since.iter().map(|change| change.hash()).collect())?;
    recalling.operations(&saved)?;
    let mut ledger = recalling.ledger;
    for change in since {
        ledger.learn(&change).ok()?;
    }
    // Every plan that any test opens.
    #[cfg(test)]
    assert!(Ledger::of(document).is_ok_and(|told| told.is_some_and(|told| told.is_like(&ledger))));
    Some(ledger)
}

struct Recalling {
    ledger: Ledger,
    /// The places in the ledger of the actors that the columns name.
    places: Vec<Option<u32>>,
    /// How many operations the changes have.
    count: u64,
    values: Vec<(Op, Site)>,
    replaced: Vec<(Op, Op)>,
}

impl Recalling {
    fn begin() -> Option<Self> {
        let ledger = Ledger::begin(0).ok()?;
        Some(Self { ledger, places: Vec::new(), count: 0, values: Vec::new(), replaced: Vec::new() })
    }

    /// Notes every change but those `since` the snapshot.
    fn changes(&mut self, document: &Automerge, since: &HashSet<ChangeHash>) -> Option<()> {
        for change in document.get_changes_meta(&[]) {
            if since.contains(&change.hash) {
                continue;
            }
            self.count += (change.max_op + 1).checked_sub(change.start_op)?;
            if change.actor.to_bytes() == genesis::NOBODY {
                self.ledger.raise(genesis::level_of(&change.hash)?).ok()?;
            } else {
                self.change(&change)?;
            }
        }
        Some(())
    }

    fn change(&mut self, change: &ChangeMetadata<'_>) -> Option<()> {
        let actor: Actor = change.actor.to_bytes().try_into().ok()?;
        let index = self.ledger.actor_index_or_next(&actor).ok()?;
        let (mut clock, top) = self.ledger.above(&change.deps, index)?;
        let own = clock.get_mut(index as usize)?;
        *own += 1;
        if u64::from(*own) != change.seq
            || self.ledger.length(&actor) + 1 != change.seq
            || top == 0
            || change.start_op != top + 1
        {
            return None;
        }
        let known = Known { last_op: change.max_op, top: change.max_op, clock: clock.into_boxed_slice() };
        self.ledger.admit_known(actor, change.hash, known);
        Some(())
    }

    fn operations(&mut self, saved: &Saved<'_>) -> Option<()> {
        self.places = saved.actors.iter().map(|actor| self.ledger.actor_index(actor)).collect();
        let mut here: Option<(Op, Object)> = None;
        let mut site: Option<Site> = None;
        saved.operations(self.count, |row| {
            let id = self.op(row.id)?;
            let Some(object) = row.object else {
                // The collections, which every ledger begins with.
                return self.ledger.object(&id).map(drop);
            };
            let object = self.op(object)?;
            if here.as_ref().is_none_or(|(op, _)| *op != object) {
                here = Some((object, *self.ledger.object(&object)?));
            }
            let (_, above) = here.as_ref()?;
            if above.is_text {
                let is_letter = row.insert && row.action == columns::PUT;
                self.ledger.write_letter(id, object);
                return is_letter.then_some(());
            }
            let key = row.key.filter(|_| !row.insert)?;
            if site.as_ref().is_none_or(|(op, name)| *op != object || **name != *key) {
                site = Some((object, self.ledger.name(key)));
            }
            self.value(id, above, site.clone()?, &row)
        })?;
        self.ledger.letters_in_order();
        self.ledger.put_all(std::mem::take(&mut self.values))?;
        // What replaces a value stands where the value stood.
        for (value, by) in self.replaced.drain(..) {
            if self.ledger.site(&value)? != self.ledger.site(&by)? {
                return None;
            }
            self.ledger.replace(value, by);
        }
        Some(())
    }

    fn value(&mut self, id: Op, above: &Object, site: Site, row: &Row<'_>) -> Option<()> {
        let place = above.place.below(&site.1, self.ledger.level())?;
        match row.action {
            columns::PUT => {}
            columns::MAKE_MAP => self.ledger.make(id, Object { place, is_text: false }),
            columns::MAKE_TEXT => self.ledger.make(id, Object { place, is_text: true }),
            _ => return None,
        }
        self.values.push((id, site));
        for by in row.successors {
            self.replaced.push((id, self.op(*by)?));
        }
        Some(())
    }

    fn op(&self, (actor, counter): columns::Id) -> Option<Op> {
        Some(((*self.places.get(actor)?)?, counter))
    }
}
