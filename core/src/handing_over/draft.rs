//! From an entry to an excerpt: what the person chose, and nothing else.

use crate::error::Problem;
use crate::id::{AttachmentId, EntryId, GoalId};
use crate::journal::{Answer, Attached, Entry, Journal, TextRange};
use crate::sharing::{Excerpt, ExcerptAnswer, ExcerptAttachment, ExcerptFeeling};
use crate::{Error, Result};

/// The most parts of an entry's text.
const MOST_PARTS: usize = 100;
/// What stands between two parts.
const GAP: &str = "\n\n…\n\n";

/// What somebody wants to hand over of an entry. Without a further choice it is its whole text, and the day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExcerptDraft {
    /// The entry.
    pub entry: EntryId,
    /// Which parts of its text, in order, none twice; none for all of it. Where two do not touch, a `…` shows it.
    #[uniffi(default = [])]
    pub parts: Vec<TextRange>,
    /// Without any of its text: what else is chosen goes alone.
    #[uniffi(default = false)]
    pub without_text: bool,
    /// With its title.
    #[uniffi(default = false)]
    pub with_title: bool,
    /// Without the day on which it was written.
    #[uniffi(default = false)]
    pub without_day: bool,
    /// With its mood.
    #[uniffi(default = false)]
    pub with_mood: bool,
    /// With its feelings.
    #[uniffi(default = false)]
    pub with_feelings: bool,
    /// With its tags.
    #[uniffi(default = false)]
    pub with_tags: bool,
    /// With the answers to a template's questions, the questions in this language (`en`, `de`).
    #[uniffi(default = None)]
    pub answers_in: Option<String>,
    /// The photos, recordings and files that go along: those of the entry that are named here, and no other.
    #[uniffi(default = [])]
    pub attachments: Vec<AttachmentId>,
    /// The goal that it belongs to.
    #[uniffi(default = None)]
    pub goal: Option<GoalId>,
}

impl ExcerptDraft {
    /// The whole text of an entry, and the day.
    #[must_use]
    pub fn of(entry: EntryId) -> Self {
        Self {
            entry,
            parts: Vec::new(),
            without_text: false,
            with_title: false,
            without_day: false,
            with_mood: false,
            with_feelings: false,
            with_tags: false,
            answers_in: None,
            attachments: Vec::new(),
            goal: None,
        }
    }

    /// What of the entry is chosen, and the contents that go along, in its order; `size` says how many bytes one has.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parts that are not parts of this text; [`Error::NotFound`] for an attachment that the
    /// entry does not have; what the journal says.
    pub(super) fn excerpt(
        &self,
        entry: &Entry,
        journal: &Journal,
        size: impl Fn(&AttachmentId) -> Result<u64>,
    ) -> Result<(Excerpt, Vec<AttachmentId>)> {
        let chosen = self.chosen(entry)?;
        let attachments = chosen.iter().map(|one| {
            let (name, media_type) = (ExcerptAttachment::can_be_called(&one.name), one.media_type.clone());
            Ok(ExcerptAttachment { name, media_type, bytes: size(&one.attachment)? })
        });
        let feelings = entry.emotions.iter().filter(|_| self.with_feelings);
        let excerpt = Excerpt {
            text: if self.without_text { String::new() } else { parts(&entry.text, &self.parts)? },
            title: entry.title.clone().filter(|_| self.with_title),
            day: (!self.without_day).then(|| entry.written.local_date()),
            mood: entry.mood.filter(|_| self.with_mood),
            feelings: feelings
                .map(|one| ExcerptFeeling { name: one.name.clone(), intensity: one.intensity })
                .collect(),
            tags: if self.with_tags { entry.tags.clone() } else { Vec::new() },
            answers: match &self.answers_in {
                Some(language) => entry
                    .answers
                    .iter()
                    .map(|answer| answered(journal, answer, language))
                    .collect::<Result<_>>()?,
                None => Vec::new(),
            },
            attachments: attachments.collect::<Result<_>>()?,
        };
        Ok((excerpt, chosen.iter().map(|one| one.attachment).collect()))
    }

    fn chosen<'a>(&self, entry: &'a Entry) -> Result<Vec<&'a Attached>> {
        let is_there = |wanted: &AttachmentId| entry.attachments.iter().any(|one| one.attachment == *wanted);
        if !self.attachments.iter().all(is_there) {
            return Err(Error::not_found(crate::error::Thing::Attachment));
        }
        Ok(entry.attachments.iter().filter(|one| self.attachments.contains(&one.attachment)).collect())
    }
}

/// An answer under its question; under the name of the field where the template is not here any more.
fn answered(journal: &Journal, answer: &Answer, language: &str) -> Result<ExcerptAnswer> {
    let template = match journal.template(answer.template.clone(), language.to_owned(), Some(answer.version))
    {
        Ok(template) => Some(template),
        Err(Error::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let mut fields = template.into_iter().flat_map(|template| template.fields);
    let question = fields.find(|field| field.id == answer.field).map(|field| field.question);
    let question = question.unwrap_or_else(|| answer.field.clone());
    Ok(ExcerptAnswer { question, answer: answer.value.clone() })
}

/// The chosen parts of a text, in UTF-16 code units, with a visible gap between two that do not touch.
fn parts(text: &str, ranges: &[TextRange]) -> Result<String> {
    if ranges.is_empty() {
        return Ok(text.to_owned());
    }
    if ranges.len() > MOST_PARTS {
        let problem = Problem::TooLong { limit: MOST_PARTS as u64, unit: "parts".to_owned() };
        return Err(Error::invalid("parts", problem));
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut joined = String::new();
    let mut ended_at = None;
    for range in ranges {
        let is_after = ended_at.is_none_or(|end| range.start >= end);
        let stretch = units.get(range.start as usize..range.end as usize).filter(|one| !one.is_empty());
        let part = stretch.filter(|_| is_after).and_then(|one| String::from_utf16(one).ok());
        let part =
            part.ok_or_else(|| Error::malformed("parts", "parts of the text, in order, none twice"))?;
        if ended_at.is_some_and(|end| end < range.start) {
            joined.truncate(joined.trim_end().len());
            joined.push_str(GAP);
            joined.push_str(part.trim_start());
        } else {
            joined.push_str(&part);
        }
        ended_at = Some(range.end);
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u32, end: u32) -> TextRange {
        TextRange { start, end }
    }

    #[test]
    fn parts_are_joined_with_a_visible_gap_and_whole_characters() {
        let text = "Ärger 🙂 mit dem Nachbarn. Dann Ruhe.";
        assert_eq!(parts(text, &[]).unwrap(), text);
        assert_eq!(parts(text, &[range(0, 5), range(27, 37)]).unwrap(), "Ärger\n\n…\n\nDann Ruhe.");
        assert_eq!(
            parts(text, &[range(0, 6), range(6, 8)]).unwrap(),
            "Ärger 🙂",
            "parts that touch need no gap"
        );
        for wrong in [
            vec![range(0, 7)],
            vec![range(7, 8)],
            vec![range(3, 3)],
            vec![range(4, 3)],
            vec![range(0, 38)],
            vec![range(8, 9), range(0, 3)],
            vec![range(0, 5), range(4, 8)],
            vec![range(0, 1); MOST_PARTS + 1],
        ] {
            assert!(matches!(parts(text, &wrong), Err(Error::Invalid { .. })), "{wrong:?}");
        }
    }
}
