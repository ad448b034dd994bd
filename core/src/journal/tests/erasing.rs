//! What is erased is gone: from tables, the index, former versions and the log.

use rusqlite::Connection;

use super::super::{Answer, Attached, DraftContent, Emotion, NewToolUse, SearchOrder};
use super::*;
use crate::id::AttachmentId;
use crate::store;

const WORD: &str = "Zwetschgenkuchen";

/// All that is stored, decrypted: every value of every table, also the index's own, the file as a plain
/// copy, and the log's pages as they would be read.
fn everything(desk: &Desk) -> Vec<u8> {
    let mut all = Vec::new();
    let file = Connection::open(desk.folder.path().join("private.db")).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    file.execute_batch(&format!("PRAGMA key = \"x'{key}'\";")).unwrap();
    let tables: Vec<String> = file
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    for table in tables {
        let mut statement = file.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
                        all.extend(bytes)
                    }
                    _ => {}
                }
            }
        }
    }
    all
}

/// Every page of the file and of its log as it lies on the disk.
fn raw_pages(desk: &Desk) -> Vec<u8> {
    let all = store::raw_pages(&desk.folder.path().join("private.db"), &KEY);
    assert!(holds(&all, "ordinary"), "it was decrypted the right way");
    all
}

fn holds(all: &[u8], word: &str) -> bool {
    let folded = word.to_lowercase();
    let has = |needle: &str| all.windows(needle.len()).any(|window| window == needle.as_bytes());
    // The index keeps words cut by what they have in common, so half of it counts.
    has(word) || has(&folded) || has(&folded[folded.len() / 2..])
}

/// One word for each place where a person's words can lie.
const WORDS: [&str; 14] = [
    "Zwetschgenkuchen",
    "Mirabellenmarmelade",
    "Quittenbrot",
    "Hagebuttentee",
    "Schlehenlikör",
    "Wacholderschnaps",
    "Brombeerhecke",
    "Himbeergeist",
    "Pfirsichbowle",
    "Sauerkirschen",
    "Rhabarberkompott",
    "Johannisbeeren",
    "Apfelstreusel",
    "Preiselbeeren",
];

/// An entry with a word of its own in everything that can hold one.
fn full_of_words(desk: &Desk) -> Entry {
    let [text_word, former, title, former_title, tag, former_tag, feeling, former_feeling, ..] = WORDS;
    let [.., answer, former_answer, draft, draft_before, file, note] = WORDS;
    let (journal, words) = (&desk.journal, |word: &str| format!("{word} today"));
    let answers = |value: &str| {
        vec![Answer { template: "t".into(), version: 1, field: "f".into(), value: value.into() }]
    };
    let feelings = |name: &str| vec![Emotion { name: name.into(), intensity: Some(5) }];
    let photo = AttachmentId::from_bytes([1; 32]);
    desk.private
        .write(|connection| {
            let sql = "INSERT INTO attachment (id, bytes, added_at) VALUES (?1, 0, 0)";
            connection.execute(sql, [photo.as_bytes()])?;
            Ok(())
        })
        .unwrap();
    desk.world.pass(TimeDelta::seconds(1));
    let first = NewEntry {
        title: Some(former_title.into()),
        tags: vec![former_tag.into()],
        emotions: feelings(former_feeling),
        answers: answers(former_answer),
        attachments: vec![Attached { attachment: photo, name: file.into(), media_type: "image/jpeg".into() }],
        ..text(&words(former))
    };
    let first = journal.add(first).unwrap();
    let edit = EntryEdit {
        text: Some(words(text_word)),
        title: Some(title.into()),
        tags: Some(vec![tag.into()]),
        emotions: Some(feelings(feeling)),
        answers: Some(answers(answer)),
        ..EntryEdit::default()
    };
    let second = journal.edit(first.id, first.revision, edit).unwrap();
    let draft_of = |word: &str| DraftContent::Edit {
        entry: second.id,
        shown: second.revision,
        edit: EntryEdit { text: Some(words(word)), ..EntryEdit::default() },
    };
    let id = journal.save_draft(draft_of(draft_before), None).unwrap();
    journal.save_draft(draft_of(draft), Some(id)).unwrap();
    let tool = journal.add_tool("A walk".into(), String::new()).unwrap().id;
    let note = note.to_owned();
    journal.use_tool(NewToolUse { tool, note, entry: Some(second.id), helped: Some(4), used: None }).unwrap();
    second
}

#[test]
fn what_was_in_the_bin_for_thirty_days_is_really_gone() {
    let desk = desk();
    for number in 0..40 {
        desk.write(&format!("an ordinary day, number {number}"));
    }
    let doomed = full_of_words(&desk);
    desk.journal.bin(doomed.id).unwrap();

    desk.world.pass(TimeDelta::days(30) - TimeDelta::seconds(1));
    assert_eq!(desk.journal.erase_expired().unwrap(), 0, "not a second early");
    let (before, pages) = (everything(&desk), raw_pages(&desk));
    for word in WORDS {
        // The draft's former words are overwritten already, or only in the log.
        assert!(holds(&before, word) || word == WORDS[11], "{word}: the search below can find");
        assert!(holds(&pages, word), "{word}: also page by page");
    }

    desk.world.pass(TimeDelta::seconds(1));
    assert_eq!(desk.journal.erase_expired().unwrap(), 1);
    let (after, pages) = (everything(&desk), raw_pages(&desk));
    for word in WORDS {
        assert!(!holds(&after, word), "{word}");
        assert!(!holds(&pages, word), "{word}");
    }
    assert_eq!(desk.journal.tools(false).unwrap()[0].uses, 1, "that a tool was used is still counted");
    // One small write may follow the emptying: the log holds no more than it.
    let log = std::fs::metadata(desk.folder.path().join("private.db-wal")).map_or(0, |log| log.len());
    assert!(log < 8 * 4200, "the log was emptied ({log} bytes)");
    assert!(desk.journal.entry(doomed.id).is_err());
    assert_eq!(desk.journal.count().unwrap(), 40);
    let found = desk
        .journal
        .search("ordinary".into(), EntryFilter::default(), SearchOrder::Newest, 100, None)
        .unwrap();
    assert_eq!(found.hits.len(), 40, "the others are whole");
    desk.private
        .read(|file| {
            let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            assert_eq!(sound, "ok");
            Ok(())
        })
        .unwrap();
    desk.private
        .write(|file| {
            file.execute("INSERT INTO entry_search (entry_search) VALUES ('integrity-check')", [])?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_was_attached_to_it_is_really_gone_too() {
    const FILM: &str = "Apfelstrudelrezept";
    let desk = desk();
    desk.write("an ordinary day");
    let film = [FILM.as_bytes(), b" in every frame; "].concat().repeat(30_000);
    let path = desk.folder.path().join("film");
    std::fs::write(&path, &film).unwrap();
    let taken = desk.journal.take_in_file(path.to_str().unwrap().into(), None, None, None).unwrap();
    let doomed = desk.journal.add(NewEntry { attachments: vec![taken], ..text("a film") }).unwrap();
    assert!(holds(&everything(&desk), FILM) && holds(&raw_pages(&desk), FILM), "the search below can find");
    desk.journal.bin(doomed.id).unwrap();
    desk.world.pass(TimeDelta::days(30));
    desk.journal.erase_expired().unwrap();
    assert!(!holds(&everything(&desk), FILM));
    assert!(!holds(&raw_pages(&desk), FILM), "neither in free pages nor in the log");
}

#[test]
fn a_reader_in_the_way_only_puts_the_emptying_off() {
    let desk = desk();
    desk.write("an ordinary day");
    let doomed = desk.write(WORD);
    desk.journal.bin(doomed.id).unwrap();
    desk.world.pass(TimeDelta::days(31));
    let due = |desk: &Desk| -> bool {
        desk.private
            .read(|file| Ok(file.query_row("SELECT EXISTS (SELECT 1 FROM chore)", [], |row| row.get(0))?))
            .unwrap()
    };
    desk.private
        .read(|file| {
            let _: i64 = file.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
            assert_eq!(desk.journal.erase_expired()?, 1);
            Ok(())
        })
        .unwrap();
    assert!(due(&desk), "it is remembered");
    assert_eq!(desk.journal.erase_expired().unwrap(), 0);
    assert!(!due(&desk));
    assert!(!holds(&everything(&desk), WORD) && !holds(&raw_pages(&desk), WORD));
}

#[test]
fn what_is_thrown_away_by_the_person_is_gone_at_once() {
    let desk = desk();
    desk.write("an ordinary day");
    let content = |word: &str| DraftContent::Add { entry: text(word) };
    let id = desk.journal.save_draft(content(WORDS[1]), None).unwrap();
    desk.journal.save_draft(content(WORD), Some(id)).unwrap();
    let tool = desk.journal.add_tool("A walk".into(), String::new()).unwrap().id;
    let note = WORDS[2].to_owned();
    let used = NewToolUse { tool, note, entry: None, helped: None, used: None };
    let used = desk.journal.use_tool(used).unwrap();
    assert!(holds(&raw_pages(&desk), WORD) && holds(&raw_pages(&desk), WORDS[2]));
    desk.journal.discard_draft(id).unwrap();
    desk.journal.take_back_tool_use(used.id).unwrap();
    for word in [WORD, WORDS[1], WORDS[2]] {
        assert!(!holds(&everything(&desk), word) && !holds(&raw_pages(&desk), word), "{word}");
    }
}
