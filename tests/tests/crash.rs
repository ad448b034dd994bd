//! What was acknowledged stays: through `kill -9` in the middle of writes, and, as far as a program can
//! show it, through a power loss.
//!
//! A process of its own (this very program, run again) writes into a journal and says before every write
//! what it begins, and after it that it is done: entries, drafts, attachments, imports, backups and bringing
//! them back. 100 rounds; `COMMON_GROUND_CRASH_ROUNDS` sets another number.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use common_ground::Result;
use common_ground::home::{CommonGround, KeyName, KeyVault, NewProfile};
use common_ground::id::{DraftId, EntryId};
use common_ground::journal::{Draft, DraftContent, EntryEdit, ImportOptions, Journal, NewEntry};
use common_ground::keeping::{BackupKey, BackupSecret, check_backup, restore_backup};
use common_ground::relationship::Role;
use common_ground_tests::not_run;
use rusqlite::Connection;
use serde_json::json;

/// Tells the process that writes where to.
const FOLDER: &str = "COMMON_GROUND_CRASH_FOLDER";

/// Tells it after how many writes to end by itself.
const WRITES: &str = "COMMON_GROUND_CRASH_WRITES";

/// How many entries one import brings.
const IMPORTED: u64 = 40;

/// The same two keys in every process.
struct SameKeys;

impl KeyVault for SameKeys {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(Some(vec![if name == KeyName::Private { 1 } else { 2 }; 32]))
    }

    fn keep(&self, _: KeyName, _: Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn forget(&self, _: KeyName) -> Result<()> {
        Ok(())
    }
}

/// What a write did, as the process that writes says it.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Write {
    Add { number: u64 },
    Edit { id: EntryId, number: u64 },
    Bin { id: EntryId },
    Draft { number: u64 },
    Finish { draft: DraftId, number: u64 },
    Attach { number: u64 },
    Import { number: u64 },
    Backup,
    Restore,
}

impl Write {
    fn say(&self) -> String {
        match self {
            Self::Add { number } => format!("add {number}"),
            Self::Edit { id, number } => format!("edit {number} {id}"),
            Self::Bin { id } => format!("bin {id}"),
            Self::Draft { number } => format!("draft {number}"),
            Self::Finish { draft, number } => format!("finish {number} {draft}"),
            Self::Attach { number } => format!("attach {number}"),
            Self::Import { number } => format!("import {number}"),
            Self::Backup => "backup".to_owned(),
            Self::Restore => "restore".to_owned(),
        }
    }

    fn hear(words: &[&str]) -> Self {
        match words {
            ["add", number] => Self::Add { number: number.parse().unwrap() },
            ["edit", number, id] => Self::Edit { id: id.parse().unwrap(), number: number.parse().unwrap() },
            ["bin", id] => Self::Bin { id: id.parse().unwrap() },
            ["draft", number] => Self::Draft { number: number.parse().unwrap() },
            ["finish", number, draft] => {
                Self::Finish { draft: draft.parse().unwrap(), number: number.parse().unwrap() }
            }
            ["attach", number] => Self::Attach { number: number.parse().unwrap() },
            ["import", number] => Self::Import { number: number.parse().unwrap() },
            ["backup"] => Self::Backup,
            ["restore"] => Self::Restore,
            other => panic!("{other:?}"),
        }
    }

    /// Whether it makes one entry, whose id is not known before.
    fn makes_an_entry(&self) -> bool {
        matches!(self, Self::Add { .. } | Self::Attach { .. } | Self::Finish { .. })
    }
}

/// The places of a test: the profile and what lies beside it.
struct Places(PathBuf);

impl Places {
    fn profile(&self) -> PathBuf {
        self.0.join("profile")
    }

    fn backup(&self) -> PathBuf {
        self.0.join("backup.age")
    }

    fn restored(&self) -> PathBuf {
        self.0.join("restored")
    }

    /// The words of the recovery kit.
    fn secret(&self) -> BackupSecret {
        BackupSecret::RecoveryWords { words: std::fs::read_to_string(self.0.join("words")).unwrap() }
    }
}

/// The text of a number: some short, some longer than a page of the file.
fn text(number: u64) -> String {
    format!("entry {number}, ") + &"and the words of a day ".repeat(1 + (number * 37 % 400) as usize)
}

/// What is attached to the entry of a number: some small, some of several pieces.
fn content(number: u64) -> Vec<u8> {
    let length = 10_000 + (number % 5) * 150_000;
    (0..length).map(|at| ((at * 31 + number) % 251) as u8).collect()
}

fn path(folder: &Path) -> String {
    folder.to_str().unwrap().to_owned()
}

fn say(line: &str) {
    // The mark tells it from what the test harness says; straight to the pipe, past its capturing.
    let mut out = std::io::stdout();
    out.write_all(format!("\n@ {line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Run by the tests below, which end it or let it end.
#[test]
#[ignore = "the tests below run it in a process of its own"]
fn the_process_that_writes() {
    let places = Places(std::env::var_os(FOLDER).expect("a folder").into());
    let writes: u64 = std::env::var(WRITES).map_or(u64::MAX, |writes| writes.parse().unwrap());
    let home = CommonGround::open(path(&places.profile()), Arc::new(SameKeys)).unwrap();
    let journal = home.journal();
    let count = journal.count().unwrap();
    for step in 0..writes {
        let number = count * 1000 + step;
        let newest = journal.entries(1, None).unwrap().entries.pop().map(|entry| entry.id);
        let draft = journal.drafts().unwrap().pop().map(|draft| journal.draft(draft.id).unwrap());
        let write = match ((count + step) % 12, newest, draft) {
            (3, Some(id), _) => Write::Edit { id, number },
            (5, Some(id), _) => Write::Bin { id },
            (6 | 10, ..) => Write::Draft { number },
            (7, ..) => Write::Import { number },
            (8, _, Some(draft)) => Write::Finish { draft: draft.id, number: number_of(&drafted(draft)) },
            (9, ..) => Write::Attach { number },
            (11, ..) if step % 2 == 0 => Write::Backup,
            (1 | 11, ..) if places.backup().exists() => Write::Restore,
            _ => Write::Add { number },
        };
        say(&format!("begin {}", write.say()));
        let made = perform(&home, &journal, &places, &write);
        say(&format!("done {} -> {}", write.say(), made.unwrap_or_default()));
    }
    home.shut();
}

/// Does it, and returns the id of what it made.
fn perform(home: &CommonGround, journal: &Journal, places: &Places, write: &Write) -> Option<String> {
    match write {
        Write::Add { number } => {
            let new = NewEntry { text: text(*number), ..NewEntry::default() };
            return Some(journal.add(new).unwrap().id.to_string());
        }
        Write::Edit { id, number } => {
            let shown = journal.entry(*id).unwrap().revision;
            let edit = EntryEdit { text: Some(text(*number)), ..EntryEdit::default() };
            journal.edit(*id, shown, edit).unwrap();
        }
        Write::Bin { id } => journal.bin(*id).unwrap(),
        Write::Draft { number } => {
            let entry = NewEntry { text: text(*number), ..NewEntry::default() };
            return Some(journal.save_draft(DraftContent::Add { entry }, None).unwrap().to_string());
        }
        Write::Finish { draft, .. } => return Some(journal.finish_draft(*draft).unwrap().id.to_string()),
        Write::Attach { number } => {
            let file = places.0.join("photo.jpg");
            std::fs::write(&file, content(*number)).unwrap();
            let attached = journal.take_in_file(path(&file), None, None, None).unwrap();
            let new = NewEntry { text: text(*number), attachments: vec![attached], ..NewEntry::default() };
            return Some(journal.add(new).unwrap().id.to_string());
        }
        Write::Import { number } => {
            let entries: Vec<_> = (0..IMPORTED)
                .map(|place| {
                    json!({
                        "uuid": imported(*number, place).to_string().replace('-', ""),
                        "creationDate": "2001-01-01T00:00:00Z",
                        "text": text(number + place),
                    })
                })
                .collect();
            let file = places.0.join("export.json");
            std::fs::write(&file, json!({ "entries": entries }).to_string()).unwrap();
            journal.import(path(&file), ImportOptions::default(), None).unwrap();
        }
        Write::Backup => {
            home.make_backup(path(&places.backup()), BackupKey::RecoveryKit, true, None).unwrap();
        }
        Write::Restore => {
            // Away at once, so that a half-removed one is never taken for a restored one.
            let former = places.0.join("former");
            if former.exists() {
                std::fs::remove_dir_all(&former).unwrap();
            }
            if places.restored().exists() {
                std::fs::rename(places.restored(), former).unwrap();
            }
            let (backup, restored) = (path(&places.backup()), path(&places.restored()));
            restore_backup(backup, places.secret(), restored, Arc::new(SameKeys), None).unwrap();
        }
    }
    None
}

fn drafted(draft: Draft) -> String {
    match draft.content {
        DraftContent::Add { entry } => entry.text,
        DraftContent::Edit { .. } => panic!("no such draft was made"),
    }
}

/// The number of which [`text`] made this.
fn number_of(text: &str) -> u64 {
    text["entry ".len()..].split(',').next().unwrap().parse().unwrap()
}

fn imported(number: u64, place: u64) -> EntryId {
    EntryId::from_bytes(((u128::from(number) << 64) | u128::from(place)).to_be_bytes())
}

/// What must be there.
#[derive(Default)]
struct Expected {
    /// The number of each entry's text.
    entries: HashMap<EntryId, u64>,
    binned: HashMap<EntryId, bool>,
    /// The number of each draft's text.
    drafts: HashMap<DraftId, u64>,
    has_backup: bool,
    has_restored: bool,
    acknowledged: usize,
}

impl Expected {
    fn take(&mut self, write: &Write, made: &str) {
        self.acknowledged += 1;
        match write {
            Write::Add { number } | Write::Attach { number } => {
                self.entries.insert(made.parse().unwrap(), *number);
            }
            Write::Edit { id, number } => {
                self.entries.insert(*id, *number);
            }
            Write::Bin { id } => {
                self.binned.insert(*id, true);
            }
            Write::Draft { number } => {
                self.drafts.insert(made.parse().unwrap(), *number);
            }
            Write::Finish { draft, number } => {
                self.drafts.remove(draft);
                self.entries.insert(made.parse().unwrap(), *number);
            }
            Write::Import { number } => {
                for place in 0..IMPORTED {
                    self.entries.insert(imported(*number, place), number + place);
                }
            }
            Write::Backup => self.has_backup = true,
            Write::Restore => self.has_restored = true,
        }
    }

    /// Everything acknowledged is there and whole, and of what was under way all or nothing.
    fn check(&mut self, journal: &Journal, places: &Places, under_way: Option<&Write>) {
        let drafts = self.check_drafts(journal, under_way);
        match under_way {
            Some(Write::Import { number }) => {
                let came =
                    (0..IMPORTED).filter(|place| journal.entry(imported(*number, *place)).is_ok()).count();
                assert!(came == 0 || came == IMPORTED as usize, "half an import: {came}");
                if came > 0 {
                    self.take(&Write::Import { number: *number }, "");
                }
            }
            Some(Write::Edit { id, number }) => {
                let now = journal.entry(*id).unwrap().text;
                if now == text(*number) {
                    self.entries.insert(*id, *number);
                }
            }
            Some(Write::Bin { id }) => {
                let is_binned = journal.entry(*id).unwrap().binned_at.is_some();
                self.binned.insert(*id, is_binned);
            }
            // While it was made anew, the folder was away.
            Some(Write::Restore) => self.has_restored = places.restored().exists(),
            _ => {}
        }
        for (id, number) in &self.entries {
            let entry = journal.entry(*id).unwrap_or_else(|error| panic!("entry {number} is lost: {error}"));
            assert!(entry.text == text(*number), "entry {number} is not whole");
            let binned = self.binned.get(id).copied().unwrap_or_default();
            assert_eq!(entry.binned_at.is_some(), binned, "entry {number}");
        }
        let kept = self.entries.len() - self.binned.values().filter(|binned| **binned).count();
        let count = journal.count().unwrap() as usize;
        let came = match under_way {
            // A draft is gone exactly when its entry is there.
            Some(Write::Finish { draft, .. }) => usize::from(!drafts.contains_key(draft)),
            Some(write) if write.makes_an_entry() => count.saturating_sub(kept).min(1),
            _ => 0,
        };
        assert_eq!(count, kept + came, "entries");
        self.drafts = drafts;
        self.meet_newcomers(journal);
        self.check_copies(places);
    }

    /// Every draft that was acknowledged is there, but for one that was being finished; and one more may
    /// be there that was being saved.
    fn check_drafts(&self, journal: &Journal, under_way: Option<&Write>) -> HashMap<DraftId, u64> {
        let listed = journal.drafts().unwrap();
        let there: HashMap<DraftId, u64> = listed
            .iter()
            .map(|draft| {
                let words = drafted(journal.draft(draft.id).unwrap());
                assert!(words == text(number_of(&words)), "a draft is not whole");
                (draft.id, number_of(&words))
            })
            .collect();
        for (id, number) in &self.drafts {
            let may_be_gone = matches!(under_way, Some(Write::Finish { draft, .. }) if draft == id);
            assert!(there.get(id) == Some(number) || may_be_gone, "draft {number} is lost");
        }
        let more = there.keys().filter(|id| !self.drafts.contains_key(id)).count();
        assert!(more == 0 || (more == 1 && matches!(under_way, Some(Write::Draft { .. }))));
        there
    }

    /// One that was written but not acknowledged may be there; from now on it must stay.
    fn meet_newcomers(&mut self, journal: &Journal) {
        let mut after = None;
        loop {
            let page = journal.entries(500, after).unwrap();
            for entry in page.entries {
                let number = *self
                    .entries
                    .entry(entry.id)
                    .or_insert_with(|| number_of(&journal.entry(entry.id).unwrap().text));
                if entry.attachments > 0 {
                    check_attachment(journal, entry.id, number);
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return,
            }
        }
    }

    /// A backup opens, whenever the process that made another in its place was ended; what was brought back
    /// opens too.
    fn check_copies(&self, places: &Places) {
        assert!(!self.has_backup || places.backup().exists(), "the backup is lost");
        if places.backup().exists() {
            check_backup(path(&places.backup()), places.secret(), None).unwrap();
        }
        if self.has_restored {
            let home = CommonGround::open(path(&places.restored()), Arc::new(SameKeys)).unwrap();
            let journal = home.journal();
            for entry in journal.entries(500, None).unwrap().entries {
                let words = journal.entry(entry.id).unwrap().text;
                assert!(words == text(number_of(&words)), "an entry that was brought back is not whole");
            }
            home.shut();
        }
    }
}

/// What is attached to an entry is there, to the last byte; an edit gives it another number but not another
/// attachment.
fn check_attachment(journal: &Journal, id: EntryId, number: u64) {
    let attached = journal.entry(id).unwrap().attachments[0].attachment;
    let size = journal.attachment_size(attached).unwrap();
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < size {
        let piece = journal.attachment_piece(attached, bytes.len() as u64, 1 << 20).unwrap();
        assert!(!piece.is_empty(), "the attachment of entry {number} ends too early");
        bytes.extend(piece);
    }
    let first = u64::from(bytes[0]);
    assert!(bytes.iter().zip(0..).all(|(byte, at)| u64::from(*byte) == (at * 31 + first) % 251));
    assert!((0..5).any(|number| content(number).len() as u64 == size), "it is not whole");
}

fn new_home(folder: &Path) -> Places {
    let places = Places(folder.to_owned());
    let profile = NewProfile { role: Role::Client, display_name: "Ada".into() };
    let home = CommonGround::create(path(&places.profile()), Arc::new(SameKeys), profile).unwrap();
    let words = home.new_recovery_kit().unwrap().words.join(" ");
    home.use_recovery_kit(words.clone()).unwrap();
    std::fs::write(folder.join("words"), words).unwrap();
    home.shut();
    places
}

fn writing_process(program: &str, before: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(before)
        .args(["--exact", "the_process_that_writes", "--ignored", "--nocapture", "--test-threads=1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

#[test]
fn kill_9_in_the_middle_of_writes_loses_nothing_that_was_acknowledged() {
    let rounds: usize =
        std::env::var("COMMON_GROUND_CRASH_ROUNDS").map_or(100, |rounds| rounds.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let places = new_home(folder.path());
    let this = path(&std::env::current_exe().unwrap());
    let mut expected = Expected::default();
    for round in 0..rounds {
        let mut process = writing_process(&this, &[]).env(FOLDER, folder.path()).spawn().unwrap();
        let mut under_way = None;
        let mut lines_left = 1 + round * 13 % 29;
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some(said) = line.strip_prefix("@ ") else { continue };
            let words: Vec<&str> = said.split(' ').collect();
            match words.as_slice() {
                ["begin", write @ ..] => under_way = Some(Write::hear(write)),
                ["done", write @ ..] => {
                    let arrow = write.iter().position(|word| *word == "->").expect("what it made");
                    let (write, made) = (Write::hear(&write[..arrow]), write[arrow + 1]);
                    assert_eq!(under_way.take(), Some(write.clone()));
                    expected.take(&write, made);
                }
                other => panic!("{other:?}"),
            }
            lines_left = lines_left.saturating_sub(1);
            if lines_left == 0 {
                // Over and over is no harm; what it still says until it dies is heard to the end.
                process.kill().unwrap();
            }
        }
        let status = process.wait().unwrap();
        assert!(!status.success(), "it was killed, and did not end by itself");
        let home = CommonGround::open(path(&places.profile()), Arc::new(SameKeys)).unwrap();
        expected.check(&home.journal(), &places, under_way.as_ref());
        home.shut();
    }
    assert!(expected.acknowledged >= rounds / 2);
    println!("{rounds} times killed, {} writes acknowledged, none lost", expected.acknowledged);
    is_sound(&places.profile());
}

/// Asks the file itself, and the search index against its own copy.
fn is_sound(folder: &Path) {
    let file = Connection::open(folder.join("private.db")).unwrap();
    file.execute_batch(&format!("PRAGMA key = \"x'{}'\";", "01".repeat(32))).unwrap();
    let told: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ok");
    let damaged_pages =
        file.prepare("PRAGMA cipher_integrity_check").unwrap().query([]).unwrap().next().unwrap().is_some();
    assert!(!damaged_pages);
    file.execute("INSERT INTO entry_search (entry_search) VALUES ('integrity-check')", []).unwrap();
    let missing: i64 = file
        .query_row(
            "SELECT count(*) FROM entry
             WHERE (binned_at IS NULL) <> (row IN (SELECT rowid FROM entry_search))",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(missing, 0, "entries and index tell the same");
}

#[test]
fn before_every_acknowledgement_the_log_is_synced_to_the_disk() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        not_watched("it is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    new_home(folder.path());
    let trace = folder.path().join("trace");
    let trace_path = path(&trace);
    let this = path(&std::env::current_exe().unwrap());
    let calls = "trace=write,writev,pwrite64,pwritev,fsync,fdatasync,sync_file_range,ftruncate";
    let output = writing_process("strace", &["-f", "-y", "-s", "80", "-e", calls, "-o", &trace_path, &this])
        .env(FOLDER, folder.path())
        .env(WRITES, "32")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && told.contains("not permitted") {
        not_watched("it may not trace here");
        return;
    }
    assert!(output.status.success(), "{told}");
    let trace = std::fs::read_to_string(trace).unwrap();
    assert_eq!(unsynced(&trace), Ok(32));

    // The same trace without its syncs, and with syncs that failed, must not pass.
    let without: String =
        trace.lines().filter(|line| !line.contains("sync(")).map(|line| format!("{line}\n")).collect();
    assert!(unsynced(&without).is_err());
    let failed: String = trace
        .lines()
        .map(|line| {
            let line = if line.contains("sync") {
                line.replace("= 0", "= -1 EIO (Input/output error)")
            } else {
                line.into()
            };
            format!("{line}\n")
        })
        .collect();
    assert!(unsynced(&failed).is_err());
}

fn not_watched(why: &str) {
    not_run("strace", &format!("{why}, so the syncs before acknowledgements were not watched"));
}

/// How many acknowledgements a trace has, if before each of them its thread wrote to a log and then synced
/// it; otherwise, which of them is the first that does not keep to it.
fn unsynced(trace: &str) -> std::result::Result<usize, String> {
    let mut begun: HashMap<&str, String> = HashMap::new();
    let mut logs: HashMap<(String, String), Log> = HashMap::new();
    let mut acknowledged = 0;
    for line in trace.lines() {
        let Some((thread, call)) = line.trim_start().split_once(' ') else { continue };
        let call = call.trim_start();
        // A call during which another thread was seen comes in two pieces.
        let call = if let Some(first) = call.strip_suffix("<unfinished ...>") {
            begun.insert(thread, first.trim_end().to_owned());
            // What it says has been said, whatever the call returns.
            if !first.contains("@ done ") {
                continue;
            }
            begun.insert(thread, String::new());
            first.to_owned()
        } else if let Some(resumed) = call.strip_prefix("<... ") {
            let rest = resumed.split_once("resumed>").map_or("", |(_, rest)| rest);
            format!("{}{rest}", begun.remove(thread).unwrap_or_default())
        } else {
            call.to_owned()
        };
        if call.contains("@ done ") {
            let mut mine = logs.iter().filter(|((of, _), _)| of == thread);
            if !mine.clone().any(|(_, log)| *log == Log::Synced) || mine.any(|(_, log)| *log == Log::Written)
            {
                return Err(call);
            }
            acknowledged += 1;
            logs.retain(|(of, _), _| of != thread);
            continue;
        }
        let (Some(name), Some(file)) = (call.split('(').next(), call.split(['<', '>']).nth(1)) else {
            continue;
        };
        if !file.ends_with("-wal") {
            continue;
        }
        let log = (thread.to_owned(), file.to_owned());
        match name {
            "fsync" | "fdatasync" if call.trim_end().ends_with("= 0") => logs.insert(log, Log::Synced),
            "write" | "writev" | "pwrite64" | "pwritev" => logs.insert(log, Log::Written),
            _ => None,
        };
    }
    Ok(acknowledged)
}

/// What a thread last did to a log since its last acknowledgement.
#[derive(PartialEq, Eq)]
enum Log {
    Written,
    Synced,
}

#[test]
fn the_reader_of_traces_tells_what_was_synced() {
    let good = "7 pwrite64(5</t/private.db-wal>, \"x\", 1, 0) = 1
        7 fdatasync(5</t/private.db-wal> <unfinished ...>
        8 pwrite64(6</t/private.db-wal>, \"x\", 1, 0) = 1
        7 <... fdatasync resumed>) = 0
        7 write(1<pipe:[1]>, \"\\n@ done add 1\\n\", 14) = 14";
    assert_eq!(unsynced(good), Ok(1));
    assert!(unsynced(&good.replace("resumed>) = 0", "resumed>) = -1 EIO")).is_err());
    assert!(
        unsynced(
            &good
                .replace("8 pwrite64", "7 pwrite64(5</t/private.db-wal>, \"x\", 1, 0) = 1\n8 pwrite64")
                .replace("7 <... fdatasync resumed>) = 0", "")
        )
        .is_err()
    );
    assert!(unsynced("7 write(1<pipe:[1]>, \"\\n@ done add 1\\n\", 14) = 14").is_err());
}
