//! Cuts a text into words and folds them, so that a search finds "Café" by "cafe" and 高兴 inside a
//! sentence without spaces.
//!
//! Both the index and a query go through [`cut`], and matches are found again in the original text by
//! cutting it once more, so the three can never disagree. A word is folded to compatible characters
//! without accents and in lower case. Scripts that are written without spaces (and Korean, whose
//! particles hang on the word) are cut into overlapping pairs of characters and the last one alone:
//! one word begins at every character, so that whatever stands together is found.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use unicode_normalization::char::{
    canonical_combining_class, compose, decompose_compatible, is_combining_mark,
};

/// Longer words are cut off in the index, not in the text: base64 and the like.
const LONGEST_WORD: usize = 64;

/// Where a word stands in the original text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after the first character of a pair; after the word otherwise.
    pub(super) lead_end: usize,
    /// The byte after it.
    pub(super) end: usize,
    /// How it was cut.
    pub(super) kind: Kind,
}

/// How a word was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Between spaces or signs.
    Whole,
    /// Two characters of a script without spaces.
    Pair,
    /// The last character of a run of such a script.
    Single,
}

/// Calls `each` with every folded word of `text` and where it stands, in order, until it breaks.
pub(super) fn cut(text: &str, mut each: impl FnMut(&str, Span) -> ControlFlow<()>) {
    let mut cutter =
        Cutter { each: &mut each, word: String::new(), letters: 0, start: 0, end: 0, run: Vec::new() };
    for (at, letter) in text.char_indices() {
        if cutter.take(at, letter).is_break() {
            return;
        }
    }
    // Whether it breaks or not, this was the last word.
    let _ = cutter.finish();
}

/// The folded words of a text parted by spaces: what the index holds.
pub(super) fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    cut(text, |word, _| {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        ControlFlow::Continue(())
    });
    words
}

/// One character of a run, with the marks that belong to it.
struct Character {
    folded: String,
    start: usize,
    end: usize,
}

struct Cutter<'a, F> {
    each: &'a mut F,
    /// The whole word under way.
    word: String,
    letters: usize,
    start: usize,
    end: usize,
    /// The run under way; a word and a run are never under way at once.
    run: Vec<Character>,
}

impl<F: FnMut(&str, Span) -> ControlFlow<()>> Cutter<'_, F> {
    fn take(&mut self, at: usize, letter: char) -> ControlFlow<()> {
        let end = at + letter.len_utf8();
        if letter.is_ascii() {
            return if letter.is_ascii_alphanumeric() {
                self.letter(at, end, letter.to_ascii_lowercase())
            } else {
                self.finish()
            };
        }
        if is_left_out(letter) {
            return ControlFlow::Continue(());
        }
        if matches!(letter, '\u{AC00}'..='\u{D7A3}') {
            // A Korean syllable would fall apart into its letters.
            return self.of_run(at, end, letter);
        }
        let mut flow = ControlFlow::Continue(());
        decompose_compatible(letter, |part| {
            if flow.is_continue() {
                flow = self.part(at, end, part);
            }
        });
        flow
    }

    /// One character of a decomposition.
    fn part(&mut self, at: usize, end: usize, part: char) -> ControlFlow<()> {
        if is_left_out(part) {
            return ControlFlow::Continue(());
        }
        if is_accent(part) {
            if part == '\u{306}' && self.word.ends_with('и') {
                // й is a letter of its own.
                self.word.pop();
                self.word.push('й');
            }
            self.stretch(end);
            return ControlFlow::Continue(());
        }
        if is_combining_mark(part) || is_inner_jamo(part) {
            self.mark(end, part);
            return ControlFlow::Continue(());
        }
        if is_picture(part) {
            self.finish()?;
            self.letter(at, end, part)?;
            return self.finish();
        }
        if !part.is_alphanumeric() {
            return self.finish();
        }
        if is_unspaced(part) {
            return self.of_run(at, end, part);
        }
        match spelled_out(part) {
            Some(letters) => letters.chars().try_for_each(|letter| self.letter(at, end, letter)),
            // The dot above that İ leaves behind is an accent like any other.
            None => part
                .to_lowercase()
                .filter(|letter| !is_accent(*letter))
                .try_for_each(|letter| self.letter(at, end, letter)),
        }
    }

    fn letter(&mut self, at: usize, end: usize, letter: char) -> ControlFlow<()> {
        if !self.run.is_empty() {
            self.finish()?;
        }
        if self.word.is_empty() {
            self.start = at;
        }
        if self.letters < LONGEST_WORD {
            self.word.push(letter);
            self.letters += 1;
        }
        self.end = end;
        ControlFlow::Continue(())
    }

    fn of_run(&mut self, at: usize, end: usize, letter: char) -> ControlFlow<()> {
        if !self.word.is_empty() {
            self.finish()?;
        }
        self.run.push(Character { folded: letter.into(), start: at, end });
        ControlFlow::Continue(())
    }

    /// A mark that makes another letter of the one before it, such as a vowel sign.
    fn mark(&mut self, end: usize, mark: char) {
        let word = match self.run.last_mut() {
            Some(character) => {
                character.end = end;
                &mut character.folded
            }
            None if !self.word.is_empty() => {
                self.end = end;
                self.letters += 1;
                if self.letters > LONGEST_WORD {
                    return;
                }
                &mut self.word
            }
            None => return,
        };
        // Marks come in any order, and one composes with its letter past others of another kind (Unicode,
        // canonical ordering and composition).
        let class = canonical_combining_class(mark);
        let mut place = word.len();
        let mut base = None;
        for (at, letter) in word.char_indices().rev() {
            let other = canonical_combining_class(letter);
            if other == 0 {
                base = (class != 0 || at + letter.len_utf8() == word.len()).then_some((at, letter));
                break;
            }
            match other.cmp(&class) {
                Ordering::Greater => place = at,
                Ordering::Equal => break,
                Ordering::Less => {}
            }
        }
        match base.and_then(|(at, letter)| Some((at, letter, compose(letter, mark)?))) {
            Some((at, letter, composed)) => {
                word.replace_range(at..at + letter.len_utf8(), composed.encode_utf8(&mut [0; 4]));
            }
            // A letter under a heap of marks is no letter of any language.
            None if word.len() < 4 * LONGEST_WORD => {
                word.insert(if class == 0 { word.len() } else { place }, mark);
            }
            None => {}
        }
    }

    /// An accent that is dropped still belongs to what a match covers.
    fn stretch(&mut self, end: usize) {
        match self.run.last_mut() {
            Some(character) => character.end = end,
            None if !self.word.is_empty() => self.end = end,
            None => {}
        }
    }

    /// Hands out what is under way.
    fn finish(&mut self) -> ControlFlow<()> {
        if !self.word.is_empty() {
            let span = Span { start: self.start, lead_end: self.end, end: self.end, kind: Kind::Whole };
            let flow = (self.each)(&self.word, span);
            self.word.clear();
            self.letters = 0;
            return flow;
        }
        let run = std::mem::take(&mut self.run);
        for (character, next) in run.iter().zip(run.iter().skip(1)) {
            let span =
                Span { start: character.start, lead_end: character.end, end: next.end, kind: Kind::Pair };
            (self.each)(&format!("{}{}", character.folded, next.folded), span)?;
        }
        match run.last() {
            Some(last) => {
                let span = Span { start: last.start, lead_end: last.end, end: last.end, kind: Kind::Single };
                (self.each)(&last.folded, span)
            }
            None => ControlFlow::Continue(()),
        }
    }
}

/// Signs inside words that nobody types into a search: soft hyphens, joiners, directions, tatweel,
/// variants and skin colours.
fn is_left_out(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Marks that may be left out without making another word: accents of European scripts, Hebrew points,
/// Arabic vowels and hamzas. Not the vowel signs of Indic scripts or the voicing of Japanese.
fn is_accent(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{5BF}'
        | '\u{5C1}'..='\u{5C2}' | '\u{5C4}'..='\u{5C5}' | '\u{5C7}' | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E4}'
        | '\u{6E7}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8D3}'..='\u{8FF}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Vowels and final consonants of Korean text that comes as single letters.
fn is_inner_jamo(letter: char) -> bool {
    matches!(letter, '\u{1160}'..='\u{11FF}')
}

/// Scripts that are written without spaces between words, and Korean.
fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{E00}'..='\u{FFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{115F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{A000}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{1B000}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFD}')
}

/// Emoji and other small pictures: each is a word.
fn is_picture(letter: char) -> bool {
    matches!(letter, '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2B55}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Letters that Unicode takes for letters of their own, as they are typed where the keyboard lacks them,
/// and spellings that differ by keyboard.
fn spelled_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        '\u{649}' | '\u{6CC}' => "\u{64A}",
        '\u{6A9}' => "\u{643}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn words(text: &str) -> Vec<(String, Span)> {
        let mut words = Vec::new();
        cut(text, |word, span| {
            words.push((word.to_owned(), span));
            ControlFlow::Continue(())
        });
        words
    }

    fn of_many_scripts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-zA-Z0-9äéßÆøıİ ,.']{0,60}",
            "[\\u{300}-\\u{36F}a-zёйЙΐς\\u{1100}-\\u{11FF}가-힣 ]{0,60}",
            "[\\u{600}-\\u{6FF}\\u{590}-\\u{5FF} ]{0,60}",
            "[\\u{900}-\\u{E7F} ]{0,60}",
            "[ぁ-んァ-ンｱ-ﾟ\\u{3099}一-龥a-z😀-🙏]{0,60}",
        ]
    }

    proptest! {
        #[test]
        fn words_stand_where_their_spans_say_and_nothing_in_them_means_anything_to_the_index(
            text in of_many_scripts()
        ) {
            let mut before = 0;
            for (word, span) in words(&text) {
                prop_assert!(!word.is_empty());
                prop_assert!(word.chars().all(|letter| {
                    !letter.is_ascii() || letter.is_ascii_lowercase() || letter.is_ascii_digit()
                }), "{word:?}");
                prop_assert!(before <= span.start, "in order");
                prop_assert!(span.start < span.lead_end && span.lead_end <= span.end);
                for place in [span.start, span.lead_end, span.end] {
                    prop_assert!(text.is_char_boundary(place));
                }
                before = span.start;
            }
        }

        #[test]
        fn how_a_keyboard_composes_letters_makes_no_difference(text in of_many_scripts()) {
            let (composed, apart): (String, String) = (text.nfc().collect(), text.nfd().collect());
            prop_assert_eq!(folded(&composed), folded(&apart));
            prop_assert_eq!(folded(&composed), folded(&text));
        }
    }
}
