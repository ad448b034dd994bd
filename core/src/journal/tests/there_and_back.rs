//! What is exported comes back: our own JSON whole, every other format as far as it can hold it.

use std::path::PathBuf;

use proptest::prelude::*;

use super::super::{
    Answer, Emotion, EntryFilter, EntryKind, EntryLink, ExportFormat, ExportOptions, ImportFormat,
    ImportOptions, ImportReport, Told,
};
use super::*;
use crate::clock::Moment;
use crate::id::{GoalId, RelationshipId, TaskId};

fn whole() -> ExportOptions {
    ExportOptions { former_versions: true, ..ExportOptions::default() }
}

impl Desk {
    fn goes_out(&self, format: ExportFormat, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let to = path.to_string_lossy().into_owned();
        let told = Told::AnyoneCanReadIt;
        self.journal.export(to, format, EntryFilter::default(), whole(), told, None).unwrap();
        path
    }

    fn comes_in(&self, path: &std::path::Path) -> ImportReport {
        let from = path.to_string_lossy().into_owned();
        self.journal.import(from, ImportOptions::default(), None).unwrap()
    }

    /// All entries, oldest first.
    pub(super) fn all(&self) -> Vec<Entry> {
        let page = self.journal.entries(500, None).unwrap();
        let ids = page.entries.iter().rev().map(|entry| entry.id);
        ids.map(|id| self.journal.entry(id).unwrap()).collect()
    }
}

/// Exports everything, former versions too.
pub(super) fn whole_export(here: &Desk, format: ExportFormat, name: &str) -> PathBuf {
    here.goes_out(format, name)
}

/// Exports everything from one journal and imports it into another.
pub(super) fn there_and_back(
    here: &Desk,
    format: ExportFormat,
    read_as: ImportFormat,
) -> (Desk, ImportReport) {
    let path = here.goes_out(format, "out.zip");
    let there = desk();
    // The other person's clock is later, so that nothing seems to come from tomorrow.
    there.world.pass(TimeDelta::days(1));
    let report = there.comes_in(&path);
    assert_eq!(report.format, read_as, "recognised");
    assert_eq!((report.bad_count, report.left_out, report.already_here), (0, 0, 0));
    (there, report)
}

/// Lines that formats could take for something else.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~äöüß€漢字שלום👩‍👧é]{0,30}",
        1 => any::<String>().prop_map(|text| text.replace('\0', "")),
        1 => Just("---".to_owned()),
        1 => Just("...".to_owned()),
        1 => Just("title: not a title".to_owned()),
        1 => Just("<!-- attachments -->".to_owned()),
        1 => Just("[2020-01-01 10:00] not an entry".to_owned()),
        1 => Just("\\[2020-01-01 10:00:00 AM] nor this *".to_owned()),
        1 => Just("[2020-01-01".to_owned()),
        1 => Just("**bold**".to_owned()),
        1 => Just("ends so *\\".to_owned()),
        1 => Just("# a heading".to_owned()),
        1 => Just("```\ncode\\.\n```".to_owned()),
        1 => Just("a\\.b `c\\.d` \\\\ \\`".to_owned()),
        1 => Just("trailing  ".to_owned()),
        1 => Just("@sam #tag ![x](y.png)".to_owned()),
        1 => Just(String::new()),
    ]
}

fn prose() -> impl Strategy<Value = String> {
    (prop::collection::vec(line(), 0..6), prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")])
        .prop_map(|(lines, end)| lines.join(end))
}

fn one_line() -> impl Strategy<Value = String> {
    line().prop_map(|text| {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
        if line.trim().is_empty() { "yes".to_owned() } else { line.trim().to_owned() }
    })
}

fn moment() -> impl Strategy<Value = Moment> {
    let zones = prop_oneof![Just(Tz::Europe__Berlin), Just(Tz::Asia__Kolkata), Just(Tz::UTC)];
    // Of the years 1900 to 2026.
    (-2_208_988_800_000_000_i64..1_777_000_000_000_000, zones).prop_map(|(micros, zone)| {
        Moment::in_zone(Instant::from_timestamp_micros(micros).unwrap_or_default(), zone)
    })
}

fn link() -> impl Strategy<Value = EntryLink> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(|id| EntryLink::Goal(GoalId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| EntryLink::Task(TaskId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| EntryLink::Relationship(RelationshipId::from_bytes(id))),
    ]
}

/// A case that failed is shown; a person's words never are.
#[derive(Clone)]
struct Shown(NewEntry);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).unwrap())
    }
}

prop_compose! {
    fn any_entry()(
        text in prose(),
        title in prop::option::of(one_line()),
        kind in prop::sample::select(EntryKind::ALL),
        mood in prop::option::of(1..=5_u8),
        emotions in prop::collection::vec((one_line(), prop::option::of(0..=10_u8)), 0..3),
        tags in prop::collection::vec(one_line(), 0..4),
        links in prop::collection::vec(link(), 0..3),
        answers in prop::collection::vec((one_line(), prose()), 0..3),
        starred in any::<bool>(),
        to_bring in any::<bool>(),
        written in moment(),
    ) -> Shown {
        Shown(NewEntry {
            text,
            title,
            kind: Some(kind),
            mood,
            emotions: emotions.into_iter().map(|(name, intensity)| Emotion { name, intensity }).collect(),
            tags,
            links,
            answers: answers
                .into_iter()
                .map(|(field, value)| Answer { template: "own".to_owned(), version: 1, field, value })
                .collect(),
            starred,
            to_bring,
            written: Some(written),
            ..NewEntry::default()
        })
    }
}

/// Writes what can be written: nothing at all cannot.
fn write_all(desk: &Desk, entries: Vec<Shown>) {
    for Shown(entry) in entries {
        desk.world.pass(TimeDelta::milliseconds(7));
        let _ = desk.journal.add(entry);
    }
}

/// What jrnl can hold of an entry.
fn held_by_jrnl(entry: &Entry) -> (String, String, bool) {
    let local = entry.written.at.naive_utc() + TimeDelta::seconds(entry.written.offset_seconds.into());
    let unix = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    let title = entry.title.clone().unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!("{title}\n{}", unix(&entry.text).trim());
    // Space around the first line is nobody's.
    let text = text.trim().to_owned();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    (
        local.format("%Y-%m-%d %H:%M").to_string(),
        format!("{}\n{}", first.trim(), rest.trim()).trim().to_owned(),
        entry.starred,
    )
}

fn sorted<T: Ord>(list: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = list.collect();
    list.sort();
    list
}

proptest! {
    #![proptest_config(crate::tests::cases(24))]

    #[test]
    fn our_own_json_brings_every_entry_back_as_it_was(entries in prop::collection::vec(any_entry(), 1..5)) {
        let here = desk();
        write_all(&here, entries);
        for entry in here.all().into_iter().take(1) {
            let edit = EntryEdit { text: Some("edited".into()), ..EntryEdit::default() };
            here.journal.edit(entry.id, entry.revision, edit).unwrap();
        }
        if here.journal.count().unwrap() > 0 {
            let (there, report) = there_and_back(&here, ExportFormat::CommonGround, ImportFormat::CommonGround);
            prop_assert!(there.all() == here.all());
            prop_assert_eq!(report.added, here.journal.count().unwrap());
            for entry in here.all() {
                let versions = |desk: &Desk| -> Vec<_> {
                    let all = desk.journal.versions(entry.id).unwrap();
                    all.iter().map(|one| desk.journal.version(one.revision).unwrap()).collect()
                };
                prop_assert!(versions(&there) == versions(&here));
            }
        }
    }

    #[test]
    fn a_folder_of_markdown_brings_every_entry_back_but_for_its_former_versions(
        entries in prop::collection::vec(any_entry(), 1..5),
    ) {
        let here = desk();
        write_all(&here, entries);
        if here.journal.count().unwrap() > 0 {
            let (there, _) = there_and_back(&here, ExportFormat::Markdown, ImportFormat::Markdown);
            for (mut back, entry) in there.all().into_iter().zip(here.all()) {
                // Links come back by their kind.
                back.revision = entry.revision;
                let by_kind = |links: &[EntryLink]| {
                    sorted(links.iter().map(|link| serde_json::to_string(link).unwrap()))
                };
                prop_assert_eq!(by_kind(&back.links), by_kind(&entry.links));
                back.links = entry.links.clone();
                prop_assert!(back == entry, "{} became {}", serde_json::to_string(&entry).unwrap(), serde_json::to_string(&back).unwrap());
            }
        }
    }

    #[test]
    fn day_one_loses_nothing_that_it_can_hold(entries in prop::collection::vec(any_entry(), 1..5)) {
        let here = desk();
        write_all(&here, entries);
        if here.journal.count().unwrap() > 0 {
            let (there, _) = there_and_back(&here, ExportFormat::DayOne, ImportFormat::DayOne);
            let held = |desk: &Desk| sorted(desk.all().into_iter().map(|entry| {
                let Entry { id, written, title, text, tags, starred, .. } = entry;
                (id, written.at.timestamp(), written.zone, title, text, tags, starred)
            }));
            prop_assert!(held(&there) == held(&here));
        }
    }

    #[test]
    fn jrnl_brings_back_texts_stars_and_minutes(entries in prop::collection::vec(any_entry(), 1..5)) {
        let here = desk();
        write_all(&here, entries.into_iter().map(|Shown(entry)| Shown(NewEntry { tags: Vec::new(), ..entry })).collect());
        if here.journal.count().unwrap() > 0 {
            for (format, read_as) in [
                (ExportFormat::JrnlJson, ImportFormat::JrnlJson),
                (ExportFormat::JrnlText, ImportFormat::JrnlText),
            ] {
                let path = here.goes_out(format, read_as.as_str());
                let there = desk();
                there.world.pass(TimeDelta::days(1));
                let report = there.comes_in(&path);
                prop_assert_eq!(report.format, read_as);
                prop_assert_eq!(report.bad_count, 0);
                let tags_only = |(_, text, _): &(String, String, bool)| {
                    text.lines().last().is_some_and(|line| line.split_whitespace().all(|word| word.starts_with('@')))
                };
                let held = |desk: &Desk| {
                    let mut held = sorted(desk.all().iter().map(held_by_jrnl));
                    held.retain(|held| !tags_only(held));
                    held
                };
                prop_assert!(held(&there) == held(&here), "{:?}\n{:?}", held(&here), held(&there));
            }
        }
    }
}
