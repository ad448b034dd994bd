//! An excerpt as both people see it. It holds a person's words, so it has no `Debug`.

use std::fmt;
use std::marker::PhantomData;

use chrono::Datelike;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::LocalDate;

/// How many feelings, tags, answers or attachments an excerpt can have, each.
const MOST: usize = 200;
/// The most bytes of a name, of a media type.
const LONGEST_NAME: usize = 255;
const LONGEST_TYPE: usize = 100;

/// What somebody hands over: a frozen copy of an entry or of parts of it, or a comment (which has a text alone).
/// What its giver did not choose is not in it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Excerpt {
    /// Markdown. Between two parts that do not touch stands a `…` on a line of its own.
    pub text: String,
    /// The title.
    pub title: Option<String>,
    /// The day on which it was written, by the writer's calendar.
    pub day: Option<LocalDate>,
    /// 1 (very low) to 5 (very good).
    pub mood: Option<u8>,
    /// Feelings, in the order given.
    #[serde(deserialize_with = "few")]
    pub feelings: Vec<ExcerptFeeling>,
    /// Tags, in the order given.
    #[serde(deserialize_with = "few")]
    pub tags: Vec<String>,
    /// Questions and what was answered.
    #[serde(deserialize_with = "few")]
    pub answers: Vec<ExcerptAnswer>,
    /// Photos, recordings and files. Their contents are asked for by their place in this list, from 0.
    #[serde(deserialize_with = "few")]
    pub attachments: Vec<ExcerptAttachment>,
}

/// A feeling by its name, and how strong it was.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct ExcerptFeeling {
    /// In the writer's words.
    pub name: String,
    /// 0 (not at all) to 10 (as strong as can be), where they said so.
    pub intensity: Option<u8>,
}

/// A question and its answer.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct ExcerptAnswer {
    /// The question, as its writer read it.
    pub question: String,
    /// What was answered; a number in digits.
    pub answer: String,
}

/// A photo, a recording or a file that goes with an excerpt.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct ExcerptAttachment {
    /// The name of the file, without folders, at most 255 bytes.
    pub name: String,
    /// What it is, for example `image/jpeg`.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
}

impl Excerpt {
    /// Whether all of it is within the bounds that every excerpt has.
    pub(super) fn is_sound(&self) -> bool {
        self.day.is_none_or(|day| (1..=9999).contains(&day.year()))
            && self.mood.is_none_or(|mood| (1..=5).contains(&mood))
            && self.feelings.iter().all(|one| one.intensity.is_none_or(|strength| strength <= 10))
            && self.attachments.iter().all(ExcerptAttachment::is_sound)
            && self.bytes_attached().is_some()
    }

    /// How many bytes its attachments have together; nothing where that is beyond all measure.
    pub(super) fn bytes_attached(&self) -> Option<u64> {
        self.attachments.iter().try_fold(0_u64, |sum, one| sum.checked_add(one.bytes))
    }

    /// Whether there is nothing to read in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
            && self.answers.is_empty()
            && self.attachments.is_empty()
            && self.feelings.is_empty()
            && self.mood.is_none()
    }
}

impl ExcerptAttachment {
    /// A name as it can go along: what steers how a name is shown, where a file lies or that it hides, is replaced by `_`.
    pub(crate) fn can_be_called(name: &str) -> String {
        let shown: String = name.chars().map(|c| if steers(c) { '_' } else { c }).collect();
        match shown.trim_start().strip_prefix('.') {
            Some(rest) => format!("_{rest}"),
            None => shown,
        }
    }

    /// Whether its name can be that of a file in whatever folder, and reads as what it is.
    fn is_sound(&self) -> bool {
        let name = self.name.as_str();
        !name.trim().is_empty()
            && !name.trim_start().starts_with('.')
            && name.len() <= LONGEST_NAME
            && !name.contains(steers)
            && self.media_type.len() <= LONGEST_TYPE
            && !self.media_type.contains(steers_unseen)
    }
}

fn steers(c: char) -> bool {
    steers_unseen(c) || matches!(c, '/' | '\\')
}

/// Whether a character is not seen and changes how others are: control characters, those that turn the direction of
/// writing (`photo\u{202e}gpj.exe`), and those of no width. Joiners stay: some scripts cannot be written without them.
fn steers_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Reads a list that is not longer than one that a person makes.
fn few<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Few<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Few<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a short list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut few = Vec::new();
            while let Some(item) = items.next_element()? {
                if few.len() == MOST {
                    return Err(A::Error::custom("a list is too long"));
                }
                few.push(item);
            }
            Ok(few)
        }
    }

    deserializer.deserialize_seq(Few(PhantomData))
}
