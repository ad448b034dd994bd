//! Import of Day One's exports.

mod media;
mod tables;

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{
    EntryKind, ImportFormat, ImportNote, ImportOptions, ImportReport, KindCount, MoodName, NoteCount, OnBad,
    SearchOrder,
};
use super::*;
use crate::error::Thing;
use crate::progress::Progress;

const FIRST: &str = "BA1EF863F4555DFFB129A82535A53C9B";

fn entry(uuid: &str, date: &str, text: &str) -> Value {
    json!({ "uuid": uuid, "creationDate": date, "text": text, "timeZone": "Europe/London" })
}

fn export(entries: &[Value]) -> Value {
    json!({ "metadata": { "version": "1.0" }, "entries": entries })
}

fn day_one() -> ImportOptions {
    ImportOptions { format: Some(ImportFormat::DayOne), ..ImportOptions::default() }
}

/// The report of an import of so many entries that brought so many.
fn told(found: u64, added: u64) -> ImportReport {
    let kinds = if added == 0 { Vec::new() } else { vec![KindCount { kind: EntryKind::Free, count: added }] };
    ImportReport { found, added, kinds, ..ImportReport::new(ImportFormat::DayOne, false) }
}

impl Desk {
    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    }

    fn import(&self, export: &Value) -> Result<ImportReport> {
        let file = self.put("export.json", export.to_string().as_bytes());
        self.journal.import(file, day_one(), None)
    }

    fn take(&self, name: &str, bytes: &[u8], options: &ImportOptions) -> Result<ImportReport> {
        self.journal.import(self.put(name, bytes), options.clone(), None)
    }

    /// The newest entries, whole.
    fn newest<const N: usize>(&self) -> [Entry; N] {
        let page = self.journal.entries(N as u32, None).expect("a page");
        let whole: Vec<Entry> =
            page.entries.iter().map(|entry| self.journal.entry(entry.id).expect("it")).collect();
        whole.try_into().ok().expect("that many")
    }

    fn refusal(&self, export: &Value) -> (u64, String, String) {
        let before = self.journal.count().unwrap();
        let refused = match self.import(export).err() {
            Some(Error::Import { entry, field, problem, .. }) => (entry, field, problem),
            other => panic!("{other:?}"),
        };
        assert_eq!(self.journal.count().unwrap(), before, "all or nothing");
        refused
    }
}

#[test]
fn an_entry_comes_in_with_its_id_time_zone_tags_and_star() {
    let desk = desk();
    let report = desk
        .import(&export(&[json!({
            "uuid": FIRST, "creationDate": "1660-01-11T22:00:00Z", "modifiedDate": "1660-01-12T22:00:00Z",
            "timeZone": "Europe/London", "starred": true, "tags": ["church", "turkey"],
            "text": "Jan\\. 1st \\(Lord\u{2019}s day\\)\\.\n\nDined at home\\.",
            "richText": { "meta": {} }, "weather": { "temperatureCelsius": 3 },
            "photos": [{ "md5": "x" }, { "md5": "y" }], "audios": [{}],
        })]))
        .unwrap();
    assert_eq!((report.found, report.added, report.attachments_missing, report.missing.len()), (1, 1, 3, 3));
    assert_eq!(report.notes, [NoteCount { note: ImportNote::Weather, count: 1 }]);
    let id: EntryId = FIRST.parse().unwrap();
    let entry = desk.journal.entry(id).unwrap();
    assert!(entry.text == "Jan. 1st (Lord\u{2019}s day).\n\nDined at home.");
    assert!(entry.written.at == at("1660-01-11T22:00:00Z") && entry.written.zone == "Europe/London");
    assert_eq!(entry.written.offset_seconds, -75, "London kept its own time then");
    assert!(entry.tags == ["church", "turkey"] && entry.starred);
    assert!(entry.saved_at == at("1660-01-12T22:00:00Z"));
    assert_eq!(
        desk.journal
            .search("dined home".into(), EntryFilter::default(), SearchOrder::Newest, 5, None)
            .unwrap()
            .hits
            .len(),
        1
    );
    assert_eq!(*desk.heard.lock().unwrap(), [vec![id]]);
}

#[test]
fn importing_again_adds_nothing_overwrites_nothing_and_revives_nothing() {
    let desk = desk();
    let ids: Vec<String> = (1..=4).map(|number| format!("{number:032X}")).collect();
    let four = export(
        &ids.iter().map(|id| entry(id, "2020-02-02T10:00:00Z", "from the export")).collect::<Vec<_>>(),
    );
    assert_eq!(desk.import(&four).unwrap().added, 4);
    let [edited, binned, erased, _] =
        [0, 1, 2, 3].map(|number: usize| ids[number].parse::<EntryId>().unwrap());
    let shown = desk.journal.entry(edited).unwrap().revision;
    let edit = EntryEdit { text: Some("my own words".into()), ..EntryEdit::default() };
    desk.journal.edit(edited, shown, edit).unwrap();
    desk.journal.bin(erased).unwrap();
    desk.world.pass(TimeDelta::days(30));
    desk.journal.erase_expired().unwrap();
    desk.journal.bin(binned).unwrap();

    let again = desk.import(&four).unwrap();
    assert_eq!(again, ImportReport { already_here: 2, left_out: 2, ..told(4, 0) });
    assert!(desk.journal.entry(edited).unwrap().text == "my own words");
    assert!(desk.journal.entry(binned).unwrap().binned_at.is_some());
    assert!(desk.journal.entry(erased).err() == Some(Error::NotFound { what: Thing::Entry }));
    assert_eq!(desk.journal.count().unwrap(), 2);
}

#[test]
fn entries_that_share_an_id_are_all_kept_and_found_again_in_any_order() {
    let desk = desk();
    let one = entry(FIRST, "1661-11-14T22:00:00Z", "To the office");
    let other = entry(FIRST, "1661-11-14T22:00:00Z", "To church");
    let report = desk.import(&export(&[one.clone(), other.clone(), one.clone()])).unwrap();
    assert_eq!(report, ImportReport { already_here: 1, shared_ids: 1, ..told(3, 2) });
    let mut openings = desk.all_openings(10);
    openings.sort();
    assert_eq!(openings, ["To church", "To the office"]);
    let again = desk.import(&export(&[other, one])).unwrap();
    assert_eq!((again.added, again.already_here), (0, 2));
}

#[test]
fn a_zip_with_several_journals_and_photos_is_read_whole() {
    let desk = desk();
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    let options = zip::write::SimpleFileOptions::default();
    for (name, number) in [("Journal.json", 1), ("Träume.JSON", 2), ("photos/x.json", 3)] {
        zip.start_file(name, options).unwrap();
        let journal = export(&[entry(&format!("{number:032X}"), "2020-02-02T10:00:00Z", name)]);
        // With the mark that some programs put before UTF-8.
        zip.write_all(format!("\u{FEFF}{journal}").as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let file = desk.put("export.zip", bytes.get_ref());
    let report = desk.journal.import(file, day_one(), None).unwrap();
    assert_eq!((report.found, report.added), (2, 2));
    let cut = desk.put("cut.zip", &bytes.get_ref()[..bytes.get_ref().len() / 2]);
    assert!(
        matches!(desk.journal.import(cut, day_one(), None), Err(Error::Import { entry: 0, field, .. }) if field == "zip")
    );
}

#[test]
fn what_may_be_missing_may_be_missing() {
    let desk = desk();
    let report = desk
        .import(&export(&[
            json!({ "uuid": "00000000000000000000000000000001", "creationDate": "2020-01-01T00:00:00Z" }),
            json!({ "uuid": "00000000000000000000000000000002", "creationDate": "2020-01-01T00:00:00+02:00",
                    "timeZone": "Middle/Earth", "text": "hello", "tags": null, "starred": null, "modifiedDate": "soon" }),
        ]))
        .unwrap();
    assert_eq!(report, ImportReport { without_zone: 2, without_text: 1, ..told(2, 2) });
    let second = desk.journal.entry("00000000000000000000000000000002".parse().unwrap()).unwrap();
    assert!(second.written.zone == "Europe/Berlin" && second.written.at == at("2019-12-31T22:00:00Z"));
    assert_eq!(desk.all_openings(5).len(), 2);
}

#[test]
fn an_error_names_entry_field_and_reason_but_no_content() {
    let desk = desk();
    let good = entry(FIRST, "2020-01-01T00:00:00Z", "fine");
    let second = |field: &str, value: Value| {
        let mut bad = entry("00000000000000000000000000000002", "2020-01-01T00:00:00Z", "Geheimnis");
        bad[field] = value;
        let (entry, at, problem) = desk.refusal(&export(&[good.clone(), bad]));
        // Of a list, one that cannot be taken is named alone.
        assert!(entry == 2 && (at == field || field.strip_suffix('s') == Some(&at)), "{entry}, {at}");
        assert!(!problem.contains("Geheim"));
        problem
    };
    assert_eq!(second("uuid", Value::Null), "is missing");
    assert_eq!(second("uuid", json!("Geheim")), "is not 32 hexadecimal digits");
    assert_eq!(second("creationDate", Value::Null), "is missing");
    assert_eq!(second("creationDate", json!("Geheim")), "is not a time like 2021-05-03T20:15:00Z");
    assert_eq!(second("text", json!(["Geheim"])), "is not a text");
    assert_eq!(second("text", json!("x".repeat((1 << 20) + 1))), "is longer than 1048576 bytes");
    assert_eq!(second("tags", json!("Geheim")), "is not a list");
    assert_eq!(second("tags", json!(["Geheim".repeat(20)])), "is longer than 100 characters");
    assert_eq!(second("starred", json!("Geheim")), "is neither true nor false");
    assert_eq!(desk.refusal(&export(&[json!("Geheim")])), (1, "uuid".into(), "is missing".into()));
    assert_eq!(desk.refusal(&json!({ "metadata": {} })), (0, "entries".into(), "is missing".into()));
    for broken in [
        "",
        "[]",
        "{\"entries\":\"Geheim\"}",
        "{\"entries\":[{\"Geheim\":",
        "{\"entries\":[]} Geheim",
        "Geheim",
    ] {
        let file = desk.put("broken.json", broken.as_bytes());
        match desk.journal.import(file, day_one(), None) {
            Err(Error::Import { problem, .. }) => assert!(!problem.contains("Geheim"), "{broken} {problem}"),
            other => panic!("{broken}: {other:?}"),
        }
    }
    let nowhere = desk.folder.path().join("nowhere").to_string_lossy().into_owned();
    assert!(
        desk.journal.import(nowhere, day_one(), None).err() == Some(Error::NotFound { what: Thing::File })
    );
}

struct CancelAt(u64, AtomicU64);

impl Progress for CancelAt {
    fn on_progress(&self, done: u64, total: Option<u64>) -> Result<bool> {
        assert!(total.is_none_or(|total| done <= total));
        self.1.store(done, Ordering::Relaxed);
        Ok(done < self.0)
    }
}

#[test]
fn a_cancelled_import_leaves_nothing_and_a_whole_one_tells_its_end() {
    let desk = desk();
    let many: Vec<Value> =
        (0..300).map(|number| entry(&format!("{number:032X}"), "2020-01-01T00:00:00Z", "again")).collect();
    let file = desk.put("many.json", export(&many).to_string().as_bytes());
    for cancel_at in [0, 128, 300] {
        let cancelled = desk.journal.import(
            file.clone(),
            day_one(),
            Some(Arc::new(CancelAt(cancel_at, AtomicU64::new(0)))),
        );
        assert!(cancelled.err() == Some(Error::Cancelled));
        assert_eq!(desk.journal.count().unwrap(), 0);
    }
    let progress = Arc::new(CancelAt(u64::MAX, AtomicU64::new(0)));
    let report = desk.journal.import(file, day_one(), Some(progress.clone())).unwrap();
    assert_eq!((report.added, progress.1.load(Ordering::Relaxed)), (300, 300));
    assert_eq!(desk.all_openings(100).len(), 300, "all of one instant");
}

/// JSON of any shape that may look like an export.
/// Found by the long run of torn files: it took time by the square of the text, and as much memory.
#[test]
fn links_without_an_end_are_only_signs_in_a_text() {
    let desk = desk();
    let options = ImportOptions { format: Some(ImportFormat::Markdown), ..ImportOptions::default() };
    for (number, sign) in ["](a%2file", "![[", "](<a", "[a](b", "![[a|"].into_iter().enumerate() {
        let text = sign.repeat(200_000 / sign.len());
        let folder = desk.folder.path().join(format!("notes-{number}"));
        std::fs::create_dir(&folder).unwrap();
        let note = format!("---\ncreated: 2026-05-03T18:02:00Z\n---\n{text}");
        std::fs::write(folder.join(format!("{number}.md")), note).unwrap();
        let report = desk.journal.import(folder.to_string_lossy().into_owned(), options.clone(), None);
        assert_eq!(report.map(|report| report.added), Ok(1));
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!(FIRST)),
        Just(json!("2020-01-01T00:00:00Z")),
        Just(json!("-262143-01-01T00:00:00Z")),
    ];
    let key = prop_oneof![
        Just("uuid".to_owned()),
        Just("creationDate".to_owned()),
        Just("text".to_owned()),
        Just("tags".to_owned()),
        Just("entries".to_owned()),
        any::<String>(),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(crate::tests::cases(96))]

    #[test]
    fn no_json_makes_an_import_panic(entries in prop::collection::vec(anything(), 0..4), top in anything()) {
        let desk = desk();
        for json in [top, export(&entries)] {
            match desk.import(&json) {
                Ok(report) => prop_assert_eq!(report.found, report.added + report.already_here + report.left_out),
                Err(error) => prop_assert!(matches!(error, Error::Import { .. }), "another error"),
            }
        }
    }

    #[test]
    fn no_bytes_make_an_import_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), zipped in any::<bool>()) {
        let desk = desk();
        let bytes = if zipped { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        let file = desk.put("bytes", &bytes);
        let _ = desk.journal.import(file, day_one(), None);
    }
}
