//! The wording of a goal on the terminal, and the differences between two.

use common_ground::clock::LocalDate;
use common_ground::plan::{
    Goal, PlanRun, PlanRunKind, ScaleLevel, SealedWording, Success, WordingDifference, WordingPart,
};
use common_ground::relationship::Relationship;
use similar::{ChangeTag, TextDiff};

use super::values;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::words::say;

/// What belongs to a wording beside the title.
pub(super) struct Wording<'a> {
    pub(super) why: &'a str,
    pub(super) success: &'a [Success],
    pub(super) known_by: Option<&'a str>,
    pub(super) by_when: Option<LocalDate>,
    pub(super) scale: &'a [ScaleLevel],
}

impl<'a> From<&'a Goal> for Wording<'a> {
    fn from(goal: &'a Goal) -> Self {
        Self {
            why: &goal.why,
            success: &goal.success,
            known_by: goal.known_by.as_deref(),
            by_when: goal.summary.by_when,
            scale: &goal.scale,
        }
    }
}

impl<'a> From<&'a SealedWording> for Wording<'a> {
    fn from(sealed: &'a SealedWording) -> Self {
        Self {
            why: &sealed.why,
            success: &sealed.success,
            known_by: Some(sealed.known_by.as_str()).filter(|text| !text.is_empty()),
            by_when: sealed.by_when,
            scale: &sealed.scale,
        }
    }
}

/// The parts of a wording that are there, each with its heading.
pub(super) fn parts(desk: &Desk, wording: &Wording<'_>, with: &Relationship) -> Vec<(String, String)> {
    let words = &desk.words;
    let mut parts = Vec::new();
    if !wording.why.is_empty() {
        parts.push((say!(words, "heading-why"), wording.why.to_owned()));
    }
    for success in wording.success.iter().filter(|success| !success.text.is_empty()) {
        parts.push((values::success_of(words, success.by, with), success.text.clone()));
    }
    if let Some(known_by) = wording.known_by {
        parts.push((say!(words, "heading-known-by"), known_by.to_owned()));
    }
    if let Some(day) = wording.by_when {
        parts.push((say!(words, "heading-by-when"), words.date(day)));
    }
    if !wording.scale.is_empty() {
        let levels: Vec<_> = wording
            .scale
            .iter()
            .map(|level| format!("{:>+2}  {}", level.level.value(), level.text))
            .collect();
        parts.push((say!(words, "heading-scale"), levels.join("\n")));
    }
    parts
}

/// Prints a wording under its headings.
pub(super) fn print<'a>(
    desk: &Desk,
    wording: impl Into<Wording<'a>>,
    with: &Relationship,
) -> Result<(), Failure> {
    let screen = &desk.screen;
    for (heading, text) in parts(desk, &wording.into(), with) {
        screen.gap()?;
        screen.line(&screen.cyan(&heading))?;
        screen.text(2, &text)?;
    }
    Ok(())
}

/// The same in one text, for where standard output belongs to a program.
pub(super) fn in_one(desk: &Desk, goal: &Goal, with: &Relationship) -> String {
    let mut text = goal.summary.title.clone();
    for (heading, part) in parts(desk, &goal.into(), with) {
        text.push_str(&format!("\n\n{heading}\n{part}"));
    }
    text
}

/// Prints what reads differently from what was agreed.
pub(super) fn print_differences(
    desk: &Desk,
    differences: &[WordingDifference],
    with: &Relationship,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    for difference in differences {
        let part = match difference.part {
            WordingPart::Title => say!(words, "part-of-title"),
            WordingPart::Why => say!(words, "heading-why"),
            WordingPart::Success { of } => values::success_of(words, of, with),
            WordingPart::KnownBy => say!(words, "heading-known-by"),
            WordingPart::ByWhen => say!(words, "heading-by-when"),
            WordingPart::Scale { level } => {
                say!(words, "part-of-scale", "level" => format!("{level:+}"))
            }
        };
        screen.text(2, &format!("{part}: {}", marked(screen, &difference.runs)))?;
    }
    Ok(())
}

/// Runs of words in one text: what was taken out and what was put in is marked.
pub(crate) fn marked(screen: &Screen, runs: &[PlanRun]) -> String {
    let pieces = runs.iter().map(|run| {
        let tag = match run.kind {
            PlanRunKind::Same => ChangeTag::Equal,
            PlanRunKind::Removed => ChangeTag::Delete,
            PlanRunKind::Added => ChangeTag::Insert,
        };
        (tag, run.text.as_str())
    });
    mark(screen, pieces)
}

/// Both texts in one, by words: what was taken out and what was added is marked.
pub(crate) fn difference(screen: &Screen, before: &str, after: &str) -> String {
    let compared = TextDiff::from_words(before, after);
    let pieces: Vec<_> = compared.iter_all_changes().map(|change| (change.tag(), change.value())).collect();
    mark(screen, pieces.into_iter())
}

fn mark<'a>(screen: &Screen, pieces: impl Iterator<Item = (ChangeTag, &'a str)>) -> String {
    let mut text = String::new();
    let mut follows_removed = false;
    for (tag, piece) in pieces {
        let is_blank = piece.trim().is_empty();
        if follows_removed && tag == ChangeTag::Insert && !is_blank {
            text.push_str(screen.between());
        }
        follows_removed = tag == ChangeTag::Delete && !is_blank;
        match tag {
            ChangeTag::Delete if !is_blank => text.push_str(&screen.removed(piece)),
            ChangeTag::Insert if !is_blank => text.push_str(&screen.added(piece)),
            _ => text.push_str(piece),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_marks_what_went_and_what_came_word_by_word() {
        let screen = Screen::plain();
        assert_eq!(
            difference(&screen, "sleep six nights", "sleep five nights now"),
            "sleep [-six-]{+five+} nights {+now+}"
        );
        assert_eq!(difference(&screen, "the same words", "the same words"), "the same words");
    }
}
