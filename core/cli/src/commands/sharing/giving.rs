//! `hand-over` and `comment`.

use common_ground::handing_over::{BeforeYouHandOver, ExcerptDraft, ExcerptPreview};
use common_ground::id::{AttachmentId, GoalId};
use common_ground::journal::{Entry, TextRange};

use super::{find, show};
use crate::args::HandOverArgs;
use crate::commands::{attaching, journal, plan};
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::say;

pub(super) fn hand_over(desk: &Desk, args: &HandOverArgs) -> Result<(), Failure> {
    let home = desk.home()?;
    let with = match &args.to {
        Some(name) => desk.relationship_with(name)?,
        None => desk.relationship()?,
    };
    let entry = home.journal().entry(journal::find(desk, &args.entry)?)?;
    let draft = ExcerptDraft {
        parts: parts(desk, &entry, args)?,
        without_text: args.without_text,
        with_title: args.with_title,
        without_day: args.without_day,
        with_mood: args.with_mood,
        with_feelings: args.with_feelings,
        with_tags: args.with_tags,
        answers_in: args.with_answers.then(|| desk.words.language()),
        attachments: photos(desk, &entry, &args.photo)?,
        goal: goal(desk, &with, args.goal.as_deref())?,
        ..ExcerptDraft::of(entry.id)
    };
    let sharing = home.sharing(with.id)?;
    let preview = sharing.preview(draft.clone())?;
    let name = with.other.display_name.as_str();
    if args.preview && desk.json() {
        return desk.screen.document(&preview);
    }
    if !desk.json() {
        tell(desk, name, &preview)?;
    }
    if args.preview {
        return Ok(());
    }
    desk.confirm(&say!(desk.words, "ask-hand-over", "name" => name))?;
    let parcel = sharing.hand_over(draft, preview.digest)?;
    if desk.json() {
        return desk.screen.document(&sharing.excerpt(parcel)?);
    }
    desk.screen.text(0, &say!(desk.words, "handed-over-now", "name" => name))
}

/// Shows it as the other will see it, and what is to be known before.
fn tell(desk: &Desk, name: &str, preview: &ExcerptPreview) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.line(&screen.bold(&say!(words, "preview-head", "name" => name)))?;
    screen.gap()?;
    show::excerpt(desk, &preview.excerpt)?;
    screen.gap()?;
    for one in &preview.to_know {
        let told = match one {
            BeforeYouHandOver::MayNotBeReadBeforeYouMeet => {
                say!(words, "to-know-not-before-you-meet", "name" => name)
            }
            BeforeYouHandOver::WayToHelp => say!(words, "to-know-help"),
            BeforeYouHandOver::CannotBeUnread => say!(words, "to-know-cannot-be-unread", "name" => name),
            BeforeYouHandOver::AttachmentsTellMore => say!(words, "to-know-attachments"),
        };
        screen.text(0, &told)?;
    }
    Ok(())
}

/// The chosen parts of the text, in its order.
fn parts(desk: &Desk, entry: &Entry, args: &HandOverArgs) -> Result<Vec<TextRange>, Failure> {
    let text = entry.text.as_str();
    let mut parts = Vec::new();
    for wanted in &args.part {
        let mut found = text.match_indices(wanted.as_str()).filter(|_| !wanted.is_empty());
        match (found.next(), found.next()) {
            (Some((start, _)), None) => parts.push(range(text, start, start + wanted.len())),
            (Some(_), Some(_)) => return Err(not_a_part(say!(desk.words, "error-part-several-times"))),
            (None, _) => return Err(not_a_part(say!(desk.words, "error-no-such-part"))),
        }
    }
    let count = text.lines().count();
    for (first, last) in &args.lines {
        if *last > count {
            return Err(not_a_part(say!(desk.words, "error-no-such-line", "count" => count)));
        }
        parts.push(lines(text, *first, *last));
    }
    parts.retain(|part| part.start < part.end);
    if parts.is_empty() && !(args.part.is_empty() && args.lines.is_empty()) {
        return Err(not_a_part(say!(desk.words, "error-empty-lines")));
    }
    parts.sort_by_key(|part| part.start);
    Ok(parts)
}

fn not_a_part(text: String) -> Failure {
    Failure::told(Exit::NotFound, text)
}

/// From the first to the last of these lines, from 1, without the end of the last one.
fn lines(text: &str, first: usize, last: usize) -> TextRange {
    let mut at = 0;
    let (mut start, mut end) = (0, 0);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if number == first {
            start = at;
        }
        if number == last {
            end = at + line.trim_end_matches(['\n', '\r']).len();
        }
        at += line.len();
    }
    range(text, start, end.max(start))
}

/// A stretch of a text, counted in UTF-16 code units.
fn range(text: &str, start: usize, end: usize) -> TextRange {
    let units = |end: usize| {
        let count = text.get(..end).unwrap_or(text).encode_utf16().count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    TextRange { start: units(start), end: units(end) }
}

fn photos(desk: &Desk, entry: &Entry, wanted: &[String]) -> Result<Vec<AttachmentId>, Failure> {
    if wanted.iter().any(|one| one == "all") {
        return Ok(entry.attachments.iter().map(|one| one.attachment).collect());
    }
    wanted.iter().map(|one| Ok(attaching::one_of(desk, entry, one)?.1.attachment)).collect()
}

fn goal(
    desk: &Desk,
    with: &common_ground::relationship::Relationship,
    wanted: Option<&str>,
) -> Result<Option<GoalId>, Failure> {
    let Some(wanted) = wanted else { return Ok(None) };
    let plan = desk.home()?.plan(with.id)?;
    plan::find_goal(desk, &plan, wanted).map(Some)
}

pub(super) fn comment(desk: &Desk, wanted: &str, text: String) -> Result<(), Failure> {
    let (found, sharing) = find(desk, wanted)?;
    sharing.comment(found.handed_over.id, text)?;
    if desk.json() {
        return desk.screen.document(&sharing.open(found.handed_over.id)?);
    }
    let name = found.with.other.display_name.as_str();
    desk.screen.text(0, &say!(desk.words, "comment-written", "name" => name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_text_without_their_ends() {
        let text = "Ä\r\n🙂 zwei\n\nvier";
        let piece = |first, last| {
            let range = lines(text, first, last);
            let units: Vec<u16> = text.encode_utf16().collect();
            String::from_utf16(&units[range.start as usize..range.end as usize]).unwrap()
        };
        assert_eq!(piece(1, 1), "Ä");
        assert_eq!(piece(2, 2), "🙂 zwei");
        assert_eq!(piece(3, 3), "");
        assert_eq!(piece(2, 4), "🙂 zwei\n\nvier");
    }
}
