//! What turns an edit back: what stood before at each place, as far as what stands there now is still what the edit
//! wrote.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, OpId, OpType};
use automerge::{ChangeHash, ExpandedChange, ObjId, ObjType, ReadDoc, ScalarValue};

use crate::Result;

use super::super::gate::Item;
use super::super::goal::{OPERATIONS, operation_of, splice};
use super::super::history::{item_of, object_id};
use super::super::moment;
use super::super::policy::{Place, Value};
use super::super::shared_plan::Pen;
use super::super::text;

/// A place that an edit wrote at, and what it wrote there last.
struct Site {
    map: OpId,
    key: String,
    place: Place,
    value: ScalarValue,
}

/// What an edit did.
#[derive(Default)]
struct Edit {
    /// What came into being with it.
    made: Vec<Item>,
    sites: Vec<Site>,
    texts: Vec<OpId>,
    /// What is never taken back like that.
    stays: u32,
}

/// Takes back an edit, its changes in order; answers with how many parts were left as they are. `undos` are the
/// last changes of the undos since, newest first.
pub(super) fn take_back(
    pen: &mut Pen<'_>,
    changes: &[(ChangeHash, ExpandedChange)],
    undos: &[ChangeHash],
) -> Result<u32> {
    let (Some((_, first)), Some((last, _))) = (changes.first(), changes.last()) else { return Ok(0) };
    let edit = read(pen, changes);
    let mut left = edit.stays;
    for text in edit.texts.iter().rev() {
        left += u32::from(!reword(pen, text, &first.deps, *last, undos)?);
    }
    for site in edit.sites.iter().rev() {
        left += u32::from(!put_back(pen, site, &first.deps)?);
    }
    for item in edit.made.iter().rev() {
        left += u32::from(!put_away(pen, item)?);
    }
    Ok(left)
}

fn read(pen: &Pen<'_>, changes: &[(ChangeHash, ExpandedChange)]) -> Edit {
    let mut edit = Edit::default();
    let mut made: BTreeMap<OpId, Place> = BTreeMap::new();
    let mut new_items: BTreeSet<Item> = BTreeSet::new();
    for (_, change) in changes {
        for (counter, operation) in (change.start_op.get()..).zip(&change.operations) {
            let ObjectId::Id(object) = &operation.obj else { continue };
            let Some(above) = made.get(object).copied().or_else(|| pen.place_of(object)) else { continue };
            let Key::Map(key) = &operation.key else {
                let is_new = item_of(&above).is_some_and(|item| new_items.contains(&item));
                if !is_new && !edit.texts.contains(object) {
                    edit.texts.push(object.clone());
                }
                continue;
            };
            let (Some(place), by) = (above.below(key, pen.level()), OpId::new(counter, &change.actor_id))
            else {
                continue;
            };
            let Some(item) = item_of(&place) else { continue };
            if let OpType::Make(kind) = operation.action {
                made.insert(by, place);
                if kind == ObjType::Map && place.is_item_map() && new_items.insert(item) {
                    edit.made.push(item);
                }
            } else if place.path() == "statements/*" {
                edit.stays += 1;
            } else if let (OpType::Put(value), false) = (&operation.action, new_items.contains(&item)) {
                let (map, key, value) = (object.clone(), key.to_string(), value.clone());
                edit.sites.retain(|site| site.map != map || site.key != key);
                edit.sites.push(Site { map, key, place, value });
            }
        }
    }
    if edit.stays > 0 {
        // A "not yet" that went with an agreement does not come back beside it.
        edit.sites.retain(|site| site.place.path() != "stances/*@");
    }
    edit
}

/// Puts back what stood at a place before, if what stands there now is what the edit wrote: it was not written
/// over, or that was taken back.
fn put_back(pen: &mut Pen<'_>, site: &Site, before: &[ChangeHash]) -> Result<bool> {
    let map = object_id(&site.map);
    let standing = pen.document().get_all(&map, &site.key).unwrap_or_default();
    let [(value, id)] = standing.as_slice() else { return Ok(false) };
    if value.as_scalar() != Some(&site.value) || !is_own(pen, id) {
        return Ok(false);
    }
    let stood = pen.document().get_all_at(&map, &site.key, before).unwrap_or_default();
    let mut stood: Vec<ScalarValue> =
        stood.into_iter().rev().filter_map(|(value, _)| value.into_scalar().ok()).collect();
    stood.dedup();
    let value = match stood.as_slice() {
        [] => nothing(pen, site),
        [value] => Some(value.clone()),
        // It resolved a choice; that both wrote something else cannot be written again by one.
        _ => None,
    };
    let Some(value) = value else { return Ok(false) };
    pen.put(&map, &site.key, value)?;
    Ok(true)
}

/// Whether one has written something oneself: the other may have written the very same since.
fn is_own(pen: &Pen<'_>, id: &ObjId) -> bool {
    let actor = operation_of(id).and_then(|id| id.actor().to_bytes().try_into().ok());
    actor.and_then(|actor| pen.parties().writer_of(&actor)) == Some(pen.parties().me.person)
}

/// What says, at this place, that nothing stands there.
fn nothing(pen: &Pen<'_>, site: &Site) -> Option<ScalarValue> {
    let holds = site.place.rule()?.holds;
    let now = moment::write(&pen.now);
    let words = ["open", "free", "trying"].map(|word| format!("{word} {now}"));
    let admits = |value: Value<'_>| holds.admits(value, site.place.item, pen.level());
    if admits(Value::Null) {
        return Some(ScalarValue::Null);
    }
    // Prose is empty then; it would take any of the words, too.
    let words = [String::new()].into_iter().chain(words);
    words.into_iter().find(|word| admits(Value::Str(word))).map(ScalarValue::from)
}

/// Puts away what came into being.
fn put_away(pen: &mut Pen<'_>, item: &Item) -> Result<bool> {
    let (collection, id) = item;
    let key = match *collection {
        "goals" | "tasks" | "steps" | "strategies" => "archived",
        _ => "taken_back",
    };
    let Some(map) = pen.reading().item(collection, id) else { return Ok(false) };
    let place = Place::collection(collection)
        .and_then(|place| place.below(&data_encoding::HEXLOWER.encode(id), pen.level()))
        .and_then(|place| place.below(key, pen.level()));
    if place.is_none() {
        return Ok(false);
    }
    let is_away = pen.reading().word(collection, id, key).is_some();
    if !is_away {
        let now = moment::write(&pen.now);
        pen.put(&map, key, now)?;
    }
    Ok(true)
}

/// Takes out of a text what the edit put in, and puts in what it took out, wherever that stands by now.
fn reword(
    pen: &mut Pen<'_>,
    text: &OpId,
    before: &[ChangeHash],
    after: ChangeHash,
    undos: &[ChangeHash],
) -> Result<bool> {
    let text: ObjId = object_id(text);
    let was = pen.document().text_at(&text, before).unwrap_or_default();
    let wrote = pen.document().text_at(&text, &[after]).unwrap_or_default();
    let splices = text::between(&wrote, &was);
    let nothing_to_do = splices.is_empty();
    // Letters that an undo put in again are others than those the edit knew: where it has brought the text back to
    // what it was after the edit, its letters are the ones.
    let reads_the_same =
        |undo: &&ChangeHash| pen.document().text_at(&text, &[**undo]).is_ok_and(|is| is == wrote);
    let shown = undos.iter().find(reads_the_same).copied().unwrap_or(after);
    let splices = text::carry_over(pen.document(), &text, &[shown], splices);
    if splices.is_empty() {
        return Ok(nothing_to_do);
    }
    for portion in text::in_portions(splices, OPERATIONS) {
        pen.change(|transaction| splice(transaction, &text, &portion))?;
    }
    Ok(true)
}
