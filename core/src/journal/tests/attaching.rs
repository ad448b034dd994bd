//! Photos, recordings and files: in, out, and away again.

mod meanwhile;

use std::io::{Cursor, Read};

use super::super::attachments::{LARGEST, read_out, size_of, sweep, take_in};
use super::super::{Attached, AttachmentSink, AttachmentSource, DraftContent};
use super::*;
use crate::error::{Problem, Thing};
use crate::id::AttachmentId;
use crate::progress::Progress;

/// So many bytes, none like the other.
pub(super) fn content(seed: u8, length: usize) -> Vec<u8> {
    (0..length).map(|place| (place / 251) as u8 ^ (place % 251) as u8 ^ seed).collect()
}

pub(super) fn attached(id: AttachmentId, name: &str) -> Attached {
    Attached { attachment: id, name: name.into(), media_type: String::new() }
}

impl Desk {
    fn hold_on_to(&self, bytes: &[u8]) -> AttachmentId {
        take_in(&self.private, &self.world(), &mut Cursor::new(bytes)).expect("it comes in").id
    }

    fn whole(&self, id: &AttachmentId) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let bytes = read_out(&self.private, id, &mut out)?;
        assert_eq!(bytes, out.len() as u64);
        Ok(out)
    }

    fn world(&self) -> World {
        self.world.clone()
    }

    /// How many contents and pieces lie in the file, also those that are not shown.
    fn lying(&self) -> (i64, i64) {
        self.private
            .read(|file| {
                Ok(file.query_row(
                    "SELECT (SELECT count(*) FROM attachment), (SELECT count(*) FROM attachment_piece)",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?)
            })
            .expect("counts")
    }

    fn entry_with(&self, ids: &[AttachmentId]) -> Entry {
        let attachments = ids.iter().map(|id| attached(*id, "photo.jpg")).collect();
        self.journal.add(NewEntry { attachments, ..text("with a photo") }).expect("an entry")
    }

    fn erase(&self, entry: &Entry) {
        self.journal.bin(entry.id).expect("to bin");
        self.world.pass(TimeDelta::days(30));
        self.journal.erase_expired().expect("to erase");
    }
}

/// Gives what a test says, and then fails or ends.
struct Script(Mutex<Vec<Result<Vec<u8>>>>);

impl Script {
    fn of(mut steps: Vec<Result<Vec<u8>>>) -> Arc<Self> {
        steps.reverse();
        Arc::new(Self(Mutex::new(steps)))
    }
}

impl AttachmentSource for Script {
    fn read(&self, _: u32) -> Result<Vec<u8>> {
        self.0.lock().unwrap().pop().unwrap_or(Ok(Vec::new()))
    }
}

/// Cancels after so many bytes.
struct Until(u64);

impl Progress for Until {
    fn on_progress(&self, done: u64, _: Option<u64>) -> Result<bool> {
        Ok(done < self.0)
    }
}

#[test]
fn what_was_taken_in_comes_out_the_same_whatever_its_length() {
    let desk = desk();
    let piece = 256 << 10;
    for length in [0, 1, 1000, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 17, 5 << 20] {
        let bytes = content(3, length);
        let id = desk.hold_on_to(&bytes);
        assert_eq!(size_of(&desk.private, &id), Ok(length as u64));
        assert!(desk.whole(&id).unwrap() == bytes, "{length} bytes");
    }
    desk.private.lock();
    let locked = take_in(&desk.private, &desk.world(), &mut Cursor::new(b"late"));
    assert_eq!(locked.err(), Some(Error::Locked));
}

#[test]
fn its_name_is_the_digest_that_any_program_computes() {
    let desk = desk();
    // The test vector of FIPS 180-2.
    let id = desk.hold_on_to(b"abc");
    assert_eq!(id.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn the_same_content_lies_there_once() {
    let desk = desk();
    let bytes = content(9, 700_000);
    let first = desk.hold_on_to(&bytes);
    let before = desk.lying();
    assert_eq!(desk.hold_on_to(&bytes), first);
    assert_eq!(desk.lying(), before, "nothing is left of the second");
    let small = desk.hold_on_to(b"small");
    assert_eq!(desk.hold_on_to(b"small"), small);
    assert_eq!(desk.lying(), (before.0 + 1, before.1 + 1));
}

#[test]
fn any_stretch_of_it_can_be_read_by_itself() {
    let desk = desk();
    let bytes = content(1, 900_001);
    let id = desk.hold_on_to(&bytes);
    let ends = [0, 1, 262_143, 262_144, 262_145, 524_288, 900_000, 900_001, 950_000];
    for from in ends {
        for length in [0, 1, 5, 262_144, 600_000, 1 << 20] {
            let wanted = &bytes[from.min(bytes.len())..(from + length).min(bytes.len())];
            let read = desk.journal.attachment_piece(id, from as u64, length as u32).unwrap();
            assert!(read == wanted, "{length} bytes from {from}");
        }
    }
    let read = desk.journal.attachment_piece(id, u64::MAX, 10).unwrap();
    assert!(read.is_empty());
    let too_long = desk.journal.attachment_piece(id, 0, (1 << 20) + 1);
    assert!(matches!(too_long, Err(Error::Invalid { .. })));
    let unknown = AttachmentId::from_bytes([1; 32]);
    assert_eq!(desk.journal.attachment_piece(unknown, 0, 1), Err(Error::not_found(Thing::Attachment)));
}

#[test]
fn an_entry_can_have_only_what_is_here() {
    let desk = desk();
    let missing = attached(AttachmentId::from_bytes([5; 32]), "photo.jpg");
    let new = NewEntry { attachments: vec![missing.clone()], ..text("hello") };
    assert_eq!(desk.journal.add(new).err(), Some(Error::not_found(Thing::Attachment)));
    assert_eq!(desk.journal.count(), Ok(0), "nothing is half written");
    let entry = desk.write("hello");
    let edit = EntryEdit { attachments: Some(vec![missing]), ..EntryEdit::default() };
    let edited = desk.journal.edit(entry.id, entry.revision, edit);
    assert_eq!(edited.err(), Some(Error::not_found(Thing::Attachment)));
    assert!(desk.journal.entry(entry.id).unwrap() == entry);
}

#[test]
fn what_kind_of_file_it_is_follows_from_its_name_unless_it_is_said() {
    let desk = desk();
    let id = desk.hold_on_to(b"not really a photo");
    let said = Attached { attachment: id, name: "a.jpg".into(), media_type: "image/heic".into() };
    let entry = desk
        .journal
        .add(NewEntry {
            attachments: vec![
                attached(id, "../beach/a.JPG"),
                attached(id, "voice.m4a"),
                attached(id, "x"),
                said,
            ],
            ..text("hello")
        })
        .unwrap();
    let kinds: Vec<_> =
        entry.attachments.iter().map(|one| (one.name.as_str(), one.media_type.as_str())).collect();
    let expected = [
        ("a.JPG", "image/jpeg"),
        ("voice.m4a", "audio/m4a"),
        ("x", "application/octet-stream"),
        ("a.jpg", "image/heic"),
    ];
    assert!(kinds == expected, "{kinds:?}");
    assert!(desk.journal.entry(entry.id).unwrap() == entry);
}

#[test]
fn what_no_entry_refers_to_any_more_goes_and_what_one_still_has_stays() {
    let desk = desk();
    let (both, one) = (content(1, 600_000), content(2, 600_000));
    let (both, one) = (desk.hold_on_to(&both), desk.hold_on_to(&one));
    let (first, second) = (desk.entry_with(&[both, one]), desk.entry_with(&[both]));
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying().0, 2);
    desk.journal.bin(first.id).unwrap();
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying().0, 2, "from the bin it may come back");
    desk.world.pass(TimeDelta::days(30));
    desk.journal.erase_expired().unwrap();
    assert_eq!(desk.lying().0, 1);
    assert!(desk.whole(&both).is_ok());
    assert_eq!(desk.whole(&one), Err(Error::not_found(Thing::Attachment)));
    desk.erase(&second);
    assert_eq!(desk.lying(), (0, 0));
}

#[test]
fn a_former_version_keeps_what_it_shows() {
    let desk = desk();
    let id = desk.hold_on_to(&content(4, 300_000));
    let entry = desk.entry_with(&[id]);
    let edit = EntryEdit { attachments: Some(Vec::new()), ..EntryEdit::default() };
    let entry = desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    sweep(&desk.private).unwrap();
    assert!(desk.whole(&id).is_ok());
    desk.erase(&entry);
    assert_eq!(desk.lying(), (0, 0));
}

#[test]
fn a_draft_keeps_what_it_has_until_it_is_discarded_or_finished() {
    let desk = desk();
    let taken = |seed| {
        let source = Script::of(vec![Ok(content(seed, 60_000))]);
        desk.journal.take_in(source, "voice.m4a".into(), None, None, None).unwrap()
    };
    let draft = |attached: &Attached, draft| {
        let entry = NewEntry { attachments: vec![attached.clone()], ..text("on the way") };
        desk.journal.save_draft(DraftContent::Add { entry }, draft).unwrap()
    };
    let (first, second) = (taken(1), taken(2));
    let discarded = draft(&first, None);
    desk.private.holds().lay_down(first.attachment.as_bytes());
    sweep(&desk.private).unwrap();
    assert!(desk.whole(&first.attachment).is_ok());
    desk.journal.discard_draft(discarded).unwrap();
    assert_eq!(desk.lying().0, 1, "gone with the draft");
    let finished = draft(&second, None);
    let entry = desk.journal.finish_draft(finished).unwrap();
    sweep(&desk.private).unwrap();
    assert!(desk.whole(&second.attachment).is_ok());
    desk.erase(&entry);
    assert_eq!(desk.lying(), (0, 0), "gone with the entry");

    let (old, new) = (taken(3), taken(4));
    let changed = draft(&old, None);
    draft(&new, Some(changed));
    desk.journal.let_go(vec![old.attachment]).unwrap();
    assert_eq!(desk.lying().0, 1, "what the draft has now stays, what it had goes");
}

#[test]
fn what_is_held_stays_although_nothing_refers_to_it_yet() {
    let desk = desk();
    let bytes = content(5, 300_000);
    let old = desk.hold_on_to(&bytes);
    let entry = desk.entry_with(&[old]);
    let held = take_in(&desk.private, &desk.world(), &mut Cursor::new(&bytes)).unwrap();
    assert_eq!(held.id, old);
    desk.erase(&entry);
    assert!(desk.whole(&old).is_ok(), "the entry that had it went, the new one is still being written");
    drop(held);
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying(), (0, 0));
}

#[test]
fn what_an_app_took_in_stays_until_its_entry_has_it_also_over_locking() {
    let desk = desk();
    let photo = desk.folder.path().join("beach.png");
    std::fs::write(&photo, content(6, 300_000)).unwrap();
    let photo = photo.to_str().unwrap().to_owned();
    let taken = desk.journal.take_in_file(photo.clone(), None, None, None).unwrap();
    assert!(taken.name == "beach.png" && taken.media_type == "image/png");
    desk.private.lock();
    desk.private.put(open(desk.folder.path(), false));
    sweep(&desk.private).unwrap();
    let entry = desk.journal.add(NewEntry { attachments: vec![taken], ..text("the sea") }).unwrap();
    desk.erase(&entry);
    assert_eq!(desk.lying(), (0, 0), "no longer in hand");

    let taken = desk.journal.take_in_file(photo, Some("sea".into()), None, None).unwrap();
    desk.journal.let_go(vec![taken.attachment]).unwrap();
    assert_eq!(desk.lying(), (0, 0), "let go before anything had it");
}

#[test]
fn what_was_cut_off_is_never_shown_and_gone_after_the_next_opening() {
    let desk = desk();
    let bytes = content(7, 1 << 20);
    // Killed in the middle: what is written is there, and nobody clears it.
    let id = desk.hold_on_to(&bytes);
    desk.private
        .write(|file| {
            file.execute("UPDATE attachment SET id = NULL", [])?;
            file.execute("DELETE FROM attachment_piece WHERE position > 600000", [])?;
            Ok(())
        })
        .unwrap();
    assert_eq!(desk.whole(&id), Err(Error::not_found(Thing::Attachment)));
    desk.private.lock();
    desk.private.put(open(desk.folder.path(), false));
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying(), (0, 0));
    assert_eq!(desk.hold_on_to(&bytes), id, "and it comes in again");
    assert!(desk.whole(&id).unwrap() == bytes);
}

#[test]
fn what_failed_half_way_leaves_nothing() {
    let desk = desk();
    let refused = Error::File { reason: "the card was taken out".into() };
    let source = Script::of(vec![
        Ok(content(1, 60_000)),
        Ok(content(2, 60_000)),
        Ok(content(3, 60_000)),
        Ok(content(4, 60_000)),
        Ok(content(5, 60_000)),
        Ok(content(6, 60_000)),
        Err(refused.clone()),
    ]);
    let taken = desk.journal.take_in(source, "film.mp4".into(), None, None, None);
    assert!(taken.err() == Some(refused), "the app hears what its source said");
    let greedy = Script::of(vec![Ok(content(1, 65_537))]);
    let taken = desk.journal.take_in(greedy, "film.mp4".into(), None, None, None);
    assert!(matches!(taken.err(), Some(Error::Invalid { .. })), "more than was asked for");
    let nameless = desk.journal.take_in(Script::of(Vec::new()), "..".into(), None, None, None);
    assert!(matches!(nameless.err(), Some(Error::Invalid { .. })));
    let long: Vec<_> = (0..20).map(|step| Ok(content(step, 60_000))).collect();
    let cancelled = desk.journal.take_in(
        Script::of(long),
        "film.mp4".into(),
        None,
        Some(1_200_000),
        Some(Arc::new(Until(700_000))),
    );
    assert!(cancelled.err() == Some(Error::Cancelled));
    assert_eq!(desk.lying(), (0, 0));
    desk.hold_on_to(b"and it goes on");
}

#[test]
fn a_hundred_megabytes_come_in_and_not_a_byte_more() {
    let desk = desk();
    let id = take_in(&desk.private, &desk.world(), &mut std::io::repeat(7).take(LARGEST)).unwrap().id;
    assert_eq!(size_of(&desk.private, &id), Ok(LARGEST));
    assert_eq!(read_out(&desk.private, &id, &mut std::io::sink()), Ok(LARGEST));
    let log = std::fs::metadata(desk.folder.path().join("private.db-wal")).unwrap().len();
    assert!(log < 33 << 20, "the log was folded in on the way ({log} bytes)");
    let problem = Problem::TooLong { limit: LARGEST, unit: "bytes".into() };
    let more = take_in(&desk.private, &desk.world(), &mut std::io::repeat(7).take(LARGEST + 1));
    assert_eq!(more.err(), Some(Error::invalid("attachment", problem)));
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying(), (0, 0));
}

#[test]
fn a_full_disk_is_said_leaves_nothing_and_later_it_goes_on() {
    let desk = desk();
    desk.write("before");
    let limit = |pages: i64| {
        desk.private
            .write(|file| Ok(file.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0))?))
            .and_then(|now| {
                desk.private.write(|file| {
                    Ok(file.query_row(&format!("PRAGMA max_page_count = {}", now + pages), [], |_| Ok(()))?)
                })
            })
            .unwrap();
    };
    limit(300);
    let bytes = content(8, 4 << 20);
    let full = take_in(&desk.private, &desk.world(), &mut Cursor::new(&bytes));
    assert_eq!(full.err(), Some(Error::DiskFull));
    assert_eq!(desk.lying(), (0, 0), "what came in until then is gone");
    desk.write("the diary goes on");
    limit(100_000);
    let id = desk.hold_on_to(&bytes);
    assert!(desk.whole(&id).unwrap() == bytes);
}

#[test]
fn a_content_that_is_not_what_came_in_is_told() {
    let desk = desk();
    let id = desk.hold_on_to(&content(9, 600_000));
    let spoil = |sql: &str| desk.private.write(|file| Ok(file.execute(sql, [])?)).unwrap();
    spoil("UPDATE attachment_piece SET bytes = zeroblob(length(bytes)) WHERE position > 0");
    let damaged = Error::Damaged { file: crate::error::FileKind::Private };
    assert_eq!(desk.whole(&id), Err(damaged.clone()));
    spoil("DELETE FROM attachment_piece WHERE position > 0");
    assert_eq!(desk.whole(&id), Err(damaged));
}

#[test]
fn a_saved_file_is_whole_or_not_there_and_none_is_overwritten_unasked() {
    let desk = desk();
    let bytes = content(2, 700_000);
    let id = desk.hold_on_to(&bytes);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    let to = path.to_str().unwrap().to_owned();
    let save = |replace, progress: Option<Arc<dyn Progress>>| {
        desk.journal.save_attachment(id, to.clone(), replace, progress)
    };
    assert_eq!(save(false, Some(Arc::new(Until(300_000)))), Err(Error::Cancelled));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of it");
    assert_eq!(save(false, None), Ok(700_000));
    assert!(std::fs::read(&path).unwrap() == bytes);
    std::fs::write(&path, "somebody's").unwrap();
    assert_eq!(save(false, None), Err(Error::FileExists));
    assert_eq!(save(true, Some(Arc::new(Until(300_000)))), Err(Error::Cancelled));
    assert!(std::fs::read(&path).unwrap() == b"somebody's");
    assert_eq!(save(true, None), Ok(700_000));
    assert!(std::fs::read(&path).unwrap() == bytes);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_sink_gets_all_of_it_and_may_refuse() {
    struct Full(Mutex<Vec<u8>>, usize);
    impl AttachmentSink for Full {
        fn write(&self, bytes: Vec<u8>) -> Result<()> {
            let mut taken = self.0.lock().unwrap();
            taken.extend(bytes);
            if taken.len() > self.1 { Err(Error::DiskFull) } else { Ok(()) }
        }
    }
    let desk = desk();
    let bytes = content(2, 700_000);
    let id = desk.hold_on_to(&bytes);
    let roomy = Arc::new(Full(Mutex::default(), usize::MAX));
    assert_eq!(desk.journal.hand_out_attachment(id, roomy.clone(), None), Ok(700_000));
    assert!(*roomy.0.lock().unwrap() == bytes);
    let narrow = Arc::new(Full(Mutex::default(), 100_000));
    assert_eq!(desk.journal.hand_out_attachment(id, narrow, None), Err(Error::DiskFull));
}

#[test]
fn only_a_file_that_is_there_and_not_too_large_can_be_taken_in() {
    let desk = desk();
    let path = |name: &str| desk.folder.path().join(name).to_str().unwrap().to_owned();
    let take = |path: String| desk.journal.take_in_file(path, None, None, None).err();
    assert!(take(path("nowhere.jpg")) == Some(Error::not_found(Thing::File)));
    assert!(matches!(take(path(".")), Some(Error::Invalid { .. })), "a folder");
    #[cfg(unix)]
    assert!(matches!(take("/dev/zero".into()), Some(Error::Invalid { .. })), "no end to it");
    let large = std::fs::File::create(path("large.mp4")).unwrap();
    large.set_len(LARGEST + 1).unwrap();
    assert!(matches!(take(path("large.mp4")), Some(Error::Invalid { .. })));
    assert_eq!(desk.lying(), (0, 0));
}
