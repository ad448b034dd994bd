//! Every version that was saved stays readable, and can be brought back without losing the present one.

use proptest::prelude::*;

use super::super::versions::runs;
use super::super::{Answer, Emotion, EntryFilter, EntryKind, EntryLink, EntryPart, TextRunKind};
use super::*;
use crate::clock::Moment;
use crate::error::Thing;
use crate::id::{GoalId, RevisionId};
use crate::tests::cases;

/// An entry without what an edit changes by itself.
fn words_of(entry: &Entry) -> Entry {
    Entry { revision: RevisionId::from_bytes([0; 16]), saved_at: Instant::UNIX_EPOCH, ..entry.clone() }
}

impl Desk {
    fn change(&self, entry: &Entry, edit: EntryEdit) -> Entry {
        self.world.pass(TimeDelta::minutes(1));
        self.journal.edit(entry.id, entry.revision, edit).expect("an edit")
    }
}

fn to(words: &str) -> EntryEdit {
    EntryEdit { text: Some(words.into()), ..EntryEdit::default() }
}

#[test]
fn former_versions_are_listed_latest_first_and_each_is_there_whole() {
    let desk = desk();
    let first = desk.write("one");
    let second = desk.change(&first, EntryEdit { title: Some("Two".into()), ..to("two") });
    // A clock that was set back does not turn the order round.
    desk.world.pass(TimeDelta::days(-3));
    let third = desk.change(&second, EntryEdit { mood: Some(4), ..EntryEdit::default() });
    let versions = desk.journal.versions(first.id).unwrap();
    assert!(versions.iter().map(|one| one.revision).eq([second.revision, first.revision]));
    assert!(versions[0].title.as_deref() == Some("Two") && versions[1].opening == "one");
    assert!(versions[0].saved_at == second.saved_at);
    let version = desk.journal.version(second.revision).unwrap();
    assert!(version.text == "two" && version.entry == first.id);
    assert!(
        version.details.is_some_and(|details| details.mood.is_none() && details.written == first.written)
    );
    assert!(desk.journal.version(third.revision).err() == Some(Error::NotFound { what: Thing::Version }));
    let nobody = EntryId::from_bytes([9; 16]);
    assert!(desk.journal.versions(nobody).err() == Some(Error::NotFound { what: Thing::Entry }));
    desk.journal.bin(first.id).unwrap();
    assert_eq!(desk.journal.versions(first.id).unwrap().len(), 2, "also of one in the bin");
}

#[test]
fn what_differs_is_told_by_parts_and_word_by_word() {
    let desk = desk();
    let first = desk.write("Slept six hours.\nNo dreams.");
    let second = desk.change(
        &first,
        EntryEdit { starred: Some(true), mood: Some(3), ..to("Slept five hours.\nNo dreams. Rain.") },
    );
    let difference = desk.journal.version_difference(first.revision).unwrap();
    assert_eq!(difference.changed, [EntryPart::Text, EntryPart::Mood, EntryPart::Starred]);
    let marked: Vec<_> = difference.text.iter().map(|run| (run.kind, run.text.as_str())).collect();
    use TextRunKind::{Added, Removed, Same};
    assert_eq!(
        marked,
        [
            (Same, "Slept "),
            (Removed, "six"),
            (Added, "five"),
            (Same, " hours.\nNo dreams."),
            (Added, " Rain.")
        ]
    );
    assert!(difference.title.is_empty() && difference.answers.is_empty());
    let back = desk.change(&second, EntryEdit { starred: Some(false), mood: Some(0), ..to(&first.text) });
    assert!(back.text == first.text);
    assert!(desk.journal.version_difference(first.revision).unwrap().changed.is_empty());
}

#[test]
fn answers_are_compared_question_by_question() {
    let desk = desk();
    let answer = |field: &str, value: &str| Answer {
        template: "mine".into(),
        version: 1,
        field: field.into(),
        value: value.into(),
    };
    let new = NewEntry { answers: vec![answer("a", "yes"), answer("b", "gone")], ..NewEntry::default() };
    let first = desk.journal.add(new).unwrap();
    let answers = Some(vec![answer("c", "new"), answer("a", "yes indeed")]);
    desk.change(&first, EntryEdit { answers, ..EntryEdit::default() });
    let difference = desk.journal.version_difference(first.revision).unwrap();
    assert_eq!(difference.changed, [EntryPart::Answers]);
    let kinds: Vec<_> = difference
        .answers
        .iter()
        .map(|one| (one.field.as_str(), one.value.iter().map(|run| run.kind).collect::<Vec<_>>()))
        .collect();
    use TextRunKind::{Added, Removed, Same};
    assert_eq!(kinds, [("a", vec![Same, Added]), ("b", vec![Removed]), ("c", vec![Added])]);
    assert!(desk.journal.versions(first.id).unwrap()[0].opening == "yes", "a version without a text");
}

#[test]
fn bringing_back_an_earlier_version_keeps_the_present_one() {
    let desk = desk();
    let new = NewEntry {
        title: Some("A title".into()),
        kind: Some(EntryKind::SmallWin),
        mood: Some(4),
        emotions: vec![Emotion { name: "relief".into(), intensity: None }],
        tags: vec!["garden".into()],
        links: vec![EntryLink::Goal(GoalId::from_bytes([5; 16]))],
        starred: true,
        to_bring: true,
        ..text("as it was")
    };
    let first = desk.journal.add(new).unwrap();
    let edit = EntryEdit {
        title: Some(String::new()),
        kind: Some(EntryKind::Free),
        mood: Some(0),
        emotions: Some(Vec::new()),
        tags: Some(Vec::new()),
        links: Some(Vec::new()),
        starred: Some(false),
        to_bring: Some(false),
        written: Some(Moment {
            at: at("2020-01-01T00:00:00Z"),
            zone: "Asia/Tokyo".into(),
            offset_seconds: 32400,
        }),
        ..to("overwritten by mistake")
    };
    let second = desk.change(&first, edit);
    desk.world.pass(TimeDelta::minutes(1));
    let back = desk.journal.bring_back(first.revision, second.revision).unwrap();
    assert!(words_of(&back) == words_of(&first));
    assert!(desk.journal.entry(first.id).unwrap() == back);
    let versions = desk.journal.versions(first.id).unwrap();
    assert!(versions.iter().map(|one| one.revision).eq([second.revision, first.revision]));
    let found = |words: &str| {
        desk.journal
            .search(words.into(), EntryFilter::default(), super::super::SearchOrder::Newest, 5, None)
            .unwrap()
            .hits
            .len()
    };
    assert!(found("garden") == 1 && found("mistake") == 0);
    let again = desk.journal.bring_back(first.revision, back.revision).unwrap();
    assert!(again == back, "what is so already makes no version");
    assert_eq!(desk.heard.lock().unwrap().len(), 3);
}

#[test]
fn nothing_is_brought_back_over_what_the_screen_did_not_show() {
    let desk = desk();
    let first = desk.write("one");
    let second = desk.change(&first, to("two"));
    let third = desk.change(&second, to("three"));
    let refused = desk.journal.bring_back(first.revision, second.revision).err();
    assert!(refused == Some(Error::Changed { what: Thing::Entry }));
    assert!(desk.journal.entry(first.id).unwrap() == third);
    desk.journal.bin(first.id).unwrap();
    let refused = desk.journal.bring_back(first.revision, third.revision).err();
    assert!(refused == Some(Error::NotFound { what: Thing::Entry }));
}

#[test]
fn a_version_from_before_there_was_anything_else_brings_back_only_what_it_knows() {
    let desk = desk();
    let first = desk.write("one");
    let edit = EntryEdit { mood: Some(2), kind: Some(EntryKind::Doubt), ..to("two") };
    let second = desk.change(&first, edit);
    desk.private.write(|file| Ok(file.execute("UPDATE former_entry SET details = NULL", [])?)).unwrap();
    assert!(desk.journal.version(first.revision).unwrap().details.is_none());
    assert_eq!(desk.journal.version_difference(first.revision).unwrap().changed, [EntryPart::Text]);
    let back = desk.journal.bring_back(first.revision, second.revision).unwrap();
    assert!(back.text == "one" && back.mood == Some(2) && back.kind == EntryKind::Doubt);
}

#[test]
fn long_texts_are_compared_in_a_bearable_time() {
    // Nothing in common, word by word and line by line: the worst there is.
    let (then, now): (String, String) =
        ((0..60_000).map(|n| format!("a{n}\n")).collect(), (0..60_000).map(|n| format!("b{n}\n")).collect());
    let began = std::time::Instant::now();
    let compared = runs(&then, &now);
    assert!(compared.len() == 2 && compared[0].text == then && compared[1].text == now);
    // One word in the middle of a long text is that word.
    let long = "und so weiter ".repeat(70_000);
    let changed = format!("{}anders {}", &long[..490_000], &long[490_000..]);
    let compared = runs(&long, &changed);
    assert!(compared.len() == 3 && compared[1].text.trim() == "anders");
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
}

/// What somebody may do to an entry, as JSON: an edit shows itself to nobody, not even to a failing test.
fn an_edit() -> impl Strategy<Value = String> {
    let some = |words: &'static str| prop::option::of(words);
    (
        some("[a-c ]{0,6}"),
        some("[a-c]{0,3}"),
        prop::option::of(0_u8..=5),
        prop::option::of(prop::collection::vec("[a-c]{1,2}", 0..3)),
        prop::option::of(any::<bool>()),
        prop::option::of(-3_i64..3),
        prop::option::of(0..EntryKind::ALL.len()),
    )
        .prop_map(|(text, title, mood, tags, starred, seconds, kind)| {
            let edit = EntryEdit {
                text: text.map(|text| format!("x{text}")),
                title,
                mood,
                emotions: tags
                    .clone()
                    .map(|names| names.into_iter().map(|name| Emotion { name, intensity: mood }).collect()),
                tags,
                starred,
                kind: kind.map(|kind| EntryKind::ALL[kind]),
                written: seconds.map(|seconds| {
                    let at = at("2026-05-03T18:30:00Z") + TimeDelta::seconds(seconds);
                    Moment { at, zone: "UTC".into(), offset_seconds: 0 }
                }),
                ..EntryEdit::default()
            };
            serde_json::to_string(&edit).unwrap()
        })
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn any_sequence_of_edits_leaves_every_version_readable(
        edits in prop::collection::vec((0_usize..3, an_edit()), 1..12),
        back in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let desk = desk();
        // Three entries of one millisecond, so that they get into each other's way when they move.
        let mut now: Vec<Entry> =
            (0..3).map(|n| desk.journal.add(text(&format!("x{n}"))).unwrap()).collect();
        let mut saved: Vec<Entry> = now.clone();
        for (which, edit) in edits {
            let edit = serde_json::from_str(&edit).unwrap();
            let changed = desk.journal.edit(now[which].id, now[which].revision, edit).unwrap();
            if changed.revision != now[which].revision {
                saved.push(changed.clone());
            }
            now[which] = changed;
        }
        for one in back {
            let former: Vec<_> = desk.journal.versions(now[0].id).unwrap();
            if former.is_empty() {
                break;
            }
            let wanted = one.get(&former).revision;
            let there = saved.iter().find(|entry| entry.revision == wanted).unwrap().clone();
            let changed = desk.journal.bring_back(wanted, now[0].revision).unwrap();
            prop_assert!(words_of(&changed) == words_of(&there));
            if changed.revision != now[0].revision {
                saved.push(changed.clone());
            }
            now[0] = changed;
        }
        for entry in &saved {
            if now.iter().any(|one| one.revision == entry.revision) {
                prop_assert!(&desk.journal.entry(entry.id).unwrap() == entry);
                continue;
            }
            let version = desk.journal.version(entry.revision).unwrap();
            let details = version.details.unwrap();
            let read = Entry {
                title: version.title,
                text: version.text,
                tags: version.tags,
                starred: version.starred,
                saved_at: version.saved_at,
                written: details.written,
                kind: details.kind,
                mood: details.mood,
                emotions: details.emotions,
                to_bring_at: details.to_bring_at,
                ..entry.clone()
            };
            prop_assert!(&read == entry);
        }
        // The list is in the order of time, whatever moved.
        let mut listed = desk.journal.entries(10, None).unwrap().entries;
        prop_assert_eq!(listed.len(), 3);
        prop_assert!(listed.is_sorted_by_key(|one| std::cmp::Reverse(one.written.at.timestamp_millis())));
        listed.sort_by_key(|one| one.id);
        now.sort_by_key(|one| one.id);
        prop_assert!(listed.iter().zip(&now).all(|(one, entry)| one.written == entry.written));
        let everywhere = desk.journal.search("x*".into(), EntryFilter::default(), super::super::SearchOrder::Newest, 10, None).unwrap();
        prop_assert!(everywhere.hits.len() <= 3);
    }

    #[test]
    fn both_texts_can_be_read_from_their_difference(then in "[a-c \n.ä漢🌻]{0,40}", now in "[a-c \n.ä漢🌻]{0,40}") {
        let runs = runs(&then, &now);
        let without = |kind: TextRunKind| -> String {
            runs.iter().filter(|run| run.kind != kind).map(|run| run.text.as_str()).collect()
        };
        prop_assert_eq!(without(TextRunKind::Added), then);
        prop_assert_eq!(without(TextRunKind::Removed), now);
        prop_assert!(runs.iter().all(|run| !run.text.is_empty()));
    }
}
