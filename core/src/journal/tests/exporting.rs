//! What is written for other programs.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::named_params;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::{
    Answer, Attached, Emotion, EntryFilter, EntryKind, EntryLink, ExportFormat, ExportOptions, ExportReport,
    PageLabel, PageWords, Told,
};
use super::*;
use crate::clock::Moment;
use crate::id::{AttachmentId, GoalId};
use crate::progress::Progress;

const PLAIN: ExportOptions =
    ExportOptions { replace: false, attachments: true, former_versions: false, byte_order_mark: false };

const ALL: [ExportFormat; 6] = [
    ExportFormat::CommonGround,
    ExportFormat::DayOne,
    ExportFormat::JrnlJson,
    ExportFormat::JrnlText,
    ExportFormat::Markdown,
    ExportFormat::Csv,
];

/// The bytes of the smallest PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n not a real one";

impl Desk {
    fn export_to(&self, name: &str, format: ExportFormat) -> (ExportReport, PathBuf) {
        let path = self.folder.path().join(name);
        (self.export(&path, format, EntryFilter::default(), PLAIN).unwrap(), path)
    }

    fn export(
        &self,
        path: &Path,
        format: ExportFormat,
        filter: EntryFilter,
        options: ExportOptions,
    ) -> Result<ExportReport> {
        let path = path.to_string_lossy().into_owned();
        self.journal.export(path, format, filter, options, Told::AnyoneCanReadIt, None)
    }

    fn text_of(&self, name: &str, format: ExportFormat) -> String {
        std::fs::read_to_string(self.export_to(name, format).1).unwrap()
    }

    /// Puts a content into the file, as if it had been attached.
    fn content(&self, bytes: &[u8]) -> AttachmentId {
        let id = AttachmentId::from_bytes(Sha256::digest(bytes).into());
        self.private
            .write(|file| {
                file.execute(
                    "INSERT INTO attachment (id, bytes, added_at) VALUES (:id, :bytes, 0)",
                    named_params! { ":id": id, ":bytes": bytes.len() as i64 },
                )?;
                file.execute(
                    "INSERT INTO attachment_piece (attachment, position, bytes)
                     SELECT number, 0, :bytes FROM attachment WHERE id = :id",
                    named_params! { ":id": id, ":bytes": bytes },
                )?;
                Ok(())
            })
            .unwrap();
        id
    }

    /// An entry with something of everything.
    fn full_entry(&self) -> Entry {
        let photo = self.content(PNG);
        self.journal
            .add(NewEntry {
                title: Some("On the bridge".to_owned()),
                text: format!("Two of us.\n\n![the bridge](attachment:{photo})\n\n---\n[2020-01-01 10:00] <b>not</b> a date"),
                kind: Some(EntryKind::SmallWin),
                mood: Some(4),
                emotions: vec![Emotion { name: "joy".to_owned(), intensity: Some(7) }],
                tags: vec!["walks".to_owned(), "two words".to_owned()],
                links: vec![EntryLink::Goal(GoalId::from_bytes([3; 16]))],
                answers: vec![Answer {
                    template: "small-win".to_owned(),
                    version: 1,
                    field: "what".to_owned(),
                    value: "We went\nall the way".to_owned(),
                }],
                attachments: vec![Attached {
                    attachment: photo,
                    name: "bridge.PNG".to_owned(),
                    media_type: "image/png".to_owned(),
                }],
                starred: true,
                to_bring: true,
                written: Some(Moment::in_zone(at("2026-05-03T16:02:11.250Z"), Tz::Europe__Berlin)),
            })
            .unwrap()
    }
}

fn members(path: &Path) -> HashMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut member = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            (member.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// All that lies beside an export: nothing half-written may stay.
fn beside(desk: &Desk) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("private."))
        .collect();
    names.sort();
    names
}

#[test]
fn our_own_json_holds_an_entry_as_it_is_and_the_zip_its_attachments() {
    let desk = desk();
    let entry = desk.full_entry();
    let (report, path) = desk.export_to("all.zip", ExportFormat::CommonGround);
    assert_eq!(report, ExportReport { entries: 1, attachments: 1, ..ExportReport::default() });
    let members = members(&path);
    let photo = entry.attachments[0].attachment;
    assert_eq!(members[&format!("attachments/{photo}")], PNG);
    let json: Value = serde_json::from_slice(&members["common-ground.json"]).unwrap();
    assert_eq!((json["format"].as_str(), json["version"].as_u64()), (Some("common-ground journal"), Some(1)));
    let back: Entry = serde_json::from_value(json["entries"][0].clone()).unwrap();
    assert!(back == entry);

    let (report, path) = desk.export_to("all.json", ExportFormat::CommonGround);
    assert_eq!((report.attachments, report.attachments_left_out), (0, 1), "a name that is no zip's is plain");
    let plain: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(plain["entries"], json["entries"]);
}

#[test]
fn former_versions_and_coping_tools_come_along_when_asked_for() {
    let desk = desk();
    let entry = desk.write("first");
    let edit = EntryEdit { text: Some("second".into()), mood: Some(2), ..EntryEdit::default() };
    let now = desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    desk.private
        .write(|file| {
            file.execute_batch(
                "INSERT INTO coping_tool VALUES (zeroblob(16), 'Breathing', 'slowly', 0, NULL);
                 INSERT INTO tool_use (id, tool, used_at, zone, offset_seconds, helped, note)
                 VALUES (zeroblob(16), zeroblob(16), 1000000, 'UTC', 0, 6, '')",
            )
            .map_err(Into::into)
        })
        .unwrap();
    let path = desk.folder.path().join("former.json");
    let options = ExportOptions { former_versions: true, ..PLAIN };
    desk.export(&path, ExportFormat::CommonGround, EntryFilter::default(), options).unwrap();
    let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(json["entries"][0]["revision"], now.revision.to_string());
    let former = &json["former_versions"][0];
    assert_eq!((&former["text"], &former["details"]["mood"]), (&"first".into(), &Value::Null));
    assert_eq!(former["revision"], entry.revision.to_string());
    assert_eq!(json["tool_uses"][0]["helped"], 6);
    assert_eq!(json["tool_uses"][0]["used"]["at"], "1970-01-01T00:00:01Z");

    let some = EntryFilter { mood_from: Some(1), ..EntryFilter::default() };
    let path = desk.folder.path().join("some.json");
    desk.export(&path, ExportFormat::CommonGround, some, PLAIN).unwrap();
    let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(json.get("former_versions").is_none(), "not asked for");
    assert!(json.get("coping_tools").is_none(), "a part of the journal has no toolbox");
}

#[test]
fn day_one_gets_a_zip_with_photos_named_by_their_digest() {
    let desk = desk();
    let entry = desk.full_entry();
    let (report, path) = desk.export_to("dayone.zip", ExportFormat::DayOne);
    assert_eq!((report.attachments, report.entries_with_more), (1, 1));
    let members = members(&path);
    let json: Value = serde_json::from_slice(&members["Journal.json"]).unwrap();
    let written = &json["entries"][0];
    assert_eq!(written["uuid"], entry.id.to_string().replace('-', "").to_uppercase());
    assert_eq!(written["creationDate"], "2026-05-03T16:02:11Z");
    assert_eq!(written["timeZone"], "Europe/Berlin");
    assert_eq!((&written["starred"], &written["tags"][1]), (&true.into(), &"two words".into()));
    let photo = &written["photos"][0];
    let name = format!("photos/{}.png", photo["md5"].as_str().unwrap());
    assert_eq!(members[&name], PNG);
    let link = format!("![the bridge](dayone-moment://{})", photo["identifier"].as_str().unwrap());
    let text = written["text"].as_str().unwrap();
    assert!(text.starts_with("# On the bridge\n\nTwo of us.") && text.contains(&link), "{text}");
}

#[test]
fn jrnl_gets_a_text_in_which_no_line_is_taken_for_another_entry() {
    let desk = desk();
    desk.full_entry();
    desk.journal
        .add(NewEntry {
            text: "**bold**\n[x] a task\n[link](there)\n\\[2020-01-01 10:00] quoted".to_owned(),
            written: Some(Moment::in_zone(at("2026-05-03T22:30:00Z"), Tz::Europe__Berlin)),
            ..NewEntry::default()
        })
        .unwrap();
    let text = desk.text_of("jrnl.txt", ExportFormat::JrnlText);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "[2026-05-03 06:02:11 PM] On the bridge *");
    assert!(lines.contains(&"\\[2020-01-01 10:00] <b>not</b> a date"));
    assert!(lines.contains(&"@walks @two_words"));
    assert!(lines.contains(&"[2026-05-04 12:30:00 AM] **bold**\\"), "{text}");
    assert!(lines.contains(&"[x] a task") && lines.contains(&"[link](there)"));
    assert!(lines.contains(&"\\\\[2020-01-01 10:00] quoted"));
    assert_eq!(text.matches("\n[2026-").count(), 1);
}

#[test]
fn jrnl_gets_json_with_its_own_fields() {
    let desk = desk();
    let entry = desk.full_entry();
    desk.write("only one line");
    let json: Value = serde_json::from_str(&desk.text_of("jrnl.json", ExportFormat::JrnlJson)).unwrap();
    let first = &json["entries"][0];
    assert_eq!((&first["date"], &first["time"]), (&"2026-05-03".into(), &"18:02".into()));
    assert_eq!((&first["title"], &first["starred"]), (&"On the bridge".into(), &true.into()));
    assert_eq!((&first["uuid"], &first["tags"][1]), (&entry.id.to_string().into(), &"@two words".into()));
    assert_eq!(json["tags"]["@walks"], 1);
    assert_eq!(
        (&json["entries"][1]["title"], &json["entries"][1]["body"]),
        (&"only one line".into(), &"".into())
    );
}

#[test]
fn a_folder_of_markdown_has_safe_names_front_matter_and_its_pictures() {
    let desk = desk();
    let entry = desk.full_entry();
    let (report, folder) = desk.export_to("notes", ExportFormat::Markdown);
    assert_eq!((report.attachments, report.entries_with_more), (1, 0));
    let id = entry.id.to_string();
    let name = format!("2026-05-03 On the bridge {}.md", &id[id.len() - 12..]);
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let photo = entry.attachments[0].attachment;
    assert!(text.starts_with("---\ntitle: On the bridge\n"), "{text}");
    for line in [
        "created: \"2026-05-03 16:02:11.250Z\"\n",
        "timezone: Europe/Berlin\n",
        "- two words\n",
        "mood: 4\n",
        "starred: true\n",
        "kind: small-win\n",
        "value: \"We went\\nall the way\"\n",
        &format!("\n---\n\nTwo of us.\n\n![the bridge](_resources/{photo}.png)\n"),
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(std::fs::read(folder.join("_resources").join(format!("{photo}.png"))).unwrap(), PNG);
}

#[test]
fn a_table_has_one_row_an_entry_and_no_formulas() {
    let desk = desk();
    desk.full_entry();
    desk.journal.add(text("=HYPERLINK(\"http://example.org\")")).unwrap();
    let path = desk.folder.path().join("table.csv");
    let options = ExportOptions { byte_order_mark: true, ..PLAIN };
    desk.export(&path, ExportFormat::Csv, EntryFilter::default(), options).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let mut table = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap());
    let columns: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<HashMap<String, String>> = table
        .records()
        .map(|row| columns.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0]["date"].as_str(), rows[0]["time"].as_str()), ("2026-05-03", "18:02:11"));
    assert_eq!((rows[0]["mood"].as_str(), rows[0]["emotions"].as_str()), ("4", "joy 7"));
    assert_eq!(rows[1]["text"], "'=HYPERLINK(\"http://example.org\")");
}

struct Plain;

impl PageWords for Plain {
    fn language(&self) -> Result<String> {
        Ok("de".to_owned())
    }

    fn label(&self, label: PageLabel) -> Result<String> {
        Ok(format!("{label:?} & co"))
    }

    fn written(&self, written: Moment) -> Result<String> {
        Ok(written.local_date().to_string())
    }

    fn kind(&self, kind: EntryKind) -> Result<String> {
        Ok(kind.as_str().to_owned())
    }

    fn question(&self, template: String, _version: u32, field: String) -> Result<String> {
        Ok(format!("{template} {field}?"))
    }
}

#[test]
fn a_page_for_printing_is_whole_in_itself_and_runs_nothing() {
    let desk = desk();
    desk.full_entry();
    desk.write(
        "<script>alert(1)</script>\n\n![far](https://example.org/x.png) [go](javascript:alert(1)) \
         [there](https://example.org) <img src=x onerror=alert(1)>",
    );
    let path = desk.folder.path().join("page.html");
    let report = desk
        .journal
        .export_page(
            path.to_string_lossy().into_owned(),
            Arc::new(Plain),
            EntryFilter::default(),
            PLAIN,
            Told::AnyoneCanReadIt,
            None,
        )
        .unwrap();
    assert_eq!((report.entries, report.attachments, report.attachments_left_out), (2, 1, 0));
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page.contains("<html lang=\"de\">") && page.contains("Title &amp; co"));
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 1, "shown where it stands, and once");
    assert!(page.contains("&lt;script&gt;") && page.contains("&lt;b&gt;not&lt;/b&gt;"));
    assert!(page.contains("far (https://example.org/x.png)"), "named, not fetched");
    for never in ["<script", "javascript:", "onerror=alert(1)>", "src=\"http", "<b>"] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.contains("<a href=\"https://example.org\">there</a>"));
}

#[test]
fn a_filter_says_what_goes_and_the_bin_never_does() {
    let desk = desk();
    desk.write("stays");
    let binned = desk.journal.add(NewEntry { starred: true, ..text("binned") }).unwrap();
    desk.journal.bin(binned.id).unwrap();
    desk.journal.add(NewEntry { starred: true, ..text("goes") }).unwrap();
    let starred = EntryFilter { starred: true, ..EntryFilter::default() };
    for (number, format) in ALL.into_iter().enumerate() {
        let path = desk.folder.path().join(format!("export-{number}"));
        assert_eq!(desk.export(&path, format, starred.clone(), PLAIN).unwrap().entries, 1);
    }
    let path = desk.folder.path().join("starred.json");
    desk.export(&path, ExportFormat::CommonGround, starred, PLAIN).unwrap();
    let json = std::fs::read_to_string(path).unwrap();
    assert!(json.contains("goes") && !json.contains("stays") && !json.contains("\"binned\""));
}

#[test]
fn what_is_there_already_stays_unless_it_may_be_replaced() {
    let desk = desk();
    desk.write("words");
    for (number, format) in ALL.into_iter().enumerate() {
        let path = desk.folder.path().join(format!("there-{number}"));
        std::fs::write(&path, "mine").unwrap();
        let refused = desk.export(&path, format, EntryFilter::default(), PLAIN);
        assert!(refused.err() == Some(Error::FileExists));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
        let replaced =
            desk.export(&path, format, EntryFilter::default(), ExportOptions { replace: true, ..PLAIN });
        if format == ExportFormat::Markdown {
            assert!(replaced.err() == Some(Error::FileExists));
        } else {
            replaced.unwrap();
            assert_ne!(std::fs::read(&path).unwrap(), b"mine");
        }
    }
    let full = desk.folder.path().join("full");
    std::fs::create_dir_all(full.join("inside")).unwrap();
    for format in ALL {
        let replacing = ExportOptions { replace: true, ..PLAIN };
        let refused = desk.export(&full, format, EntryFilter::default(), replacing);
        assert!(refused.err() == Some(Error::FileExists));
    }
    std::fs::remove_dir(full.join("inside")).unwrap();
    desk.export(&full, ExportFormat::Markdown, EntryFilter::default(), PLAIN).unwrap();
    assert!(beside(&desk).iter().all(|name| !name.contains(".part")));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_was_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    desk.full_entry();
    for (number, format) in ALL.into_iter().enumerate() {
        let (_, path) = desk.export_to(&format!("mine-{number}"), format);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode(&path), 0o700);
            for file in path.read_dir().unwrap().chain(path.join("_resources").read_dir().unwrap()) {
                let file = file.unwrap().path();
                assert_eq!(mode(&file), if file.is_dir() { 0o700 } else { 0o600 });
            }
        } else {
            assert_eq!(mode(&path), 0o600);
        }
    }
}

struct CancelAt(u64, AtomicU64);

impl Progress for CancelAt {
    fn on_progress(&self, done: u64, total: Option<u64>) -> Result<bool> {
        assert!(done <= 200 && total == Some(200));
        self.1.store(done, Ordering::Relaxed);
        Ok(done < self.0)
    }
}

#[test]
fn a_cancelled_export_leaves_nothing_and_a_whole_one_tells_its_end() {
    let desk = desk();
    for number in 0..200 {
        desk.write(&format!("entry {number}"));
    }
    let path = desk.folder.path().join("out");
    let export = |format, progress: Arc<CancelAt>| {
        let path = path.to_string_lossy().into_owned();
        desk.journal.export(
            path,
            format,
            EntryFilter::default(),
            PLAIN,
            Told::AnyoneCanReadIt,
            Some(progress),
        )
    };
    for format in ALL {
        for cancel_at in [0, 64, 200] {
            let cancelled = export(format, Arc::new(CancelAt(cancel_at, AtomicU64::new(0))));
            assert!(cancelled.err() == Some(Error::Cancelled));
            assert!(beside(&desk).is_empty());
        }
    }
    let progress = Arc::new(CancelAt(u64::MAX, AtomicU64::new(0)));
    assert_eq!(export(ExportFormat::Csv, progress.clone()).unwrap().entries, 200);
    assert_eq!(progress.1.load(Ordering::Relaxed), 200);
}

struct LockHalfWay(Arc<Slot>);

impl Progress for LockHalfWay {
    fn on_progress(&self, done: u64, _: Option<u64>) -> Result<bool> {
        if done >= 64 {
            self.0.lock();
        }
        Ok(true)
    }
}

#[test]
fn locking_need_not_wait_for_an_export_which_then_leaves_nothing() {
    let desk = desk();
    for number in 0..100 {
        desk.write(&format!("entry {number}"));
    }
    let path = desk.folder.path().join("out.zip").to_string_lossy().into_owned();
    let progress = Arc::new(LockHalfWay(desk.private.clone()));
    let locked = desk.journal.export(
        path,
        ExportFormat::DayOne,
        EntryFilter::default(),
        PLAIN,
        Told::AnyoneCanReadIt,
        Some(progress),
    );
    assert!(locked.err() == Some(Error::Locked));
    assert!(beside(&desk).is_empty());
}
