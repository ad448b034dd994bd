//! Writing, editing, lists and the bin.

use super::super::{Answer, Emotion, EntryKind, EntryLink, ImportOptions};
use super::*;
use crate::clock::Moment;
use crate::error::{Problem, Thing};
use crate::id::GoalId;

#[test]
fn what_was_written_is_read_again_the_same() {
    let desk = desk();
    let written =
        Moment { at: at("1955-08-13T05:30:00.123456Z"), zone: "Europe/Berlin".into(), offset_seconds: 3600 };
    let new = NewEntry {
        text: "Line one\n\nLine *two* 🌻".into(),
        title: Some("  A day ".into()),
        tags: vec![" garden ".into(), "garden".into(), String::new(), "Ärger".into()],
        starred: true,
        written: Some(written.clone()),
        kind: Some(EntryKind::SmallWin),
        mood: Some(4),
        emotions: vec![Emotion { name: "relief".into(), intensity: Some(7) }],
        links: vec![EntryLink::Goal(GoalId::from_bytes([5; 16]))],
        answers: vec![Answer {
            template: "thought-record".into(),
            version: 1,
            field: "another-view".into(),
            value: "Perhaps they were tired.".into(),
        }],
        ..NewEntry::default()
    };
    let entry = desk.journal.add(new).unwrap();
    assert!(entry.title.as_deref() == Some("A day"));
    assert!(entry.tags == ["garden", "Ärger"]);
    assert!(entry.written == written);
    assert!(desk.journal.entry(entry.id).unwrap() == entry);
    desk.private.lock();
    desk.private.put(open(desk.folder.path(), false));
    assert!(desk.journal.entry(entry.id).unwrap() == entry, "also after locking and unlocking");
}

#[test]
fn an_entry_without_a_time_is_written_now_and_here() {
    let desk = desk();
    let entry = desk.journal.add(text("hello")).unwrap();
    assert!(entry.written.at == desk.world.now());
    assert_eq!(entry.written.zone, "Europe/Berlin");
    assert_eq!(entry.written.offset_seconds, 7200);
}

#[test]
fn entries_come_newest_first_page_by_page_whatever_their_century_and_order_of_writing() {
    let desk = desk();
    let years = [1970, 2024, 1660, 1969, 9999, 1, 1955, 2026];
    for year in years {
        let written =
            Moment { at: at(&format!("{year:04}-01-01T00:00:00Z")), zone: "UTC".into(), offset_seconds: 0 };
        desk.journal.add(NewEntry { written: Some(written), ..text(&year.to_string()) }).unwrap();
    }
    for limit in 1..=9 {
        assert_eq!(desk.all_openings(limit), ["9999", "2026", "2024", "1970", "1969", "1955", "1660", "1"]);
    }
}

#[test]
fn entries_of_the_same_instant_all_have_their_place() {
    let desk = desk();
    for number in 0..30 {
        desk.journal.add(text(&format!("note {number}"))).unwrap();
    }
    let expected: Vec<String> = (0..30).rev().map(|number| format!("note {number}")).collect();
    assert_eq!(desk.all_openings(7), expected);
    assert_eq!(desk.journal.count().unwrap(), 30);
}

#[test]
fn an_edit_keeps_the_former_version_and_announces_itself() {
    let desk = desk();
    let first = desk.write("before");
    desk.world.pass(TimeDelta::minutes(5));
    let edit = EntryEdit { text: Some("after".into()), starred: Some(true), ..EntryEdit::default() };
    let second = desk.journal.edit(first.id, first.revision, edit).unwrap();
    assert!(second.text == "after" && second.starred && second.revision != first.revision);
    assert!(second.written == first.written && second.saved_at > first.saved_at);
    assert!(desk.journal.entry(first.id).unwrap() == second);
    let former: (String, bool) = desk
        .private
        .read(|file| {
            Ok(file.query_row(
                "SELECT former.text, entry.parent = former.revision
                 FROM former_entry AS former JOIN entry ON entry.id = former.entry",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?)
        })
        .unwrap();
    assert!(former == ("before".to_owned(), true));
    assert_eq!(*desk.heard.lock().unwrap(), [vec![first.id], vec![first.id]]);
}

#[test]
fn an_edit_of_what_was_edited_meanwhile_is_refused_and_changes_nothing() {
    let desk = desk();
    let shown = desk.write("before");
    let other = EntryEdit { text: Some("from another window".into()), ..EntryEdit::default() };
    let current = desk.journal.edit(shown.id, shown.revision, other).unwrap();
    let late = EntryEdit { text: Some("late".into()), ..EntryEdit::default() };
    let refused = desk.journal.edit(shown.id, shown.revision, late);
    assert!(refused.err() == Some(Error::Changed { what: Thing::Entry }));
    assert!(desk.journal.entry(shown.id).unwrap() == current);
}

#[test]
fn an_edit_that_changes_nothing_makes_no_version() {
    let desk = desk();
    let entry = desk.write("same");
    let edit = EntryEdit { text: Some("same".into()), title: Some(String::new()), ..EntryEdit::default() };
    assert!(desk.journal.edit(entry.id, entry.revision, edit).unwrap() == entry);
    assert_eq!(desk.heard.lock().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_taken_is_refused_by_field() {
    let desk = desk();
    let refuse = |new: NewEntry| match desk.journal.add(new).err() {
        Some(Error::Invalid { field, problem }) => (field, problem),
        _ => panic!("it was taken"),
    };
    assert_eq!(refuse(text(" \n")), ("text".into(), Problem::Empty));
    let long = |limit, unit: &str| Problem::TooLong { limit, unit: unit.into() };
    assert_eq!(refuse(text(&"a".repeat((1 << 20) + 1))), ("text".into(), long(1 << 20, "bytes")));
    let title = Some("ä".repeat(501));
    assert_eq!(refuse(NewEntry { title, ..text("a") }), ("title".into(), long(500, "characters")));
    let tags = vec!["t".into(); 101];
    assert_eq!(refuse(NewEntry { tags, ..text("a") }), ("tags".into(), long(100, "tags")));
    let moment = |at_text: &str, zone: &str, offset_seconds| {
        Some(Moment { at: at(at_text), zone: zone.into(), offset_seconds })
    };
    let written = moment("2026-01-01T00:00:00Z", "Middle/Earth", 0);
    assert_eq!(refuse(NewEntry { written, ..text("a") }).0, "written.zone");
    let written = moment("2026-01-01T00:00:00Z", "UTC", 100_000);
    assert_eq!(refuse(NewEntry { written, ..text("a") }).0, "written.offset_seconds");
    let written = moment("+12026-01-01T00:00:00Z", "UTC", 0);
    assert_eq!(refuse(NewEntry { written, ..text("a") }).0, "written.at");
    assert_eq!(desk.journal.count().unwrap(), 0);
    assert!(desk.heard.lock().unwrap().is_empty(), "nothing was announced");
}

#[test]
fn limits_and_places_that_make_no_sense_are_refused() {
    let desk = desk();
    desk.write("one");
    let field = |error: Option<Error>| match error {
        Some(Error::Invalid { field, .. }) => field,
        _ => panic!("it was taken"),
    };
    assert_eq!(field(desk.journal.entries(0, None).err()), "limit");
    assert_eq!(field(desk.journal.entries(501, None).err()), "limit");
    assert_eq!(field(desk.journal.entries(5, Some("'; DROP TABLE entry".into())).err()), "after");
}

#[test]
fn the_bin_keeps_an_entry_and_gives_it_back() {
    let desk = desk();
    let (kept, binned) = (desk.write("kept"), desk.write("binned"));
    desk.journal.bin(binned.id).unwrap();
    desk.journal.bin(binned.id).unwrap();
    assert_eq!(desk.all_openings(10), ["kept"]);
    assert_eq!(desk.journal.count().unwrap(), 1);
    assert!(desk.journal.binned().unwrap()[0].id == binned.id);
    assert!(desk.journal.entry(binned.id).unwrap().binned_at == Some(desk.world.now()));
    let edit = EntryEdit { starred: Some(true), ..EntryEdit::default() };
    let refused = desk.journal.edit(binned.id, binned.revision, edit).err();
    assert!(refused == Some(Error::NotFound { what: Thing::Entry }));
    desk.journal.restore(binned.id).unwrap();
    assert_eq!(desk.all_openings(10), ["binned", "kept"]);
    assert!(desk.journal.entry(binned.id).unwrap() == binned);
    let unknown = EntryId::from_bytes([9; 16]);
    assert!(desk.journal.bin(unknown).err() == Some(Error::NotFound { what: Thing::Entry }));
    assert_eq!(desk.heard.lock().unwrap().len(), 4, "binning twice is announced once");
    assert!(kept.binned_at.is_none());
}

#[test]
fn once_locked_every_call_says_so() {
    let desk = desk();
    let entry = desk.write("secret");
    desk.private.lock();
    let journal = &desk.journal;
    let locked = |error: Option<Error>| assert!(error == Some(Error::Locked));
    locked(journal.add(text("more")).err());
    locked(journal.edit(entry.id, entry.revision, EntryEdit::default()).err());
    locked(journal.bin(entry.id).err());
    locked(journal.restore(entry.id).err());
    locked(journal.erase_expired().err());
    locked(journal.entry(entry.id).err());
    locked(journal.entries(5, None).err());
    locked(journal.binned().err());
    locked(journal.count().err());
    let search = |order| journal.search("secret".into(), EntryFilter::default(), order, 5, None);
    locked(search(super::super::SearchOrder::Newest).err());
    locked(journal.import("/nowhere".into(), ImportOptions::default(), None).err());
}

#[test]
fn a_list_does_not_read_whole_texts() {
    let desk = desk();
    for _ in 0..5 {
        desk.write(&"a very long text ".repeat(50_000));
    }
    let page = desk.journal.entries(5, None).unwrap();
    assert!(page.entries.iter().all(|entry| entry.opening.chars().count() <= 200));
    let plan: Vec<String> = desk
        .private
        .read(|file| {
            let mut tables = Vec::new();
            let mut explain = file.prepare(
                "EXPLAIN QUERY PLAN
                 SELECT row, id, opening FROM entry WHERE row < 5 AND binned_at IS NULL ORDER BY row DESC LIMIT 5",
            )?;
            let mut rows = explain.query([])?;
            while let Some(row) = rows.next()? {
                tables.push(row.get(3)?);
            }
            Ok(tables)
        })
        .unwrap();
    assert_eq!(plan, ["SEARCH entry USING INTEGER PRIMARY KEY (rowid<?)"], "by key, without sorting");
}
