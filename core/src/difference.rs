//! Two texts in one: what both have, what only the former has, what only the later has. For former versions of an
//! entry and for what became of a goal since it was agreed to.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Up to so many words, or else lines, two texts are compared piece by piece between where they begin to
/// differ and where they cease to: comparing takes the square of it.
const MOST_PIECES: usize = 4_000;

/// In which of two texts a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// In both.
    Both,
    /// Only in the former.
    Then,
    /// Only in the later.
    Now,
}

/// Two texts in one: word by word, or line by line where too much of them differs, or one after the other. All that
/// is not of then alone, in order, is the text of now, and the other way round.
pub(crate) fn runs(then: &str, now: &str) -> Vec<(Side, String)> {
    let words = |text| UnicodeSegmentation::split_word_bounds(text).collect::<Vec<&str>>();
    let (old, new) = (words(then), words(now));
    if differing(&old, &new) <= MOST_PIECES {
        return runs_of(&old, &new);
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (then.split_inclusive('\n').collect(), now.split_inclusive('\n').collect());
    if differing(&old, &new) <= MOST_PIECES {
        return runs_of(&old, &new);
    }
    let mut runs = Vec::new();
    push(&mut runs, Side::Then, then);
    push(&mut runs, Side::Now, now);
    runs
}

/// How many pieces lie between where two texts begin to differ and where they cease to.
fn differing(old: &[&str], new: &[&str]) -> usize {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (old.get(same..).unwrap_or_default(), new.get(same..).unwrap_or_default());
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    old.len().max(new.len()) - same
}

fn runs_of(old: &[&str], new: &[&str]) -> Vec<(Side, String)> {
    let mut runs = Vec::new();
    for step in capture_diff_slices(Algorithm::Myers, old, new) {
        let was = old.get(step.old_range()).unwrap_or_default().concat();
        let is = new.get(step.new_range()).unwrap_or_default().concat();
        match step {
            DiffOp::Equal { .. } => push(&mut runs, Side::Both, &is),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                push(&mut runs, Side::Then, &was);
                push(&mut runs, Side::Now, &is);
            }
        }
    }
    runs
}

fn push(runs: &mut Vec<(Side, String)>, side: Side, text: &str) {
    if text.is_empty() {
        return;
    }
    match runs.last_mut() {
        Some((last, so_far)) if *last == side => so_far.push_str(text),
        _ => runs.push((side, text.to_owned())),
    }
}
