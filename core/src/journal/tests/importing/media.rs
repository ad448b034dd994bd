//! Import of photos and recordings, and what becomes of an import that does not come to its end.

use std::sync::atomic::AtomicBool;

use super::super::attaching::content;
use super::*;
use crate::journal::attachments::{read_out, sweep};
use crate::progress::Progress;

const PHOTO: &str = "A1B2C3D4E5F60718293A4B5C6D7E8F90";
const SOUND: &str = "B1B2C3D4E5F60718293A4B5C6D7E8F91";

/// A zip with these files, the ones with a nought damaged.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    bytes.into_inner()
}

fn diary() -> Value {
    export(&[
        json!({
            "uuid": FIRST, "creationDate": "2026-05-03T18:02:11Z", "timeZone": "Europe/Berlin",
            "text": format!("The lamp\\.\n\n![](dayone-moment://{PHOTO})\n\n![](dayone-moment:/audio/{SOUND})"),
            "photos": [{ "identifier": PHOTO, "md5": "aa", "type": "jpeg", "filename": "IMG_1.JPG", "fnumber": "(null)" }],
            "audios": [{ "identifier": SOUND, "md5": "bb", "format": "m4a" }],
        }),
        json!({
            "uuid": "00000000000000000000000000000002", "creationDate": "2026-05-04T07:15:00Z",
            "timeZone": "Europe/Berlin",
            "photos": [{ "md5": "aa", "type": "jpeg" }, { "identifier": "X", "md5": "cc", "type": "png" }],
            "pdfAttachments": [{ "md5": "dd", "pdfName": "Leaflet.pdf" }],
        }),
    ])
}

fn whole_diary() -> Vec<u8> {
    let journal = diary().to_string();
    zip_of(&[
        ("Journal.json", journal.as_bytes()),
        ("photos/aa.jpeg", &content(1, 300_000)),
        ("audios/bb.m4a", &content(2, 1_000)),
        ("pdfs/dd.pdf", &content(3, 10)),
    ])
}

impl Desk {
    fn contents(&self) -> i64 {
        sweep(&self.private).unwrap();
        self.private
            .read(|file| Ok(file.query_row("SELECT count(*) FROM attachment", [], |row| row.get(0))?))
            .unwrap()
    }
}

#[test]
fn photos_and_recordings_come_in_and_the_text_shows_them_where_it_did() {
    let desk = desk();
    let report = desk.take("export.zip", &whole_diary(), &ImportOptions::default()).unwrap();
    assert_eq!((report.added, report.attachments_added, report.attachments_missing), (2, 4, 1));
    let missing = &report.missing[0];
    assert_eq!((missing.file.as_str(), missing.entry), ("Journal.json", Some(2)));
    assert_eq!(desk.contents(), 3, "the same photo twice is one content");
    let [second, first] = desk.newest::<2>();
    let [photo, sound] = [&first.attachments[0], &first.attachments[1]];
    assert!(
        first.text
            == format!(
                "The lamp.\n\n![](attachment:{})\n\n![](attachment:{})",
                photo.attachment, sound.attachment
            )
    );
    assert!(photo.name == "IMG_1.JPG" && photo.media_type == "image/jpeg");
    assert!(sound.name == "bb.m4a" && sound.media_type.starts_with("audio/"));
    let mut bytes = Vec::new();
    read_out(&desk.private, &photo.attachment, &mut bytes).unwrap();
    assert!(bytes == content(1, 300_000));
    let names: Vec<_> = second.attachments.iter().map(|attached| attached.name.as_str()).collect();
    assert_eq!(names, ["aa.jpeg", "Leaflet.pdf"]);
    // Again: nothing is new, so nothing is taken in.
    let again = desk.take("export.zip", &whole_diary(), &ImportOptions::default()).unwrap();
    assert_eq!((again.added, again.already_here, again.attachments_added), (0, 2, 0));
    assert_eq!(desk.contents(), 3);
}

#[test]
fn a_dry_run_says_what_the_real_one_then_does_and_changes_nothing() {
    for options in [
        ImportOptions::default(),
        ImportOptions { on_bad: Some(OnBad::LeaveOut), ..ImportOptions::default() },
    ] {
        let desk = desk();
        let mut damaged = whole_diary();
        if options.on_bad.is_some() {
            let at = damaged.windows(13).position(|name| name == b"audios/bb.m4a").unwrap();
            damaged[at + 40] ^= 0xFF;
        }
        let dry = ImportOptions { dry_run: true, ..options.clone() };
        let told = desk.take("export.zip", &damaged, &dry).unwrap();
        assert_eq!((desk.journal.count().unwrap(), desk.contents()), (0, 0));
        assert!(desk.heard.lock().unwrap().is_empty());
        let done = desk.take("export.zip", &damaged, &options).unwrap();
        assert_eq!(ImportReport { dry_run: true, ..done }, told);
        assert_eq!(told.attachments_added, if options.on_bad.is_some() { 3 } else { 4 });
    }
}

#[test]
fn a_damaged_photo_stops_the_import_or_is_told_as_missing() {
    let desk = desk();
    let mut damaged = whole_diary();
    let at = damaged.windows(14).position(|name| name == b"photos/aa.jpeg").unwrap();
    damaged[at + 5_000] ^= 0xFF;
    match desk.take("export.zip", &damaged, &ImportOptions::default()) {
        Err(Error::Import { entry: 1, field, .. }) => assert_eq!(field, "attachment"),
        other => panic!("{:?}", other.map(|_| ())),
    }
    assert_eq!((desk.journal.count().unwrap(), desk.contents()), (0, 0));
    let left_out = ImportOptions { on_bad: Some(OnBad::LeaveOut), ..ImportOptions::default() };
    let report = desk.take("export.zip", &damaged, &left_out).unwrap();
    assert_eq!((report.added, report.attachments_added, report.attachments_missing), (2, 2, 3));
    let first = desk.journal.entry(FIRST.parse().unwrap()).unwrap();
    assert!(first.text.contains(&format!("![](dayone-moment://{PHOTO})")), "its place is kept");
    assert_eq!((first.attachments.len(), desk.contents()), (1, 2));
}

/// Says stop when it is asked for the nth time.
struct StopAt(AtomicU64, AtomicBool);

impl Progress for StopAt {
    fn on_progress(&self, _: u64, _: Option<u64>) -> Result<bool> {
        let goes_on = self.0.load(Ordering::Relaxed) > 0;
        self.0.fetch_sub(u64::from(goes_on), Ordering::Relaxed);
        self.1.fetch_or(!goes_on, Ordering::Relaxed);
        Ok(goes_on)
    }
}

#[test]
fn wherever_it_is_cancelled_nothing_is_left() {
    let desk = desk();
    let file = desk.put("export.zip", &whole_diary());
    for nth in 0.. {
        let stop = Arc::new(StopAt(AtomicU64::new(nth), AtomicBool::new(false)));
        let done = desk.journal.import(file.clone(), ImportOptions::default(), Some(stop.clone()));
        if !stop.1.load(Ordering::Relaxed) {
            assert_eq!(done.unwrap().added, 2);
            assert!(nth > 5, "it was asked often enough to be stopped anywhere: {nth}");
            break;
        }
        assert_eq!(done.err(), Some(Error::Cancelled));
        assert_eq!((desk.journal.count().unwrap(), desk.contents()), (0, 0), "asked {nth} times");
    }
    assert_eq!((desk.journal.count().unwrap(), desk.contents()), (2, 3));
}

#[test]
fn on_whatever_page_the_disk_is_full_nothing_is_left() {
    let desk = desk();
    let file = desk.put("export.zip", &whole_diary());
    let limit = |more: Option<i64>| {
        desk.private
            .write(|file| {
                let pages: i64 = file.query_row("PRAGMA page_count", [], |row| row.get(0))?;
                let most = more.map_or(1_000_000, |more| pages + more);
                Ok(file.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))?)
            })
            .unwrap();
    };
    let mut full = 0;
    for more in (0..).step_by(3) {
        limit(Some(more));
        let done = desk.journal.import(file.clone(), ImportOptions::default(), None);
        limit(None);
        if done.is_ok() {
            break;
        }
        full += 1;
        assert_eq!(done.err(), Some(Error::DiskFull));
        assert_eq!((desk.journal.count().unwrap(), desk.contents()), (0, 0), "{more} pages");
    }
    assert!(full > 5, "the disk was full at several places: {full}");
    assert_eq!((desk.journal.count().unwrap(), desk.contents()), (2, 3));
}

#[test]
fn names_in_a_zip_lead_nowhere_and_links_in_a_folder_are_not_followed() {
    let desk = desk();
    let journal = diary().to_string();
    let hostile = zip_of(&[
        ("../outside.json", journal.as_bytes()),
        ("/absolute/../../outside.json", journal.as_bytes()),
        ("photos/../../outside.jpeg", b"x"),
        ("Journal.json", journal.as_bytes()),
        ("inner.zip", &whole_diary()),
    ]);
    let before = std::fs::read_dir(desk.folder.path()).unwrap().count();
    let report = desk.take("hostile.zip", &hostile, &ImportOptions::default()).unwrap();
    assert_eq!((report.found, report.added, report.attachments_added), (2, 2, 0));
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), before + 1);
    assert!(!desk.folder.path().parent().unwrap().join("outside.json").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_a_zip_was_unpacked_to_is_read_and_not_left() {
    let desk = desk();
    let outside = desk.put("secret.m4a", b"not part of it");
    let folder = desk.folder.path().join("export");
    std::fs::create_dir_all(folder.join("photos")).unwrap();
    std::fs::create_dir_all(folder.join("audios")).unwrap();
    std::fs::write(folder.join("Journal.json"), diary().to_string()).unwrap();
    std::fs::write(folder.join("photos/aa.jpeg"), content(1, 5_000)).unwrap();
    std::os::unix::fs::symlink(outside, folder.join("audios/bb.m4a")).unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("round")).unwrap();
    let path = folder.to_string_lossy().into_owned();
    let report = desk.journal.import(path, ImportOptions::default(), None).unwrap();
    assert_eq!((report.added, report.attachments_added, report.attachments_missing), (2, 2, 3));
    assert_eq!(report.notes, [NoteCount { note: ImportNote::Symlink, count: 2 }]);
}

#[test]
fn an_entry_without_a_text_shows_what_its_other_field_has() {
    let desk = desk();
    let rich = json!({ "contents": [{ "text": "Only here.\n" }] });
    for (number, rich) in [(1, rich.clone()), (2, json!(rich.to_string()))] {
        let mut entry = entry(&format!("{number:032X}"), "2020-02-02T10:00:00Z", "");
        entry.as_object_mut().unwrap().remove("text");
        entry["richText"] = rich;
        assert_eq!(desk.import(&export(&[entry])).unwrap().without_text, 0);
        let [newest] = desk.newest::<1>();
        assert!(newest.text == "Only here.");
    }
}
