//! What a changed app on the other side could try.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::super::content;
use super::super::{Excerpt, ExcerptAttachment, ExcerptFeeling, ParcelProblem};
use super::*;
use crate::Error;
use crate::id::RelationshipId;
use crate::plan::tests::talk;

/// A content with this after its salt.
fn content_of(version: u8, claimed: u32, deflated: &[u8], rest: &[u8]) -> Vec<u8> {
    [&[7; 32][..], &[version], &claimed.to_be_bytes(), deflated, rest].concat()
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    deflate.write_all(plain).expect("deflated");
    deflate.finish().expect("deflated")
}

fn whole(plain: &[u8], rest: &[u8]) -> Vec<u8> {
    let deflated = deflate(plain);
    content_of(1, u32::try_from(deflated.len()).expect("short"), &deflated, rest)
}

fn excerpt(excerpt: &Excerpt) -> Vec<u8> {
    postcard::to_stdvec(excerpt).expect("bytes")
}

fn with_attachments(attachments: Vec<ExcerptAttachment>) -> Vec<u8> {
    excerpt(&Excerpt { attachments, ..Excerpt::default() })
}

fn attachment(name: &str, bytes: u64) -> ExcerptAttachment {
    ExcerptAttachment { name: name.to_owned(), media_type: "image/jpeg".to_owned(), bytes }
}

fn opened(device: &Device, parcel: ParcelId, length: usize) -> Result<(), Error> {
    let length = u32::try_from(length).expect("a length");
    device.inner().shared.file.read(|it| content::open(it, parcel, length)).map(drop)
}

/// What arrives of a content that was handed over as it is.
fn as_it_arrives(bytes: &[u8]) -> Result<(), Error> {
    let (anna, ben) = two();
    let parcel = hand_over_content(&anna, bytes, None);
    exchange(&anna, &ben);
    assert_eq!(stands(&ben, parcel), (true, i64::try_from(bytes.len()).expect("a length")));
    let result = opened(&ben, parcel, bytes.len());
    let shown = ben.home.sharing(ben.relationship).expect("sharing").open(parcel).map(drop);
    assert_eq!(shown, result);
    result
}

#[test]
fn a_content_that_is_none_is_told_as_such_and_shows_nothing() {
    let sound = excerpt(&Excerpt { text: "Words.".to_owned(), ..Excerpt::default() });
    assert_eq!(as_it_arrives(&whole(&sound, &[])), Ok(()));
    let deflated = deflate(&sound);
    let length = u32::try_from(deflated.len()).expect("short");
    let malformed = Err(Error::from(ParcelProblem::Malformed));
    assert_eq!(as_it_arrives(&[7; 32]), malformed, "a salt and nothing else");
    assert_eq!(as_it_arrives(&content_of(1, 0, &[], &[])[..36]), malformed);
    assert_eq!(as_it_arrives(&content_of(0, length, &deflated, &[])), malformed);
    assert_eq!(as_it_arrives(&content_of(1, length + 1, &deflated, &[])), malformed, "longer than it is");
    assert_eq!(as_it_arrives(&content_of(1, u32::MAX, &deflated, &[])), malformed);
    assert_eq!(as_it_arrives(&content_of(1, length - 1, &deflated, &[])), malformed);
    assert_eq!(as_it_arrives(&whole(&sound, b"more")), malformed, "more than its attachments");
    assert_eq!(as_it_arrives(&whole(&[&sound[..], &[0]].concat(), &[])), malformed);
    assert_eq!(as_it_arrives(&whole(&sound[..sound.len() - 1], &[])), malformed);
    assert_eq!(as_it_arrives(&whole(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", &[])), malformed);
    assert_eq!(as_it_arrives(&content_of(1, 6, b"rubble", &[])), malformed);
    let newer = Err(Error::from(ParcelProblem::Newer));
    assert_eq!(as_it_arrives(&content_of(2, length, &deflated, &[])), newer);
}

#[test]
fn values_out_of_their_bounds_are_no_excerpt() {
    let malformed = Err(Error::from(ParcelProblem::Malformed));
    for name in [
        "",
        " ",
        ".",
        "..",
        "a/b",
        "../../.bashrc",
        "a\\b",
        "a\nb",
        "a\0",
        ".profile",
        "a\u{202e}gpj.exe",
        "\u{feff}a",
        &"a".repeat(256),
    ] {
        assert_eq!(as_it_arrives(&whole(&with_attachments(vec![attachment(name, 0)]), &[])), malformed);
    }
    for day in [crate::clock::LocalDate::MIN, crate::clock::LocalDate::MAX] {
        let excerpt = Excerpt { text: "Words.".to_owned(), day: Some(day), ..Excerpt::default() };
        assert_eq!(as_it_arrives(&whole(&self::excerpt(&excerpt), &[])), malformed, "a day of no calendar");
    }
    for bytes in [1, u64::MAX] {
        assert_eq!(as_it_arrives(&whole(&with_attachments(vec![attachment("a", bytes)]), &[])), malformed);
    }
    let two = with_attachments(vec![attachment("a", u64::MAX), attachment("b", 2)]);
    assert_eq!(as_it_arrives(&whole(&two, &[0])), malformed, "lengths that wrap around");
    for mood in [0, 6] {
        let excerpt = excerpt(&Excerpt { mood: Some(mood), ..Excerpt::default() });
        assert_eq!(as_it_arrives(&whole(&excerpt, &[])), malformed);
    }
    let feelings = vec![ExcerptFeeling { name: "a".to_owned(), intensity: Some(11) }];
    let excerpt = excerpt(&Excerpt { feelings, ..Excerpt::default() });
    assert_eq!(as_it_arrives(&whole(&excerpt, &[])), malformed);
}

#[test]
fn a_content_that_blows_up_is_given_up_in_time() {
    let malformed = Err(Error::from(ParcelProblem::Malformed));
    // 1 GiB of zeros in a megabyte, a list of millions of empty tags, and a count beyond all measure.
    let mut bomb = DeflateEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..1_024 {
        bomb.write_all(&zeros).expect("deflated");
    }
    let bomb = bomb.finish().expect("deflated");
    let length = u32::try_from(bomb.len()).expect("short");
    // No text, title, day, mood, feelings; then the count of tags.
    let many = [&[0, 0, 0, 0, 0, 0x80, 0x80, 0x80, 0x01][..], &vec![0; 3 << 20]].concat();
    let beyond = [0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let begun = std::time::Instant::now();
    for content in [content_of(1, length, &bomb, &[]), whole(&many, &[]), whole(&beyond, &[])] {
        assert_eq!(as_it_arrives(&content), malformed);
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_comment_is_words_and_never_more_of_them_than_somebody_can_write() {
    let of = |text: String| Excerpt { text, ..Excerpt::default() };
    let longest = of("x".repeat(content::LONGEST_COMMENT));
    let blown_up = of("x".repeat(content::LONGEST_COMMENT + 1));
    let bomb = of("x".repeat(4_000_000));
    let with_mood = Excerpt { mood: Some(3), ..of("Words.".to_owned()) };
    let (anna, ben) = two();
    let about = hand_over_content(&anna, &whole(&excerpt(&of("Words.".to_owned())), &[]), None);
    for comment in [&longest, &blown_up, &bomb, &with_mood] {
        anna.world.pass(1);
        hand_over_content(&anna, &whole(&excerpt(comment), &[]), Some(about));
    }
    exchange(&anna, &ben);
    let opened = ben.home.sharing(ben.relationship).expect("sharing").open(about).expect("open");
    let texts: Vec<Option<usize>> =
        opened.comments.iter().map(|one| one.text.as_ref().map(String::len)).collect();
    assert_eq!(texts, [Some(content::LONGEST_COMMENT), None, None, None]);
}

#[test]
fn a_name_that_hides_what_a_file_is_goes_along_without_that() {
    for (name, shown) in [
        ("beach.jpg", "beach.jpg"),
        (".profile", "_profile"),
        (" .profile", "_profile"),
        ("a\u{202e}gpj.exe", "a_gpj.exe"),
        ("a/b\\c", "a_b_c"),
        ("👩\u{200d}🚀.jpg", "👩\u{200d}🚀.jpg"),
    ] {
        assert_eq!(ExcerptAttachment::can_be_called(name), shown);
    }
}

#[test]
fn a_peer_that_announces_and_never_gives_keeps_nobody_waiting() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 5_000);
    let file = &anna.inner().shared.file;
    file.write(|it| Ok(it.execute("UPDATE parcel SET is_whole = 0", [])?)).expect("not given");
    let other = hand_over(&anna, 100);
    let (hers, his) = exchange(&anna, &ben);
    assert!(in_step(&hers) && in_step(&his));
    assert_eq!(stands(&ben, parcel), (false, 0));
    assert_eq!(stands(&ben, other), (true, 100), "the next one comes");
    let shown = ben.home.sharing(ben.relationship).expect("sharing").open(parcel).map(drop);
    assert_eq!(shown, Err(ParcelProblem::NotHereYet.into()));
}

#[test]
fn nobody_gets_a_parcel_of_another_relationship_or_one_that_was_taken_back() {
    let (anna, ben) = two();
    let (parcel, gone) = (hand_over(&anna, 100), hand_over(&anna, 100));
    say(&anna, Announced::TakenBack(gone));
    let elsewhere = RelationshipId::from_bytes([9; 16]);
    let file = &anna.inner().shared.file;
    file.write(|it| {
        let sql = "INSERT INTO relationship (id, other, paired_at, code, code_compared, ended_at)
                   SELECT ?1, other, paired_at, code, code_compared, 1 FROM relationship";
        it.execute(sql, [&elsewhere])?;
        it.execute("UPDATE relationship SET ended_at = NULL WHERE id <> ?1", [&elsewhere])?;
        Ok(())
    })
    .expect("another relationship");
    let shelf = anna.shelf();
    assert_eq!(shelf.piece(parcel, 0).expect("hers").bytes.len(), 100);
    assert!(shelf.piece(gone, 0).expect("nothing").bytes.is_empty());
    for start in [1, 99, 100, 65_536, u32::MAX] {
        assert!(shelf.piece(parcel, start).expect("nothing").bytes.is_empty(), "{start}");
    }
    let me = anna.me();
    let there = file.read(|it| super::super::parcels::piece(it, elsewhere, me, parcel, 0));
    assert!(there.expect("nothing").bytes.is_empty());
    // What Ben holds of hers, he does not hand on to her as his.
    exchange(&anna, &ben);
    assert!(ben.shelf().piece(parcel, 0).expect("nothing").bytes.is_empty());
}

#[test]
fn nobody_touches_a_parcel_through_another_relationship() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 100);
    exchange(&anna, &ben);
    // Somebody whose id begins like Anna's, in another relationship of Ben's, takes hers for their own.
    let elsewhere = RelationshipId::from_bytes([9; 16]);
    let mut alike = *anna.me().as_bytes();
    alike[15] ^= 1;
    let alike = crate::id::PersonId::from_bytes(alike);
    let file = &ben.inner().shared.file;
    file.write(|it| {
        it.execute(
            "INSERT INTO person (id, role, display_name, known_since) VALUES (?1, 'client', 'Eva', 0)",
            [&alike],
        )?;
        it.execute(
            "INSERT INTO relationship (id, other, paired_at, code, code_compared) VALUES (?1, ?2, 0, 'a', 1)",
            rusqlite::params![&elsewhere, &alike],
        )?;
        let key = crate::relationship::key::DeviceKey::from_secret(&[3; 32]);
        it.execute(
            "INSERT INTO device (public_key, person, on_list, added_at) VALUES (?1, ?2, 1, 0)",
            rusqlite::params![key.public(), &alike],
        )?;
        let at = crate::clock::Surroundings::now(&*ben.world);
        let label = Label { parcel, digest: [0; 32], length: 32, about: None, goal: None };
        for announced in [Announced::HandedOver(label), Announced::TakenBack(parcel)] {
            let notice = crate::exchange::Notice { author: alike, at, announced };
            notices::take(it, elsewhere, &notice.sign(&elsewhere, &key))?;
        }
        Ok(())
    })
    .expect("taken in");
    assert_eq!(stands(&ben, parcel), (true, 100));
    let sharing = ben.home.sharing(ben.relationship).expect("sharing");
    assert!(sharing.excerpt(parcel).expect("hers").taken_back_at.is_none());
}

#[test]
fn pieces_that_were_not_asked_for_or_do_not_follow_change_nothing() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 3 * MAX_PIECE);
    // Only so many frames that the notice came and the content did not.
    for frames in 0..40 {
        talk(&anna, &ben, frames).expect("a session");
        let sql = "SELECT count(*) FROM parcel";
        let known: i64 =
            ben.inner().shared.file.read(|it| Ok(it.query_row(sql, [], |row| row.get(0))?)).expect("a count");
        if known > 0 {
            break;
        }
    }
    let (_, here) = stands(&ben, parcel);
    let mut shelf = ben.shelf();
    for (start, bytes) in [(2 * MAX_PIECE, MAX_PIECE), (3 * MAX_PIECE, 1), (7, MAX_PIECE), (0, 5)] {
        let piece = Piece { parcel, start: u32::try_from(start).expect("a place"), bytes: vec![1; bytes] };
        assert!(!shelf.take_piece(&piece).expect("judged"), "{start}");
    }
    let unknown = ParcelId::from_bytes([1; 16]);
    assert!(
        !shelf.take_piece(&Piece { parcel: unknown, start: 0, bytes: vec![1; MAX_PIECE] }).expect("judged")
    );
    assert_eq!(stands(&ben, parcel).1, here);
    exchange(&anna, &ben);
    assert_eq!(stands(&ben, parcel), (true, i64::try_from(3 * MAX_PIECE).expect("a length")));
}
