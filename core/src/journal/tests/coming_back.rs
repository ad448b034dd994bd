//! Attachments go out and come back: bytes, names, what they are, their order, and where a text shows them.

use std::io::Cursor;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::attachments::{read_out, take_in};
use super::super::{Attached, ExportFormat, ImportFormat, ImportOptions, read_templates};
use super::attaching::content;
use super::there_and_back::{there_and_back, whole_export};
use super::*;
use crate::id::AttachmentId;

/// An attachment and whether the text shows it.
#[derive(Debug, Clone)]
struct Planned {
    seed: u8,
    length: usize,
    name: String,
    media_type: &'static str,
    shown: bool,
}

fn planned() -> impl Strategy<Value = Planned> {
    let name = prop_oneof![
        Just("IMG_1.JPG".to_owned()),
        Just("a [square] photo.jpg".to_owned()),
        Just("kein Name".to_owned()),
        Just("übung 日記 (1).pdf".to_owned()),
        "[a-z \\[\\]()<>'#%é]{1,12}\\.(png|m4a|mov|txt|x)".prop_map(|name| name.trim().to_owned()),
    ];
    let media_type = prop::sample::select(vec![
        "image/jpeg",
        "image/png",
        "audio/mp4",
        "audio/x-m4a",
        "video/quicktime",
        "application/pdf",
        "text/plain",
        "application/octet-stream",
    ]);
    // Few contents, so that the same one goes by several names.
    (
        0..3_u8,
        prop_oneof![3 => Just(700_usize), 1 => Just(1), 1 => Just(300_000)],
        name,
        media_type,
        any::<bool>(),
    )
        .prop_map(|(seed, length, name, media_type, shown)| Planned {
            seed,
            length,
            name,
            media_type,
            shown,
        })
}

impl Desk {
    /// Writes an entry with these attachments. Links to those that are shown stand between its lines.
    fn attach_all(&self, planned: &[Planned], with_title: bool) -> Entry {
        self.world.pass(TimeDelta::seconds(3));
        let world: World = self.world.clone();
        let (mut held, mut attachments, mut lines) =
            (Vec::new(), Vec::new(), vec!["before \\. it".to_owned()]);
        for one in planned {
            let bytes = content(one.seed, one.length);
            let here = take_in(&self.private, &world, &mut Cursor::new(bytes)).unwrap();
            if one.shown {
                lines.push(format!("![a \\* sign](attachment:{}) and more", here.id));
            }
            attachments.push(Attached {
                attachment: here.id,
                name: one.name.clone(),
                media_type: one.media_type.to_owned(),
            });
            held.push(here);
        }
        let title = with_title.then(|| "A `title` \\. #1".to_owned());
        let entry = NewEntry { title, text: lines.join("\n\n"), attachments, ..NewEntry::default() };
        self.journal.add(entry).unwrap()
    }

    fn bytes_of(&self, id: &AttachmentId) -> Vec<u8> {
        let mut bytes = Vec::new();
        read_out(&self.private, id, &mut bytes).unwrap();
        bytes
    }
}

fn fits_day_one(attached: &Attached) -> bool {
    let is = |kind: &str| attached.media_type.starts_with(kind);
    is("image/") || is("audio/") || is("video/") || is("application/pdf")
}

proptest! {
    #![proptest_config(crate::tests::cases(12))]

    #[test]
    fn what_is_attached_comes_back_from_every_format_that_takes_it_along(
        entries in prop::collection::vec((prop::collection::vec(planned(), 0..5), any::<bool>()), 1..4),
    ) {
        let here = desk();
        for (planned, with_title) in &entries {
            here.attach_all(planned, *with_title);
        }
        // What hangs on a former version only.
        if let Some(entry) = here.all().first() {
            let edit = EntryEdit { attachments: Some(Vec::new()), ..EntryEdit::default() };
            here.journal.edit(entry.id, entry.revision, edit).unwrap();
        }
        for (format, read_as) in [
            (ExportFormat::CommonGround, ImportFormat::CommonGround),
            (ExportFormat::Markdown, ImportFormat::Markdown),
            (ExportFormat::DayOne, ImportFormat::DayOne),
        ] {
            let (there, report) = there_and_back(&here, format, read_as);
            prop_assert_eq!(report.attachments_missing, 0);
            for entry in here.all() {
                let back = there.journal.entry(entry.id).unwrap();
                let mut expected = entry.attachments.clone();
                if format == ExportFormat::DayOne {
                    expected.retain(fits_day_one);
                }
                prop_assert!(back.text == entry.text, "{format:?}: {:?} became {:?}", entry.text, back.text);
                prop_assert!(back.title == entry.title);
                prop_assert!(
                    back.attachments == expected, "{format:?}: {} became {}",
                    json!(entry.attachments), json!(back.attachments)
                );
                for attached in &back.attachments {
                    prop_assert!(there.bytes_of(&attached.attachment) == here.bytes_of(&attached.attachment));
                }
                if format == ExportFormat::CommonGround {
                    for version in here.journal.versions(entry.id).unwrap() {
                        let then = here.journal.version(version.revision).unwrap();
                        prop_assert!(there.journal.version(version.revision).unwrap() == then);
                        for attached in then.details.iter().flat_map(|details| &details.attachments) {
                            let id = &attached.attachment;
                            prop_assert!(there.bytes_of(id) == here.bytes_of(id));
                        }
                    }
                }
            }
            std::fs::remove_dir_all(here.folder.path().join("out.zip"))
                .or_else(|_| std::fs::remove_file(here.folder.path().join("out.zip")))
                .unwrap();
        }
    }
}

#[test]
fn an_attachment_of_a_former_version_alone_is_counted_once_and_told_where_it_is_missing() {
    let here = desk();
    let photo = Planned { seed: 1, length: 9, name: "a.png".into(), media_type: "image/png", shown: false };
    let entry = here.attach_all(&[photo], false);
    let edit =
        |text: &str, attachments| EntryEdit { text: Some(text.into()), attachments, ..EntryEdit::default() };
    let entry = here.journal.edit(entry.id, entry.revision, edit("second", None)).unwrap();
    here.journal.edit(entry.id, entry.revision, edit("third", Some(Vec::new()))).unwrap();

    for (name, added, missing) in [("all.zip", 1, 0), ("all.json", 0, 1)] {
        let path = whole_export(&here, ExportFormat::CommonGround, name);
        let from = path.to_string_lossy().into_owned();
        let there = desk();
        there.world.pass(TimeDelta::days(1));
        let dry = ImportOptions { dry_run: true, ..ImportOptions::default() };
        for options in [dry, ImportOptions::default()] {
            let report = there.journal.import(from.clone(), options, None).unwrap();
            assert_eq!((report.attachments_added, report.attachments_missing), (added, missing));
            assert_eq!(report.missing.len() as u64, missing);
        }
        let again = there.journal.import(from, ImportOptions::default(), None).unwrap();
        assert_eq!((again.added, again.attachments_added, again.attachments_missing), (0, 0, 0));
        assert_eq!(there.journal.versions(entry.id).unwrap().len(), 2, "the versions came along");
    }
}

/// A template of one's own.
fn template(question: &str) -> Value {
    json!({
        "id": "mine", "version": 1, "language": "en", "title": "Mine",
        "fields": [{ "id": "a", "question": question, "kind": "text" },
                   { "id": "b", "question": "Which?", "kind": "choice", "options": ["this", "that"] }],
        "source": "me", "licence": "CC0-1.0",
    })
}

#[test]
fn templates_of_ones_own_come_back_and_replace_none_that_is_here() {
    let add = |desk: &Desk, question: &str| {
        let pack = desk.folder.path().join("pack.json").to_string_lossy().into_owned();
        std::fs::write(&pack, template(question).to_string()).unwrap();
        desk.journal.add_templates(pack.clone()).unwrap();
        read_templates(pack).unwrap()
    };
    let mine = |desk: &Desk| {
        let all = desk.journal.templates("en".into()).unwrap();
        all.into_iter().filter(|one| one.id == "mine").collect::<Vec<_>>()
    };
    let here = desk();
    here.write("words");
    let added = add(&here, "How?");
    let (there, _) = there_and_back(&here, ExportFormat::CommonGround, ImportFormat::CommonGround);
    assert!(mine(&there) == added);

    let other = desk();
    other.world.pass(TimeDelta::days(1));
    let theirs = add(&other, "Why?");
    let from = here.folder.path().join("out.zip").to_string_lossy().into_owned();
    other.journal.import(from, ImportOptions::default(), None).unwrap();
    assert!(mine(&other) == theirs, "what is here stays");

    // One that was taken out of the list is not offered there either, but still asks beside old answers.
    here.journal.remove_template("mine".into()).unwrap();
    let path = whole_export(&here, ExportFormat::CommonGround, "removed.json");
    let there = desk();
    there.world.pass(TimeDelta::days(1));
    there.journal.import(path.to_string_lossy().into_owned(), ImportOptions::default(), None).unwrap();
    assert!(mine(&there).is_empty());
    assert!(there.journal.template("mine".into(), "en".into(), Some(1)).unwrap() == added[0]);
}

#[test]
fn a_broken_template_in_an_export_ends_the_import_and_quotes_nothing() {
    let mut broken = template("a secret question");
    broken["fields"][1]["options"] = json!(["a secret"]);
    let desk = desk();
    let path = desk.folder.path().join("broken.json");
    let json = format!(
        r#"{{"format":"common-ground journal","version":1,"made_at":"2026-05-04T08:00:00Z","entries":[],
"templates":[{{"added_at":"2026-05-03T10:00:00Z","removed_at":null,"template":{broken}}}]}}"#
    );
    std::fs::write(&path, json).unwrap();
    let options = ImportOptions { format: Some(ImportFormat::CommonGround), ..ImportOptions::default() };
    let refused = desk.journal.import(path.to_string_lossy().into_owned(), options, None).err().unwrap();
    let Error::Import { entry: 1, field, problem, .. } = &refused else { panic!("{refused}") };
    assert_eq!(field, "templates");
    assert!(problem.contains("2 to 50") && !refused.to_string().contains("secret"), "{refused}");
}

#[test]
fn only_a_title_that_we_exported_becomes_one_again() {
    let desk = desk();
    let entry = |number: u8, text: &str, title: Value| {
        let uuid = format!("{number:032X}");
        json!({ "uuid": uuid, "creationDate": format!("2026-05-0{number}T10:00:00Z"), "timeZone": "UTC",
                "text": text, "commonGroundTitle": title })
    };
    let export = json!({ "metadata": { "version": "1.0" }, "entries": [
        entry(1, "# A walk\n\nWe went.", Value::Null),
        entry(2, "# A walk\n\nWe went.", json!("A walk")),
        entry(3, "# A longer walk\n\nWe went.", json!("A walk")),
        entry(4, "# A walk\n\nWe went.", json!(7)),
    ] });
    let path = desk.folder.path().join("export.json");
    std::fs::write(&path, export.to_string()).unwrap();
    desk.journal.import(path.to_string_lossy().into_owned(), ImportOptions::default(), None).unwrap();
    let told: Vec<(Option<String>, String)> =
        desk.all().into_iter().map(|entry| (entry.title, entry.text)).collect();
    let whole = |text: &str| (None, text.to_owned());
    assert_eq!(
        told,
        [
            whole("# A walk\n\nWe went."),
            (Some("A walk".to_owned()), "We went.".to_owned()),
            whole("# A longer walk\n\nWe went."),
            whole("# A walk\n\nWe went."),
        ]
    );
}
