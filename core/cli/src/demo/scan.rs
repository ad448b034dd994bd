//! The search for journal words where they must not be: every run of eight words of every entry is looked
//! for in whatever is given.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many words in a row count as somebody's words.
pub(super) const RUN: usize = 8;

/// How many are looked for among bytes that are no plain text. There, values stand end to end, and the first
/// and the last word of a run may have grown together with what is beside them; the six between have not.
pub(super) const INNER: usize = RUN - 2;

/// An odd number that is spread over all 64 bits; any such will do.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// All runs of words of some texts.
pub(super) struct Runs {
    whole: HashSet<u64>,
    inner: HashSet<u64>,
    texts: usize,
    /// Texts that are too short to have a run.
    too_short: usize,
}

/// What a search came upon.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Found(HashSet<u64>);

impl Runs {
    /// The runs of these texts.
    pub(super) fn of(texts: &[String]) -> Self {
        let (mut whole, mut inner) = (HashSet::new(), HashSet::new());
        let mut too_short = 0;
        for text in texts {
            let mut any = false;
            each_run::<RUN>(text, |run| any |= whole.insert(run) || whole.contains(&run));
            too_short += usize::from(!any);
            if any {
                each_run::<INNER>(text, |run| inner.extend([run]));
            }
        }
        Self { whole, inner, texts: texts.len(), too_short }
    }

    /// How many different runs there are.
    pub(super) fn count(&self) -> usize {
        self.whole.len()
    }

    /// How many texts have at least one run.
    pub(super) fn texts(&self) -> usize {
        self.texts - self.too_short
    }

    /// How many texts are too short to have one.
    pub(super) fn too_short(&self) -> usize {
        self.too_short
    }

    /// Looks for all runs in one text.
    pub(super) fn look_in_text(&self, text: &str, found: &mut Found) {
        each_run::<RUN>(text, |run| {
            if self.whole.contains(&run) {
                found.0.insert(run);
            }
        });
    }

    /// Looks for the inner words of all runs among bytes of any kind.
    pub(super) fn look_in_bytes(&self, bytes: &[u8], found: &mut Found) {
        each_run::<INNER>(&String::from_utf8_lossy(bytes), |run| {
            if self.inner.contains(&run) {
                found.0.insert(run);
            }
        });
    }
}

impl Found {
    /// How many different runs were found.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

/// Calls `each` with the hash of every run of `LENGTH` words. A word is a run of letters and digits, in lower
/// case: punctuation, marks and line ends do not hide anything.
fn each_run<const LENGTH: usize>(text: &str, mut each: impl FnMut(u64)) {
    let mut last = [0_u64; LENGTH];
    let mut hash = 0_u64;
    let leaving = (0..LENGTH).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
    let mut count = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = hash_of(word);
        let place = count % LENGTH;
        // The oldest word leaves the window, the new one enters it.
        hash = hash.wrapping_mul(FACTOR).wrapping_add(word).wrapping_sub(last[place].wrapping_mul(leaving));
        last[place] = word;
        count += 1;
        if count >= LENGTH {
            each(hash);
        }
    }
}

fn hash_of(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for letter in word.chars().flat_map(char::to_lowercase) {
        letter.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "Woke at ten past three again, and lay there composing an email.";

    fn runs(texts: &[&str]) -> Runs {
        Runs::of(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    fn in_text(runs: &Runs, text: &str) -> usize {
        let mut found = Found::default();
        runs.look_in_text(text, &mut found);
        found.count()
    }

    fn in_bytes(runs: &Runs, bytes: &[u8]) -> usize {
        let mut found = Found::default();
        runs.look_in_bytes(bytes, &mut found);
        found.count()
    }

    #[test]
    fn eight_words_in_a_row_are_found_in_a_text() {
        let runs = runs(&[ENTRY]);
        assert_eq!((runs.count(), runs.texts(), runs.too_short()), (5, 1, 0));
        assert_eq!(in_text(&runs, ENTRY), 5);
        assert_eq!(in_text(&runs, "Mira wrote: WOKE AT TEN-PAST three again and\nlay, it seems"), 1);
        assert_eq!(in_text(&runs, "at ten past three again and lay"), 0);
        assert_eq!(in_text(&runs, "woke at ten past three and lay there again"), 0);
        assert_eq!(in_text(&runs, ""), 0);
    }

    #[test]
    fn eight_words_among_bytes_are_found_though_their_ends_have_grown_together_with_others() {
        let runs = runs(&[ENTRY]);
        assert!(
            in_bytes(&runs, b"\x00\xff\x85oJ\x83titleten past three again and lay there composingwhy\xfe")
                > 0
        );
        assert_eq!(in_bytes(&runs, b"past three again and lay"), 0);
        assert_eq!(in_bytes(&runs, b""), 0);
    }

    #[test]
    fn short_texts_are_counted_apart() {
        let runs = runs(&["Rain.", ENTRY, "", ENTRY]);
        assert_eq!((runs.texts(), runs.too_short(), runs.count()), (2, 2, 5));
    }

    #[test]
    fn a_run_hashes_the_same_wherever_it_stands() {
        let mut alone = Vec::new();
        each_run::<RUN>("one two three four five six seven eight", |run| alone.push(run));
        let mut within = Vec::new();
        each_run::<RUN>("zero one two three four five six seven eight nine", |run| within.push(run));
        assert_eq!(alone[0], within[1]);
        assert!(within[0] != within[1] && within[1] != within[2]);
    }
}
