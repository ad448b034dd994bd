//! Attachments on the terminal: put files to an entry, list them, save them, take them away.

use std::path::{Path, PathBuf};

use common_ground::id::AttachmentId;
use common_ground::journal::{Attached, Entry, EntryEdit, Journal};
use serde::Serialize;

use super::journal::{find, find_anywhere};
use crate::args::AttachmentCommand;
use crate::bar::{Counted, with_bar};
use crate::desk::{Desk, path_text};
use crate::failure::{Exit, Failure};
use crate::words::say;

/// Takes files in; they stay where they are.
pub(super) fn take_in(desk: &Desk, files: &[PathBuf]) -> Result<Vec<Attached>, Failure> {
    let journal = desk.home()?.journal();
    let mut taken = Vec::with_capacity(files.len());
    for file in files {
        let attached = with_bar(Counted::Bytes, |bar| {
            journal.take_in_file(path_text(file), plain_name(file), None, Some(bar))
        });
        taken.push(attached.map_err(|error| named(desk, file, error))?);
    }
    Ok(taken)
}

/// A name for a file whose own holds what no line can, such as a line break; none where its own will do.
fn plain_name(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_string_lossy();
    name.contains(char::is_control).then(|| name.replace(char::is_control, "_"))
}

/// Says which of several files it was.
fn named(desk: &Desk, file: &Path, error: common_ground::Error) -> Failure {
    match error {
        common_ground::Error::NotFound { .. } => Failure::told(
            Exit::NotFound,
            say!(desk.words, "error-no-such-file", "path" => file.display().to_string()),
        ),
        other => other.into(),
    }
}

pub(super) fn attach(desk: &Desk, wanted: &str, files: &[PathBuf]) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let entry = journal.entry(find(desk, wanted)?)?;
    let mut attachments = entry.attachments.clone();
    attachments.extend(take_in(desk, files)?);
    let entry = change(&journal, &entry, attachments)?;
    if desk.json() {
        return desk.screen.document(&entry);
    }
    desk.screen.text(0, &say!(desk.words, "attached", "count" => files.len()))
}

fn change(journal: &Journal, entry: &Entry, attachments: Vec<Attached>) -> Result<Entry, Failure> {
    let edit = EntryEdit { attachments: Some(attachments), ..EntryEdit::default() };
    Ok(journal.edit(entry.id, entry.revision, edit)?)
}

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    attached: &'a Attached,
    bytes: u64,
}

pub(super) fn list(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let entry = journal.entry(find_anywhere(desk, wanted)?)?;
    let mut all = Vec::new();
    for attached in &entry.attachments {
        all.push(Listed { attached, bytes: journal.attachment_size(attached.attachment)? });
    }
    if desk.json() {
        return desk.screen.document(&all);
    }
    if all.is_empty() {
        return desk.screen.text(0, &say!(desk.words, "attachments-none"));
    }
    for (n, one) in all.iter().enumerate() {
        let about = format!("{}, {}", one.attached.media_type, size(one.bytes));
        desk.screen.line(&format!("{:>4}  {}  {}", n + 1, one.attached.name, desk.screen.faint(&about)))?;
    }
    Ok(())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

pub(super) fn run(desk: &Desk, command: AttachmentCommand) -> Result<(), Failure> {
    match command {
        AttachmentCommand::Save { entry, number, to, replace } => save(desk, &entry, &number, &to, replace),
    }
}

fn save(desk: &Desk, wanted: &str, number: &str, to: &Path, replace: bool) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let entry = journal.entry(find_anywhere(desk, wanted)?)?;
    let all = number == "all";
    let meant: Vec<&Attached> =
        if all { entry.attachments.iter().collect() } else { vec![one_of(desk, &entry, number)?.1] };
    if meant.is_empty() {
        return desk.screen.text(0, &say!(desk.words, "attachments-none"));
    }
    if all && !to.is_dir() {
        let words = say!(desk.words, "error-no-such-folder", "path" => to.display().to_string());
        return Err(Failure::told(Exit::Usage, words));
    }
    desk.confirm(&say!(desk.words, "ask-save-readable", "count" => meant.len()))?;
    let mut saved: Vec<PathBuf> = Vec::new();
    for attached in meant {
        let path = if to.is_dir() { free_name(to, &attached.name, &saved) } else { to.to_owned() };
        with_bar(Counted::Bytes, |bar| {
            journal.save_attachment(attached.attachment, path_text(&path), replace, Some(bar))
        })?;
        if !desk.json() {
            desk.screen
                .text(0, &say!(desk.words, "attachment-saved", "path" => path.display().to_string()))?;
        }
        saved.push(path);
    }
    if desk.json() {
        let saved: Vec<String> = saved.iter().map(|path| path_text(path)).collect();
        return desk.screen.document(&saved);
    }
    Ok(())
}

/// The name in a folder; two of one entry that share theirs are told apart by a number.
pub(super) fn free_name(folder: &Path, name: &str, taken: &[PathBuf]) -> PathBuf {
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => (stem, format!(".{end}")),
        _ => (name, String::new()),
    };
    let mut path = folder.join(name);
    let mut number = 2;
    while taken.contains(&path) {
        path = folder.join(format!("{stem} {number}{end}"));
        number += 1;
    }
    path
}

pub(super) fn detach(desk: &Desk, wanted: &str, number: &str) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let entry = journal.entry(find(desk, wanted)?)?;
    let (place, one) = one_of(desk, &entry, number)?;
    desk.confirm(&say!(desk.words, "ask-detach", "name" => one.name.as_str()))?;
    let mut attachments = entry.attachments.clone();
    attachments.remove(place);
    let entry = change(&journal, &entry, attachments)?;
    if desk.json() {
        return desk.screen.document(&entry);
    }
    desk.screen.text(0, &say!(desk.words, "detached"))
}

/// The one attachment that is meant: by its number, its name, or the beginning of its id.
pub(super) fn one_of<'a>(
    desk: &Desk,
    entry: &'a Entry,
    wanted: &str,
) -> Result<(usize, &'a Attached), Failure> {
    let number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    if let Some(place) = number
        && let Some(one) = entry.attachments.get(place)
    {
        return Ok((place, one));
    }
    let is_meant = |one: &Attached| {
        let id: AttachmentId = one.attachment;
        one.name == wanted || wanted.len() > 6 && id.to_string().starts_with(wanted)
    };
    let mut fitting = entry.attachments.iter().enumerate().filter(|(_, one)| is_meant(one));
    match (fitting.next(), fitting.next()) {
        (Some(found), None) => Ok(found),
        (Some(_), Some(_)) => {
            Err(Failure::told(Exit::NotFound, say!(desk.words, "error-several-fit", "wanted" => wanted)))
        }
        (None, _) => {
            let what = common_ground::error::Thing::Attachment;
            Err(Failure::Core(common_ground::Error::NotFound { what }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_no_line_can_hold_is_changed() {
        assert_eq!(plain_name(Path::new("a/sea\n1.jpg")).as_deref(), Some("sea_1.jpg"));
        assert_eq!(plain_name(Path::new("a/my \"sea\" 海.jpg")), None);
    }

    #[test]
    fn two_files_of_one_name_do_not_meet_in_a_folder() {
        let folder = Path::new("photos");
        let mut saved = Vec::new();
        for name in ["sea.jpg", "sea.jpg", "sea.jpg", "note", "note", ".hidden", ".hidden"] {
            saved.push(free_name(folder, name, &saved));
        }
        let names: Vec<_> = saved.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        let expected = ["sea.jpg", "sea 2.jpg", "sea 3.jpg", "note", "note 2", ".hidden", ".hidden 2"];
        assert_eq!(names, expected);
    }
}
