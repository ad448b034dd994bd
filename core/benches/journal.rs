//! The journal's budgets, each against the bare floor: the same rows, indexes and settings by hand.
//!
//! ```text
//! cargo bench -p common-ground --bench journal
//! ```
//!
//! It fills a journal with a diary repeated to 100,000 entries (`COMMON_GROUND_ENTRIES` for another
//! number), and then does everything in turns with its floor, so that both see the same machine. The
//! diary is any export of Day One named by `COMMON_GROUND_DIARY`; where there is none, it says so and
//! makes sentences up.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // a measurement may stop

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common_ground::Result;
use common_ground::home::{CommonGround, KeyName, KeyVault, NewProfile};
use common_ground::journal::{EntryFilter, ImportOptions, Journal, NewEntry, SearchOrder};
use common_ground::relationship::Role;
use rusqlite::{Connection, OpenFlags, named_params};
use serde_json::{Value, json};

/// Keys in memory.
#[derive(Default)]
struct Vault(Mutex<HashMap<KeyName, Vec<u8>>>);

impl KeyVault for Vault {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(&name).cloned())
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()> {
        self.0.lock().unwrap().insert(name, key);
        Ok(())
    }

    fn forget(&self, name: KeyName) -> Result<()> {
        self.0.lock().unwrap().remove(&name);
        Ok(())
    }
}

fn main() {
    let wanted: usize = std::env::var("COMMON_GROUND_ENTRIES").map_or(100_000, |text| text.parse().unwrap());
    let diary = Diary::load();
    let base = tempfile::tempdir().unwrap();
    let vault = Arc::new(Vault::default());
    let ours = base.path().join("ours");
    fill(&ours, &vault, &diary, wanted);
    // What the keeper would do in the quiet after an import, so that it is not measured with the rest.
    Floor::open(&ours, &vault, true).draw_together();
    let bare = base.path().join("bare");
    copy(&ours, &bare);

    let mut table = Table::default();
    opening(&mut table, &ours, &bare, &vault);
    let home = CommonGround::open(text(&ours), vault.clone()).unwrap();
    let journal = home.journal();
    let floor = Floor::open(&bare, &vault, true);
    pages(&mut table, &journal, &floor);
    searching(&mut table, &journal, &floor, &diary);
    saving(&mut table, &journal, &floor, &diary);
    println!("{}", table.text);
}

/// What the entries are made of.
struct Diary {
    entries: Vec<Value>,
}

impl Diary {
    fn load() -> Self {
        let named = std::env::var_os("COMMON_GROUND_DIARY").map(PathBuf::from);
        let path = named.unwrap_or_else(|| {
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/pepys-1660-1665.dayone.json")
        });
        match std::fs::read(&path) {
            Ok(bytes) => {
                let export: Value = serde_json::from_slice(&bytes).unwrap();
                Self { entries: export["entries"].as_array().unwrap().clone() }
            }
            Err(_) => {
                println!("NO DIARY at {}: measured on made-up sentences instead.\n", path.display());
                Self::made_up()
            }
        }
    }

    /// Words as uneven as those of a language: the n-th is used about 1/n times as often as the first.
    fn made_up() -> Self {
        let mut chance = Chance(1);
        let word = |number: usize| {
            let mut word = String::new();
            let mut rest = number + 1;
            while rest > 0 {
                word.push_str(["ba", "do", "ki", "lu", "me", "no", "ra", "si", "to", "vu"][rest % 10]);
                rest /= 10;
            }
            word
        };
        let entries = (0..2000)
            .map(|day| {
                let words: Vec<String> =
                    (0..280).map(|_| word((20_000_f64.powf(chance.unit()) - 1.0) as usize)).collect();
                let (year, day) = (1660 + day / 336, day % 336);
                json!({
                    "uuid": "", "timeZone": "Europe/London", "text": words.join(" "),
                    "creationDate": format!("{year}-{:02}-{:02}T22:00:00Z", day / 28 + 1, day % 28 + 1),
                })
            })
            .collect();
        Self { entries }
    }

    fn text(&self, number: usize) -> &str {
        self.entries[number % self.entries.len()]["text"].as_str().unwrap()
    }
}

/// Repeatable chance (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A journal of `wanted` entries: the diary again and again, every time some years later.
fn fill(folder: &Path, vault: &Arc<Vault>, diary: &Diary, wanted: usize) {
    let profile = NewProfile { role: Role::Client, display_name: "Bench".into() };
    let home = CommonGround::create(text(folder), vault.clone(), profile).unwrap();
    let journal = home.journal();
    let export = folder.with_extension("json");
    let began = Instant::now();
    let mut left = wanted;
    for round in 0.. {
        let entries: Vec<Value> = diary
            .entries
            .iter()
            .take(left)
            .enumerate()
            .map(|(number, entry)| {
                let mut entry = entry.clone();
                let year: usize = entry["creationDate"].as_str().unwrap()[..4].parse().unwrap();
                let rest = entry["creationDate"].as_str().unwrap()[4..].replace("-02-29", "-02-28");
                entry["uuid"] = json!(format!("{round:016X}{number:016X}"));
                entry["creationDate"] = json!(format!("{:04}{rest}", year - 1000 + 6 * round));
                entry
            })
            .collect();
        left -= entries.len();
        std::fs::write(&export, json!({ "entries": entries }).to_string()).unwrap();
        journal.import(text(&export), ImportOptions::default(), None).unwrap();
        if left == 0 {
            break;
        }
    }
    let took = began.elapsed().as_secs_f64();
    assert_eq!(journal.count().unwrap(), wanted as u64);
    home.shut();
    let size = std::fs::metadata(private(folder)).unwrap().len() >> 20;
    println!("{wanted} entries imported in {took:.1} s, the file has {size} MiB.\n");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(|file| file.unwrap().path()) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The private file of a home.
fn private(folder: &Path) -> PathBuf {
    let found = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).find(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("private")
            && !name.contains("keycheck")
            && !name.ends_with("-wal")
            && !name.ends_with("-shm")
    });
    found.unwrap()
}

/// The bare floor: SQLite by hand, on the settings of the core's own connections.
struct Floor {
    file: Connection,
}

impl Floor {
    fn open(folder: &Path, vault: &Vault, to_write: bool) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(private(folder), flags).unwrap();
        let key = vault.load(KeyName::Private).unwrap().unwrap();
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        file.execute_batch(&format!(
            "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{key}'\";
             PRAGMA cache_size = -8000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
        ))
        .unwrap();
        if to_write {
            file.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 8000;").unwrap();
        }
        file.set_prepared_statement_cache_capacity(64);
        Self { file }
    }

    fn draw_together(&self) {
        let upkeep = include_str!("../migrations/private/upkeep.sql");
        loop {
            let before = self.file.total_changes();
            self.file.prepare_cached(upkeep).unwrap().execute([]).unwrap();
            if self.file.total_changes() - before < 2 {
                return;
            }
        }
    }

    fn page(&self, before: i64) -> usize {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT id, written_at, zone, offset_seconds, title, opening, tags, starred FROM entry
                 WHERE row < :before AND binned_at IS NULL ORDER BY row DESC LIMIT 50",
            )
            .unwrap();
        let rows = statement.query_map(named_params! { ":before": before }, summary).unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    /// What one would write by hand: FTS5's own rank and its own snippets.
    fn best(&self, query: &str) -> usize {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT id, written_at, zone, offset_seconds, entry.title, opening, entry.tags, starred,
                        snippet(entry_search, 1, '[', ']', '…', 30)
                 FROM entry_search JOIN entry ON entry.row = entry_search.rowid
                 WHERE entry_search MATCH :query ORDER BY rank LIMIT 20",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":query": query }, |row| Ok((summary(row)?, row.get::<_, String>(8)?)))
            .unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    fn newest(&self, query: &str) -> usize {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT id, written_at, zone, offset_seconds, entry.title, opening, entry.tags, starred,
                        snippet(entry_search, 1, '[', ']', '…', 30)
                 FROM entry_search JOIN entry ON entry.row = entry_search.rowid
                 WHERE entry_search MATCH :query ORDER BY entry_search.rowid DESC LIMIT 20",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":query": query }, |row| Ok((summary(row)?, row.get::<_, String>(8)?)))
            .unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    fn save(&self, number: usize, row: i64, text: &str, words: &str) {
        let opening: String = text.chars().take(200).collect();
        self.file.execute_batch("BEGIN IMMEDIATE").unwrap();
        self.file
            .prepare_cached(
                "INSERT INTO entry (row, id, revision, device, written_at, zone, offset_seconds, saved_at,
                                    title, opening, tags, starred)
                 VALUES (:row, :id, :id, :id, :at, 'Europe/Berlin', 3600, :at, NULL, :opening, '[]', 0)",
            )
            .unwrap()
            .execute(named_params! {
                ":row": row,
                ":id": (u128::MAX / 2 + number as u128).to_be_bytes(),
                ":at": row * 1000,
                ":opening": opening,
            })
            .unwrap();
        self.file
            .prepare_cached("INSERT INTO entry_text (row, text) VALUES (:row, :text)")
            .unwrap()
            .execute(named_params! { ":row": row, ":text": text })
            .unwrap();
        self.file
            .prepare_cached(
                "INSERT INTO entry_search (rowid, title, text, tags) VALUES (:row, '', :words, '')",
            )
            .unwrap()
            .execute(named_params! { ":row": row, ":words": words })
            .unwrap();
        self.file.execute_batch("COMMIT").unwrap();
    }

    /// The words of the newest entries as the core cut them.
    fn words(&self, number: usize) -> Vec<(String, String)> {
        let mut statement = self
            .file
            .prepare(
                "SELECT entry_text.text, entry_search.text FROM entry_text
                 JOIN entry_search ON entry_search.rowid = entry_text.row
                 ORDER BY entry_text.row DESC LIMIT :number",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":number": number as i64 }, |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(|row| row.unwrap()).collect()
    }
}

#[allow(clippy::type_complexity)]
fn summary(
    row: &rusqlite::Row<'_>,
) -> rusqlite::Result<([u8; 16], i64, String, i32, Option<String>, String, String, bool)> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
    ))
}

fn opening(table: &mut Table, ours: &Path, bare: &Path, vault: &Arc<Vault>) {
    let (mut core, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..30 {
        core.push(timed(|| {
            let home = CommonGround::open(text(ours), vault.clone()).unwrap();
            assert_eq!(home.journal().entries(50, None).unwrap().entries.len(), 50);
            home
        }));
        floor.push(timed(|| {
            let floor = Floor::open(bare, vault, true);
            assert_eq!(floor.page(i64::MAX), 50);
            floor
        }));
    }
    table.line("open (both files), first screen readable", "≤ 5 ms", &core, &floor);
}

fn pages(table: &mut Table, journal: &Arc<Journal>, floor: &Floor) {
    let (mut core, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..1000 {
        core.push(timed(|| journal.entries(50, None).unwrap()));
        bare.push(timed(|| floor.page(i64::MAX)));
    }
    table.line("newest 50", "≤ 0.2 ms", &core, &bare);

    // Every hundredth page from the newest to the oldest entry: none of them is in the cache.
    let (mut core, mut bare) = (Vec::new(), Vec::new());
    let mut after = None;
    let mut number = 0;
    loop {
        let began = Instant::now();
        let page = journal.entries(50, after.clone()).unwrap();
        let took = began.elapsed();
        if number % 10 == 0 {
            core.push(took);
            let before = after.map_or(i64::MAX, |after: String| after.parse().unwrap());
            bare.push(timed(|| floor.page(before)));
        }
        number += 1;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    table.line("any other page of 50", "≤ 0.2 ms", &core, &bare);
}

/// Queries of each kind, drawn from the diary: words as often as they are written.
fn questions(diary: &Diary) -> Vec<(&'static str, Vec<String>)> {
    let mut chance = Chance(42);
    let mut often: HashMap<String, usize> = HashMap::new();
    for entry in &diary.entries {
        for word in words(entry["text"].as_str().unwrap()) {
            *often.entry(word).or_default() += 1;
        }
    }
    let mut by_frequency: Vec<(String, usize)> = often.into_iter().collect();
    by_frequency.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let draw = |chance: &mut Chance, length: usize| -> Vec<String> {
        loop {
            let all = words(diary.text(chance.below(diary.entries.len())));
            if all.len() > length {
                let from = chance.below(all.len() - length);
                return all[from..from + length].to_vec();
            }
        }
    };
    let rare = by_frequency.iter().rev().filter(|(word, _)| word.len() > 3).take(4000);
    let rare: Vec<String> = rare.map(|(word, _)| word.clone()).collect();
    vec![
        ("a rare word", (0..60).map(|_| rare[chance.below(rare.len())].clone()).collect()),
        ("any word as written", (0..60).map(|_| draw(&mut chance, 1).remove(0)).collect()),
        ("the 40 commonest words", by_frequency.iter().take(40).map(|(word, _)| word.clone()).collect()),
        (
            "two words of one entry",
            (0..60)
                .map(|_| {
                    let all = draw(&mut chance, 8);
                    format!("{} {}", all[0], all[7])
                })
                .collect(),
        ),
        (
            "three words in quotes",
            (0..60).map(|_| format!("\"{}\"", draw(&mut chance, 3).join(" "))).collect(),
        ),
        (
            "two to five letters of a word",
            (0..60)
                .map(|_| {
                    let length = 2 + chance.below(4);
                    loop {
                        let word = draw(&mut chance, 1).remove(0);
                        if word.len() > length {
                            return word[..length].to_owned();
                        }
                    }
                })
                .collect(),
        ),
    ]
}

/// Words of plain letters, so that the floor needs no cutting of its own.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

fn searching(table: &mut Table, journal: &Arc<Journal>, floor: &Floor, diary: &Diary) {
    let (mut all_core, mut all_bare) = (Vec::new(), Vec::new());
    for (kind, queries) in questions(diary) {
        let (mut core, mut bare) = (Vec::new(), Vec::new());
        let (mut core_newest, mut bare_newest) = (Vec::new(), Vec::new());
        for query in &queries {
            // The same terms, the last one also as a beginning, in FTS5's own words.
            let by_hand = if query.starts_with('"') {
                query.clone()
            } else {
                let terms: Vec<String> = query.split(' ').map(|word| format!("\"{word}\"")).collect();
                format!("{} *", terms.join(" "))
            };
            for _ in 0..3 {
                core.push(timed(|| {
                    journal
                        .search(query.clone(), EntryFilter::default(), SearchOrder::BestMatch, 20, None)
                        .unwrap()
                }));
                bare.push(timed(|| floor.best(&by_hand)));
                core_newest.push(timed(|| {
                    journal
                        .search(query.clone(), EntryFilter::default(), SearchOrder::Newest, 20, None)
                        .unwrap()
                }));
                bare_newest.push(timed(|| floor.newest(&by_hand)));
            }
        }
        table.line(&format!("search, {kind}"), "≤ 1.2 ×", &core, &bare);
        table.line(&format!("search, {kind}, newest first"), "≤ 1.2 ×", &core_newest, &bare_newest);
        all_core.extend(core);
        all_bare.extend(bare);
    }
    table.line("search, all of these", "95th ≤ 16 ms", &all_core, &all_bare);
}

fn saving(table: &mut Table, journal: &Arc<Journal>, floor: &Floor, diary: &Diary) {
    // 200 words, as in a full note.
    let sample: Vec<(String, String)> = floor.words(500);
    assert!(!diary.entries.is_empty() && !sample.is_empty());
    let (mut core, mut bare) = (Vec::new(), Vec::new());
    let first_row = 4_000_000_000_000;
    for number in 0..1500 {
        let (text, words) = &sample[number % sample.len()];
        let new = NewEntry { text: text.clone(), ..NewEntry::default() };
        core.push(timed(|| journal.add(new).unwrap()));
        bare.push(timed(|| floor.save(number, first_row + number as i64 * 86_400_000, text, words)));
    }
    table.line("save an entry, durable", "≤ 1.15 ×, 99th < 10 ms", &core, &bare);
}

/// How long something takes, without what it takes to drop its result.
fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    let result = work();
    let took = began.elapsed();
    drop(result);
    took
}

#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn line(&mut self, what: &str, budget: &str, core: &[Duration], floor: &[Duration]) {
        if self.text.is_empty() {
            self.text = "| what | budget | core: median / 95th / 99th / worst (ms) | floor | ratio of medians |\n| --- | --- | --- | --- | --- |\n".into();
        }
        let (core, floor) = (Spread::of(core), Spread::of(floor));
        let ratio = core.median / floor.median;
        writeln!(self.text, "| {what} | {budget} | {core} | {floor} | {ratio:.2} |").unwrap();
        eprintln!("{what}: {core} against {floor}, {ratio:.2}");
    }
}

struct Spread {
    median: f64,
    p95: f64,
    p99: f64,
    worst: f64,
}

impl Spread {
    fn of(times: &[Duration]) -> Self {
        let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        Self { median: at(0.5), p95: at(0.95), p99: at(0.99), worst: at(1.0) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} / {:.2} / {:.2} / {:.1}", self.median, self.p95, self.p99, self.worst)
    }
}
