//! Finds the words of a query again in the original text, and cuts out the piece to show.

use std::ops::{ControlFlow, Range};

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::fold;
use super::query::Term;
use super::types::TextRange;

/// How long an opening may be, in characters as a reader counts them.
const OPENING: usize = 200;

/// How much of a text a snippet shows, in bytes of the original, and how much of it before the match.
const SHOWN: usize = 240;
const BEFORE: usize = 60;

/// More matches in one text are not looked for.
const MOST_MATCHES: usize = 256;

/// The beginning of a text on one line, spaces drawn together.
pub(super) fn opening(text: &str) -> String {
    let mut opening = String::new();
    let mut left = OPENING;
    for word in text.split_whitespace() {
        let space = usize::from(!opening.is_empty());
        if left <= space {
            break;
        }
        if space == 1 {
            opening.push(' ');
        }
        left -= space;
        for letter in word.graphemes(true) {
            // One letter under a thousand marks must not make an opening of any length.
            if left == 0 || opening.len() + letter.len() > 8 * OPENING {
                return opening;
            }
            opening.push_str(letter);
            left -= 1;
        }
    }
    opening
}

/// One place where a term stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// Which term of the query.
    term: usize,
    start: usize,
    end: usize,
}

/// Where the terms stand in a text, in order of their beginning, as far as a snippet needs it: up to one
/// in which all of them stand.
pub(super) fn find(text: &str, terms: &[Term]) -> Vec<Match> {
    let mut found: Vec<Match> = Vec::new();
    let mut last_of = vec![None; terms.len()];
    let mut enough = usize::MAX;
    // Phrases under way: which term, how many of its words have come, and where it began.
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    let mut still_open = Vec::new();
    fold::cut(text, |word, span| {
        let beginnings = (0..terms.len()).map(|term| (term, 0, span.start));
        for (term, position, start) in open.drain(..).chain(beginnings) {
            if !terms[term].fits(position, word) {
                continue;
            }
            if position + 1 == terms[term].len() {
                found.push(Match { term, start, end: terms[term].end(span) });
                last_of[term] = Some(start);
                let first = last_of.iter().copied().min().flatten().unwrap_or(0);
                if enough == usize::MAX
                    && last_of.iter().all(Option::is_some)
                    && first + SHOWN - BEFORE > span.end
                {
                    enough = first + SHOWN;
                }
            } else {
                still_open.push((term, position + 1, start));
            }
        }
        std::mem::swap(&mut open, &mut still_open);
        if found.len() < MOST_MATCHES && span.start < enough {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    found.sort_by_key(|found| (found.start, found.end));
    found
}

/// How many of the terms were found.
pub(super) fn different_terms(matches: &[Match]) -> usize {
    let mut terms: Vec<usize> = matches.iter().map(|found| found.term).collect();
    terms.sort_unstable();
    terms.dedup();
    terms.len()
}

/// The piece of a text in which most of the terms stand together, on one line, with the matches in it.
/// `None` where no term stands in the text.
pub(super) fn around(text: &str, matches: &[Match]) -> Option<(String, Vec<TextRange>)> {
    let anchor = best_anchor(matches)?;
    let shown = piece(text, anchor);

    let mut snippet = String::with_capacity(shown.len() + 6);
    if shown.start > 0 {
        snippet.push('…');
    }
    let lead = snippet.encode_utf16().count();
    // One for one, so that no position moves.
    snippet.extend(text[shown.clone()].chars().map(|letter| if letter.is_control() { ' ' } else { letter }));
    if shown.end < text.len() {
        snippet.push('…');
    }

    let mut ranges = Vec::new();
    let (mut counted_to, mut units) = (shown.start, lead);
    for stretch in merged(matches, &shown) {
        units += utf16_length(&text[counted_to..stretch.start]);
        let start = units;
        units += utf16_length(&text[stretch.clone()]);
        counted_to = stretch.end;
        ranges.push(TextRange { start: narrow(start), end: narrow(units) });
    }
    Some((snippet, ranges))
}

/// The match from which on most different terms stand within one piece; the first of equals.
fn best_anchor(matches: &[Match]) -> Option<Match> {
    let mut best = *matches.first()?;
    let mut best_terms = 0;
    for (number, anchor) in matches.iter().enumerate() {
        let mut terms: Vec<usize> = matches[number..]
            .iter()
            .take_while(|other| other.start < anchor.start + SHOWN - BEFORE)
            .filter(|other| other.end <= anchor.start + SHOWN - BEFORE)
            .map(|other| other.term)
            .collect();
        terms.sort_unstable();
        terms.dedup();
        if terms.len() > best_terms {
            (best, best_terms) = (*anchor, terms.len());
        }
    }
    Some(best)
}

/// What to show around a match: it begins and ends between words where there is a space near.
fn piece(text: &str, anchor: Match) -> Range<usize> {
    let start = match anchor.start.checked_sub(BEFORE) {
        None | Some(0) => 0,
        Some(earliest) => {
            let earliest = letter_boundary(text, earliest);
            let space = text[earliest..anchor.start].find(char::is_whitespace);
            // After the space, or right there where there is none.
            space.map_or(earliest, |space| next_word(text, earliest + space)).min(anchor.start)
        }
    };
    let wanted = (start + SHOWN).max(anchor.end);
    let end = if wanted >= text.len() {
        text.len()
    } else {
        let latest = letter_boundary(text, wanted).max(anchor.end);
        let space = text[anchor.end..latest].rfind(char::is_whitespace);
        space.map_or(latest, |space| anchor.end + space)
    };
    start..end
}

/// The beginning of the word after the space at `space`.
fn next_word(text: &str, space: usize) -> usize {
    text[space..].find(|letter: char| !letter.is_whitespace()).map_or(text.len(), |word| space + word)
}

/// The boundary between two letters, as a reader sees them, at or after a byte; before it where a letter
/// would be longer than any real one.
fn letter_boundary(text: &str, near: usize) -> usize {
    let near = text.ceil_char_boundary(near.min(text.len()));
    // A few letters before is context enough to tell, and bounds the work.
    let from = text.floor_char_boundary(near.saturating_sub(32));
    let to = text.ceil_char_boundary((near + 64).min(text.len()));
    let context = &text[from..to];
    let mut cursor = GraphemeCursor::new(near - from, context.len(), true);
    match cursor.is_boundary(context, 0) {
        Ok(false) => cursor.next_boundary(context, 0).ok().flatten().map_or(near, |next| from + next),
        _ => near,
    }
}

/// The matches inside what is shown, those that touch drawn together.
fn merged(matches: &[Match], shown: &Range<usize>) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for found in matches.iter().filter(|found| found.start >= shown.start && found.end <= shown.end) {
        match stretches.last_mut() {
            Some(last) if found.start < last.end => last.end = last.end.max(found.end),
            _ => stretches.push(found.start..found.end),
        }
    }
    stretches
}

fn utf16_length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn narrow(units: usize) -> u32 {
    u32::try_from(units).unwrap_or(u32::MAX)
}
