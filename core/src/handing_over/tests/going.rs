//! What goes, what does not, and what is told of it.

use super::*;

#[test]
fn the_preview_is_to_the_byte_what_the_other_sees() {
    let (anna, ben) = two();
    let (entry, contents) = full_entry(&anna);
    let draft = ExcerptDraft {
        with_title: true,
        with_mood: true,
        with_feelings: true,
        with_tags: true,
        attachments: entry.attachments.iter().map(|one| one.attachment).collect(),
        ..ExcerptDraft::of(entry.id)
    };
    let preview = anna.sharing().preview(draft.clone()).expect("a preview");
    let parcel = anna.sharing().hand_over(draft, preview.digest).expect("handed over");
    exchange(&anna, &ben);

    let opened = ben.sharing().open(parcel).expect("open");
    assert!(opened.excerpt == preview.excerpt);
    assert!(opened.excerpt == anna.sharing().open(parcel).expect("her own").excerpt);
    use sha2::{Digest, Sha256};
    let arrived = ben.bytes_of(parcel);
    assert_eq!(arrived.len(), preview.bytes as usize);
    assert_eq!(<[u8; 32]>::from(Sha256::digest(&arrived[32..])), *preview.digest.as_bytes());
    assert_eq!(arrived, anna.bytes_of(parcel));

    assert_eq!(opened.excerpt.title.as_deref(), Some("Sommertag"));
    assert_eq!((opened.excerpt.mood, opened.excerpt.tags.len()), (Some(4), 1));
    assert_eq!(opened.excerpt.day, Some(entry.written.local_date()));
    for (place, content) in contents.iter().enumerate() {
        let mut come = Vec::new();
        while come.len() < content.len() {
            let place = u32::try_from(place).expect("a place");
            let piece =
                ben.sharing().attachment_piece(parcel, place, come.len() as u64, 50_000).expect("a piece");
            assert!(!piece.is_empty());
            come.extend(piece);
        }
        assert!(come == *content, "attachment {place}");
        let past = ben.sharing().attachment_piece(parcel, 0, 1 << 40, 10).expect("nothing");
        assert!(past.is_empty());
    }
    let to = ben.folder.path().join("saved.m4a");
    // What a save that was killed has left does not stay.
    let left = ben.folder.path().join(".photo.jpg.common-ground.part");
    std::fs::write(&left, "half of a photo").expect("left behind");
    let saved = ben.sharing().save_attachment(parcel, 1, to.to_str().expect("a path").to_owned(), false);
    assert_eq!(saved.expect("saved").name, "voice.m4a");
    assert!(std::fs::read(&to).expect("a file") == contents[1] && !left.exists());
    let missing = ben.sharing().attachment_piece(parcel, 2, 0, 1);
    assert_eq!(missing.err(), Some(Error::not_found(Thing::Attachment)));
}

#[test]
fn what_was_not_chosen_is_not_in_the_parcel() {
    let (anna, ben) = two();
    let (entry, contents) = full_entry(&anna);
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).expect("short");
    let evening = units(&entry.text) - units("Abends wieder gut.");
    let draft = ExcerptDraft {
        parts: vec![
            TextRange { start: 0, end: units("Wir waren am Strand.") },
            TextRange { start: evening, end: units(&entry.text) },
        ],
        without_day: true,
        attachments: vec![entry.attachments[1].attachment],
        ..ExcerptDraft::of(entry.id)
    };
    let parcel = anna.hands_over(&draft);
    exchange(&anna, &ben);
    let excerpt = ben.sharing().open(parcel).expect("open").excerpt;
    assert_eq!(excerpt.text, "Wir waren am Strand.\n\n…\n\nAbends wieder gut.");
    assert!(excerpt.title.is_none() && excerpt.day.is_none() && excerpt.mood.is_none());
    assert!(excerpt.feelings.is_empty() && excerpt.tags.is_empty() && excerpt.answers.is_empty());
    assert_eq!(excerpt.attachments.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["voice.m4a"]);
    assert!(!ben.keeps_any_of(&contents[0]) && ben.keeps_any_of(&contents[1]));
    assert!(!anna.keeps_any_of(&contents[0]), "nor does it come near the network at home");
}

#[test]
fn answers_go_under_their_questions_only_when_chosen() {
    let (anna, ben) = two();
    let journal = anna.home.journal();
    let template = journal.template("practice".to_owned(), "de".to_owned(), None).expect("a template");
    let field = &template.fields[0];
    let answer = crate::journal::Answer {
        template: template.id.clone(),
        version: template.version,
        field: field.id.clone(),
        value: "Nein sagen".to_owned(),
    };
    let entry = journal.add(NewEntry { answers: vec![answer], ..NewEntry::default() }).expect("an entry");
    let without = anna.sharing().preview(ExcerptDraft::of(entry.id));
    assert_eq!(without.err(), Some(Error::invalid("excerpt", Problem::Empty)));
    let draft = ExcerptDraft { answers_in: Some("de".to_owned()), ..ExcerptDraft::of(entry.id) };
    let parcel = anna.hands_over(&draft);
    exchange(&anna, &ben);
    let answers = ben.sharing().open(parcel).expect("open").excerpt.answers;
    assert_eq!((answers[0].question.as_str(), answers[0].answer.as_str()), (&*field.question, "Nein sagen"));
}

#[test]
fn later_edits_do_not_follow_and_an_edit_since_the_preview_is_told() {
    let (anna, ben) = two();
    let entry = anna.writes("As it was.");
    let draft = ExcerptDraft::of(entry.id);
    let preview = anna.sharing().preview(draft.clone()).expect("a preview");
    let edit = |entry: &Entry, text: &str| {
        let edit = EntryEdit { text: Some(text.to_owned()), ..EntryEdit::default() };
        anna.home.journal().edit(entry.id, entry.revision, edit).expect("edited")
    };
    let entry = edit(&entry, "Quite another thing.");
    let refused = anna.sharing().hand_over(draft.clone(), preview.digest);
    assert_eq!(refused, Err(Error::Changed { what: Thing::Entry }));
    assert!(anna.sharing().given().expect("a list").is_empty());

    let parcel = anna.hands_over(&draft);
    edit(&entry, "Later.");
    exchange(&anna, &ben);
    for device in [&anna, &ben] {
        assert_eq!(device.sharing().open(parcel).expect("open").excerpt.text, "Quite another thing.");
    }
    anna.home.journal().bin(entry.id).expect("binned");
    assert_eq!(anna.sharing().preview(draft).err(), Some(Error::not_found(Thing::Entry)));
    assert!(ben.sharing().open(parcel).is_ok(), "what was handed over is not the entry");
}

#[test]
fn a_hand_over_made_offline_waits_and_each_step_is_told_to_both() {
    let (anna, ben) = two();
    let entry = anna.writes("For Thursday.");
    let parcel = anna.hands_over_all_of(entry.id);
    assert_eq!(anna.state(parcel), ParcelState::WaitingToGo);
    assert!(ben.sharing().received().expect("a list").is_empty());
    exchange(&anna, &ben);
    assert_eq!((anna.state(parcel), ben.state(parcel)), (ParcelState::Arrived, ParcelState::Arrived));
    assert!(anna.sharing().open(parcel).is_ok());
    assert_eq!(anna.state(parcel), ParcelState::Arrived, "the giver's own look does not count");

    ben.world.pass(60);
    let opened = ben.sharing().open(parcel).expect("open");
    assert_eq!(opened.handed_over.state, ParcelState::Opened);
    assert_eq!(anna.state(parcel), ParcelState::Arrived, "not heard of yet");
    exchange(&anna, &ben);
    let (hers, his) = (anna.sharing().excerpt(parcel), ben.sharing().excerpt(parcel));
    let (hers, his) = (hers.expect("hers"), his.expect("his"));
    assert_eq!((hers.state, hers.opened_at), (ParcelState::Opened, his.opened_at));
    assert_eq!(hers.entry, Some(entry.id));
    assert_eq!(his.entry, None, "which entry it was is not told");
    assert_eq!(anna.home.handed_over_from(entry.id).expect("a list"), [hers]);
    assert!(anna.home.handed_over_from(anna.writes("Another.").id).expect("a list").is_empty());
}

#[test]
fn while_locked_nothing_is_shown_or_handed_over_and_parcels_still_arrive() {
    let (anna, ben) = two();
    let entry = anna.writes("For Thursday.");
    let parcel = anna.hands_over_all_of(entry.id);
    let (hers, his) = (anna.sharing(), ben.sharing());
    let draft = ExcerptDraft::of(entry.id);
    let digest = hers.preview(draft.clone()).expect("a preview").digest;
    anna.home.lock();
    ben.home.lock();
    exchange(&anna, &ben);
    let locked = Some(Error::Locked);
    assert_eq!(hers.preview(draft.clone()).err(), locked);
    assert_eq!(hers.hand_over(draft, digest).err(), locked);
    assert_eq!(hers.given().err(), locked);
    assert_eq!(his.received().err(), locked);
    assert_eq!(his.excerpt(parcel).err(), locked);
    assert_eq!(his.open(parcel).err(), locked);
    assert_eq!(his.attachment_piece(parcel, 0, 0, 1).err(), locked);
    assert_eq!(his.comment(parcel, "Yes.".to_owned()).err(), locked);
    assert_eq!(hers.take_back(parcel).err(), locked);
    assert_eq!(hers.take_back_all().err(), locked);
    assert_eq!(hers.record().err(), locked);
    assert_eq!(hers.export_record("nowhere.csv".to_owned(), false).err(), locked);
    assert_eq!(anna.home.handed_over_from(entry.id).err(), locked);
    assert_eq!(anna.home.record_of_handing_over().err(), locked);
    assert_eq!(anna.home.sharing(anna.relationship).err(), locked);
    ben.home.unlock().expect("unlocked");
    assert_eq!(ben.state(parcel), ParcelState::Arrived);
}

#[test]
fn who_listens_hears_of_parcels_without_their_words() {
    use std::sync::Mutex;
    struct Ears(Mutex<Vec<Change>>);
    impl crate::home::Observer for Ears {
        fn on_change(&self, change: Change) -> Result<()> {
            self.0.lock().expect("ears").push(change);
            Ok(())
        }
    }
    let (anna, ben) = two();
    let ears = Arc::new(Ears(Mutex::default()));
    let _subscription = ben.home.subscribe(ears.clone());
    let parcel = anna.hands_over_all_of(anna.writes("For Thursday.").id);
    exchange(&anna, &ben);
    ben.sharing().open(parcel).expect("open");
    let heard = ears.0.lock().expect("ears").clone();
    for by_other in [true, false] {
        let told = Change::Parcels { relationship: ben.relationship, parcels: vec![parcel], by_other };
        assert!(heard.contains(&told), "{heard:?}");
    }
}
