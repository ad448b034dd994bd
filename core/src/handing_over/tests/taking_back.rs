//! Taking back: what goes, what stays, and what is confirmed.

use super::*;

#[test]
fn what_was_taken_back_lies_in_no_page_of_either_device_and_that_is_confirmed() {
    let (anna, ben) = two();
    let (entry, _) = full_entry(&anna);
    let attachments = entry.attachments.iter().map(|one| one.attachment).collect();
    let large = anna.hands_over(&ExcerptDraft { attachments, ..ExcerptDraft::of(entry.id) });
    let small = anna.hands_over_all_of(anna.writes("Pflaumenmus, ganz kurz.").id);
    let kept = anna.hands_over_all_of(anna.writes("Das bleibt bei dir.").id);
    exchange(&anna, &ben);
    for parcel in [large, small, kept] {
        ben.sharing().open(parcel).expect("open");
    }
    let bytes: Vec<Vec<u8>> = [large, small, kept].iter().map(|parcel| anna.bytes_of(*parcel)).collect();
    for (device, bytes) in
        [&anna, &ben].into_iter().flat_map(|device| bytes.iter().map(move |it| (device, it)))
    {
        assert!(device.keeps_any_of(bytes), "the search can find");
    }

    for parcel in [large, small] {
        anna.sharing().take_back(parcel).expect("taken back");
        assert_eq!(anna.state(parcel), ParcelState::TakenBack);
        assert_eq!(anna.problem(parcel), Some(ParcelProblem::TakenBack));
    }
    assert!(!anna.keeps_any_of(&bytes[0]) && !anna.keeps_any_of(&bytes[1]), "gone at home at once");
    ben.world.pass(3_600);
    exchange(&anna, &ben);
    for parcel in [large, small] {
        assert_eq!((anna.state(parcel), ben.state(parcel)), (ParcelState::Deleted, ParcelState::Deleted));
        assert_eq!(ben.problem(parcel), Some(ParcelProblem::TakenBack));
        let known = anna.sharing().excerpt(parcel).expect("the fact stays");
        assert!(known.asked_to_delete_at.is_some() && known.deleted_at > known.taken_back_at);
        assert!(
            known.opened_at.is_some()
                && known.handed_at < ben.sharing().excerpt(parcel).expect("his").deleted_at.expect("when")
        );
    }
    assert!(!ben.keeps_any_of(&bytes[0]) && !ben.keeps_any_of(&bytes[1]), "gone there");
    assert!(ben.keeps_any_of(&bytes[2]) && ben.sharing().open(kept).is_ok(), "the other one stays");
    anna.sharing().take_back(large).expect("once more is no error");
    let found = ben.sharing().take_back(kept);
    assert_eq!(found, Err(Error::not_found(Thing::Excerpt)), "nobody takes back what is not theirs");
}

/// Small contents share pages with others, and move when those are drawn together.
#[test]
fn nothing_is_left_of_many_small_ones_taken_back_in_any_order() {
    let (anna, ben) = two();
    let mut dice = crate::exchange::testing::Dice(11);
    let mut left: Vec<(ParcelId, Vec<u8>)> = Vec::new();
    let mut gone: Vec<Vec<u8>> = Vec::new();
    for round in 0..12 {
        for n in 0..8 {
            let words = data_encoding::BASE64.encode(&noise(20 + dice.below(1_500), &format!("{round} {n}")));
            let parcel = anna.hands_over_all_of(anna.writes(&words).id);
            left.push((parcel, anna.bytes_of(parcel)));
        }
        exchange(&anna, &ben);
        for _ in 0..6 {
            let (parcel, bytes) = left.remove(dice.below(left.len()));
            anna.sharing().take_back(parcel).expect("taken back");
            gone.push(bytes);
        }
        exchange(&anna, &ben);
        let all: Vec<u8> = gone.iter().flat_map(|one| one.chunks_exact(STRETCH).flatten().copied()).collect();
        for device in [&anna, &ben] {
            assert!(!device.keeps_any_of(&all), "round {round}");
        }
    }
    for (parcel, bytes) in left {
        assert_eq!(ben.bytes_of(parcel), bytes);
    }
}

#[test]
fn one_that_was_taken_back_before_it_went_never_comes_and_is_confirmed_all_the_same() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Doch nicht.").id);
    let bytes = anna.bytes_of(parcel);
    anna.sharing().take_back(parcel).expect("taken back");
    exchange(&anna, &ben);
    assert_eq!((anna.state(parcel), ben.state(parcel)), (ParcelState::Deleted, ParcelState::Deleted));
    assert!(!ben.keeps_any_of(&bytes));
    assert!(ben.sharing().excerpt(parcel).expect("the fact").arrived_at.is_none());
}

#[test]
fn a_locked_device_deletes_and_confirms_without_its_person() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Zwetschgenkuchen.").id);
    exchange(&anna, &ben);
    let bytes = ben.bytes_of(parcel);
    ben.home.lock();
    anna.sharing().take_back(parcel).expect("taken back");
    exchange(&anna, &ben);
    assert!(ben.home.is_locked());
    assert_eq!(anna.state(parcel), ParcelState::Deleted);
    assert!(!ben.keeps_any_of(&bytes));
}

#[test]
fn deletion_is_confirmed_only_when_the_pages_are_overwritten_and_a_crash_in_between_is_mended() {
    let (anna, mut ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Zwetschgenkuchen.").id);
    exchange(&anna, &ben);
    let bytes = ben.bytes_of(parcel);
    anna.sharing().take_back(parcel).expect("taken back");
    {
        // A copying is under way, so the log cannot be emptied.
        let home = ben.inner().clone();
        let _still = home.shared.file.hold_still(&mut || Ok(())).expect("still");
        exchange(&anna, &ben);
        assert_eq!(ben.problem(parcel), Some(ParcelProblem::TakenBack), "nobody reads it any more");
        assert!(ben.keeps_any_of(&bytes), "the file that is being copied still holds it");
        assert_eq!(anna.state(parcel), ParcelState::AskedToDelete, "so nothing is confirmed");
    }
    ben.reopen();
    assert_eq!(ben.state(parcel), ParcelState::Deleted);
    assert!(!ben.keeps_any_of(&bytes));
    exchange(&anna, &ben);
    assert_eq!(anna.state(parcel), ParcelState::Deleted);
}

#[test]
fn where_the_log_could_not_be_emptied_the_next_exchange_does_it() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Zwetschgenkuchen.").id);
    exchange(&anna, &ben);
    anna.sharing().take_back(parcel).expect("taken back");
    {
        let home = ben.inner().clone();
        let _still = home.shared.file.hold_still(&mut || Ok(())).expect("still");
        exchange(&anna, &ben);
    }
    assert_eq!(anna.state(parcel), ParcelState::AskedToDelete);
    // The first only finds that it can be done now; in a live exchange the notice goes at once.
    exchange(&anna, &ben);
    exchange(&anna, &ben);
    assert_eq!(anna.state(parcel), ParcelState::Deleted);
}

#[test]
fn all_of_it_is_taken_back_at_once_also_after_an_end() {
    let (anna, ben) = two();
    let first = anna.hands_over_all_of(anna.writes("Eins.").id);
    let second = anna.hands_over_all_of(anna.writes("Zwei.").id);
    exchange(&anna, &ben);
    let on_his = ben.hands_over_all_of(ben.writes("Von Ben.").id);
    exchange(&anna, &ben);
    anna.sharing().comment(on_his, "Danke.".to_owned()).expect("a comment");
    exchange(&anna, &ben);
    let bytes = ben.bytes_of(first);
    let shared = &anna.inner().shared;
    shared
        .file
        .write(|transaction| announce(transaction, &shared.world, anna.relationship, Announced::Ended))
        .expect("ended");
    exchange(&anna, &ben);

    let entry = anna.writes("Drei.").id;
    assert_eq!(anna.sharing().preview(ExcerptDraft::of(entry)).err(), Some(Error::NotShared));
    assert_eq!(anna.sharing().comment(on_his, "Noch etwas.".to_owned()), Err(Error::NotShared));
    let opened = ben.sharing().open(first).expect("what was handed over can still be read");
    assert_eq!(opened.handed_over.state, ParcelState::Arrived, "that it was opened is told to nobody now");

    assert_eq!(anna.sharing().take_back_all(), Ok(3), "two excerpts and a comment");
    assert_eq!(anna.sharing().take_back_all(), Ok(0));
    exchange(&anna, &ben);
    for parcel in [first, second] {
        assert_eq!(anna.state(parcel), ParcelState::Deleted);
    }
    assert!(!ben.keeps_any_of(&bytes));
    assert!(ben.sharing().open(on_his).expect("his own").comments.is_empty());
    assert_eq!(anna.sharing().record().expect("a record").len(), 4, "the record is kept");
}

#[test]
fn after_an_end_what_had_not_gone_does_not_go() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Noch unterwegs.").id);
    let shared = &ben.inner().shared;
    shared
        .file
        .write(|transaction| announce(transaction, &shared.world, ben.relationship, Announced::Ended))
        .expect("ended");
    exchange(&anna, &ben);
    assert_eq!(ben.problem(parcel), Some(ParcelProblem::NotHereYet));
    assert!(ben.bytes_of(parcel).is_empty());
}

#[test]
fn after_a_restore_what_was_received_stays_closed_until_its_giver_was_heard() {
    let (anna, ben) = two();
    let (kept, doomed) = (anna.writes("Das bleibt."), anna.writes("Das nicht."));
    let (kept, doomed) = (anna.hands_over_all_of(kept.id), anna.hands_over_all_of(doomed.id));
    let own = ben.hands_over_all_of(ben.writes("Von Ben.").id);
    exchange(&anna, &ben);
    let close = |device: &Device| {
        let file = &device.inner().shared.file;
        file.write(|transaction| Ok(transaction.execute("UPDATE relationship SET closed = 1", [])?))
            .expect("closed");
    };
    close(&ben);
    anna.sharing().take_back(doomed).expect("taken back");
    for parcel in [kept, doomed] {
        assert_eq!(ben.state(parcel), ParcelState::ClosedUntilHeard);
        assert_eq!(ben.problem(parcel), Some(ParcelProblem::ClosedUntilHeard));
        let piece = ben.sharing().attachment_piece(parcel, 0, 0, 1);
        assert_eq!(piece.err(), Some(ParcelProblem::ClosedUntilHeard.into()));
    }
    assert!(ben.sharing().open(own).is_ok(), "one's own is one's own");
    exchange(&anna, &ben);
    assert!(ben.sharing().open(kept).is_ok());
    assert_eq!(ben.problem(doomed), Some(ParcelProblem::TakenBack));
}
