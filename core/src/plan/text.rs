//! Prose that both write: what a person changed of the version shown is carried over to the text as it
//! stands now, character by character, so that nothing written meanwhile is lost.

use std::collections::HashMap;

use automerge::{Automerge, ChangeHash, ObjId, ReadDoc};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Up to so many graphemes a changed stretch is compared letter by letter.
const BY_LETTER: usize = 2_000;

/// Deletes `delete` characters at `at` and puts `insert` there; counted in Unicode code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) at: usize,
    pub(super) delete: usize,
    pub(super) insert: String,
}

/// What turns `shown` into `wanted`, from the end to the beginning, so that each leaves the places of
/// those after it as they were. Words are compared first, so that a word taken out is that word, and
/// only within what was rewritten the letters.
pub(super) fn between(shown: &str, wanted: &str) -> Vec<Splice> {
    let shown: Vec<&str> = shown.split_word_bounds().collect();
    let wanted: Vec<&str> = wanted.split_word_bounds().collect();
    let mut splices = Vec::new();
    let (mut place, mut reached) = (0, 0);
    for step in capture_diff_slices(Algorithm::Myers, &shown, &wanted) {
        let (old, new) = (step.old_range(), step.new_range());
        place += length(shown.get(reached..old.start));
        reached = old.start;
        let text =
            |pieces: &[&str], range: std::ops::Range<usize>| pieces.get(range).unwrap_or_default().concat();
        match step {
            DiffOp::Equal { .. } => {}
            DiffOp::Replace { .. } => letters(place, &text(&shown, old), &text(&wanted, new), &mut splices),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } => {
                splices.push(Splice {
                    at: place,
                    delete: length(shown.get(old)),
                    insert: text(&wanted, new),
                });
            }
        }
    }
    splices.reverse();
    splices
}

/// How many code points these pieces have.
fn length(pieces: Option<&[&str]>) -> usize {
    pieces.unwrap_or_default().iter().map(|piece| piece.chars().count()).sum()
}

/// The splices within a stretch that was rewritten, in order.
fn letters(place: usize, shown: &str, wanted: &str, splices: &mut Vec<Splice>) {
    let old: Vec<&str> = shown.graphemes(true).collect();
    let new: Vec<&str> = wanted.graphemes(true).collect();
    if old.len().max(new.len()) > BY_LETTER {
        splices.push(Splice { at: place, delete: shown.chars().count(), insert: wanted.to_owned() });
        return;
    }
    for step in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if !matches!(step, DiffOp::Equal { .. }) {
            splices.push(Splice {
                at: place + length(old.get(..step.old_range().start)),
                delete: length(old.get(step.old_range())),
                insert: new.get(step.new_range()).unwrap_or_default().concat(),
            });
        }
    }
}

/// Carries splices on a version that was shown over to the text as it stands now. Characters are found
/// again by their ids; one that the other has deleted meanwhile stays deleted.
pub(super) fn carry_over(
    document: &Automerge,
    text: &ObjId,
    shown: &[ChangeHash],
    splices: Vec<Splice>,
) -> Vec<Splice> {
    // Both versions are read once from end to end: a cursor for each character costs a walk through the
    // text each, which for a long one is half a minute.
    let standing: HashMap<ObjId, usize> =
        document.list_range(text, ..).enumerate().map(|(place, item)| (item.id(), place)).collect();
    // Where each character of the version shown stands now, if it still does.
    let places: Vec<Option<usize>> =
        document.list_range_at(text, .., shown).map(|item| standing.get(&item.id()).copied()).collect();
    let now = |place: usize| places.get(place).copied().flatten();
    let mut carried = Vec::with_capacity(splices.len());
    for splice in splices {
        for place in (splice.at..splice.at + splice.delete).rev() {
            if let Some(at) = now(place) {
                carried.push(Splice { at, delete: 1, insert: String::new() });
            }
        }
        if splice.insert.is_empty() {
            continue;
        }
        // Behind the nearest character before it that still stands.
        let behind = (0..splice.at).rev().find_map(now);
        carried.push(Splice { at: behind.map_or(0, |at| at + 1), delete: 0, insert: splice.insert });
    }
    carried
}

/// Cuts splices into groups of at most `most` operations, each to become one change.
pub(super) fn in_portions(splices: Vec<Splice>, most: usize) -> Vec<Vec<Splice>> {
    let mut portions = vec![Vec::new()];
    let mut room = most;
    let mut add = |splice: Splice, cost: usize| {
        if cost > room {
            portions.push(Vec::new());
            room = most;
        }
        room -= cost.min(room);
        if let Some(last) = portions.last_mut() {
            last.push(splice);
        }
    };
    for splice in splices {
        let mut rest = splice.delete;
        while rest > 0 {
            let delete = rest.min(most);
            rest -= delete;
            // From the end of the stretch, so that what is left keeps its place.
            add(Splice { at: splice.at + rest, delete, insert: String::new() }, delete);
        }
        let letters: Vec<char> = splice.insert.chars().collect();
        for (n, piece) in letters.chunks(most).enumerate() {
            let at = splice.at + n * most;
            add(Splice { at, delete: 0, insert: piece.iter().collect() }, piece.len());
        }
    }
    portions.retain(|portion| !portion.is_empty());
    portions
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apply(text: &str, splices: &[Splice]) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for splice in splices {
            letters.splice(splice.at..splice.at + splice.delete, splice.insert.chars());
        }
        letters.into_iter().collect()
    }

    proptest! {
        #[test]
        fn splices_turn_what_was_shown_into_what_is_wanted(shown in "\\PC{0,60}", wanted in "\\PC{0,60}") {
            prop_assert_eq!(apply(&shown, &between(&shown, &wanted)), wanted);
        }

        #[test]
        fn portions_do_the_same_in_small_steps(shown in "[a-e é🙂]{0,40}", wanted in "[a-e é🙂]{0,40}", most in 1_usize..7) {
            let portions = in_portions(between(&shown, &wanted), most);
            for portion in &portions {
                prop_assert!(portion.iter().map(|s| s.delete + s.insert.chars().count()).sum::<usize>() <= most);
            }
            prop_assert_eq!(apply(&shown, &portions.concat()), wanted);
        }
    }
}
