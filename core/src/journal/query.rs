//! What a person typed into the search, as terms. Nothing typed is ever an operator of the index.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::fold::{self, Kind, Span};

/// More words than this are not looked at: nobody types them, and each costs.
const MOST_WORDS: usize = 32;

/// Shorter words of letters are not completed: nearly every entry has a word that begins with "th".
const SHORTEST_BEGINNING: usize = 3;

/// One or more words that must stand side by side.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Term {
    words: Vec<String>,
    /// The last word is also looked for as a beginning.
    pub(super) beginning: bool,
    /// The last word is a single character, of which a pair is only the first half.
    lead_only: bool,
}

impl Term {
    /// The term in the language of FTS5. A word is letters and digits alone, so quoting it is safe.
    pub(super) fn write_to(&self, query: &mut String) {
        query.push_str(if query.is_empty() { "\"" } else { " \"" });
        for (number, word) in self.words.iter().enumerate() {
            // Writing into a string cannot fail.
            let _ = write!(query, "{}{word}", if number == 0 { "" } else { " " });
        }
        query.push_str(if self.beginning { "\" *" } else { "\"" });
    }

    /// How many words stand side by side.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether this word can be the one at `position` of the term.
    pub(super) fn fits(&self, position: usize, word: &str) -> bool {
        match self.words.get(position) {
            Some(wanted) if self.beginning && position + 1 == self.words.len() => {
                word.starts_with(wanted.as_str())
            }
            Some(wanted) => wanted == word,
            None => false,
        }
    }

    /// How often the term stands in folded words that are parted by spaces.
    pub(super) fn times_in(&self, folded: &str) -> u32 {
        let words = folded.split(' ');
        let times = if self.words.len() == 1 {
            words.filter(|word| self.fits(0, word)).count()
        } else {
            let words: Vec<&str> = words.collect();
            let fits = |window: &&[&str]| window.iter().enumerate().all(|(at, word)| self.fits(at, word));
            words.windows(self.words.len()).filter(fits).count()
        };
        u32::try_from(times).unwrap_or(u32::MAX)
    }

    /// Where a match that ends with this word ends.
    pub(super) fn end(&self, last: Span) -> usize {
        if self.lead_only { last.lead_end } else { last.end }
    }

    /// Whether leaving out the beginning makes another term.
    pub(super) fn may_be_taken_whole(&self) -> bool {
        self.beginning && !self.lead_only
    }

    /// The term of which the last word is meant as it stands.
    pub(super) fn taken_whole(&self) -> Self {
        Self { beginning: false, ..self.clone() }
    }
}

/// The terms in FTS5's language: all of them must match.
pub(super) fn all_of<'a>(terms: impl IntoIterator<Item = &'a Term>) -> String {
    let mut query = String::new();
    for term in terms {
        term.write_to(&mut query);
    }
    query
}

/// Reads what was typed: words, and phrases in double quotes of any shape.
pub(super) fn read(typed: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut words = 0;
    let mut rest = typed;
    while words < MOST_WORDS {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { break };
        let (piece, open) = if is_quote(first) {
            let inside = &rest[first.len_utf8()..];
            match inside.char_indices().find(|(_, letter)| is_quote(*letter)) {
                Some((end, quote)) => {
                    rest = &inside[end + quote.len_utf8()..];
                    (&inside[..end], false)
                }
                None => {
                    rest = "";
                    (inside, true)
                }
            }
        } else {
            let end =
                rest.find(|letter: char| letter.is_whitespace() || is_quote(letter)).unwrap_or(rest.len());
            let piece = &rest[..end];
            rest = &rest[end..];
            (piece, rest.is_empty())
        };
        // A word is only still being typed while nothing stands behind it.
        if let Some(term) = term(piece, open, MOST_WORDS - words) {
            words += term.len();
            terms.push(term);
        }
    }
    terms
}

/// The words of a piece of the query, to be found side by side: `don't` is two.
fn term(piece: &str, last: bool, most: usize) -> Option<Term> {
    let mut words = Vec::new();
    let mut kinds = Vec::new();
    fold::cut(piece, |word, span| {
        words.push(word.to_owned());
        kinds.push(span.kind);
        if words.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    // In a text the run may go on, and then its last character does not stand alone.
    let in_run = kinds.last().is_some_and(|kind| *kind != Kind::Whole);
    let ends_in_run = match kinds.as_slice() {
        [.., Kind::Pair, Kind::Single] => {
            words.pop();
            kinds.pop();
            false
        }
        [.., Kind::Single] => true,
        _ => false,
    };
    let long_enough = in_run || words.last()?.chars().nth(SHORTEST_BEGINNING - 1).is_some();
    Some(Term { words, beginning: ends_in_run || (last && long_enough), lead_only: ends_in_run })
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}
