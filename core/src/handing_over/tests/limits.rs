//! Limits that are told before anything is handed over, and the record that is kept for good.

use super::*;

#[test]
fn what_is_too_large_is_told_at_the_preview() {
    let (anna, _ben) = two();
    let mut attachments = Vec::new();
    for name in ["one", "two"] {
        attachments.push(anna.photo(name, 33 << 20).0);
    }
    let chosen: Vec<_> = attachments.iter().map(|one| one.attachment).collect();
    let new = NewEntry { text: "Films.".to_owned(), attachments, ..NewEntry::default() };
    let entry = anna.home.journal().add(new).expect("an entry");
    let both = ExcerptDraft { attachments: chosen.clone(), ..ExcerptDraft::of(entry.id) };
    let problem = Problem::TooLong { limit: 64 << 20, unit: "bytes".to_owned() };
    assert_eq!(anna.sharing().preview(both).err(), Some(Error::invalid("excerpt", problem)));

    // 33 MiB each, and room for 256 MiB.
    let one = ExcerptDraft { attachments: vec![chosen[0]], ..ExcerptDraft::of(entry.id) };
    let first = anna.hands_over(&one);
    let preview = anna.sharing().preview(one.clone()).expect("a preview");
    assert_eq!(preview.room, (256 << 20) - u64::from(preview.bytes));
    for _ in 0..6 {
        anna.hands_over(&one);
    }
    assert_eq!(anna.sharing().preview(one.clone()).err(), Some(Error::TooMuchHandedOver));
    let given = anna.sharing().hand_over(one.clone(), preview.digest);
    assert_eq!(given, Err(Error::TooMuchHandedOver));
    anna.sharing().take_back(first).expect("taken back");
    anna.hands_over(&one);
}

#[test]
fn only_attachments_of_the_entry_can_go_along() {
    let (anna, _ben) = two();
    let (entry, _) = full_entry(&anna);
    let other = anna.writes("Another.");
    let draft =
        ExcerptDraft { attachments: vec![entry.attachments[0].attachment], ..ExcerptDraft::of(other.id) };
    assert_eq!(anna.sharing().preview(draft).err(), Some(Error::not_found(Thing::Attachment)));
}

#[test]
fn the_preview_says_what_a_person_is_to_know() {
    let (anna, _ben) = two();
    let draft = ExcerptDraft::of(anna.writes("For Thursday.").id);
    let preview = anna.sharing().preview(draft).expect("a preview");
    assert_eq!(preview.to_know[0], BeforeYouHandOver::MayNotBeReadBeforeYouMeet);
    assert_eq!(preview.to_know[1], BeforeYouHandOver::WayToHelp);
    let tells_more =
        |preview: &ExcerptPreview| preview.to_know.contains(&BeforeYouHandOver::AttachmentsTellMore);
    assert!(!tells_more(&preview));
    let (entry, _) = full_entry(&anna);
    let attachments = vec![entry.attachments[0].attachment];
    let with_a_photo = ExcerptDraft { attachments, ..ExcerptDraft::of(entry.id) };
    assert!(tells_more(&anna.sharing().preview(with_a_photo).expect("a preview")));
    assert!(anna.sharing().given().expect("a list").is_empty(), "looking hands nothing over");
}

#[test]
fn a_paused_relationship_takes_nothing_new_and_taking_back_still_works() {
    let (anna, ben) = two();
    let entry = anna.writes("For Thursday.");
    let parcel = anna.hands_over_all_of(entry.id);
    exchange(&anna, &ben);
    let file = &anna.inner().shared.file;
    file.write(|transaction| Ok(transaction.execute("UPDATE relationship SET paused_at = 1", [])?))
        .expect("paused");
    assert_eq!(anna.sharing().preview(ExcerptDraft::of(entry.id)).err(), Some(Error::NotShared));
    anna.sharing().take_back(parcel).expect("taken back");
    assert_eq!(anna.state(parcel), ParcelState::TakenBack);
}

#[test]
fn the_record_tells_everything_in_both_directions_and_holds_no_words() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Zwetschgenkuchen.").id);
    exchange(&anna, &ben);
    ben.sharing().comment(parcel, "Mirabellen.".to_owned()).expect("a comment");
    let his = ben.hands_over_all_of(ben.writes("Quittenbrot.").id);
    exchange(&anna, &ben);
    anna.sharing().take_back(parcel).expect("taken back");
    exchange(&anna, &ben);
    let record = anna.sharing().record().expect("a record");
    assert_eq!(record, anna.home.record_of_handing_over().expect("a record"));
    assert_eq!(record.len(), 3);
    assert!(record.iter().all(|one| one.other == "Ben"));
    let of = |id| record.iter().find(|one| one.id == id).expect("in the record");
    assert!(of(parcel).is_mine && of(parcel).deleted_at.is_some() && of(parcel).entry.is_some());
    assert!(!of(his).is_mine && of(his).taken_back_at.is_none());

    let to = anna.folder.path().join("record.csv");
    let path = to.to_str().expect("a path").to_owned();
    assert_eq!(anna.sharing().export_record(path.clone(), false), Ok(3));
    assert_eq!(anna.home.export_record_of_handing_over(path.clone(), false), Err(Error::FileExists));
    assert_eq!(anna.home.export_record_of_handing_over(path, true), Ok(3));
    let table = std::fs::read_to_string(&to).expect("a table");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter()
            .any(|row| &row[1] == "Anna" && &row[2] == "Ben" && &row[3] == "excerpt" && !row[9].is_empty())
    );
    assert!(rows.iter().any(|row| &row[1] == "Ben" && &row[2] == "Anna" && &row[3] == "comment"));
    for word in ["Zwetschgenkuchen", "Mirabellen", "Quittenbrot"] {
        assert!(!table.contains(word));
    }
    assert!(!Path::new(&anna.folder.path().join(".record.csv.part")).exists());
}
