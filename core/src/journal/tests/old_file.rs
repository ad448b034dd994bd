//! A private file that an older version wrote (`tests/fixtures/private-2`, made with the terminal companion as
//! it was before entries could hold more than text) opens, is brought up to date, and has lost nothing.

use super::super::{EntryFilter, EntryKind, SearchOrder};
use super::*;
use crate::store::Key;

const FILE: &[u8] = include_bytes!("../../../../tests/fixtures/private-2/private.db");
const FILE_KEY: &str = include_str!("../../../../tests/fixtures/private-2/private.key");

/// Opens the old file with what the core is now, as opening a home does.
fn old_desk() -> Desk {
    let desk = desk();
    desk.private.lock();
    let path = desk.folder.path().join("old.db");
    std::fs::write(&path, FILE).unwrap();
    let key = data_encoding::HEXLOWER.decode(FILE_KEY.trim().as_bytes()).unwrap();
    let checks = KeyChecks::in_folder(&desk.folder.path().join("nowhere-yet"));
    std::fs::create_dir(desk.folder.path().join("nowhere-yet")).unwrap();
    let file = File::open(&path, Key::from_vault(key).unwrap(), Migrations::PRIVATE, &checks).unwrap();
    desk.private.put(file);
    desk.journal.settle().unwrap();
    desk
}

#[test]
fn nothing_that_an_older_version_wrote_is_lost() {
    let desk = old_desk();
    let openings = [
        "昨天晚上我很高兴。",
        "Ein Wort über den Garten: Schnecken.",
        "Slept six hours. The list by the bed helps.",
    ];
    assert_eq!(desk.all_openings(2), openings);
    let page = desk.journal.entries(10, None).unwrap().entries;
    let entries: Vec<Entry> = page.iter().map(|one| desk.journal.entry(one.id).unwrap()).collect();
    assert!(entries[2].title.as_deref() == Some("A quiet night") && entries[2].starred);
    assert!(entries[2].tags == ["sleep", "Träume"] && entries[1].tags == ["Garten", "Ärger"]);
    for entry in &entries {
        assert!(entry.written.zone == "Etc/UTC" && entry.kind == EntryKind::Free);
        assert!(entry.mood.is_none() && entry.emotions.is_empty() && entry.to_bring_at.is_none());
        assert_eq!(entry.written.local_date().to_string(), "2026-11-22");
    }
    let binned = desk.journal.binned().unwrap();
    assert!(binned.len() == 1 && binned[0].opening == "Thrown away, for now.");
    let found = |words: &str| {
        desk.journal
            .search(words.into(), EntryFilter::default(), SearchOrder::BestMatch, 10, None)
            .unwrap()
            .hits
            .len()
    };
    assert!(found("schnecken") == 1 && found("高兴") == 1 && found("traume") == 1 && found("thrown") == 0);
}

#[test]
fn tags_of_before_can_be_filtered_by_also_those_in_the_bin_once_they_are_out() {
    let desk = old_desk();
    let tagged = |desk: &Desk, tag: &str| {
        let filter = EntryFilter { tags: vec![tag.into()], ..EntryFilter::default() };
        desk.journal.filtered(filter, 10, None).unwrap().entries.len()
    };
    assert!(tagged(&desk, "sleep") == 2 && tagged(&desk, "traume") == 1 && tagged(&desk, "ärger") == 1);
    assert_eq!(tagged(&desk, "bin"), 0);
    desk.journal.restore(desk.journal.binned().unwrap()[0].id).unwrap();
    assert_eq!(tagged(&desk, "bin"), 1);
    desk.journal.settle().unwrap();
    assert_eq!(tagged(&desk, "sleep"), 2, "it is done once");
}

#[test]
fn former_versions_of_before_are_read_and_brought_back() {
    let desk = old_desk();
    let id = desk.journal.entries(10, None).unwrap().entries[1].id;
    let now = desk.journal.entry(id).unwrap();
    let versions = desk.journal.versions(id).unwrap();
    assert_eq!(versions.len(), 2);
    assert!(versions[1].opening == "Kein Wort über den Garten heute.");
    let first = desk.journal.version(versions[1].revision).unwrap();
    assert!(first.tags == ["Garten"] && first.title.is_none() && first.details.is_none());
    let edit = EntryEdit { mood: Some(4), ..EntryEdit::default() };
    let now = desk.journal.edit(id, now.revision, edit).unwrap();
    let back = desk.journal.bring_back(first.revision, now.revision).unwrap();
    assert!(back.text == "Kein Wort über den Garten heute." && back.mood == Some(4));
    assert_eq!(desk.journal.versions(id).unwrap().len(), 4);
}
