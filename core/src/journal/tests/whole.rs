//! All that an entry can hold besides its text: taken, changed, moved in time, and refused where it makes no
//! sense.

use super::super::{Answer, Emotion, EntryFilter, EntryKind, EntryLink, SearchOrder};
use super::*;
use crate::clock::Moment;
use crate::error::Problem;
use crate::id::{GoalId, RelationshipId, TaskId};

fn feeling(name: &str, intensity: Option<u8>) -> Emotion {
    Emotion { name: name.into(), intensity }
}

fn written(at_text: &str) -> Option<Moment> {
    Some(Moment { at: at(at_text), zone: "Asia/Kolkata".into(), offset_seconds: 19800 })
}

impl Desk {
    fn rows(&self) -> Vec<i64> {
        self.private
            .read(|file| {
                Ok(file
                    .prepare("SELECT row FROM entry ORDER BY row")?
                    .query_map([], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?)
            })
            .unwrap()
    }

    fn found(&self, words: &str) -> Vec<EntryId> {
        let page =
            self.journal.search(words.into(), EntryFilter::default(), SearchOrder::Newest, 50, None).unwrap();
        page.hits.into_iter().map(|hit| hit.entry.id).collect()
    }

    /// How often each table beside `entry` names a row that is no entry's.
    fn strays(&self) -> i64 {
        self.private
            .read(|file| {
                let mut strays = 0;
                for table in ["entry_text", "entry_tag", "entry_emotion", "entry_link", "entry_answer"] {
                    let sql =
                        format!("SELECT count(*) FROM {table} WHERE row NOT IN (SELECT row FROM entry)");
                    strays += file.query_row(&sql, [], |row| row.get::<_, i64>(0))?;
                }
                let missing = "SELECT count(*) FROM entry WHERE row NOT IN (SELECT row FROM entry_text)";
                Ok(strays + file.query_row(missing, [], |row| row.get::<_, i64>(0))?)
            })
            .unwrap()
    }
}

#[test]
fn an_entry_may_be_of_any_kind_and_lists_show_it() {
    let desk = desk();
    for kind in EntryKind::ALL {
        let entry = desk.journal.add(NewEntry { kind: Some(*kind), ..text("x") }).unwrap();
        assert!(desk.journal.entry(entry.id).unwrap().kind == *kind);
        assert_eq!(kind.as_str().parse::<EntryKind>(), Ok(*kind));
    }
    let listed: Vec<_> = desk.journal.entries(50, None).unwrap().entries.iter().map(|one| one.kind).collect();
    assert!(listed.iter().rev().eq(EntryKind::ALL));
    assert!("something else".parse::<EntryKind>().is_err());
}

#[test]
fn two_kinds_are_brought_to_the_session_by_themselves() {
    let desk = desk();
    for kind in EntryKind::ALL {
        let entry = desk.journal.add(NewEntry { kind: Some(*kind), ..text("x") }).unwrap();
        let brought = matches!(kind, EntryKind::HardAfterSession | EntryKind::BringToSession);
        assert_eq!(entry.to_bring_at, brought.then(|| desk.world.now()), "{}", kind.as_str());
    }
    let entry = desk.write("x");
    let first = desk.world.now();
    let edit = EntryEdit { kind: Some(EntryKind::BringToSession), ..EntryEdit::default() };
    let entry = desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    assert!(entry.to_bring_at == Some(first));
    // Taken off by the person, it stays off whatever else is changed.
    let off = EntryEdit { to_bring: Some(false), ..EntryEdit::default() };
    let entry = desk.journal.edit(entry.id, entry.revision, off).unwrap();
    assert!(entry.to_bring_at.is_none());
    let edit = EntryEdit { kind: Some(EntryKind::HardAfterSession), ..EntryEdit::default() };
    let entry = desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    assert!(entry.to_bring_at.is_none());
    // Marked again, it counts from now; marked twice, from the first time.
    desk.world.pass(TimeDelta::days(2));
    let on = EntryEdit { to_bring: Some(true), ..EntryEdit::default() };
    let entry = desk.journal.edit(entry.id, entry.revision, on.clone()).unwrap();
    let since = desk.world.now();
    desk.world.pass(TimeDelta::days(1));
    let entry = desk.journal.edit(entry.id, entry.revision, on).unwrap();
    assert!(entry.to_bring_at == Some(since));
}

#[test]
fn a_mood_is_one_of_five_and_can_be_taken_away() {
    let desk = desk();
    for mood in 1..=5 {
        assert!(desk.journal.add(NewEntry { mood: Some(mood), ..text("x") }).unwrap().mood == Some(mood));
    }
    let range = Problem::OutOfRange { from: 1, to: 5 };
    for mood in [0, 6, 255] {
        let refused = desk.journal.add(NewEntry { mood: Some(mood), ..text("x") }).err();
        assert!(refused == Some(Error::Invalid { field: "mood".into(), problem: range.clone() }));
    }
    let entry = desk.journal.add(NewEntry { mood: Some(2), ..text("x") }).unwrap();
    let edit = EntryEdit { mood: Some(6), ..EntryEdit::default() };
    assert!(desk.journal.edit(entry.id, entry.revision, edit).is_err());
    let edit = EntryEdit { mood: Some(0), ..EntryEdit::default() };
    assert!(desk.journal.edit(entry.id, entry.revision, edit).unwrap().mood.is_none());
}

#[test]
fn feelings_have_a_strength_from_nought_to_ten_and_stand_once_each() {
    let desk = desk();
    let emotions = vec![
        feeling(" Wut ", Some(10)),
        feeling("müde", None),
        feeling("Mude", Some(3)),
        feeling("😶", Some(0)),
    ];
    let entry = desk.journal.add(NewEntry { emotions, ..NewEntry::default() }).unwrap();
    let expected = [feeling("Wut", Some(10)), feeling("müde", None), feeling("😶", Some(0))];
    assert!(desk.journal.entry(entry.id).unwrap().emotions == expected, "no text was needed");
    let refused = |emotions| match desk.journal.add(NewEntry { emotions, ..text("x") }).err() {
        Some(Error::Invalid { field, .. }) => field,
        _ => panic!("it was taken"),
    };
    assert_eq!(refused(vec![feeling("joy", Some(11))]), "emotions.intensity");
    assert_eq!(refused(vec![feeling(" ", None)]), "emotions.name");
    assert_eq!(refused(vec![feeling(&"x".repeat(101), None)]), "emotions.name");
    assert_eq!(refused((0..51).map(|n| feeling(&n.to_string(), None)).collect()), "emotions");
}

#[test]
fn links_point_to_goals_tasks_and_people_and_each_counts_once() {
    let desk = desk();
    let links = vec![
        EntryLink::Goal(GoalId::from_bytes([1; 16])),
        EntryLink::Task(TaskId::from_bytes([1; 16])),
        EntryLink::Relationship(RelationshipId::from_bytes([2; 16])),
        EntryLink::Goal(GoalId::from_bytes([1; 16])),
    ];
    let entry = desk.journal.add(NewEntry { links: links.clone(), ..text("x") }).unwrap();
    assert!(desk.journal.entry(entry.id).unwrap().links == links[..3]);
    let edit = EntryEdit { links: Some(links[2..3].to_vec()), ..EntryEdit::default() };
    let entry = desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    assert!(desk.journal.entry(entry.id).unwrap().links == links[2..3]);
    let links = (0..101).map(|n| EntryLink::Goal(GoalId::from_bytes([n; 16]))).collect();
    assert!(matches!(
        desk.journal.add(NewEntry { links, ..text("x") }).err(),
        Some(Error::Invalid { field, .. }) if field == "links"
    ));
}

#[test]
fn something_is_needed_but_it_need_not_be_a_text() {
    let desk = desk();
    let empty = Error::Invalid { field: "text".into(), problem: Problem::Empty };
    let answer = Answer { template: "t".into(), version: 1, field: "f".into(), value: " ".into() };
    for nothing in [
        NewEntry::default(),
        text(" \n\t"),
        NewEntry { title: Some("a title alone".into()), starred: true, ..NewEntry::default() },
        NewEntry { answers: vec![answer.clone()], ..NewEntry::default() },
    ] {
        assert!(desk.journal.add(nothing).err() == Some(empty.clone()));
    }
    let answered = Answer { value: "An answer\nalone".into(), ..answer };
    let entry = desk.journal.add(NewEntry { mood: Some(3), ..NewEntry::default() }).unwrap();
    desk.journal.add(NewEntry { answers: vec![answered], ..NewEntry::default() }).unwrap();
    assert!(desk.all_openings(5) == ["An answer alone", ""], "and a list shows what there is");
    let edit = EntryEdit { mood: Some(0), ..EntryEdit::default() };
    assert!(desk.journal.edit(entry.id, entry.revision, edit).err() == Some(empty));
}

#[test]
fn an_entry_moved_to_the_past_stands_there_in_lists_and_in_the_search() {
    let desk = desk();
    let (one, two, three) = (desk.write("garden one"), desk.write("garden two"), desk.write("garden three"));
    let whole = EntryEdit {
        written: written("2019-02-28T22:10:05.000250Z"),
        mood: Some(2),
        tags: Some(vec!["seeds".into()]),
        emotions: Some(vec![feeling("calm", Some(4))]),
        links: Some(vec![EntryLink::Goal(GoalId::from_bytes([1; 16]))]),
        answers: Some(vec![Answer {
            template: "t".into(),
            version: 1,
            field: "f".into(),
            value: "compost".into(),
        }]),
        ..EntryEdit::default()
    };
    let moved = desk.journal.edit(three.id, three.revision, whole).unwrap();
    assert!(desk.journal.entry(three.id).unwrap() == moved, "all that belongs to it went with it");
    assert!(moved.written == written("2019-02-28T22:10:05.000250Z").unwrap(), "the zone is kept");
    assert_eq!(moved.written.local_date().to_string(), "2019-03-01");
    assert_eq!(desk.all_openings(1), ["garden two", "garden one", "garden three"]);
    assert_eq!(desk.found("garden"), [two.id, one.id, three.id]);
    assert_eq!(desk.found("compost"), [three.id]);
    assert_eq!(desk.strays(), 0);
    // And into the future, before everything else.
    let edit = EntryEdit { written: written("2031-01-01T00:00:00Z"), ..EntryEdit::default() };
    let moved = desk.journal.edit(one.id, one.revision, edit).unwrap();
    assert_eq!(desk.found("garden"), [one.id, two.id, three.id]);
    assert!(desk.journal.entry(one.id).unwrap() == moved);
    desk.private
        .write(|file| {
            file.execute("INSERT INTO entry_search (entry_search) VALUES ('integrity-check')", [])?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn entries_that_meet_in_one_millisecond_all_keep_their_place() {
    let desk = desk();
    let entries: Vec<Entry> = (0..6).map(|n| desk.write(&format!("note {n}"))).collect();
    let meet = "2020-06-01T12:00:00.005Z";
    for entry in &entries {
        let edit = EntryEdit { written: written(meet), ..EntryEdit::default() };
        desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    }
    let first = at(meet).timestamp_millis();
    assert_eq!(desk.rows(), (first..first + 6).collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| desk.journal.entry(entry.id).unwrap().written.at == at(meet)));
    assert_eq!(desk.found("note").len(), 6);
    // One that leaves makes room for the next; moving within the millisecond moves nothing.
    let shown = desk.journal.entry(entries[2].id).unwrap();
    let edit = EntryEdit { written: written("2020-06-01T12:00:01Z"), ..EntryEdit::default() };
    desk.journal.edit(shown.id, shown.revision, edit).unwrap();
    let new = NewEntry { written: written(meet), ..text("the newcomer") };
    desk.journal.add(new).unwrap();
    assert_eq!(desk.rows()[..6], (first..first + 6).collect::<Vec<_>>());
    let shown = desk.journal.entry(entries[0].id).unwrap();
    let edit = EntryEdit { written: written("2020-06-01T12:00:00.005999Z"), ..EntryEdit::default() };
    let moved = desk.journal.edit(shown.id, shown.revision, edit).unwrap();
    assert!(desk.journal.entry(shown.id).unwrap() == moved && desk.rows()[0] == first);
    assert_eq!(desk.strays(), 0);
}

#[test]
fn an_entry_that_was_moved_goes_to_the_bin_and_comes_back_whole() {
    let desk = desk();
    let entry = desk.write("garden");
    let edit = EntryEdit {
        written: written("2019-01-01T00:00:00Z"),
        tags: Some(vec!["seeds".into()]),
        ..EntryEdit::default()
    };
    let moved = desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    desk.journal.bin(entry.id).unwrap();
    assert!(desk.found("garden").is_empty() && desk.found("seeds").is_empty());
    desk.journal.restore(entry.id).unwrap();
    assert!(desk.journal.entry(entry.id).unwrap() == moved);
    assert_eq!(desk.found("seeds"), [entry.id]);
}
