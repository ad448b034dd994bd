//! `take-back`: what it does and what it cannot undo is said first.

use common_ground::error::Thing;

use super::{find, lists};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

pub(super) fn one(desk: &Desk, wanted: &str, comment: Option<usize>) -> Result<(), Failure> {
    let (found, sharing) = find(desk, wanted)?;
    let words = &desk.words;
    let name = found.with.other.display_name.as_str();
    let missing = || Failure::Core(common_ground::Error::NotFound { what: Thing::Excerpt });
    let Some(number) = comment else {
        if found.is_received() {
            return Err(missing());
        }
        let when = words.instant(found.handed_over.handed_at);
        say_what_it_means(desk, name)?;
        desk.confirm(&say!(words, "ask-take-back", "name" => name, "when" => when))?;
        sharing.take_back(found.handed_over.id)?;
        let now = sharing.excerpt(found.handed_over.id)?;
        if desk.json() {
            return desk.screen.document(&now);
        }
        desk.screen.text(0, &say!(words, "taken-back-now"))?;
        return desk.screen.text(0, &lists::standing(desk, &now, &found.with));
    };
    let opened = sharing.open(found.handed_over.id)?;
    let comment = number.checked_sub(1).and_then(|place| opened.comments.get(place));
    let comment = comment.filter(|one| one.by != found.with.other.person).ok_or_else(missing)?;
    say_what_it_means(desk, name)?;
    desk.confirm(&say!(words, "ask-take-back-comment"))?;
    sharing.take_back(comment.id)?;
    if desk.json() {
        return desk.screen.document(&sharing.open(found.handed_over.id)?);
    }
    desk.screen.text(0, &say!(words, "taken-back-now"))
}

pub(super) fn all(desk: &Desk, from: Option<&str>) -> Result<(), Failure> {
    let with = match from {
        Some(name) => desk.relationship_with(name)?,
        None => desk.relationship()?,
    };
    let name = with.other.display_name.as_str();
    let sharing = desk.home()?.sharing(with.id)?;
    say_what_it_means(desk, name)?;
    desk.confirm(&say!(desk.words, "ask-take-back-all", "name" => name))?;
    let count = sharing.take_back_all()?;
    if desk.json() {
        return desk.screen.document(&serde_json::json!({ "taken_back": count }));
    }
    desk.screen.text(0, &say!(desk.words, "taken-back-all", "count" => count, "name" => name))
}

/// What taking back does, and what nobody can undo.
fn say_what_it_means(desk: &Desk, name: &str) -> Result<(), Failure> {
    desk.screen.aside(&say!(desk.words, "take-back-means", "name" => name));
    Ok(())
}
