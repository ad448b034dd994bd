//! The journal's budgets, each against the bare floor: the same rows, indexes and settings by hand.
//!
//! ```text
//! cargo bench -p common-ground --bench journal
//! ```
//!
//! It fills a journal with a diary repeated, with varied text, to 1,000, 10,000 and 100,000 entries
//! (`COMMON_GROUND_ENTRIES` for one other number), and then does everything in turns with its floor, so that
//! both see the same machine. The diary is any export of Day One named by `COMMON_GROUND_DIARY`; where there
//! is none, it says so and makes sentences up.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // a measurement may stop

#[path = "../common/mod.rs"]
mod common;
mod diary;
mod floor;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use common_ground::clock::LocalDate;
use common_ground::home::{CommonGround, NewProfile};
use common_ground::journal::{EntryEdit, EntryFilter, ImportOptions, Journal, NewEntry, SearchOrder};
use common_ground::relationship::Role;
use serde_json::{Value, json};

use common::table::Table;
use common::{Vault, copy, text, timed};
use diary::{Diary, questions};
use floor::{Filtered, Floor, private};

fn main() {
    let diary = Diary::load();
    let sizes = match std::env::var("COMMON_GROUND_ENTRIES") {
        Ok(number) => vec![number.parse().unwrap()],
        Err(_) => vec![1_000, 10_000, 100_000],
    };
    for wanted in sizes {
        measure(&diary, wanted);
    }
}

fn measure(diary: &Diary, wanted: usize) {
    let base = tempfile::tempdir().unwrap();
    let vault = Arc::new(Vault::default());
    let ours = base.path().join("ours");
    fill(&ours, &vault, diary, wanted);
    let quiet = Floor::open(&ours, &vault, true);
    quiet.give_moods();
    // What the keeper would do in the quiet after an import, so that it is not measured with the rest.
    quiet.draw_together();
    drop(quiet);
    let bare = base.path().join("bare");
    copy(&ours, &bare);

    let mut table = Table::default();
    opening(&mut table, &ours, &bare, &vault);
    let home = CommonGround::open(text(&ours), vault.clone()).unwrap();
    let journal = home.journal();
    let floor = Floor::open(&bare, &vault, true);
    pages(&mut table, &journal, &floor);
    looking_back(&mut table, &journal, &floor);
    searching(&mut table, &journal, &floor, diary);
    filtering(&mut table, &journal, &floor, diary);
    saving(&mut table, &journal, &floor, diary);
    editing(&mut table, &journal, &floor);
    println!("## {wanted} entries\n\n{}", table.text);
}

/// A journal of `wanted` entries: the diary again and again, every time some years later and each entry with
/// the end of another one, so that no two are alike. Every second has the tag "often", every 400th "seldom".
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
                let other = diary.text(number + 1 + 37 * round);
                let from = other.char_indices().rev().nth(200).map_or(0, |(at, _)| at);
                entry["text"] = json!(format!("{}\n{}", diary.text(number), &other[from..]));
                let mut tags = Vec::new();
                tags.extend((number % 2 == 0).then_some("often"));
                tags.extend((number % 400 == 7).then_some("seldom"));
                entry["tags"] = json!(tags);
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

    let middle = floor.middle();
    let after = Some(middle.to_string());
    let (mut core, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..1000 {
        core.push(timed(|| journal.entries(50, after.clone()).unwrap()));
        bare.push(timed(|| floor.page(middle)));
    }
    table.line("the page in the middle", "≤ 0.2 ms", &core, &bare);
}

fn looking_back(table: &mut Table, journal: &Arc<Journal>, floor: &Floor) {
    let last = journal.entries(1, None).unwrap().entries[0].written.local_date();
    let from = last - chrono::TimeDelta::days(5 * 365);
    let number = |day: LocalDate| (day - LocalDate::default()).num_days();
    let five_years = EntryFilter { from: Some(from), to: Some(last), ..EntryFilter::default() };
    let (mut core, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        core.push(timed(|| journal.mood_by_day(five_years.clone()).unwrap()));
        bare.push(timed(|| floor.mood_by_day(number(from), number(last))));
    }
    table.line("mood of each day over five years", "", &core, &bare);
    let mut core = Vec::new();
    for _ in 0..100 {
        core.push(timed(|| journal.mood_by_week(five_years.clone()).unwrap()));
    }
    table.line("mood of each week over five years", "", &core, &bare);
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

/// Words with filters, and filters alone, newest first.
fn filtering(table: &mut Table, journal: &Arc<Journal>, floor: &Floor, diary: &Diary) {
    let tag = |tag: &str| EntryFilter { tags: vec![tag.to_owned()], ..EntryFilter::default() };
    let last = journal.entries(1, None).unwrap().entries[0].written.local_date();
    let month = EntryFilter {
        from: Some(last - chrono::TimeDelta::days(30)),
        to: Some(last),
        ..EntryFilter::default()
    };
    let first_day = (last - chrono::TimeDelta::days(30) - LocalDate::default()).num_days();
    let filters = [
        ("a rare tag", tag("seldom"), Filtered::Tag("seldom")),
        ("a common tag", tag("often"), Filtered::Tag("often")),
        ("mood 1 or 2", EntryFilter { mood_to: Some(2), ..EntryFilter::default() }, Filtered::MoodUpTo(2)),
        ("the last month", month, Filtered::FromDay(first_day)),
    ];
    let kinds = questions(diary);
    let (mut all_core, mut all_bare) = (Vec::new(), Vec::new());
    for (name, filter, by_hand) in &filters {
        let (mut core, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..100 {
            core.push(timed(|| journal.filtered(filter.clone(), 20, None).unwrap()));
            bare.push(timed(|| floor.filtered(by_hand)));
        }
        table.line(&format!("list, {name}"), "", &core, &bare);
        for (kind, queries) in
            kinds.iter().filter(|(kind, _)| ["a rare word", "the 40 commonest words"].contains(kind))
        {
            let (mut core, mut bare) = (Vec::new(), Vec::new());
            for query in queries {
                for order in [SearchOrder::Newest, SearchOrder::BestMatch] {
                    core.push(timed(|| {
                        journal.search(query.clone(), filter.clone(), order, 20, None).unwrap()
                    }));
                }
                for _ in 0..2 {
                    bare.push(timed(|| floor.newest_with(&format!("\"{query}\" *"), by_hand)));
                }
            }
            table.line(
                &format!("search, {kind}, {name}, both orders (floor: newest first)"),
                "",
                &core,
                &bare,
            );
            all_core.extend(core);
            all_bare.extend(bare);
        }
    }
    table.line("search with filters, all of these", "95th ≤ 16 ms", &all_core, &all_bare);
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

fn editing(table: &mut Table, journal: &Arc<Journal>, floor: &Floor) {
    let sample = floor.words(500);
    // The diary lies long before 1970, what was just saved after it.
    let entries = journal.entries(500, Some("0".to_owned())).unwrap().entries;
    let (mut core, mut bare) = (Vec::new(), Vec::new());
    for (number, entry) in entries.iter().enumerate() {
        let shown = journal.entry(entry.id).unwrap();
        let (text, words) = &sample[number % sample.len()];
        let edit = EntryEdit { text: Some(text.clone()), ..EntryEdit::default() };
        core.push(timed(|| journal.edit(shown.id, shown.revision, edit).unwrap()));
        bare.push(timed(|| floor.edit(number, shown.id.as_bytes(), text, words)));
    }
    table.line("edit an entry, durable", "≤ 1.15 ×", &core, &bare);
}
