//! What is typed is kept, and becomes an entry or a change exactly once.

use super::super::{Attached, DraftContent, EntryFilter, EntryKind};
use super::*;
use crate::error::{Problem, Thing};
use crate::id::{AttachmentId, DraftId};

fn new_entry(words: &str) -> DraftContent {
    DraftContent::Add { entry: text(words) }
}

fn edit_of(entry: &Entry, words: &str) -> DraftContent {
    let edit = EntryEdit { text: Some(words.into()), ..EntryEdit::default() };
    DraftContent::Edit { entry: entry.id, shown: entry.revision, edit }
}

impl Desk {
    /// What a power loss would leave: the file is opened anew from what lies on the disk.
    fn reopen(&self) {
        self.private.lock();
        self.private.put(open(self.folder.path(), false));
    }

    /// Something attached, whole.
    fn attachment(&self, byte: u8) -> Attached {
        let attachment = AttachmentId::from_bytes([byte; 32]);
        self.private
            .write(|file| {
                file.execute(
                    "INSERT INTO attachment (id, bytes, added_at) VALUES (?1, 0, 0)",
                    [attachment.as_bytes()],
                )?;
                Ok(())
            })
            .unwrap();
        Attached { attachment, name: "a.jpg".into(), media_type: "image/jpeg".into() }
    }
}

#[test]
fn what_is_typed_is_there_after_the_power_failed() {
    let desk = desk();
    let id = desk.journal.save_draft(new_entry("I have been"), None).unwrap();
    desk.world.pass(TimeDelta::seconds(2));
    assert!(desk.journal.save_draft(new_entry("I have been thinking"), Some(id)).unwrap() == id);
    desk.reopen();
    let draft = desk.journal.draft(id).unwrap();
    assert!(draft.content == new_entry("I have been thinking"));
    assert!(draft.saved_at == desk.world.now());
    assert!(desk.journal.count().unwrap() == 0 && desk.heard.lock().unwrap().is_empty(), "no entry yet");
}

#[test]
fn a_draft_may_be_what_no_entry_can_be_and_is_refused_only_when_it_should_become_one() {
    let desk = desk();
    let unfinished = NewEntry {
        mood: Some(9),
        title: Some("x".repeat(600)),
        kind: Some(EntryKind::Doubt),
        ..NewEntry::default()
    };
    let id = desk.journal.save_draft(DraftContent::Add { entry: unfinished.clone() }, None).unwrap();
    assert!(matches!(desk.journal.finish_draft(id).err(), Some(Error::Invalid { .. })));
    assert!(desk.journal.draft(id).unwrap().content == DraftContent::Add { entry: unfinished });
    let too_long = new_entry(&"a".repeat((32 << 20) + 1));
    let problem = Problem::TooLong { limit: 32 << 20, unit: "bytes".into() };
    let refused = desk.journal.save_draft(too_long, Some(id)).err();
    assert!(refused == Some(Error::Invalid { field: "content".into(), problem }));
}

#[test]
fn the_draft_is_gone_exactly_when_the_entry_is_there() {
    let desk = desk();
    let id = desk.journal.save_draft(new_entry("at last"), None).unwrap();
    let entry = desk.journal.finish_draft(id).unwrap();
    assert!(desk.journal.entry(entry.id).unwrap() == entry && entry.text == "at last");
    let gone = Some(Error::NotFound { what: Thing::Draft });
    assert!(desk.journal.draft(id).err() == gone);
    assert!(desk.journal.finish_draft(id).err() == gone, "and it becomes no second one");
    assert!(desk.journal.save_draft(new_entry("late"), Some(id)).err() == gone, "nor does it come back");
    assert!(desk.journal.discard_draft(id).err() == gone);
    assert_eq!(desk.journal.count().unwrap(), 1);
    assert_eq!(*desk.heard.lock().unwrap(), [vec![entry.id]]);
    let found = desk
        .journal
        .search("last".into(), EntryFilter::default(), super::super::SearchOrder::Newest, 5, None)
        .unwrap();
    assert_eq!(found.hits.len(), 1);
}

#[test]
fn a_draft_of_a_change_keeps_the_former_version_like_any_change() {
    let desk = desk();
    let entry = desk.write("before");
    let id = desk.journal.save_draft(edit_of(&entry, "after"), None).unwrap();
    assert!(desk.journal.entry(entry.id).unwrap() == entry, "the entry is as it was");
    let changed = desk.journal.finish_draft(id).unwrap();
    assert!(changed.id == entry.id && changed.text == "after");
    assert_eq!(desk.journal.versions(entry.id).unwrap().len(), 1);
    assert!(desk.journal.drafts().unwrap().is_empty());
}

#[test]
fn a_draft_of_a_change_to_what_was_changed_meanwhile_waits_for_the_person() {
    let desk = desk();
    let shown = desk.write("before");
    let id = desk.journal.save_draft(edit_of(&shown, "mine"), None).unwrap();
    let meanwhile = EntryEdit { text: Some("meanwhile".into()), ..EntryEdit::default() };
    let now = desk.journal.edit(shown.id, shown.revision, meanwhile).unwrap();
    assert!(desk.journal.finish_draft(id).err() == Some(Error::Changed { what: Thing::Entry }));
    assert!(desk.journal.draft(id).unwrap().content == edit_of(&shown, "mine"));
    assert!(desk.journal.entry(shown.id).unwrap() == now);
    // Shown both, the person decides.
    desk.journal.save_draft(edit_of(&now, "mine and theirs"), Some(id)).unwrap();
    assert!(desk.journal.finish_draft(id).unwrap().text == "mine and theirs");
}

#[test]
fn drafts_are_listed_with_what_tells_them_apart() {
    let desk = desk();
    let entry = desk.write("an entry");
    let first = desk.journal.save_draft(new_entry("  one\n two "), None).unwrap();
    desk.world.pass(TimeDelta::seconds(1));
    let second = desk.journal.save_draft(edit_of(&entry, "another"), None).unwrap();
    let list = |desk: &Desk| desk.journal.drafts().unwrap();
    assert!(list(&desk).iter().map(|one| one.id).eq([second, first]), "the one saved last first");
    assert!(list(&desk)[0].entry == Some(entry.id) && list(&desk)[1].entry.is_none());
    assert!(list(&desk)[1].opening == "one two");
    desk.world.pass(TimeDelta::seconds(1));
    desk.journal.save_draft(new_entry("one, changed"), Some(first)).unwrap();
    assert!(list(&desk)[0].id == first);
    desk.journal.discard_draft(second).unwrap();
    assert!(list(&desk).len() == 1 && desk.journal.entry(entry.id).unwrap() == entry);
}

#[test]
fn a_draft_of_what_is_not_here_is_not_begun() {
    let desk = desk();
    let entry = desk.write("an entry");
    let stranger = Entry { id: EntryId::from_bytes([9; 16]), ..entry };
    let missing = |what| Some(Error::NotFound { what });
    assert!(desk.journal.save_draft(edit_of(&stranger, "x"), None).err() == missing(Thing::Entry));
    let unknown = Some(DraftId::from_bytes([9; 16]));
    assert!(desk.journal.save_draft(new_entry("x"), unknown).err() == missing(Thing::Draft));
    let attached = Attached {
        attachment: AttachmentId::from_bytes([9; 32]),
        name: "a.jpg".into(),
        media_type: "image/jpeg".into(),
    };
    let with = NewEntry { attachments: vec![attached], ..text("x") };
    let refused = desk.journal.save_draft(DraftContent::Add { entry: with }, None).err();
    assert!(refused == missing(Thing::Attachment));
    assert!(desk.journal.drafts().unwrap().is_empty());
}

#[test]
fn a_draft_holds_on_to_its_attachments_as_long_as_it_names_them() {
    let desk = desk();
    let (photo, other) = (desk.attachment(1), desk.attachment(2));
    let held = |desk: &Desk| -> Vec<AttachmentId> {
        desk.private
            .read(|file| {
                Ok(file
                    .prepare("SELECT attachment FROM draft_attachment ORDER BY attachment")?
                    .query_map([], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?)
            })
            .unwrap()
    };
    let with = |attachments| DraftContent::Add { entry: NewEntry { attachments, ..text("x") } };
    let id = desk.journal.save_draft(with(vec![photo.clone(), other.clone(), photo.clone()]), None).unwrap();
    assert!(held(&desk) == [photo.attachment, other.attachment]);
    desk.journal.save_draft(with(vec![other.clone()]), Some(id)).unwrap();
    assert!(held(&desk) == [other.attachment]);
    let entry = desk.journal.finish_draft(id).unwrap();
    assert!(entry.attachments == [other] && held(&desk).is_empty(), "now the entry holds on to it");
}

#[test]
fn when_an_entry_is_erased_a_draft_of_a_change_to_it_goes_too() {
    let desk = desk();
    let entry = desk.write("an entry");
    let id = desk.journal.save_draft(edit_of(&entry, "x"), None).unwrap();
    desk.journal.bin(entry.id).unwrap();
    assert!(desk.journal.finish_draft(id).err() == Some(Error::NotFound { what: Thing::Entry }));
    desk.world.pass(TimeDelta::days(30));
    assert_eq!(desk.journal.erase_expired().unwrap(), 1);
    assert!(desk.journal.drafts().unwrap().is_empty());
}

#[test]
fn a_thousand_drafts_are_enough() {
    let desk = desk();
    let mut last = None;
    for _ in 0..1000 {
        last = Some(desk.journal.save_draft(new_entry("x"), None).unwrap());
    }
    let problem = Problem::TooLong { limit: 1000, unit: "drafts".into() };
    let refused = desk.journal.save_draft(new_entry("x"), None).err();
    assert!(refused == Some(Error::Invalid { field: "drafts".into(), problem }));
    assert!(desk.journal.save_draft(new_entry("still saved"), last).is_ok());
}
